/** The simulated systemd against what a real one was seen to do. */
import { describe, expect, test } from 'vitest';
import type { Manager } from '../../../../src/demo/sim/manager.ts';
import type { Fault } from '../../../../src/demo/sim/scenarios.ts';
import { START_LIMIT_INTERVAL_MS } from '../../../../src/demo/sim/unit-state.ts';
import { MULTI_USER } from '../../../../src/demo/sim/units.ts';
import type { World } from '../../../../src/demo/sim/world.ts';
import { stateOf, worldOf } from '../worlds.ts';

const NODE = 'node02';
const CHAINFIRE = 'chainfire.service';
const FLAREDB = 'flaredb.service';
const IAM = 'iam.service';
const JOIN = 'chainfire-cluster-join.service';
const FLAREDB_JOIN = 'flaredb-cluster-join.service';
const DEPENDENTS = [JOIN, FLAREDB, FLAREDB_JOIN, IAM, 'iam-initial-setup.service'];
const EVERYTHING = [CHAINFIRE, ...DEPENDENTS];

const managerOf = (world: World, node = NODE): Manager => {
  const manager = world.node(node)?.manager;
  if (manager === undefined) throw new Error(`${node} is off`);
  return manager;
};

const jobOf = (world: World, type: 'start' | 'stop' | 'restart', unit: string): number => {
  const reply = world.request(NODE, type, unit);
  if (reply?.kind !== 'queued' || reply.job === undefined)
    throw new Error(`no job: ${JSON.stringify(reply)}`);
  return reply.job;
};

const states = (world: World, units: readonly string[]): readonly string[] =>
  units.map((unit) => stateOf(world, NODE, unit));

const exits = (unit: string, rest: Partial<Extract<Fault, { kind: 'exits' }>> = {}): Fault => ({
  kind: 'exits',
  node: NODE,
  unit,
  code: 3,
  afterMs: 300,
  line: 'FATAL',
  kills: false,
  heals: { by: 'reset-failed' },
  ...rest,
});

const messages = (world: World, unit: string): readonly string[] =>
  managerOf(world)
    .journal.entries([unit])
    .map((entry) => entry.message);

describe('restart', () => {
  test('takes the requiring units along, and its job ends when the unit itself is up', () => {
    const world = worldOf('steady');
    const before = new Map(DEPENDENTS.map((unit) => [unit, managerOf(world).unit(unit)?.invocation]));
    const job = jobOf(world, 'restart', CHAINFIRE);
    world.advance(1000);
    expect(stateOf(world, NODE, CHAINFIRE)).toBe('activating/start');
    expect(states(world, DEPENDENTS)).toEqual(DEPENDENTS.map(() => 'inactive/dead'));
    expect(managerOf(world).job(FLAREDB)).toMatchObject({ type: 'start', state: 'waiting' });
    expect(stateOf(world, NODE, 'plasmavmc.service')).toBe('active/running');

    world.advance(12_000);
    expect(managerOf(world).jobResult(job)).toBe('done');
    expect(stateOf(world, NODE, FLAREDB)).toBe('activating/start');

    world.advance(60_000);
    for (const unit of DEPENDENTS) {
      expect(managerOf(world).unit(unit)?.active).toBe('active');
      expect(managerOf(world).unit(unit)?.invocation).not.toBe(before.get(unit));
    }
    expect(managerOf(world).jobs()).toEqual([]);
  });

  test('of a unit that was stopped does not bring its dependents back', () => {
    const world = worldOf('steady');
    world.request(NODE, 'stop', CHAINFIRE);
    world.advance(2000);
    world.request(NODE, 'restart', CHAINFIRE);
    world.advance(60_000);
    expect(stateOf(world, NODE, CHAINFIRE)).toBe('active/running');
    expect(states(world, DEPENDENTS)).toEqual(DEPENDENTS.map(() => 'inactive/dead'));
  });

  test('that fails leaves the dependents down for good, with the result dependency', () => {
    const world = worldOf('steady');
    const flaredbJob = managerOf(world).counts.installed;
    world.inject(exits(CHAINFIRE));
    const job = jobOf(world, 'restart', CHAINFIRE);
    world.advance(1000);
    expect(managerOf(world).jobResult(job)).toBe('failed');
    expect(stateOf(world, NODE, CHAINFIRE)).toBe('activating/auto-restart');
    expect(managerOf(world).unit(FLAREDB)).toMatchObject({ active: 'inactive', result: 'success' });
    expect(messages(world, FLAREDB)).toContain(
      `${FLAREDB}: Job ${FLAREDB}/start failed with result 'dependency'.`,
    );
    expect(managerOf(world).counts.installed).toBeGreaterThan(flaredbJob);
    world.clearFaults();
    world.advance(60_000);
    expect(stateOf(world, NODE, CHAINFIRE)).toBe('active/running');
    expect(states(world, DEPENDENTS)).toEqual(DEPENDENTS.map(() => 'inactive/dead'));
  });
});

