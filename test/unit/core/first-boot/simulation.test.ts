/** A whole first boot of the simulated cluster, second by second, against how it really ended. */
import { describe, expect, test } from 'vitest';
import type { BootProgress } from '../../../../src/core/first-boot/model.ts';
import { bootProgress } from '../../../../src/core/first-boot/progress.ts';
import { watchBoot } from '../../../helpers/boot-cluster.ts';

type Moment = { readonly atMs: number; readonly progress: BootProgress };

const momentsOf = (options: Parameters<typeof watchBoot>[0], untilMs: number): Moment[] => {
  const boot = watchBoot(options);
  const moments: Moment[] = [];
  for (let atMs = 1000; atMs <= untilMs; atMs += 1000) {
    boot.watch(atMs);
    moments.push({ atMs, progress: bootProgress(boot.store.getState()) });
  }
  return moments;
};

describe.each([
  { nodes: 1, seed: 3 },
  { nodes: 3, seed: 1 },
  { nodes: 3, seed: 2 },
  { nodes: 7, seed: 5 },
])('a boot of $nodes nodes, seed $seed', (options) => {
  const moments = momentsOf(options, 80_000);
  const ready = moments.find(({ progress }) => progress.phase === 'ready');
  const readyAtMs = ready?.atMs ?? 0;
  const during = moments.filter(({ atMs }) => atMs < readyAtMs);

  test('ends ready, and stays so', () => {
    expect(readyAtMs).toBeGreaterThan(40_000);
    for (const { progress } of moments.filter(({ atMs }) => atMs >= readyAtMs)) {
      expect(progress).toMatchObject({ phase: 'ready', done: progress.total });
      // The nodes begin to boot within the first five seconds of the world.
      expect(Math.abs((progress.tookMs ?? 0) - readyAtMs)).toBeLessThan(3000);
    }
  });

  test('goes forward only, and nothing fails, is late or left behind on the way', () => {
    let done = 0;
    for (const { progress } of moments) {
      expect(progress.done).toBeGreaterThanOrEqual(done);
      done = progress.done;
      const states = progress.nodes.flatMap((node) => node.entries.map((entry) => entry.state));
      expect(states).not.toContain('failed');
      expect(states).not.toContain('late');
      expect(states).not.toContain('left-behind');
    }
  });

  test('keeps the documented order on every node', () => {
    for (const { entries } of ready?.progress.nodes ?? []) {
      const begin = (name: string): number => entries.find((entry) => entry.name === name)?.beginMs ?? -1;
      const chain = entries.filter((entry) => entry.inChain && entry.name !== 'flaredb');
      const begins = chain.map((entry) => entry.beginMs ?? -1);
      expect(begins).toEqual(begins.toSorted((a, b) => a - b));
      if (begin('flaredb') >= 0) expect(begin('flaredb')).toBeGreaterThanOrEqual(begin('chainfire'));
      expect(begin('k8shost')).toBeGreaterThan(begin('plasmavmc'));
    }
  });

  test('knows after a third of it when it ends, within a fifth of what is left', () => {
    for (const { atMs, progress } of during.filter((moment) => moment.atMs >= readyAtMs / 3)) {
      const leftMs = readyAtMs - atMs;
      // A look is a second apart from the next: no estimate can be nearer than that.
      expect(Math.abs((progress.etaMs ?? Infinity) - leftMs), `at ${atMs}`).toBeLessThan(
        Math.max(0.2 * leftMs, 3000),
      );
    }
  });

  test('names at any time an entry that is not done', () => {
    for (const { progress } of during.filter((moment) => moment.progress.phase === 'booting')) {
      const { node, unit } = progress.heldBy ?? {};
      const held = progress.nodes.find((one) => one.node === node)?.entries.find((one) => one.unit === unit);
      expect(held?.state).toMatch(/starting|waiting/u);
    }
  });
});

test('a join step that fails holds its node, and nothing tells when it is ready', () => {
  const moments = momentsOf({ scenario: 'join-failure' }, 60_000);
  const last = moments.at(-1)?.progress;
  expect(last?.phase).not.toBe('ready');
  expect(last?.etaMs).toBeUndefined();
  expect(last?.heldBy?.words).toMatch(/^flaredb-cluster-join on node03: exit 1, \d restarts$/u);
  expect(last?.nodes.map((node) => node.at?.name)).toEqual([undefined, undefined, 'flaredb-cluster-join']);
});

test('a cluster that has been up for days is past, with every drift', () => {
  const boot = watchBoot({ scenario: 'steady' });
  boot.watch(1000);
  const progress = bootProgress(boot.store.getState());
  expect(progress).toMatchObject({ phase: 'ready', past: true });
  expect(progress.drift.every((row) => row.done === 3)).toBe(true);
});
