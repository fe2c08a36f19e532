/** Each check is asked at its own interval; systemd, and every check without one, at that of all. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { pollTasks } from '../../../src/app/poll-tasks.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import type { PollTask } from '../../../src/poll/poller.ts';
import { fail, judged, pass, START, worldOf } from '../core/world.ts';

const tasksOf = (yaml: readonly string[], looks: readonly boolean[] = []): readonly PollTask[] => {
  const directory = mkdtempSync(join(tmpdir(), 'pt-paces-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(join(directory, 'plasmatop.yaml'), ['nodes: [node01]', ...yaml].join('\n'));
  const loaded = loadConfig({ env: {}, cwd: directory, home: directory });
  if (!loaded.ok) throw new Error('the configuration is bad');
  const { config } = loaded;
  const world = worldOf(1, undefined, config.topology);
  const coming = [...looks];
  return pollTasks({
    config,
    nodes: [],
    prober: {
      probe: async (target) => (coming.shift() === true ? pass(target, START) : fail(START, 'timeout')),
      close: async () => {},
    },
    clock: systemClock,
    observe: () => {},
    cluster: () => judged(world),
    nudge: () => {},
  }).all;
};

it('takes the interval of the check, else of its service, else of all', () => {
  const all = tasksOf([
    'poll: { interval: 3s }',
    'services:',
    '  flashdns: { interval: 10s, checks: { dns: { interval: 500ms } } }',
  ]);
  const every = new Map(all.map(({ id, intervalMs }) => [id, intervalMs]));
  expect(every.get('flashdns@node01#dns')).toBe(500);
  expect(every.get('flashdns@node01#https')).toBe(10_000);
  expect(every.get('iam@node01#health')).toBe(3000);
});

it.each([
  ['fails', [false, false, true, false], [2000, 600_000, 600_000, 600_000]],
  ['passes', [true, true, true, false], [2000, 2000, 600_000, 600_000]],
  ['cannot decide', [true, false, true, false], [2000, 2000, 2000, 2000]],
])('is made as often as most until its first looks tell something: %s', async (_, looks, paces) => {
  const task = tasksOf(['services: { iam: { interval: 10m, fall: 2, rise: 3 } }'], looks).find(
    ({ id }) => id === 'iam@node01#health',
  );
  for (const pace of paces) {
    await task?.run(new AbortController().signal);
    expect(task?.paceMs?.()).toBe(pace);
  }
});