describe('stop and start', () => {
  test('a stop takes the requiring units down, a start brings back only the one', () => {
    const world = worldOf('steady');
    world.request(NODE, 'stop', CHAINFIRE);
    world.advance(2000);
    expect(states(world, EVERYTHING)).toEqual(EVERYTHING.map(() => 'inactive/dead'));
    expect(managerOf(world).unit(CHAINFIRE)).toMatchObject({
      result: 'success',
      statusText: 'serving on :2379',
    });
    expect(managerOf(world).systemState).toBe('running');
    world.request(NODE, 'start', CHAINFIRE);
    world.advance(60_000);
    expect(stateOf(world, NODE, CHAINFIRE)).toBe('active/running');
    expect(states(world, DEPENDENTS)).toEqual(DEPENDENTS.map(() => 'inactive/dead'));
  });

  test('a stop goes in reverse order: a unit outlives those that come after it', () => {
    const world = worldOf('steady');
    world.request(NODE, 'stop', CHAINFIRE);
    expect(states(world, [CHAINFIRE, FLAREDB, IAM])).toEqual([
      'active/running',
      'active/running',
      'deactivating/stop-sigterm',
    ]);
    world.advance(150);
    expect(states(world, [CHAINFIRE, FLAREDB, IAM])).toEqual([
      'active/running',
      'deactivating/stop-sigterm',
      'inactive/dead',
    ]);
  });

  test('start multi-user.target brings back all that is down and leaves the rest alone', () => {
    const world = worldOf('steady');
    const untouched = managerOf(world).unit('plasmavmc.service')?.invocation;
    world.request(NODE, 'stop', CHAINFIRE);
    world.advance(2000);
    world.request(NODE, 'start', MULTI_USER);
    world.advance(120_000);
    expect(
      managerOf(world)
        .units()
        .filter((unit) => unit.active !== 'active'),
    ).toEqual([]);
    expect(managerOf(world).unit('plasmavmc.service')?.invocation).toBe(untouched);
  });

  test('start of a dependent whose dependency fails ends with the result dependency', () => {
    const world = worldOf('steady');
    world.request(NODE, 'stop', CHAINFIRE);
    world.advance(2000);
    world.inject(exits(CHAINFIRE));
    const job = jobOf(world, 'start', FLAREDB);
    world.advance(4000);
    expect(managerOf(world).jobResult(job)).toBe('dependency');
  });

  test('a start while stopping cancels the stop and waits for the process to end', () => {
    const world = worldOf('steady');
    const stop = jobOf(world, 'stop', 'fiberlb.service');
    const start = jobOf(world, 'start', 'fiberlb.service');
    expect(managerOf(world).jobResult(stop)).toBe('canceled');
    expect(stateOf(world, NODE, 'fiberlb.service')).toBe('deactivating/stop-sigterm');
    world.advance(30_000);
    expect(managerOf(world).jobResult(start)).toBe('done');
  });

  test('a unit that does not exist is not found', () => {
    expect(worldOf('steady').request(NODE, 'restart', 'nosuch.service')).toEqual({
      kind: 'not-found',
      unit: 'nosuch.service',
    });
  });
});

