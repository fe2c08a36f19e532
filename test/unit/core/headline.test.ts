import { describe, expect, test } from 'vitest';
import { tracerOf } from '../../../src/core/cause/origin.ts';
import { headlineOf } from '../../../src/core/headline.ts';
import type { CheckTarget } from '../../../src/core/model/inventory.ts';
import type { ProbeResult } from '../../../src/core/model/observation.ts';
import { sampleStore } from '../../helpers/sample-cluster.ts';
import { fail, judged, later, looked, pass, rounds, sick, unit, type World, worldOf } from './world.ts';

type Answers = (target: CheckTarget, atMs: number) => ProbeResult | undefined;

const healthy = (nodes = 3): World => rounds(worldOf(nodes), 3);
const headline = (world: World) => judged(world).headline;
const darkOn =
  (...nodes: readonly string[]): Answers =>
  (target, atMs) =>
    nodes.includes(target.node) ? fail(atMs, 'timeout') : undefined;
const refusedOn =
  (service: string, ...nodes: readonly string[]): Answers =>
  (target, atMs) =>
    target.service === service && nodes.includes(target.node) ? fail(atMs, 'refused') : undefined;

const quorumLost: Answers = (target, atMs) => {
  if (target.service === 'chainfire') {
    return target.node === 'node01'
      ? sick(atMs, { status: 'degraded', raft: 'candidate', term: 5, cluster_size: 1 })
      : fail(atMs, 'refused');
  }
  if (target.service === 'flaredb') {
    const raft = target.node === 'node01' ? 'leader' : 'follower';
    return sick(atMs, { status: 'degraded', raft, chainfire: 'disconnected' });
  }
  if (target.service === 'iam') return sick(atMs, { status: 'degraded', database: 'disconnected' });
  if (target.instance === 'flashdns@node02' && target.spec.kind === 'dns') return fail(atMs, 'timeout');
  return undefined;
};

describe('the picture of a lost quorum', () => {
  const failed = { result: 'exit-code', exitCode: 3 } as const;
  const fallen = rounds(healthy(), 2, quorumLost);
  const units = looked(
    looked(fallen, 'node02', [
      unit('chainfire', { ...failed, active: 'failed', sub: 'failed', restarts: 5 }),
    ]),
    'node03',
    [
      unit('chainfire', {
        ...failed,
        active: 'activating',
        sub: 'auto-restart',
        restarts: 2,
        stateChangeMs: 955_000,
      }),
    ],
  );
  const world = later(units, 42_000);
  const state = judged(world);

  test('the three lines', () => {
    expect(state.headline).toEqual({
      verdict: 'down',
      sentence: 'Chainfire has lost its quorum: 1 of 3 votes, 2 needed.',
      users: 'New VMs, API logins and metrics are down. Running VMs are not affected.',
      cause: 'chainfire on node02, node03 · failed, exit 3 · first seen 42 s ago',
    });
  });

  test('the rows', () => {
    const at = judged(units);
    const rows = [...at.services.values()].map((service) => [service.name, service.verdict, service.reason]);
    expect(rows).toEqual([
      ['chainfire', 'down', 'no quorum 1/3'],
      ['flaredb', 'blocked', 'by chainfire'],
      ['iam', 'blocked', 'by flaredb'],
      ['plasmavmc', 'ok', ''],
      ['novanet', 'ok', ''],
      ['flashdns', 'degraded', '1 of 2 checks'],
      ['fiberlb', 'ok', ''],
      ['lightningstor', 'ok', ''],
      ['k8shost', 'ok', ''],
    ]);
    expect(at.levels.map((level) => level.verdict)).toEqual(['down', 'blocked', 'degraded']);
    const cells = ['node01', 'node02', 'node03'].map((node) => at.instances.get(`chainfire@${node}`));
    expect(cells.map((cell) => [cell?.word, cell?.reason])).toEqual([
      ['candid.', '503 no leader, term 5'],
      ['failed', 'failed, exit 3, 5 restarts'],
      ['exit 3', 'exit 3, 2 restarts'],
    ]);
  });

  test('the capabilities', () => {
    const lost = state.capabilities.filter((capability) => capability.state === 'lost');
    expect(lost.map((capability) => [capability.id, capability.because])).toEqual([
      ['control-plane', ['chainfire']],
      ['configuration', ['chainfire']],
      ['create-vms', ['chainfire', 'flaredb']],
      ['authentication', ['flaredb', 'iam']],
      ['metrics', ['flaredb']],
    ]);
  });
});

