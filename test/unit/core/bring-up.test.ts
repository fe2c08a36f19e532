/** Quorums, dependants and the headline while members come up. */
import { describe, expect, test } from 'vitest';
import type { InstanceId } from '../../../src/core/model/inventory.ts';
import type { LinkState, ProbeResult, UnitFacts } from '../../../src/core/model/observation.ts';
import {
  type Answers,
  activeFor,
  fail,
  judged,
  looked,
  instanceIn as of,
  rounds,
  START,
  seen,
  sick,
  silentOn,
  unit,
  type World,
  worldOf,
} from './world.ts';

const healthy = (): World => rounds(worldOf(3), 3);
const silent: Answers = (_target, atMs) => fail(atMs, 'refused');
const silentNode =
  (node: string): Answers =>
  (target, atMs) =>
    target.node === node ? fail(atMs, 'refused') : undefined;

const linked = (world: World, link: LinkState, nodes = ['node01', 'node02', 'node03']): World =>
  seen(
    world,
    nodes.map((node) => ({ kind: 'link', node, link }) as const),
  );
const connecting: LinkState = { state: 'connecting', sinceMs: START };
describe('a quorum on its way', () => {
  const up = (upMs: number, startedMs = 10_000) => unit('chainfire', activeFor(upMs, startedMs));
  const begun = unit('chainfire', { active: 'activating', sub: 'start', inactiveExitMs: 996_000 });
  const forming: Answers = (target, atMs) => {
    if (target.service !== 'chainfire') return silent(target, atMs);
    return target.node === 'node01' ? sick(atMs, { raft: 'candidate' }) : fail(atMs, 'refused');
  };
  const lookedAt = (world: World, ...units: readonly UnitFacts[]): World =>
    units.reduce((state, one, index) => looked(state, `node0${index + 1}`, [one]), world);

  test('forms while members are young and candidates, and is lost when they had their time', () => {
    const boot = rounds(linked(worldOf(3), connecting), 2, forming);
    expect(judged(lookedAt(boot, up(1000), begun, begun)).services.get('chainfire')).toMatchObject({
      verdict: 'starting',
      reason: 'forming 1/3',
    });
    const old = lookedAt(boot, up(90_000), up(90_000), up(90_000));
    expect(judged(old).services.get('chainfire')).toMatchObject({ verdict: 'down', reason: 'no quorum 1/3' });
  });

  test('a follower that is starting is one vote, not two', () => {
    const world = rounds(linked(worldOf(3), connecting), 2, (target, atMs) => {
      if (target.service !== 'chainfire') return silent(target, atMs);
      return target.node === 'node01' ? sick(atMs, { raft: 'follower' }) : fail(atMs, 'refused');
    });
    const gone = unit('chainfire', { active: 'failed', sub: 'failed' });
    const state = judged(lookedAt(world, up(1000), gone, gone)).services.get('chainfire');
    expect(state?.quorum).toMatchObject({ votes: 1, standing: 'lost' });
  });

  test('one member restarted by hand is starting there, and nothing else', () => {
    const ids = ['chainfire@node02', 'flaredb@node02', 'iam@node02'];
    const down = rounds(healthy(), 2, silentOn(...ids));
    const world = looked(down, 'node02', [
      begun,
      unit('flaredb', { active: 'inactive', sub: 'dead', job: 63 }),
      unit('iam', { active: 'inactive', sub: 'dead', job: 64 }),
    ]);
    const state = judged(world);
    expect(ids.map((id) => state.instances.get(id as InstanceId)?.reason)).toEqual([
      '0:04 of 0:10',
      'waits for chainfire',
      'waits for flaredb',
    ]);
    expect(state.services.get('chainfire')).toMatchObject({
      verdict: 'starting',
      reason: '2/3 leader node01',
    });
    expect(state.counts).toMatchObject({ ok: 24, starting: 3 });
    expect(state.headline).toEqual({
      verdict: 'starting',
      sentence: 'Chainfire and 2 more are starting on node02: 24 of 27 instances ready.',
      cause: 'chainfire on node02 · 0:04 of 0:10',
    });
    const back = looked(rounds(healthy(), 2, silentOn('flaredb@node02')), 'node02', [
      up(1000),
      unit('flaredb', { active: 'activating', sub: 'start', inactiveExitMs: 999_000 }),
    ]);
    expect(judged(back).counts).toMatchObject({ ok: 26, starting: 1 });
  });

  test('held in our time, it is lost at once, whoever is starting', () => {
    const world = rounds(healthy(), 2, forming);
    expect(judged(lookedAt(world, up(1000), begun, begun)).services.get('chainfire')).toMatchObject({
      verdict: 'down',
      reason: 'no quorum 1/3',
    });
  });
});