describe('oneshots', () => {
  test('start of a finished one is a no-op, restart runs it and what requires it again', () => {
    const world = worldOf('steady');
    const first = managerOf(world).unit(JOIN)?.invocation;
    const second = managerOf(world).unit(FLAREDB_JOIN)?.invocation;
    expect(world.request(NODE, 'start', JOIN)).toEqual({ kind: 'queued', job: undefined });
    expect(managerOf(world).unit(JOIN)?.invocation).toBe(first);
    world.request(NODE, 'restart', JOIN);
    world.advance(10_000);
    expect(states(world, [JOIN, FLAREDB_JOIN])).toEqual(['active/exited', 'active/exited']);
    expect(managerOf(world).unit(JOIN)?.invocation).not.toBe(first);
    expect(managerOf(world).unit(FLAREDB_JOIN)?.invocation).not.toBe(second);
  });

  test('one that fails stops those that require it, and they are not queued again when it succeeds later', () => {
    const world = worldOf('steady');
    world.inject(exits(JOIN, { code: 1 }));
    world.request(NODE, 'restart', JOIN);
    world.advance(5000);
    expect(states(world, [JOIN, FLAREDB_JOIN])).toEqual(['activating/auto-restart', 'inactive/dead']);
    world.clearFaults();
    world.advance(60_000);
    expect(states(world, [JOIN, FLAREDB_JOIN])).toEqual(['active/exited', 'inactive/dead']);
    expect(managerOf(world).unit(JOIN)?.restarts).toBe(1);
  });
});

describe('failures', () => {
  test('a killed daemon waits for RestartSec while its dependents run on, then all of them restart', () => {
    const world = worldOf('steady');
    world.kill(NODE, CHAINFIRE, 9);
    expect(managerOf(world).unit(CHAINFIRE)).toMatchObject({
      active: 'activating',
      sub: 'auto-restart',
      result: 'signal',
      exit: { how: 2, status: 9 },
      restarts: 0,
    });
    world.advance(9000);
    expect(stateOf(world, NODE, FLAREDB)).toBe('active/running');
    world.advance(10_500);
    expect(managerOf(world).unit(CHAINFIRE)).toMatchObject({ sub: 'start', restarts: 1 });
    expect(stateOf(world, NODE, FLAREDB)).toBe('inactive/dead');
    world.advance(90_000);
    expect(EVERYTHING.map((unit) => managerOf(world).unit(unit)?.active)).toEqual(
      EVERYTHING.map(() => 'active'),
    );
  });

  test('a polite signal ends a daemon cleanly, without a restart', () => {
    const world = worldOf('steady');
    world.kill(NODE, 'fiberlb.service', 15);
    world.advance(60_000);
    expect(managerOf(world).unit('fiberlb.service')).toMatchObject({ active: 'inactive', result: 'success' });
  });

  test('a crash loop ends in failed, is refused at once, and is let through after reset-failed or after the window', () => {
    const world = worldOf('steady');
    world.inject(exits(CHAINFIRE, { kills: true }));
    world.advance(70_000);
    expect(managerOf(world).unit(CHAINFIRE)).toMatchObject({
      active: 'failed',
      sub: 'failed',
      result: 'exit-code',
      exit: { how: 1, status: 3 },
    });
    expect(managerOf(world).systemState).toBe('degraded');
    expect(messages(world, CHAINFIRE)).toContain(`${CHAINFIRE}: Start request repeated too quickly.`);

    const limited = worldOf('steady');
    limited.inject(exits(CHAINFIRE, { kills: true }));
    while (stateOf(limited, NODE, CHAINFIRE) !== 'failed/failed') limited.advance(limited.nowMs + 100);
    const refused = jobOf(limited, 'restart', CHAINFIRE);
    expect(managerOf(limited).jobResult(refused)).toBe('failed');
    limited.resetFailed(NODE, CHAINFIRE);
    expect(managerOf(limited).unit(CHAINFIRE)).toMatchObject({
      active: 'inactive',
      result: 'success',
      restarts: 0,
    });
    const allowed = jobOf(limited, 'restart', CHAINFIRE);
    limited.advance(limited.nowMs + 20_000);
    expect(managerOf(limited).jobResult(allowed)).toBe('done');

    world.advance(70_000 + START_LIMIT_INTERVAL_MS);
    world.clearFaults();
    const later = jobOf(world, 'restart', CHAINFIRE);
    world.advance(world.nowMs + 20_000);
    expect(managerOf(world).jobResult(later)).toBe('done');
  });

  test('a start that takes longer than TimeoutStartSec fails with timeout and is tried again', () => {
    const world = worldOf('steady');
    world.inject({ kind: 'slow-start', node: NODE, unit: CHAINFIRE, factor: 10 });
    const job = jobOf(world, 'restart', CHAINFIRE);
    world.advance(61_000);
    expect(managerOf(world).jobResult(job)).toBe('failed');
    expect(managerOf(world).unit(CHAINFIRE)).toMatchObject({ sub: 'auto-restart', result: 'timeout' });
  });

  test('a start of a unit between two tries waits for the next try', () => {
    const world = worldOf('steady');
    world.kill(NODE, 'novanet.service', 9);
    const job = jobOf(world, 'start', 'novanet.service');
    world.advance(5000);
    expect(stateOf(world, NODE, 'novanet.service')).toBe('activating/auto-restart');
    expect(managerOf(world).jobResult(job)).toBeUndefined();
    world.advance(30_000);
    expect(managerOf(world).jobResult(job)).toBe('done');
  });
});

