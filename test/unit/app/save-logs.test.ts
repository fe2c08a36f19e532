import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { saveLogs } from '../../../src/app/save-logs.ts';
import type { LogRow } from '../../../src/core/logs/model.ts';

const NOW_MS = Date.UTC(2026, 10, 23, 14, 2, 31);
const rows: readonly LogRow[] = [
  {
    ...{ kind: 'line', seq: 1, keyUs: 1, node: 'node02' },
    line: { unit: 'a.service', atMs: NOW_MS, priority: 3, text: 'cannot open', from: 'unit' },
  },
  { kind: 'mark', seq: 2, keyUs: 2, node: 'node02', mark: { kind: 'rebooted' } },
];

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pt-save-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const save = (where = join(directory, 'logs'), title = 'chainfire on node02'): Promise<string> =>
  saveLogs({ directory: where, title, rows, nowMs: NOW_MS });

it('writes a file for its owner alone, in a directory that it makes, and says which', async () => {
  const words = await save();
  const file = join(directory, 'logs', 'chainfire-on-node02-20261123-140231.log');
  expect(words).toBe(`2 lines: ${file}`);
  expect(readFileSync(file, 'utf8')).toBe(
    '2026-11-23T14:02:31.000Z node02 a.service error: cannot open\n-- node02 rebooted --\n',
  );
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(join(directory, 'logs')).mode & 0o777).toBe(0o700);
});

it('overwrites nothing, not through a link either', async () => {
  const target = join(directory, 'precious');
  writeFileSync(target, 'precious');
  await save();
  symlinkSync(target, join(directory, 'logs', 'chainfire-on-node02-20261123-140231-2.log'));
  expect(await save()).toMatch(/-140231-3\.log$/);
  expect(readFileSync(target, 'utf8')).toBe('precious');
});

it('keeps to its directory, whatever the title is', async () => {
  expect(await save(directory, '../../etc/x y')).toMatch(/: \S+\/pt-save-[^/]+\/\S+\.log$/);
});

it('says why it cannot, and leaves no half file', async () => {
  writeFileSync(join(directory, 'file'), '');
  expect(await save(join(directory, 'file'))).toMatch(/^not saved, .*: \S+file$/);
  expect(readdirSync(directory)).toEqual(['file']);
});
