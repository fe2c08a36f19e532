import { describe, expect, it } from 'vitest';
import type { AuditResult } from '../../../src/actions/audit.ts';
import { type ChildEnd, createShells, type ShellsOptions } from '../../../src/actions/shell.ts';
import type { AuditRecord } from '../../../src/core/audit/model.ts';
import type { ShellWay } from '../../../src/ssh/types.ts';

const way: ShellWay = { ok: true, words: ['ssh', '-tt', '--', 'node02'], lost: async () => undefined };

/** Shells whose world writes down, in order, what happens to it. */
const bench = (change: Partial<ShellsOptions> = {}, end: ChildEnd = { kind: 'exited', code: 0 }) => {
  const happened: unknown[] = [];
  let nowMs = 1000;
  const shells = createShells({
    wayTo: () => way,
    audit: {
      write: async (record: AuditRecord): Promise<AuditResult> => {
        happened.push(record);
        return { ok: true };
      },
    },
    cluster: 'test',
    clock: { now: () => nowMs, monotonic: () => nowMs },
    readOnly: false,
    ...change,
  });
  const open = () =>
    shells.open('node02', async (words, says) => {
      happened.push({ words, says });
      nowMs += 72_000;
      return end;
    });
  return { happened, open, shells };
};

describe('a shell', () => {
  it('is in the audit before it starts and after it has ended', async () => {
    const { happened, open } = bench({}, { kind: 'exited', code: 3 });
    expect(await open()).toEqual({ text: 'shell on node02 ended (3) after 1:12', tone: 'info' });
    expect(happened).toMatchObject([
      { phase: 'intent', verb: 'shell', node: 'node02', commands: [['ssh', '-tt', '--', 'node02']] },
      { words: ['ssh', '-tt', '--', 'node02'], says: expect.stringContaining('shell on node02') },
      { phase: 'outcome', outcome: 'ended', exitCode: 3, durationMs: 72_000 },
    ]);
    expect(happened[0]).toHaveProperty('id', (happened[2] as AuditRecord).id);
  });

  it.each<[string, Partial<ShellsOptions>, RegExp]>([
    ['of a read-only console', { readOnly: true }, /^read-only/],
    ['without the reason that is asked for', { needsReason: true }, /^a reason must be given/],
    ['without ssh', { wayTo: undefined }, /ssh is off/],
    [
      'without a connection',
      { wayTo: () => ({ ok: false, reason: 'Connection refused – is sshd up' }) },
      /^no shell on node02: Connection refused/,
    ],
  ])('%s does not start and is in no audit', async (_what, change, reason) => {
    const { happened, open } = bench(change);
    const notice = await open();
    expect(notice.tone).toBe('refused');
    expect(notice.text).toMatch(reason);
    expect(happened).toEqual([]);
  });

  it('that cannot be written down does not start', async () => {
    const { happened, open } = bench({
      audit: { write: async () => ({ ok: false, problem: 'the disk is full', remedy: 'free space' }) },
    });
    expect(await open()).toEqual({ text: 'no shell: the disk is full – free space', tone: 'refused' });
    expect(happened).toEqual([]);
  });

  it('whose end cannot be written down says so', async () => {
    let writes = 0;
    const { open } = bench({
      audit: {
        write: async () => {
          writes += 1;
          return writes === 1 ? { ok: true } : { ok: false, problem: 'the disk is full', remedy: '' };
        },
      },
    });
    expect((await open()).text).toMatch(/ended \(0\).*not in the audit: the disk is full/);
  });

  it.each<[string, ChildEnd, ShellWay, RegExp]>([
    [
      'its connection',
      { kind: 'exited', code: 255 },
      { ...way, lost: async () => ({ kind: 'closed', detail: 'the connection has ended', remedy: '' }) },
      /^shell on node02 lost after 1:12: the connection has ended$/,
    ],
    ['a signal', { kind: 'killed', signal: 'SIGKILL' }, way, /ended by SIGKILL after 1:12$/],
    [
      'a missing ssh',
      { kind: 'not-started', reason: 'ssh: not found' },
      way,
      /^no shell on node02: ssh: not found$/,
    ],
  ])('that ended by %s is told as such', async (_what, end, over, words) => {
    const { happened, open } = bench({ wayTo: () => over }, end);
    const notice = await open();
    expect(notice.tone).toBe('bad');
    expect(notice.text).toMatch(words);
    expect(happened.at(-1)).toMatchObject({ phase: 'outcome', outcome: 'failed', words: notice.text });
  });

  it('may itself end with 255', async () => {
    const { open } = bench({}, { kind: 'exited', code: 255 });
    expect(await open()).toEqual({ text: 'shell on node02 ended (255) after 1:12', tone: 'info' });
  });

  it('is waited for until its end is written', async () => {
    const { happened, open, shells } = bench();
    void open();
    await shells.settled();
    expect(happened.at(-1)).toMatchObject({ phase: 'outcome' });
  });
});
