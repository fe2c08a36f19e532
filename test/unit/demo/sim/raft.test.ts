/** Elections: one leader with a quorum, none without, two only when split. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Raft } from '../../../../src/demo/sim/raft.ts';
import { nodeNames, seededRandom } from '../worlds.ts';

const ELECTION_MS = 2000;

const cluster = (count: number, seed = 1): Raft => {
  const raft = new Raft('chainfire', seededRandom(seed));
  for (const node of nodeNames(count)) raft.join(node);
  raft.update(0, nodeNames(count));
  raft.update(ELECTION_MS, nodeNames(count));
  return raft;
};

describe('raft', () => {
  test('a lost leader is replaced after an election, not at once', () => {
    const raft = cluster(3);
    const [lost = ''] = raft.leaders;
    const rest = nodeNames(3).filter((node) => node !== lost);
    const term = raft.term;
    raft.update(3000, rest);
    expect(raft.leaders).toEqual([]);
    expect(rest.map((node) => raft.role(node))).toEqual(['candidate', 'candidate']);
    raft.update(3000 + ELECTION_MS, rest);
    expect(raft.leaders).toHaveLength(1);
    expect(rest).toContain(raft.leaders[0]);
    expect(raft.term).toBeGreaterThan(term);
    expect(raft.clusterSize(rest[0] ?? '')).toBe(2);
  });

  test('without a quorum there is no leader, however long one waits', () => {
    const raft = cluster(3);
    raft.update(3000, ['node01']);
    raft.update(100_000, ['node01']);
    expect(raft.leaders).toEqual([]);
    expect(raft.nextMs()).toBe(Number.POSITIVE_INFINITY);
    expect(raft.role('node01')).toBe('candidate');
    expect(raft.clusterSize('node01')).toBe(1);
  });

  test('a split cluster has a leader on each side until it heals', () => {
    const raft = cluster(3);
    raft.splitOff(['node01']);
    raft.update(3000, nodeNames(3));
    raft.update(3000 + ELECTION_MS, nodeNames(3));
    expect(raft.leaders).toHaveLength(2);
    expect([raft.clusterSize('node01'), raft.clusterSize('node02')]).toEqual([1, 2]);
    raft.heal();
    raft.update(10_000, nodeNames(3));
    expect(raft.leaders).toHaveLength(1);
    expect(raft.leaders).not.toEqual(['node01']);
  });

  test('never two leaders; a leader is alive and has a quorum; a quorum gets a leader', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 10_000 }),
        fc.array(
          fc.tuple(fc.integer({ min: 0, max: 3000 }), fc.array(fc.boolean(), { minLength: 7, maxLength: 7 })),
        ),
        (count, seed, moments) => {
          const raft = cluster(count, seed);
          const needed = Math.floor(count / 2) + 1;
          let nowMs = ELECTION_MS;
          for (const [wait, alive] of moments) {
            nowMs += wait;
            const live = nodeNames(count).filter((_, index) => alive[index]);
            raft.update(nowMs, live);
            expect(raft.leaders.length).toBeLessThanOrEqual(live.length >= needed ? 1 : 0);
            for (const leader of raft.leaders) expect(live).toContain(leader);
          }
          raft.update(nowMs, nodeNames(count));
          raft.update(nowMs + ELECTION_MS, nodeNames(count));
          expect(raft.leaders).toHaveLength(1);
        },
      ),
    );
  });
});
