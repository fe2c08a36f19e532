import { describe, expect, test } from 'vitest';
import type { InstanceState } from '../../../src/core/model/cluster.ts';
import type { CheckTarget, InstanceId } from '../../../src/core/model/inventory.ts';
import type { ProbeResult } from '../../../src/core/model/observation.ts';
import { fail, judged, looked, pass, round, rounds, sick, unit, type World, worldOf } from './world.ts';

type Answers = (target: CheckTarget, atMs: number) => ProbeResult | undefined;

const of = (world: World, id: InstanceId): InstanceState => {
  const found = judged(world).instances.get(id);
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
};
const healthy = (): World => rounds(worldOf(3), 3);
const silentOn =
  (...ids: readonly string[]): Answers =>
  (target, atMs) =>
    ids.includes(target.instance) ? fail(atMs, 'refused') : undefined;

describe('Requires= on the same node', () => {
  test('what needs a stopped service is blocked by it, down the chain', () => {
    const world = rounds(healthy(), 2, silentOn('chainfire@node02', 'flaredb@node02', 'iam@node02'));
    expect(of(world, 'chainfire@node02').verdict).toBe('down');
    expect(of(world, 'flaredb@node02')).toMatchObject({
      verdict: 'blocked',
      blockedBy: { service: 'chainfire', node: 'node02' },
      reason: 'by chainfire',
    });
    expect(of(world, 'iam@node02').blockedBy).toEqual({ service: 'flaredb', node: 'node02' });
    expect(judged(world).services.get('flaredb')).toMatchObject({
      verdict: 'degraded',
      reason: '2/3, 1 blocked by chainfire',
      partlyBlockedBy: { service: 'chainfire', node: 'node02' },
    });
    // The quorum holds on the other two: nobody loses anything.
    const states = new Set(judged(world).capabilities.map((capability) => capability.state));
    expect(states).toEqual(new Set(['at-risk', 'works']));
    expect(judged(world).headline.sentence).toBe('Chainfire is down on node02: refused.');
  });

  test('a neighbour on another node explains nothing', () => {
    const world = rounds(healthy(), 2, silentOn('chainfire@node02', 'flaredb@node03'));
    expect(of(world, 'flaredb@node03').verdict).toBe('down');
  });

  test('a dependency that is starting explains one that is stopped', () => {
    const world = looked(rounds(healthy(), 2, silentOn('chainfire@node02', 'flaredb@node02')), 'node02', [
      unit('chainfire', { active: 'activating', sub: 'start', inactiveExitMs: 998_000 }),
      unit('flaredb', { active: 'inactive', sub: 'dead' }),
    ]);
    expect(of(world, 'chainfire@node02').verdict).toBe('starting');
    expect(of(world, 'flaredb@node02').blockedBy).toEqual({ service: 'chainfire', node: 'node02' });
    // Blocked never stands at the top: the cluster is what its cause is.
    expect(judged(world).verdict).toBe('starting');
    expect(judged(world).headline.sentence).toBe(
      'Chainfire is starting on node02: 25 of 27 instances ready.',
    );
  });

  test('while both are on their way up, waiting is starting', () => {
    const world = looked(rounds(healthy(), 2, silentOn('chainfire@node02', 'flaredb@node02')), 'node02', [
      unit('chainfire', { active: 'activating', sub: 'start', inactiveExitMs: 998_000 }),
      unit('flaredb', { active: 'inactive', sub: 'dead', job: 63 }),
    ]);
    expect(of(world, 'flaredb@node02')).toMatchObject({ verdict: 'starting', reason: 'waits for chainfire' });
  });

  test('a child that is fine although what it requires is down is shown as such', () => {
    const world = rounds(healthy(), 2, silentOn('chainfire@node02'));
    expect(of(world, 'flaredb@node02')).toMatchObject({
      verdict: 'ok',
      reason: 'fine, though chainfire is down',
    });
  });
});

describe('what explains nothing', () => {
  test('Wants= alone', () => {
    const world = rounds(healthy(), 2, silentOn('chainfire@node02', 'novanet@node02'));
    expect(of(world, 'novanet@node02').verdict).toBe('down');
  });

  test('a certificate is its own cause', () => {
    const world = rounds(healthy(), 2, (target, atMs) => {
      if (target.instance === 'chainfire@node02') return fail(atMs, 'refused');
      return target.instance === 'flaredb@node02' ? fail(atMs, 'tls-expired') : undefined;
    });
    expect(of(world, 'flaredb@node02')).toMatchObject({ verdict: 'down', reason: 'certificate expired' });
  });

  test('one check that fails beside a good one', () => {
    const base = worldOf(3);
    const topology = {
      ...base.topology,
      services: base.topology.services.map((service) =>
        service.name === 'flashdns' ? { ...service, requires: ['chainfire.service'] } : service,
      ),
    };
    const world = rounds(rounds(worldOf(3, undefined, topology), 3), 2, (target, atMs) =>
      target.instance === 'chainfire@node02' ||
      (target.instance === 'flashdns@node02' && target.spec.kind === 'dns')
        ? fail(atMs, 'refused')
        : undefined,
    );
    expect(of(world, 'flashdns@node02').verdict).toBe('degraded');
  });

  test('a unit that does not exist is its own cause', () => {
    const world = looked(rounds(healthy(), 2, silentOn('chainfire@node02', 'flaredb@node02')), 'node02', [
      unit('flaredb', { load: 'not-found', active: 'inactive', sub: 'dead' }),
    ]);
    expect(of(world, 'flaredb@node02')).toMatchObject({ verdict: 'down', reason: 'no such unit: deploy it' });
  });

  test('a dependency that is merely degraded', () => {
    const world = rounds(healthy(), 2, (target, atMs) => {
      if (target.instance === 'chainfire@node02') return pass(target, atMs, { status: 'unhealthy' });
      return target.instance === 'flaredb@node02' ? fail(atMs, 'refused') : undefined;
    });
    expect(of(world, 'flaredb@node02').verdict).toBe('down');
  });
});