describe('one sentence for', () => {
  test('nothing seen yet', () => {
    expect(headline(worldOf(3))).toEqual({ verdict: 'unknown', sentence: 'Looking at 3 nodes …' });
    expect(headline(worldOf(1)).sentence).toBe('Looking at 1 node …');
  });

  test('all well', () => {
    expect(headline(healthy())).toEqual({
      verdict: 'ok',
      sentence: 'All 9 services on 3 nodes are healthy.',
    });
    expect(headline(rounds(worldOf(1, ['iam']), 2)).sentence).toBe('IAM on 1 node is healthy.');
  });

  test('a dark node', () => {
    expect(headline(rounds(healthy(), 8, darkOn('node02')))).toEqual({
      verdict: 'degraded',
      sentence: 'node02 is unreachable: 9 instances unseen. Quorum holds, 2 of 3.',
      users: 'Pods are degraded; one more member and Chainfire or FlareDB has no quorum.',
      cause: 'node02 · no answer to any check · first seen 12 s ago',
    });
    expect(headline(rounds(healthy(5), 2, darkOn('node02'))).users).toBe('Pods are degraded.');
  });

  test('a dark node without any quorum on it', () => {
    const world = rounds(rounds(worldOf(3, ['plasmavmc', 'novanet']), 3), 2, darkOn('node02'));
    expect(headline(world)).toMatchObject({
      verdict: 'degraded',
      sentence: 'node02 is unreachable: 2 instances unseen.',
    });
    expect(judged(world).services.get('novanet')).toMatchObject({
      verdict: 'degraded',
      reason: '2/3, 1 unseen: node02',
    });
  });

  test('a service that runs on the dark node only', () => {
    const base = worldOf(3, ['plasmavmc', 'novanet']);
    const inventory = {
      ...base.inventory,
      nodes: base.inventory.nodes.map((node) =>
        node.name === 'node02' ? node : { ...node, services: ['plasmavmc'] },
      ),
    };
    const targets = base.targets.filter(
      (target) => target.service === 'plasmavmc' || target.node === 'node02',
    );
    const world = rounds(rounds({ ...base, inventory, targets }, 3), 2, darkOn('node02'));
    expect(headline(world)).toMatchObject({
      verdict: 'down',
      sentence: 'NovaNET is down on node02: node unreachable.',
      cause: 'node02 · no answer to any check · first seen 0 s ago',
    });
  });

  test('two dark nodes of three: the quorum is the news, the nodes are the cause', () => {
    const lines = headline(rounds(healthy(), 2, darkOn('node02', 'node03')));
    expect(lines.sentence).toBe('Chainfire has lost its quorum: 1 of 3 votes, 2 needed.');
    expect(lines.cause).toBe('node02, node03 · no answer to any check · first seen 0 s ago');
    // Virtual machines on nodes that nobody can see are not said to be well.
    expect(lines.users).not.toContain('not affected');
  });

  test('every node dark: perhaps it is us', () => {
    expect(headline(rounds(healthy(), 2, darkOn('node01', 'node02', 'node03')))).toMatchObject({
      verdict: 'down',
      sentence: 'No node can be reached: all 3 are silent.',
      users: 'If the cloud works for others, the fault is between this host and the nodes.',
    });
  });

  test('a service down on one node while the others serve', () => {
    expect(headline(rounds(healthy(), 2, refusedOn('plasmavmc', 'node02')))).toEqual({
      verdict: 'degraded',
      sentence: 'PlasmaVMC is down on node02: refused.',
      users: 'Nothing is lost: multiple instances.',
      cause: 'plasmavmc on node02 · refused · first seen 0 s ago',
    });
  });

  test('a service down everywhere', () => {
    expect(
      headline(rounds(healthy(), 2, refusedOn('plasmavmc', 'node01', 'node02', 'node03'))),
    ).toMatchObject({
      verdict: 'down',
      sentence: 'PlasmaVMC is down on all 3 nodes: refused.',
      users: 'New VMs are down. Metrics are degraded. Running VMs are not affected.',
    });
    expect(headline(rounds(healthy(), 2, refusedOn('flashdns', 'node01', 'node02', 'node03'))).users).toBe(
      'DNS lookups are degraded. Existing connections are not affected.',
    );
  });

  test('a member of a quorum down', () => {
    expect(headline(rounds(healthy(), 2, refusedOn('chainfire', 'node03')))).toMatchObject({
      sentence: 'Chainfire is down on node03: refused.',
      users: 'Nothing is lost, but one more Chainfire member and the quorum is gone.',
    });
    expect(headline(rounds(healthy(5), 2, refusedOn('chainfire', 'node03'))).users).toBe(
      'Quorum holds, 4 of 5, 3 needed.',
    );
  });

  test('one check of two', () => {
    const world = rounds(healthy(), 2, (target, atMs) =>
      target.instance === 'flashdns@node02' && target.spec.kind === 'dns' ? fail(atMs, 'timeout') : undefined,
    );
    expect(headline(world)).toEqual({
      verdict: 'degraded',
      sentence: 'FlashDNS is degraded on node02: 1 of 2 checks.',
      users: 'Nothing is lost: multiple instances.',
      cause: 'flashdns on node02 · 1 of 2 checks: dns timeout · first seen 0 s ago',
    });
  });

  test('a slow service, whatever its milliseconds', () => {
    const slow =
      (ms: number): Answers =>
      (target, atMs) =>
        target.instance === 'fiberlb@node02' ? pass(target, atMs, {}, ms) : undefined;
    const world = rounds(healthy(), 2, slow(812));
    expect(headline(world)).toEqual({
      verdict: 'degraded',
      sentence: 'FiberLB is slow on node02.',
      users: 'Nothing is lost: multiple instances.',
      cause: 'fiberlb on node02 · slow · first seen 0 s ago',
    });
    expect(headline(rounds(world, 1, slow(935))).sentence).toBe('FiberLB is slow on node02.');
  });

  test('an expired certificate, which is one fact about its node', () => {
    const world = rounds(healthy(), 2, (target, atMs) =>
      target.node === 'node02' && target.spec.kind !== 'dns' ? fail(atMs, 'tls-expired') : undefined,
    );
    expect(headline(world).sentence).toBe(
      'The certificate of node02 has expired: 9 services there cannot be trusted.',
    );
  });

  test('a cluster that starts, and one instance that starts', () => {
    const silent: Answers = (target, atMs) => (target.node === 'node01' ? undefined : fail(atMs, 'refused'));
    const starting = (node: string, world: World) =>
      looked(
        world,
        node,
        world.topology.services.map((service) =>
          unit(service.name, { active: 'activating', sub: 'start', inactiveExitMs: 999_000 }),
        ),
      );
    const boot = starting('node03', starting('node02', rounds(worldOf(3), 2, silent)));
    expect(headline(boot)).toMatchObject({
      verdict: 'starting',
      sentence: 'Cluster is starting: 9 of 27 instances ready.',
      cause: 'chainfire on node02 · 0:01 of 0:10',
    });
    const one = looked(rounds(healthy(), 2, refusedOn('iam', 'node02')), 'node02', [
      unit('iam', { activeEnterMs: 998_000 }),
    ]);
    expect(headline(one).sentence).toBe('IAM is starting on node02: 26 of 27 instances ready.');
  });

  test('nothing heard for long', () => {
    expect(headline(later(healthy(), 60_000)).sentence).toBe(
      'No news for 1 m: nothing here is known to be true now.',
    );
  });

  test('several causes: the worst, and how many more', () => {
    const world = rounds(healthy(), 2, (target, atMs) => {
      if (target.instance === 'flashdns@node01' && target.spec.kind === 'dns') return fail(atMs, 'timeout');
      return target.instance === 'fiberlb@node02'
        ? pass(target, atMs, { status: 'unhealthy' })
        : refusedOn('k8shost', 'node03')(target, atMs);
    });
    expect(headline(world).sentence).toBe('K8sHost is down on node03: refused.');
    expect(headline(world).cause).toBe('k8shost on node03 · refused · first seen 0 s ago · +2 more');
  });
});

test('only the age moves between judgements of the same facts', () => {
  const world = rounds(healthy(), 2, refusedOn('plasmavmc', 'node02'));
  const now = headline(world);
  const then = headline(later(world, 3000));
  expect(then.cause).toBe('plasmavmc on node02 · refused · first seen 3 s ago');
  expect({ ...then, cause: now.cause }).toEqual(now);
});

test('what has no cause by name yet is told by its service, not as a first look that is long over', () => {
  const { topology, inventory, cluster } = sampleStore('healthy').getState();
  const chainfire = cluster.services.get('chainfire');
  if (chainfire === undefined) throw new Error('no such service');
  const services = new Map(cluster.services).set('chainfire', {
    ...chainfire,
    verdict: 'degraded',
    reason: 'sizes differ: 3, 2',
  });
  const state = { ...cluster, services, verdict: 'degraded' } as const;
  const found = { causes: [], because: new Map(), tracer: tracerOf(topology, state) };
  expect(headlineOf(topology, inventory, state, found)).toEqual({
    verdict: 'degraded',
    sentence: 'Chainfire is degraded: sizes differ: 3, 2.',
  });
});
