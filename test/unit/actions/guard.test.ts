import { describe, expect, it } from 'vitest';
import { refusalsFor } from '../../../src/actions/guard.ts';
import type { Job } from '../../../src/core/model/action.ts';
import type { Inventory } from '../../../src/core/model/inventory.ts';
import type { NodeRights, ProbeResult } from '../../../src/core/model/observation.ts';
import { planRestart } from '../../helpers/plan-restart.ts';
import { createWorld, healthyWorld, inventoryOf, options, topology, type World } from './world.ts';

const NOW = 1_800_000_000_000;

const refusals = (
  world: World,
  changes: { service?: string; node?: string; running?: readonly Job[]; rights?: NodeRights } = {},
) => {
  const { service = 'fiberlb', node = 'node02', running = [], rights } = changes;
  const { inventory } = world;
  const unit = `${service}.service`;
  const look = world.facts().units.get(node);
  return refusalsFor({
    verb: 'restart',
    target: { kind: 'instance', service, node },
    topology,
    inventory,
    cluster: world.cluster(),
    units: [unit],
    factsOf: (name) => look?.units.find((one) => one.unit === name),
    look,
    takesAlong: [],
    leavesStopped: [],
    starts: [],
    leftDown: [],
    pending: [],
    running,
    commands: [['sudo', '-n', 'systemctl', 'restart', '--', unit]],
    rights,
  });
};

const jobOn = (world: World, phase: Job['phase']): Job => ({
  id: '1',
  plan: planRestart({
    topology,
    inventory: world.inventory,
    cluster: world.cluster(),
    facts: world.facts(),
    options,
    instance: 'flaredb@node02',
    sudo: true,
  }),
  phase,
  startedAtMs: NOW,
  words: '',
});

describe('refusalsFor', () => {
  it('has nothing against a healthy instance, nor against a broken one', () => {
    expect(refusals(healthyWorld(inventoryOf(3), NOW))).toEqual([]);
    expect(refusals(healthyWorld(inventoryOf(3), NOW, ['fiberlb@node02']))).toEqual([]);
  });

  it('refuses what sudo is known to refuse, and nothing where it was not asked', () => {
    const world = healthyWorld(inventoryOf(3), NOW);
    const rights = (allowed: boolean): NodeRights => ({
      by: 'sudo',
      atMs: NOW,
      may: new Map([
        ['systemctl restart -- fiberlb.service', allowed],
        ['systemctl stop -- fiberlb.service', true],
      ]),
    });
    expect(refusals(world, { rights: rights(true) })).toEqual([]);
    expect(refusals(world, { rights: rights(false) })).toEqual([
      expect.stringMatching(
        /no right to `sudo -n systemctl restart -- fiberlb.service` on node02: allow it in/,
      ),
    ]);
  });

  it('knows its nodes and what they run', () => {
    const world = healthyWorld(inventoryOf(3, ['chainfire']), NOW);
    expect(refusals(world, { node: 'node09' })).toEqual(['there is no node node09']);
    expect(refusals(world)).toEqual(['fiberlb does not run on node02']);
  });

  it('needs ssh, and says how to get it', () => {
    const world = createWorld(inventoryOf(3), NOW);
    expect(refusals(world)).toEqual(['there is no ssh connection to node02 yet']);
    world.link(NOW, 'node02', { state: 'connecting', sinceMs: NOW });
    expect(refusals(world)).toEqual(['ssh to node02 is still connecting']);
    const failure = {
      kind: 'auth',
      detail: 'Permission denied (publickey).',
      remedy: 'check the key',
    } as const;
    world.link(NOW, 'node02', { state: 'connecting', sinceMs: NOW, after: failure });
    expect(refusals(world)).toEqual(['no ssh to node02: Permission denied (publickey). – check the key']);
    world.link(NOW, 'node02', { state: 'failed', sinceMs: NOW, failure });
    expect(refusals(world)).toEqual(['no ssh to node02: Permission denied (publickey). – check the key']);
    const noSsh: Inventory = {
      cluster: 'test',
      nodes: inventoryOf(3).nodes.map(({ ssh: _ssh, ...node }) => node),
    };
    expect(refusals(createWorld(noSsh, NOW))).toEqual(['the configuration has no ssh to node02']);
  });

  const timedOut = (atMs: number): ProbeResult => ({
    atMs,
    phases: { totalMs: 1500 },
    ok: false,
    failure: { kind: 'timeout', detail: 'no answer' },
  });

  it('refuses a node that is dark, unless ssh still reaches it', () => {
    const world = healthyWorld(inventoryOf(3), NOW);
    for (const atMs of [NOW + 2000, NOW + 4000]) {
      const dark = [...world.facts().checks.values()].filter((check) => check.target.node === 'node02');
      world.observe(
        dark.map(({ target }) => ({ kind: 'probe', check: target.id, result: timedOut(atMs) })),
        atMs,
      );
    }
    expect(world.cluster().nodes.get('node02')?.reachable).toBe(false);
    expect(refusals(world)).toEqual([]);
    const failure = { kind: 'timeout', detail: 'timed out', remedy: 'check the network' } as const;
    world.link(NOW + 4000, 'node02', { state: 'failed', sinceMs: NOW, failure });
    expect(refusals(world)).toEqual([
      'node02 is unreachable',
      'no ssh to node02: timed out – check the network',
    ]);
  });

  it('refuses a unit that is not there, or masked', () => {
    const world = healthyWorld(inventoryOf(3), NOW);
    world.look(NOW, 'node02', { 'fiberlb.service': { load: 'not-found', active: 'inactive' } });
    expect(refusals(world)).toEqual(['fiberlb.service does not exist on node02']);
    world.look(NOW + 1, 'node02', { 'fiberlb.service': { load: 'masked', active: 'inactive' } });
    expect(refusals(world)).toEqual(['fiberlb.service is masked on node02: systemctl unmask it first']);
  });

  it('lets one action at a time run on a node', () => {
    const world = healthyWorld(inventoryOf(3), NOW);
    expect(refusals(world, { running: [jobOn(world, 'watching')] })).toEqual([
      'restart flaredb@node02 is still running',
    ]);
    expect(refusals(world, { running: [jobOn(world, 'done')] })).toEqual([]);
    expect(refusals(world, { node: 'node01', running: [jobOn(world, 'watching')] })).toEqual([]);
  });
});
