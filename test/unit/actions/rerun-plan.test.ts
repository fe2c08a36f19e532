/** What a rerun would do, and why it may not. */
import { describe, expect, it } from 'vitest';
import { planAction } from '../../../src/actions/plan.ts';
import type { ActionTarget } from '../../../src/core/model/action.ts';
import type { UnitFacts } from '../../../src/core/model/observation.ts';
import { healthyWorld, inventoryOf, options, topology } from './world.ts';

const NOW = 1_800_000_000_000;
const JOIN = 'flaredb-cluster-join.service';
const node = 'node02';
const FAILED: Partial<UnitFacts> = { active: 'failed', sub: 'failed', result: 'exit-code', exitCode: 1 };
const join: ActionTarget = { kind: 'step', step: 'flaredb-cluster-join', node };

const plan = (target: ActionTarget, units: Readonly<Record<string, Partial<UnitFacts>>>, isSeen = true) => {
  const world = healthyWorld(inventoryOf(3), NOW);
  if (isSeen) world.look(NOW, node, units);
  return planAction({
    verb: 'rerun',
    target,
    topology,
    inventory: world.inventory,
    cluster: world.cluster(),
    facts: world.facts(),
    options,
    sudo: true,
  });
};

describe('a rerun', () => {
  it('of a failed step forgets the failure first', () => {
    expect(plan(join, { [JOIN]: FAILED })).toMatchObject({
      unit: JOIN,
      commands: [
        ['sudo', '-n', 'systemctl', 'reset-failed', '--', JOIN],
        ['sudo', '-n', 'systemctl', 'restart', '--no-block', '--', JOIN],
      ],
      takesAlong: [],
      leavesStopped: [],
      quorum: [],
      users: [],
      refusals: [],
    });
  });

  it('of a step between two tries as well, and of one that is done not', () => {
    const between = plan(join, { [JOIN]: { ...FAILED, active: 'activating', sub: 'auto-restart' } });
    expect(between.commands).toHaveLength(2);
    expect(between.refusals).toEqual([]);
    const done = plan(join, { [JOIN]: { sub: 'exited' } });
    expect(done.commands).toHaveLength(1);
    expect(done.refusals).toEqual([]);
  });

  it('takes along what requires it and is up, and tells what stays stopped', () => {
    const chain: ActionTarget = { kind: 'step', step: 'chainfire-cluster-join', node };
    expect(plan(chain, {})).toMatchObject({ takesAlong: [JOIN], leavesStopped: [] });
    expect(plan(chain, { [JOIN]: { active: 'inactive' } })).toMatchObject({
      takesAlong: [],
      leavesStopped: [JOIN],
    });
  });

  it('of a failed instance is forecast like its restart', () => {
    const flaredb: ActionTarget = { kind: 'instance', service: 'flaredb', node };
    const planned = plan(flaredb, { 'flaredb.service': FAILED });
    expect(planned.commands.map((command) => command[3])).toEqual(['reset-failed', 'restart']);
    expect(planned.quorum.map(({ service }) => service)).toEqual(['flaredb']);
    expect(planned.refusals).toEqual([]);
  });

  it.each<[string, ActionTarget, Readonly<Record<string, Partial<UnitFacts>>>, readonly string[]]>([
    [
      'what it requires is down',
      join,
      { [JOIN]: FAILED, 'flaredb.service': { active: 'failed', result: 'exit-code', exitCode: 3 } },
      ['flaredb on node02 is not up: failed, exit 3'],
    ],
    [
      'what it requires is on its way',
      join,
      { [JOIN]: FAILED, 'flaredb.service': { active: 'activating', sub: 'start' } },
      ['flaredb on node02 is not up: starting'],
    ],
    [
      'more than one is missing',
      join,
      {
        [JOIN]: FAILED,
        'flaredb.service': { active: 'inactive', sub: 'dead' },
        'chainfire-cluster-join.service': FAILED,
      },
      [
        'flaredb on node02 is not up: left behind: nothing starts it',
        'chainfire-cluster-join on node02 is not up: failed, exit 1',
      ],
    ],
    [
      'it runs',
      join,
      { [JOIN]: { active: 'activating', sub: 'start' } },
      ['flaredb-cluster-join on node02 runs now'],
    ],
    [
      'it is queued',
      join,
      { [JOIN]: { active: 'inactive', sub: 'dead', job: 12 } },
      ['flaredb-cluster-join on node02 waits for its turn: systemd will run it'],
    ],
    [
      'it does not exist',
      join,
      { [JOIN]: { load: 'not-found', active: 'inactive' } },
      [`${JOIN} does not exist on node02`],
    ],
    [
      'there is no such step',
      { kind: 'step', step: 'nosuch', node },
      {},
      ['nosuch is no first-boot step of node02'],
    ],
    [
      'the instance has not failed',
      { kind: 'instance', service: 'iam', node },
      {},
      ['iam on node02 has not failed: a restart is what it needs, if anything'],
    ],
  ])('is refused when %s', (_name, target, units, refusals) => {
    expect(plan(target, units).refusals).toEqual(refusals);
  });

  it('is refused where nobody has looked at systemd', () => {
    expect(plan(join, {}, false).refusals).toEqual(['what systemd says on node02 has not been seen yet']);
  });
});