describe('dependants on their way', () => {
  /** Node01 boots: Chainfire has begun `elapsedMs` ago, all others wait. */
  const booting = (elapsedMs: number): World => {
    const base = rounds(healthy(), 2, silentNode('node01'));
    const chain = { active: 'activating', sub: 'start', inactiveExitMs: 1_000_000 - elapsedMs };
    return looked(
      base,
      'node01',
      base.topology.services.map(({ name }, index) =>
        unit(name, name === 'chainfire' ? chain : { active: 'inactive', sub: 'dead', job: 60 + index }),
      ),
    );
  };

  test('wait and are not blocked as long as nobody is late', () => {
    expect(judged(booting(20_000)).counts).toMatchObject({ ok: 18, starting: 9 });
  });

  test('when one is late, the headline names it', () => {
    const state = judged(booting(21_000));
    expect(state.counts).toMatchObject({ ok: 18, late: 1, blocked: 2, starting: 6 });
    expect(state.headline).toEqual({
      verdict: 'late',
      sentence: 'Chainfire is late on node01: 18 of 27 instances ready.',
      cause: 'chainfire on node01 · 0:21 of 0:10',
    });
  });

  test('a young one whose answer calls a forming service disconnected is starting; a lost one blocks it', () => {
    const answers =
      (chainfire: (atMs: number) => ProbeResult): Answers =>
      (target, atMs) => {
        if (target.service === 'chainfire') return chainfire(atMs);
        if (target.service !== 'flaredb') return undefined;
        return sick(atMs, { raft: 'candidate', chainfire: 'disconnected' });
      };
    const units = (chainfire: UnitFacts) => [chainfire, unit('flaredb', activeFor(1000, 15_000))];
    const all = (world: World, chainfire: UnitFacts): World =>
      ['node01', 'node02', 'node03'].reduce((state, node) => looked(state, node, units(chainfire)), world);
    const silently = answers((atMs) => fail(atMs, 'refused'));
    const start = unit('chainfire', { active: 'activating', sub: 'start', inactiveExitMs: 996_000 });
    const forming = all(rounds(linked(worldOf(3), connecting), 2, silently), start);
    expect(of(forming, 'flaredb@node02')).toMatchObject({
      verdict: 'starting',
      reason: '503 no leader, chainfire disconnected',
    });
    const lost = all(
      rounds(linked(worldOf(3), connecting), 2, silently),
      unit('chainfire', { active: 'failed', sub: 'failed' }),
    );
    expect(of(lost, 'flaredb@node02')).toMatchObject({
      verdict: 'blocked',
      blockedBy: { service: 'chainfire' },
    });
  });
});

