/** Each check is asked at its own interval; systemd, and every check without one, at that of all. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { pollTasks } from '../../../src/app/poll-tasks.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { systemClock } from '../../../src/lib/clock.ts';

it('takes the interval of the check, else of its service, else of all', () => {
  const directory = mkdtempSync(join(tmpdir(), 'pt-paces-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(
    join(directory, 'plasmatop.yaml'),
    [
      'nodes: [node01]',
      'poll: { interval: 3s }',
      'services:',
      '  flashdns: { interval: 10s, checks: { dns: { interval: 500ms } } }',
    ].join('\n'),
  );
  const loaded = loadConfig({ env: {}, cwd: directory, home: directory });
  if (!loaded.ok) throw new Error('the configuration is bad');
  const { all } = pollTasks({
    config: loaded.config,
    nodes: [],
    prober: { probe: () => Promise.reject(new Error('nobody asks')), close: async () => {} },
    clock: systemClock,
    observe: () => {},
    cluster: () => {
      throw new Error('nobody looks');
    },
    nudge: () => {},
  });
  const every = new Map(all.map(({ id, intervalMs }) => [id, intervalMs]));
  expect(every.get('flashdns@node01#dns')).toBe(500);
  expect(every.get('flashdns@node01#https')).toBe(10_000);
  expect(every.get('iam@node01#health')).toBe(3000);
});