describe('boot', () => {
  test('jobs wait for their turn, and the system is starting until the last one is done', () => {
    const world = worldOf('first-boot');
    world.advance(8000);
    expect(managerOf(world, 'node01').systemState).toBe('starting');
    expect(managerOf(world, 'node01').progress).toBeLessThan(1);
    expect(managerOf(world, 'node01').job(CHAINFIRE)?.state).toBe('running');
    expect(managerOf(world, 'node01').job('k8shost.service')?.state).toBe('waiting');
    expect(stateOf(world, 'node01', 'k8shost.service')).toBe('inactive/dead');
    world.advance(120_000);
    expect(managerOf(world, 'node01').systemState).toBe('running');
    expect(managerOf(world, 'node01').progress).toBe(1);
  });

  test('stop of a waiting unit cancels its job, and boot goes on without it', () => {
    const world = worldOf('first-boot');
    world.advance(8000);
    world.request(NODE, 'stop', 'novanet.service');
    expect(managerOf(world).job('novanet.service')).toBeUndefined();
    world.advance(60_000);
    expect(stateOf(world, NODE, 'novanet.service')).toBe('inactive/dead');
    expect(stateOf(world, NODE, 'plasmavmc.service')).toBe('active/running');
  });

  test('restart of a waiting unit blocks until its turn comes', () => {
    const world = worldOf('first-boot');
    world.advance(8000);
    const job = jobOf(world, 'restart', 'k8shost.service');
    world.advance(20_000);
    expect(managerOf(world).jobResult(job)).toBeUndefined();
    world.advance(120_000);
    expect(managerOf(world).jobResult(job)).toBe('done');
  });

  test('Type=simple is active before it serves', () => {
    const world = worldOf('first-boot');
    while (stateOf(world, NODE, IAM) !== 'active/running') world.advance(world.nowMs + 100);
    expect(world.endpoint(NODE, 'iam')).toEqual({ kind: 'closed' });
    world.advance(world.nowMs + 6000);
    expect(world.endpoint(NODE, 'iam')).toEqual({ kind: 'open', delayMs: 0 });
  });
});

test('the journal of a unit keeps the newest lines only', () => {
  const world = worldOf('steady');
  for (let index = 0; index < 400; index += 1)
    managerOf(world).log(CHAINFIRE, 6, `line ${index}`, world.nowMs);
  const lines = messages(world, CHAINFIRE);
  expect(lines.at(-1)).toBe('line 399');
  expect(lines.length).toBeLessThanOrEqual(300);
});
