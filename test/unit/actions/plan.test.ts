import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verbCommands, verbs } from '../../../src/actions/verbs.ts';
import { expectedMs } from '../../../src/core/expected-ms.ts';
import type { Job, Plan } from '../../../src/core/model/action.ts';
import type { InstanceId, Inventory } from '../../../src/core/model/inventory.ts';
import { instanceTarget, planRestart } from '../../helpers/plan-restart.ts';
import { createWorld, healthyWorld, inventoryOf, options, topology, type World } from './world.ts';

const NOW = 1_800_000_000_000;
const plan = (world: World, instance: InstanceId, sudo = true): Plan =>
  planRestart({
    topology,
    inventory: world.inventory,
    cluster: world.cluster(),
    facts: world.facts(),
    options,
    instance,
    sudo,
  });

describe('planRestart', () => {
  it('plans a leaf service: nothing goes along, nobody loses anything', () => {
    expect(plan(healthyWorld(inventoryOf(3), NOW), 'fiberlb@node02')).toEqual({
      verb: 'restart',
      target: instanceTarget('fiberlb@node02'),
      unit: 'fiberlb.service',
      units: ['fiberlb.service'],
      commands: [['sudo', '-n', 'systemctl', 'restart', '--', 'fiberlb.service']],
      commandLines: ['ssh node02 -- sudo -n systemctl restart -- fiberlb.service'],
      takesAlong: [],
      leavesStopped: [],
      starts: [],
      pending: [],
      leftDown: [],
      expectedMs: 5000,
      quorum: [],
      users: [],
      refusals: [],
    });
  });

  it('takes along what requires it, and adds up the documented start times', () => {
    const planned = plan(healthyWorld(inventoryOf(3), NOW), 'chainfire@node02');
    expect(planned.takesAlong).toEqual([
      'flaredb.service',
      'chainfire-cluster-join.service',
      'iam.service',
      'flaredb-cluster-join.service',
      'iam-initial-setup.service',
    ]);
    expect(planned.expectedMs).toBe(30_000);
    expect(planned.quorum).toEqual([
      { service: 'chainfire', expected: 3, needed: 2, now: 3, during: 2, after: 3, breaks: false },
      { service: 'flaredb', expected: 3, needed: 2, now: 3, during: 2, after: 3, breaks: false },
    ]);
    expect(planned.users).toEqual([]);
    expect(planned).not.toHaveProperty('typed');
  });

  it('does not claim to bring back what is stopped: systemd takes along only what runs', () => {
    const world = healthyWorld(inventoryOf(3), NOW);
    const stopped = ['iam.service', 'iam-initial-setup.service'];
    const units = [...stopped, 'flaredb.service'].map((unit) => ({
      unit,
      load: 'loaded',
      active: stopped.includes(unit) ? 'inactive' : 'active',
      sub: stopped.includes(unit) ? 'dead' : 'running',
      result: 'success',
    }));
    const facts = { ...world.facts(), units: new Map([['node02', { atMs: NOW, units }]]) };
    const planned = planRestart({
      topology,
      inventory: world.inventory,
      cluster: world.cluster(),
      facts,
      options,
      instance: 'chainfire@node02',
      sudo: true,
    });
    expect(planned.leavesStopped).toEqual(stopped);
    expect(planned.takesAlong).toEqual([
      'flaredb.service',
      'chainfire-cluster-join.service',
      'flaredb-cluster-join.service',
    ]);
    expect(planned.expectedMs).toBe(25_000);
  });

  it('does not take along what the node does not run', () => {
    const inventory = inventoryOf(3, ['chainfire', 'flaredb']);
    expect(plan(healthyWorld(inventory, NOW), 'chainfire@node02').takesAlong).toEqual([
      'flaredb.service',
      'chainfire-cluster-join.service',
      'flaredb-cluster-join.service',
    ]);
  });

  it('says what users lose and asks for the name when a quorum breaks', () => {
    const world = healthyWorld(inventoryOf(3), NOW, ['chainfire@node03']);
    const planned = plan(world, 'chainfire@node02');
    expect(planned.quorum[0]).toEqual({
      service: 'chainfire',
      expected: 3,
      needed: 2,
      now: 2,
      during: 1,
      after: 2,
      breaks: true,
    });
    expect(planned.typed).toBe('chainfire');
    expect(planned.users).toEqual([
      'New VMs, API logins and metrics are down. Running VMs are not affected.',
    ]);
  });

  describe('while another restart has not ended', () => {
    const beside = (world: World, instance: InstanceId, other: InstanceId, phase: Job['phase']): Plan =>
      planRestart({
        topology,
        inventory: world.inventory,
        cluster: world.cluster(),
        facts: world.facts(),
        options,
        instance,
        sudo: true,
        running: [{ id: '1', plan: plan(world, other), phase, startedAtMs: NOW, words: '' }],
      });

    it('does not rely on the vote that is about to go there', () => {
      const world = healthyWorld(inventoryOf(3), NOW);
      const planned = beside(world, 'chainfire@node02', 'chainfire@node01', 'running');
      const short = { expected: 3, needed: 2, now: 3, during: 1, after: 2, breaks: true, away: ['node01'] };
      expect(planned.quorum).toEqual([
        { service: 'chainfire', ...short },
        { service: 'flaredb', ...short },
      ]);
      expect(planned.typed).toBe('chainfire');
    });

    it('sees a quorum that the other takes along', () => {
      const world = healthyWorld(inventoryOf(3), NOW);
      expect(beside(world, 'flaredb@node02', 'chainfire@node01', 'audit')).toMatchObject({
        typed: 'flaredb',
        quorum: [{ service: 'flaredb', during: 1, away: ['node01'] }],
      });
      expect(beside(world, 'chainfire@node02', 'fiberlb@node01', 'running')).not.toHaveProperty('typed');
      expect(beside(world, 'chainfire@node02', 'chainfire@node01', 'done')).not.toHaveProperty('typed');
    });

    it('counts a vote once that is missing already, and lets dead members be restarted together', () => {
      const world = healthyWorld(inventoryOf(5), NOW, ['chainfire@node01', 'flaredb@node01']);
      expect(beside(world, 'chainfire@node02', 'chainfire@node01', 'watching').quorum[0]).toEqual({
        service: 'chainfire',
        expected: 5,
        needed: 3,
        now: 4,
        during: 3,
        after: 4,
        breaks: false,
      });
      const dead = ['chainfire@node01', 'chainfire@node02', 'flaredb@node01', 'flaredb@node02'] as const;
      const lost = healthyWorld(inventoryOf(3), NOW, dead);
      expect(beside(lost, 'chainfire@node02', 'chainfire@node01', 'running')).not.toHaveProperty('typed');
    });

    it('does not count on the instance there for the users', () => {
      const world = healthyWorld(inventoryOf(2), NOW);
      expect(plan(world, 'plasmavmc@node02').users).toEqual([]);
      expect(beside(world, 'plasmavmc@node02', 'plasmavmc@node01', 'running').users).not.toEqual([]);
    });
  });

  it('goes by the size that the members state where only some of them are watched', () => {
    const planned = plan(healthyWorld(inventoryOf(3), NOW, [], 5), 'chainfire@node02');
    expect(planned.quorum[0]).toEqual({
      service: 'chainfire',
      expected: 5,
      needed: 3,
      now: 3,
      during: 2,
      after: 3,
      breaks: true,
    });
    expect(planned.typed).toBe('chainfire');
  });

  it('lets a dead member be restarted without further ado: that mends a lost quorum', () => {
    const world = healthyWorld(inventoryOf(3), NOW, ['chainfire@node02', 'chainfire@node03']);
    const planned = plan(world, 'chainfire@node02');
    expect(planned.quorum[0]).toMatchObject({ now: 1, during: 1, breaks: true });
    expect(planned).not.toHaveProperty('typed');
  });

  it('asks for the name when the last vote of a lost quorum would go', () => {
    const world = healthyWorld(inventoryOf(3), NOW, ['chainfire@node02', 'chainfire@node03']);
    expect(plan(world, 'chainfire@node01')).toMatchObject({ typed: 'chainfire' });
  });

  it('is careful where nobody has looked yet', () => {
    const inventory = inventoryOf(3);
    const blind = plan(createWorld(inventory, NOW), 'chainfire@node02');
    expect(blind.typed).toBe('chainfire');
    expect(blind.quorum[0]).toMatchObject({ expected: 3, needed: 2, now: 0, during: 0, breaks: true });
  });

  it('names what is lost when the only instance restarts', () => {
    const planned = plan(healthyWorld(inventoryOf(1), NOW), 'plasmavmc@node01');
    expect(planned.users).toEqual(['New VMs are down. Metrics are degraded. Running VMs are not affected.']);
  });

  it('leaves sudo out when the configuration says so, and uses the ssh name', () => {
    const inventory: Inventory = {
      cluster: 'test',
      nodes: inventoryOf(1).nodes.map((node) => ({ ...node, ssh: 'ops@10.0.0.1' })),
    };
    expect(plan(healthyWorld(inventory, NOW), 'iam@node01', false).commandLines.join()).toBe(
      'ssh ops@10.0.0.1 -- systemctl restart -- iam.service',
    );
  });

  it('shows the very command, with what the configuration sets for ssh', () => {
    const world = healthyWorld(inventoryOf(3), NOW);
    const planned = planRestart({
      topology,
      inventory: world.inventory,
      cluster: world.cluster(),
      facts: world.facts(),
      options,
      instance: 'iam@node01',
      sudo: true,
      ssh: { configFile: '/etc/plasmatop/ssh_config', user: 'ops', options: [] },
    });
    expect(planned.commandLines.join()).toBe(
      'ssh -F /etc/plasmatop/ssh_config -l ops node01 -- sudo -n systemctl restart -- iam.service',
    );
  });

  it('forecasts every quorum right, whoever is down', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }).chain((nodes) =>
          fc.record({
            nodes: fc.constant(nodes),
            downs: fc.subarray(Array.from({ length: nodes }, (_, index) => `node0${index + 1}`)),
            target: fc.integer({ min: 1, max: nodes }),
            service: fc.constantFrom('chainfire', 'flaredb'),
          }),
        ),
        ({ nodes, downs, target, service }) => {
          const downInstances = downs.map((node): InstanceId => `${service}@${node}`);
          const world = healthyWorld(inventoryOf(nodes), NOW, downInstances);
          const node = `node0${target}`;
          const planned = plan(world, `${service}@${node}`);
          const forecast = planned.quorum.find((one) => one.service === service);
          const votes = nodes - downs.length;
          const isUp = !downs.includes(node);
          const needed = Math.floor(nodes / 2) + 1;
          expect(forecast).toEqual({
            service,
            expected: nodes,
            needed,
            now: votes,
            during: votes - (isUp ? 1 : 0),
            after: votes + (isUp ? 0 : 1),
            breaks: votes - (isUp ? 1 : 0) < needed,
          });
          expect(planned.quorum.every((one) => one.during <= one.now && one.during >= 0)).toBe(true);
          // The name is asked for exactly when a vote is taken from a quorum that is then short of it.
          const takes = planned.quorum.some((one) => one.breaks && one.during < one.now);
          expect(planned.typed !== undefined).toBe(takes);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('expectedMs', () => {
  it('is at least as long as each unit alone, and at most all in a row', () => {
    const all = topology.services.map((service) => service.unit);
    fc.assert(
      fc.property(fc.subarray(all, { minLength: 1 }), (units) => {
        const starts = units.map(
          (unit) => topology.services.find((service) => service.unit === unit)?.startMs ?? 0,
        );
        const expected = expectedMs(topology, units);
        expect(expected).toBeGreaterThanOrEqual(Math.max(...starts));
        expect(expected).toBeLessThanOrEqual(starts.reduce((sum, start) => sum + start, 0));
      }),
    );
  });
});

describe('verbCommands', () => {
  it('ends options before the unit', () => {
    expect(verbCommands(verbs.restart, ['-x.service'], [], false)).toEqual([
      ['systemctl', 'restart', '--', '-x.service'],
    ]);
  });
});