describe('the headline on the way', () => {
  const all = ['node01', 'node02', 'node03'];
  const units = (world: World, state: (service: string) => Partial<UnitFacts>): UnitFacts[] =>
    world.topology.services.map(({ name }) => unit(name, state(name)));
  const waiting = { active: 'inactive', sub: 'dead', job: 60 };
  const begun = (elapsedMs: number): Partial<UnitFacts> => ({
    active: 'activating',
    sub: 'start',
    inactiveExitMs: 1_000_000 - elapsedMs,
  });
  const everywhere = (world: World, state: (service: string, node: string) => Partial<UnitFacts>): World =>
    all.reduce(
      (next, node) =>
        looked(
          next,
          node,
          units(next, (service) => state(service, node)),
        ),
      world,
    );
  const nothing = (): World => rounds(linked(worldOf(3), connecting), 2, silent);

  test('at the beginning: whose quorum forms, and what all wait for', () => {
    const world = everywhere(nothing(), (service) => (service === 'chainfire' ? begun(3000) : waiting));
    expect(judged(world).headline).toEqual({
      verdict: 'starting',
      sentence: 'Cluster is starting: 0 of 27 instances ready.',
      users: 'Chainfire forms its quorum: 0 of 3 votes, 2 needed.',
      cause: 'chainfire on node01 · 0:03 of 0:10',
    });
    expect(judged(world).services.get('flaredb')?.reason).toBe('forming 0/3');
  });

  test('a member that nobody has seen yet does not hide that it forms', () => {
    const world = looked(
      rounds(linked(worldOf(3), connecting), 2, silent),
      'node01',
      units(worldOf(3), (service) => (service === 'chainfire' ? begun(3000) : waiting)),
    );
    expect(judged(world).services.get('chainfire')).toMatchObject({
      verdict: 'starting',
      reason: 'forming 0/3',
    });
    expect(judged(world).headline.users).toBe('Chainfire forms its quorum: 0 of 3 votes, 2 needed.');
  });

  test('what most others on its node wait for comes before what is further up on another', () => {
    const ready: Answers = (target, atMs) =>
      target.service === 'chainfire' && target.node !== 'node03' ? undefined : fail(atMs, 'refused');
    const world = everywhere(rounds(linked(worldOf(3), connecting), 2, ready), (service, node) => {
      if (service === 'chainfire') return node === 'node03' ? begun(5000) : activeFor(5000, 10_000);
      return service === 'flaredb' && node !== 'node03' ? begun(2000) : waiting;
    });
    expect(judged(world).headline).toMatchObject({
      sentence: 'Cluster is starting: 2 of 27 instances ready.',
      users: 'FlareDB forms its quorum: 0 of 3 votes, 2 needed.',
      cause: 'chainfire on node03 · 0:05 of 0:10',
    });
  });

  test('enough members answer, and none leads yet', () => {
    const answers: Answers = (target, atMs) =>
      target.service === 'chainfire' ? sick(atMs, { raft: 'candidate' }) : fail(atMs, 'refused');
    const world = everywhere(rounds(linked(worldOf(3), connecting), 2, answers), (service) =>
      service === 'chainfire' ? activeFor(1000, 10_000) : waiting,
    );
    expect(judged(world).headline).toMatchObject({
      users: 'Chainfire forms its quorum: 3 of 3 members answer, none leads yet.',
      cause: 'chainfire on node01 · 503 no leader',
    });
  });

  test('with the quorums held nothing is said of them', () => {
    const late: Answers = (target, atMs) =>
      target.service === 'k8shost' ? fail(atMs, 'refused') : undefined;
    const world = everywhere(rounds(linked(worldOf(3), connecting), 2, late), (service) =>
      service === 'k8shost' ? begun(4000) : activeFor(60_000, 10_000),
    );
    expect(judged(world).headline).toEqual({
      verdict: 'starting',
      sentence: 'Cluster is starting: 24 of 27 instances ready.',
      cause: 'k8shost on node01 · 0:04 of 0:15',
    });
  });

  test('several that are late are named together', () => {
    const world = everywhere(nothing(), (service, node) => {
      if (service !== 'chainfire') return waiting;
      return begun(node === 'node01' ? 8000 : 25_000);
    });
    expect(judged(world).headline).toMatchObject({
      verdict: 'late',
      sentence: 'Chainfire is late on node02 and node03: 0 of 27 instances ready.',
      users: 'Chainfire forms its quorum: 0 of 3 votes, 2 needed.',
      cause: 'chainfire on node02 · 0:25 of 0:10',
    });
  });
});
