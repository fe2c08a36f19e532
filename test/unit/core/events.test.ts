import { describe, expect, test } from 'vitest';
import { diffEvents } from '../../../src/core/events.ts';
import type { ClusterEvent } from '../../../src/core/model/cluster.ts';
import type { CheckTarget } from '../../../src/core/model/inventory.ts';
import { fail, judged, pass, rounds, sick, type World, worldOf } from './world.ts';

const healthy = (): World => rounds(worldOf(3), 3);
const between = (before: World | undefined, after: World, nextSeq = 1): ClusterEvent[] =>
  diffEvents(before === undefined ? undefined : judged(before), judged(after), nextSeq);
const said = (events: readonly ClusterEvent[]): string[] =>
  events.map(({ subject, from, to, reason }) => {
    const who =
      subject.kind === 'instance' ? subject.id : subject.kind === 'cluster' ? 'cluster' : subject.name;
    return `${who} ${from ?? '-'} → ${to}: ${reason}`;
  });
const dark = (target: CheckTarget, atMs: number) =>
  target.node === 'node02' ? fail(atMs, 'timeout') : undefined;

describe('diffEvents', () => {
  test('nothing changed, nothing said', () => {
    const world = healthy();
    expect(between(world, world)).toEqual([]);
  });

  test('the first sight of a healthy cluster is one line for the quorums and one for the cluster', () => {
    expect(said(between(undefined, worldOf(3)))).toEqual([]);
    expect(said(between(worldOf(3), healthy()))).toEqual([
      'chainfire unknown → ok: quorum held, 3/3 leader node01',
      'flaredb unknown → ok: quorum held, 3/3 leader node01',
      'cluster unknown → ok: All 9 services on 3 nodes are healthy.',
    ]);
  });

  test('an instance that falls and comes back, numbered on', () => {
    const down = rounds(healthy(), 2, (target, atMs) =>
      target.instance === 'fiberlb@node02' ? fail(atMs, 'refused') : undefined,
    );
    const fell = between(healthy(), down, 7);
    expect(said(fell)).toEqual([
      'fiberlb@node02 ok → down: refused',
      'cluster ok → degraded: FiberLB is down on node02: refused.',
    ]);
    expect(fell.map((event) => event.seq)).toEqual([7, 8]);
    expect(new Set(fell.map((event) => event.atMs))).toEqual(new Set([down.nowMs]));
    expect(said(between(down, rounds(down, 1)))).toEqual([
      'fiberlb@node02 down → ok: ',
      'cluster degraded → ok: All 9 services on 3 nodes are healthy.',
    ]);
  });

  test('a node that goes dark is one event, and so is its return', () => {
    const gone = rounds(healthy(), 2, dark);
    expect(said(between(healthy(), gone))).toEqual([
      'node02 ok → down: unreachable, 9 instances unseen',
      'cluster ok → degraded: node02 is unreachable: 9 instances unseen. Quorum holds, 2 of 3.',
    ]);
    const back = rounds(gone, 1, (target, atMs) =>
      target.instance === 'iam@node02' ? pass(target, atMs, { status: 'unhealthy' }) : undefined,
    );
    expect(said(between(gone, back))).toEqual([
      'node02 down → degraded: reachable again',
      'iam@node02 unknown → degraded: says unhealthy',
    ]);
  });

  test('a quorum that breaks is an event of the service, after those of its members', () => {
    const lost = rounds(healthy(), 2, (target, atMs) => {
      if (target.service !== 'chainfire') return undefined;
      return target.node === 'node01' ? sick(atMs, { raft: 'candidate' }) : fail(atMs, 'refused');
    });
    const lines = said(between(healthy(), lost));
    expect(lines.slice(0, 3)).toEqual([
      'chainfire@node01 ok → degraded: 503 no leader',
      'chainfire@node02 ok → down: refused',
      'chainfire@node03 ok → down: refused',
    ]);
    expect(lines).toContain('chainfire ok → down: no quorum 1/3');
    expect(lines.at(-1)).toBe('cluster ok → down: Chainfire has lost its quorum: 1 of 3 votes, 2 needed.');
  });

  test('a split brain is an event though the votes are all there', () => {
    const split = rounds(healthy(), 2, (target, atMs) =>
      target.instance === 'chainfire@node02' ? pass(target, atMs, { raft: 'leader' }) : undefined,
    );
    expect(said(between(healthy(), split))).toEqual([
      'chainfire@node01 ok → degraded: two leaders: node01, node02',
      'chainfire@node02 ok → degraded: two leaders: node01, node02',
      'chainfire ok → down: two leaders: node01, node02',
      'cluster ok → down: Chainfire has two leaders: node01 and node02.',
    ]);
  });

  test('a member that counts another size than the others is one event', () => {
    const odd = rounds(healthy(), 2, (target, atMs) =>
      target.instance === 'chainfire@node02' ? pass(target, atMs, { cluster_size: 5 }) : undefined,
    );
    expect(said(between(healthy(), odd))).toEqual([
      'chainfire@node02 ok → degraded: says 5 members, most say 3',
      'cluster ok → degraded: Chainfire is degraded: sizes differ: 5, 3.',
    ]);
  });
});