describe('a lost quorum', () => {
  const lost: Answers = (target, atMs) => {
    if (target.service === 'chainfire') {
      return target.node === 'node01'
        ? sick(atMs, { status: 'degraded', raft: 'candidate', cluster_size: 1 })
        : fail(atMs, 'refused');
    }
    if (target.service === 'flaredb') {
      const raft = target.node === 'node01' ? 'leader' : 'follower';
      return sick(atMs, { status: 'degraded', raft, chainfire: 'disconnected' });
    }
    if (target.service === 'iam') return pass(target, atMs, { status: 'degraded', database: 'disconnected' });
    return undefined;
  };

  test('blocks by the name of the service, also what answers', () => {
    const world = rounds(healthy(), 2, lost);
    for (const node of ['node01', 'node02', 'node03']) {
      expect(of(world, `flaredb@${node}`).blockedBy).toEqual({ service: 'chainfire' });
    }
    expect(of(world, 'chainfire@node01').verdict).toBe('degraded');
    expect(judged(world).services.get('flaredb')).toMatchObject({
      verdict: 'blocked',
      blockedBy: { service: 'chainfire' },
    });
    expect(judged(world).services.get('iam')).toMatchObject({ verdict: 'blocked', reason: 'by flaredb' });
    expect(judged(world).services.get('plasmavmc')?.verdict).toBe('ok');
  });

  test('a link that the answer calls disconnected is explained without Requires=', () => {
    const base = worldOf(3);
    const topology = {
      ...base.topology,
      services: base.topology.services.map((service) =>
        service.name === 'flaredb' ? { ...service, requires: [] } : service,
      ),
    };
    const world = rounds(rounds(worldOf(3, undefined, topology), 3), 2, lost);
    expect(of(world, 'flaredb@node02').blockedBy).toEqual({ service: 'chainfire' });
  });

  test('the order of the topology does not matter', () => {
    const base = worldOf(3);
    const unordered = (services: typeof base.topology.services): World => {
      const topology = { ...base.topology, services };
      return rounds(rounds(worldOf(3, undefined, topology), 3), 2, lost);
    };
    const backwards = unordered(base.topology.services.toReversed());
    expect(of(backwards, 'iam@node02').blockedBy).toEqual({ service: 'flaredb', node: 'node02' });
    expect(of(backwards, 'flaredb@node02').blockedBy).toEqual({ service: 'chainfire' });
    const linkedOnly = unordered(
      base.topology.services.toReversed().map((service) => ({ ...service, requires: [] })),
    );
    expect(of(linkedOnly, 'iam@node02').blockedBy).toEqual({ service: 'flaredb', node: 'node02' });
    expect(of(linkedOnly, 'flaredb@node02').blockedBy).toEqual({ service: 'chainfire' });
  });

  test('dark members do not make an echo a cause', () => {
    const world = rounds(healthy(), 2, (target, atMs) =>
      target.node === 'node01' ? lost(target, atMs) : fail(atMs, 'timeout'),
    );
    expect(judged(world).services.get('flaredb')).toMatchObject({
      verdict: 'blocked',
      reason: 'by chainfire',
    });
  });

  test('an echo that falls silent stays an echo while it is counted', () => {
    const wrong = rounds(healthy(), 2, lost);
    const world = round(wrong, (target, atMs) =>
      target.instance === 'flaredb@node02' ? fail(atMs, 'refused') : lost(target, atMs),
    );
    expect(of(world, 'flaredb@node02').blockedBy).toEqual({ service: 'chainfire' });
  });

  test('during an election the broken link is explained already', () => {
    const electing: Answers = (target, atMs) => {
      if (target.service === 'flaredb') return lost(target, atMs);
      if (target.service !== 'chainfire') return undefined;
      return target.node === 'node01' ? fail(atMs, 'refused') : sick(atMs, { raft: 'candidate' });
    };
    const world = round(healthy(), electing);
    expect(judged(world).services.get('chainfire')).toMatchObject({
      verdict: 'degraded',
      quorum: { standing: 'held', faults: [{ kind: 'no-leader' }] },
    });
    expect(of(world, 'flaredb@node02').blockedBy).toEqual({ service: 'chainfire' });
  });
});
