/** `plasmatop audit`: what it reads from the disk, and how it tells it. */
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { readRecentAudit, readWholeAudit } from '../../../src/actions/audit-read.ts';
import { parseAuditWords, parseSince } from '../../../src/commands/audit-options.ts';
import { auditJson, auditLines } from '../../../src/commands/audit-text.ts';
import { readAudit } from '../../../src/core/audit/read.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});
const directory = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'pt-audit-read-'));
  cleanups.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
};

const line = (id: string, minute: number, more: object = {}): string =>
  `${JSON.stringify({
    v: 1,
    phase: 'intent',
    id,
    ts: `2026-11-23T09:${String(minute).padStart(2, '0')}:00.000Z`,
    cluster: 'prod',
    verb: 'restart',
    target: 'chainfire@node02',
    node: 'node02',
    units: ['chainfire.service'],
    user: { name: 'ops' },
    host: 'jump1',
    pid: 12,
    ...more,
  })}\n`;

describe('reading', () => {
  it('takes all files in the order of their times, whoever put them aside', async () => {
    const file = join(directory(), 'audit.jsonl');
    writeFileSync(file, line('f', 50));
    writeFileSync(`${file}.1`, line('d', 30) + line('e', 40));
    writeFileSync(`${file}.2`, line('c', 20));
    writeFileSync(`${file}-20261122`, line('b', 10));
    writeFileSync(`${file}-20261121.gz`, gzipSync(line('a', 1)));
    for (const name of ['.lock', '.new', '.bak', 'x', '-prod', '-2', '-20261121.bz2'])
      writeFileSync(`${file}${name}`, line('no', 2));
    const { entries, bad } = await readWholeAudit(file);
    expect(entries.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(bad).toBe(0);
  });

  it.each([
    'audit.jsonl.1',
    'audit.jsonl.1.gz',
    'audit.jsonl-20261123',
    'audit.jsonl-2026112309.gz',
    'audit.jsonl-20261123-1795427400',
    'audit.jsonl.2026-11-23',
    'audit-20261123.jsonl',
    'audit-20261123.jsonl.gz',
    'audit-2026-11-23.jsonl',
    'audit.1.jsonl',
  ])('finds what logrotate has called %s, and what was not ended in it', async (name) => {
    const path = directory();
    const file = join(path, 'audit.jsonl');
    // The file of another cluster beside it.
    writeFileSync(join(path, 'audit-2.jsonl'), line('other', 7));
    const text = line('ended', 9) + line('open', 10);
    writeFileSync(join(path, name), name.endsWith('.gz') ? gzipSync(text) : text);
    const ids = async (read: typeof readWholeAudit): Promise<readonly string[]> =>
      (await read(file)).entries.map(({ id }) => id);
    // With `nocreate`, until the next action.
    expect(await ids(readRecentAudit)).toEqual(['ended', 'open']);
    writeFileSync(file, line('ended', 11, { phase: 'outcome', outcome: 'succeeded' }) + line('new', 12));
    expect(await ids(readRecentAudit)).toEqual(['ended', 'open', 'new']);
    expect(await ids(readWholeAudit)).toEqual(['ended', 'open', 'new']);
    const { entries } = await readRecentAudit(file);
    expect(entries.flatMap(({ id, end }) => (end === undefined ? [id] : []))).toEqual(['open', 'new']);
  });

  it('takes of those put aside the newest, whatever they are called, and passes empty ones over', async () => {
    const file = join(directory(), 'audit.jsonl');
    const put = (name: string, text: string, minute: number): void => {
      writeFileSync(`${file}${name}`, text);
      const at = Date.UTC(2026, 10, 23, 9, minute) / 1000;
      utimesSync(`${file}${name}`, at, at);
    };
    put('.1', line('b', 20), 20);
    put('-20261123', line('c', 30), 30);
    put('-20261124', '', 31);
    put('-20261121', line('a', 1), 1);
    put('', line('d', 40), 40);
    expect((await readRecentAudit(file)).entries.map(({ id }) => id)).toEqual(['b', 'c', 'd']);
  });

  it('says that there is none', async () => {
    await expect(readWholeAudit(join(directory(), 'audit.jsonl'))).rejects.toThrow('ENOENT');
    expect(await readRecentAudit(join(directory(), 'audit.jsonl'))).toEqual({ entries: [], bad: 0 });
  });

  it('takes the newest alone of what is large, and of the file before it what there is room for', async () => {
    const file = join(directory(), 'audit.jsonl');
    writeFileSync(`${file}.1`, line('old', 1) + line('before', 20));
    writeFileSync(file, line('now', 30));
    expect((await readRecentAudit(file)).entries.map(({ id }) => id)).toEqual(['old', 'before', 'now']);
    const large = Array.from({ length: 4000 }, (_, index) =>
      line(`j${index}`, 40, { reason: 'x'.repeat(300) }),
    );
    writeFileSync(file, large.join(''));
    const { entries, bad } = await readRecentAudit(file);
    expect(entries.at(-1)?.id).toBe('j3999');
    expect(entries.length).toBeLessThan(3000);
    expect(bad).toBe(0);
  });
});

describe('telling', () => {
  const { entries } = readAudit(
    (
      line('a', 1, { reason: 'it leaks' }) +
      line('b', 2, { user: { name: 'root', sudoUser: 'alice' }, verb: 'bring-up', target: 'node02' }) +
      line('a', 3, { phase: 'outcome', outcome: 'succeeded', words: 'recovered in 6 s', durationMs: 6400 }) +
      line('c', 4, { phase: 'outcome', outcome: 'failed', words: 'exit 1: no', durationMs: 66_000 })
    ).split('\n'),
  );

  it('has a line for each', () => {
    expect(auditLines(entries, () => 60)).toEqual([
      '2026-11-23 10:01:00  ops            restart chainfire@node02  0:06  recovered in 6 s (reason: it leaks)',
      '2026-11-23 10:02:00  alice as root  bring-up node02              -  no outcome recorded',
      '2026-11-23 10:04:00  ops            restart chainfire@node02  1:06  failed: exit 1: no',
    ]);
  });

  it('has an object for each', () => {
    expect(entries.map((entry) => JSON.parse(auditJson(entry)) as unknown)).toMatchObject([
      {
        v: 1,
        id: 'a',
        ts: '2026-11-23T09:01:00.000Z',
        outcome: 'succeeded',
        host: 'jump1',
        pid: 12,
        resolved: false,
      },
      { v: 1, id: 'b', outcome: null, user: { sudoUser: 'alice' } },
      { v: 1, id: 'c', outcome: 'failed', durationMs: 66_000 },
    ]);
  });
});

describe('words', () => {
  const NOW = Date.UTC(2026, 10, 23, 12);
  it.each([
    ['2h', NOW - 7_200_000],
    ['1h30m', NOW - 5_400_000],
    ['7d', NOW - 7 * 86_400_000],
    ['2026-11-23', new Date(2026, 10, 23).getTime()],
    ['2026-11-23T09:30', new Date(2026, 10, 23, 9, 30).getTime()],
    ['2026-02-31', undefined],
    ['yesterday', undefined],
    ['', undefined],
    ['-2h', undefined],
  ])('--since %s', (text, atMs) => {
    expect(parseSince(text, NOW)).toBe(atMs);
  });

  const parsed = (flags: Record<string, string>) =>
    parseAuditWords((name) => flags[name], false, ['restart', 'stop'], NOW);

  it.each([
    [{ since: 'soon' }, /--since is not a time/u, /2h/u],
    [{ lines: '0' }, /--lines/u, /-n 20/u],
    [{ verb: 'restrat' }, /no such verb/u, /restart/u],
    [{ outcome: 'faild' }, /no such outcome/u, /failed/u],
  ])('refuses %j', (flags, message, remedy) => {
    expect(parsed(flags)).toMatchObject({
      ok: false,
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(remedy),
    });
  });

  it('takes the others as they are', () => {
    expect(parsed({ since: '1h', node: 'node02', user: 'alice', lines: '5' })).toEqual({
      ok: true,
      words: { filter: { sinceMs: NOW - 3_600_000, node: 'node02', user: 'alice' }, last: 5 },
    });
  });
});
