import { appendFileSync, chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { type AuditRecord, auditLine, currentOperator, openAudit } from '../../../src/actions/audit.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

const directory = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'pt-audit-'));
  cleanups.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
};

const user = { name: 'ops', sudoUser: 'alice', sshConnection: '10.0.0.9 51000 10.0.0.1 22' };

const intent: AuditRecord = {
  phase: 'intent',
  ts: '2026-11-23T09:41:08.000Z',
  id: 'j1',
  cluster: 'prod',
  verb: 'restart',
  target: 'chainfire@node02',
  node: 'node02',
  unit: 'chainfire.service',
  units: ['chainfire.service'],
  commands: [['sudo', '-n', 'systemctl', 'restart', '--', 'chainfire.service']],
  commandLines: ['ssh node02 -- sudo -n systemctl restart -- chainfire.service'],
  quorum: [{ service: 'chainfire', expected: 3, needed: 2, now: 3, during: 2, after: 3, breaks: false }],
};
const outcome: AuditRecord = {
  ...intent,
  phase: 'outcome',
  outcome: 'succeeded',
  words: 'recovered in 6 s',
  exitCode: 0,
  durationMs: 6000,
};

const recordsIn = (file: string): Record<string, unknown>[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('openAudit', () => {
  it('appends one JSON line per record to a private file in a private directory', async () => {
    const file = join(directory(), 'state', 'plasmatop', 'audit.jsonl');
    const audit = await openAudit(file, user);
    expect(await audit.write(intent)).toEqual({ ok: true });
    expect(await audit.write(outcome)).toEqual({ ok: true });
    expect(recordsIn(file)).toEqual([
      { ...intent, user },
      { ...outcome, user },
    ]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700);
  });

  it('keeps what others wrote before, and keeps apart what many write at once', async () => {
    const file = join(directory(), 'audit.jsonl');
    appendFileSync(file, '{"id":"old"}\n');
    const [one, two] = [await openAudit(file, user), await openAudit(file, user)];
    const records = Array.from({ length: 40 }, (_, index) => ({ ...intent, id: `j${index}` }));
    await Promise.all(records.map((record, index) => (index % 2 === 0 ? one : two).write(record)));
    const ids = recordsIn(file).map((record) => record.id);
    expect(ids[0]).toBe('old');
    expect(new Set(ids)).toEqual(new Set(['old', ...records.map((record) => record.id)]));
  });

  it('does not glue a record to half a line that a crash left', async () => {
    const file = join(directory(), 'audit.jsonl');
    appendFileSync(file, '{"id":"torn","ve');
    const audit = await openAudit(file, user);
    await audit.write(intent);
    await audit.write(outcome);
    const lines = readFileSync(file, 'utf8').split('\n');
    expect(lines[0]).toBe('{"id":"torn","ve');
    expect(lines.slice(1, -1).map((line) => JSON.parse(line).phase)).toEqual(['intent', 'outcome']);
  });

  it('follows a log that was rotated away', async () => {
    const base = directory();
    const file = join(base, 'audit.jsonl');
    const audit = await openAudit(file, user);
    await audit.write(intent);
    rmSync(file);
    await audit.write(outcome);
    expect(recordsIn(file).map((record) => record.phase)).toEqual(['outcome']);
  });

  it('says that the disk is full', async () => {
    const audit = await openAudit('/dev/full', user);
    expect(await audit.write(intent)).toEqual({
      ok: false,
      problem: 'the audit cannot be written: no space left on device: /dev/full',
      remedy: 'free space on that disk, or set audit.file to another',
    });
  });

  it('says that it may not write there', async () => {
    const base = directory();
    chmodSync(base, 0o555);
    const isRoot = process.getuid?.() === 0;
    // Root may write anywhere; the check is real only as somebody else.
    if (isRoot) process.seteuid?.(65_534);
    try {
      const audit = await openAudit(join(base, 'audit.jsonl'), user);
      expect(await audit.write(intent)).toMatchObject({
        ok: false,
        remedy: expect.stringContaining('make it writable'),
      });
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  it('says that it was given a directory', async () => {
    const audit = await openAudit(directory(), user);
    expect(await audit.write(intent)).toMatchObject({
      ok: false,
      remedy: expect.stringContaining('names a directory'),
    });
  });

  it('goes on after a failure', async () => {
    const base = directory();
    const file = join(base, 'gone', 'audit.jsonl');
    const audit = await openAudit(file, user);
    rmSync(join(base, 'gone'), { recursive: true });
    expect(await audit.write(intent)).toMatchObject({ ok: false });
    await openAudit(file, user);
    expect(await audit.write(outcome)).toEqual({ ok: true });
  });
});

describe('auditLine', () => {
  it('cannot be forged, whatever the texts hold', () => {
    const text = fc.string({
      unit: fc.oneof(
        fc.constantFrom('\n', '\r', '\u2028', '\u001b', '"', '\\', '}'),
        fc.constantFrom('a', 'é', '\u0007', '\u009b'),
      ),
    });
    fc.assert(
      fc.property(text, text, text, (words, node, name) => {
        const line = auditLine({ ...outcome, words, node }, { name });
        expect(line.endsWith('\n')).toBe(true);
        expect(line.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/u);
        expect(JSON.parse(line)).toMatchObject({ id: 'j1', phase: 'outcome', outcome: 'succeeded' });
      }),
    );
  });
});

describe('currentOperator', () => {
  it('names who became whom, from where', () => {
    const operator = currentOperator({ SUDO_USER: 'alice', SSH_CONNECTION: '10.0.0.9 1 10.0.0.1 22' });
    expect(operator).toMatchObject({ sudoUser: 'alice', sshConnection: '10.0.0.9 1 10.0.0.1 22' });
    expect(operator.name).not.toBe('');
    expect(Object.keys(currentOperator({}))).toEqual(['name']);
  });
});
