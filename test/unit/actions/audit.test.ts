import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { auditLine, currentOperator, openAudit, thisProcess } from '../../../src/actions/audit.ts';
import type { AuditRecord } from '../../../src/core/audit/model.ts';
import { waitFor } from '../../helpers/wait-for.ts';

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

const common = {
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
} as const;
const intent: AuditRecord = {
  phase: 'intent',
  ...common,
  takesAlong: ['flaredb.service'],
  starts: [],
  expectedMs: 10_000,
  before: { 'chainfire.service': 'a1b2' },
  reason: 'it leaks',
};
const outcome: AuditRecord = {
  ...common,
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
    const written = { host: hostname(), pid: process.pid, pidStart: thisProcess().start };
    expect(await audit.write(intent)).toEqual({ ok: true });
    expect(await audit.write(outcome)).toEqual({ ok: true });
    expect(recordsIn(file)).toEqual([
      { v: 1, ...intent, user, ...written },
      { v: 1, ...outcome, user, ...written },
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

describe('a place that is not safe', () => {
  const isRoot = process.getuid?.() === 0;

  it('refuses a symbolic link, and leaves alone what it leads to', async () => {
    const base = directory();
    writeFileSync(join(base, 'elsewhere'), 'precious\n');
    symlinkSync(join(base, 'elsewhere'), join(base, 'audit.jsonl'));
    const audit = await openAudit(join(base, 'audit.jsonl'), user);
    expect(await audit.write(intent)).toMatchObject({
      ok: false,
      problem: expect.stringContaining('it is a symbolic link'),
      remedy: 'set audit.file to the file that it leads to',
    });
    expect(readFileSync(join(base, 'elsewhere'), 'utf8')).toBe('precious\n');
  });

  it('refuses a file that everybody may write to', async () => {
    const file = join(directory(), 'audit.jsonl');
    writeFileSync(file, '');
    chmodSync(file, 0o666);
    const audit = await openAudit(file, user);
    expect(await audit.write(intent)).toMatchObject({
      ok: false,
      problem: expect.stringContaining('everybody may write to it'),
      remedy: expect.stringContaining(`chmod o-w ${file}`),
    });
    chmodSync(file, 0o644);
    expect(await audit.write(intent)).toEqual({ ok: true });
  });

  it('refuses a directory in which everybody may put another file in its place', async () => {
    const base = directory();
    const audit = await openAudit(join(base, 'audit.jsonl'), user);
    chmodSync(base, 0o777);
    expect(await audit.write(intent)).toMatchObject({
      ok: false,
      problem: expect.stringContaining('everybody may replace it'),
    });
    chmodSync(base, 0o1777);
    expect(await audit.write(intent)).toEqual({ ok: true });
  });

  it.runIf(isRoot)("refuses another user's file, unless it is shared with a group", async () => {
    const file = join(directory(), 'audit.jsonl');
    writeFileSync(file, '', { mode: 0o600 });
    chownSync(file, 4711, 4711);
    const audit = await openAudit(file, user);
    expect(await audit.write(intent)).toMatchObject({
      ok: false,
      problem: expect.stringContaining('it belongs to another user (uid 4711)'),
    });
    chmodSync(file, 0o660);
    expect(await audit.write(intent)).toEqual({ ok: true });
  });

  it.runIf(isRoot)("refuses another user's directory in the same way", async () => {
    const base = directory();
    const audit = await openAudit(join(base, 'audit.jsonl'), user);
    expect(await audit.write(intent)).toEqual({ ok: true });
    chownSync(base, 4711, 4711);
    expect(await audit.write(intent)).toMatchObject({
      ok: false,
      problem: expect.stringContaining('another user (uid 4711) may replace it'),
    });
    chmodSync(join(base, 'audit.jsonl'), 0o660);
    expect(await audit.write(intent)).toEqual({ ok: true });
  });
});

describe('a full disk', () => {
  const mounted = (): string | undefined => {
    const base = directory();
    const result = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', base], { stdio: 'ignore' });
    if (result.status !== 0) return undefined;
    cleanups.push(() => spawnSync('umount', ['-l', base]));
    return base;
  };

  it('is said, also when a rotation is due; when there is room again no half line spoils the next record', async (context) => {
    const base = mounted();
    if (base === undefined) context.skip('only root can mount a small disk');
    const file = join(base ?? '', 'audit.jsonl');
    const audit = await openAudit(file, user, { maxSize: 16_384 });
    let written = 0;
    for (; written < 400; written += 1) {
      const result = await audit.write({ ...intent, id: `j${written}` });
      if (result.ok) continue;
      expect(result.problem).toMatch(/no space left on device|the disk took only part/u);
      break;
    }
    expect(written).toBeLessThan(400);
    expect(existsSync(`${file}.1`)).toBe(true);
    const all = (): string[] =>
      readdirSync(base ?? '')
        .filter((name) => /^audit\.jsonl(\.\d+)?$/u.test(name))
        .flatMap((name) => readFileSync(join(base ?? '', name), 'utf8').split('\n'));
    rmSync(`${file}.1`);
    expect(await audit.write({ ...intent, id: 'after' })).toEqual({ ok: true });
    const whole = all().filter((line) => line.endsWith('}'));
    for (const line of whole) expect(() => JSON.parse(line) as unknown).not.toThrow();
    expect(whole.some((line) => line.includes('"after"'))).toBe(true);
  });
});

describe('the system log', () => {
  /** A `logger` of ours comes first on the PATH for the rest of the test. */
  const fakeLogger = (script: string): string => {
    const base = directory();
    writeFileSync(join(base, 'logger'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const before = process.env.PATH;
    process.env.PATH = `${base}:${before}`;
    cleanups.push(() => {
      process.env.PATH = before;
    });
    return base;
  };

  it('gets each record in order, as words that no shell reads, cut to 1 KiB', async () => {
    const out = join(directory(), 'out');
    fakeLogger(`for word; do printf '%s\\n' "$word" >> ${out}; done`);
    const audit = await openAudit(join(directory(), 'audit.jsonl'), user, { syslog: true });
    await audit.write({ ...intent, reason: '$(touch /tmp/pt-owned) `id` "; \u001b[2J' });
    await audit.write({ ...outcome, words: 'ä'.repeat(900) });
    const lines = await waitFor(() => {
      const read = readFileSync(out, 'utf8').split('\n');
      expect(read).toHaveLength(13);
      return read;
    });
    expect(lines.slice(0, 5)).toEqual(['-t', 'plasmatop', '-p', 'authpriv.notice', '--']);
    expect(lines[5]).toMatch(
      /^intent restart chainfire@node02 user=ops sudo_user=alice cluster=prod id=j1 /u,
    );
    expect(lines[5]).toContain('$(touch /tmp/pt-owned) `id`');
    expect(lines[5]).toContain('systemctl restart -- chainfire.service');
    expect(lines[5]).not.toContain('\u001b');
    expect(existsSync('/tmp/pt-owned')).toBe(false);
    expect(lines[11]).toMatch(/^outcome restart chainfire@node02 user=ops .*outcome=succeeded .*…$/u);
    expect(Buffer.byteLength(lines[11] ?? '')).toBeLessThanOrEqual(1024);
  });

  it('has each of them before the end of the program, if that waits for it', async () => {
    const out = join(directory(), 'out');
    fakeLogger(`sleep 0.1; echo line >> ${out}`);
    const audit = await openAudit(join(directory(), 'audit.jsonl'), user, { syslog: true });
    await audit.write(intent);
    await audit.write(outcome);
    await audit.settled();
    expect(readFileSync(out, 'utf8')).toBe('line\nline\n');
  });

  it('that does not work is told, and holds back neither record nor action', async () => {
    fakeLogger('echo no socket >&2; exit 1');
    const told: string[] = [];
    const audit = await openAudit(join(directory(), 'audit.jsonl'), user, {
      syslog: true,
      onTrouble: (words) => told.push(words),
    });
    expect(await audit.write(intent)).toEqual({ ok: true });
    await waitFor(() => expect(told).toEqual(["not in the system's log: no socket"]));
  });

  it('gets nothing that is not in the file', async () => {
    const base = fakeLogger('echo "$@" >> "$(dirname "$0")/out"');
    const audit = await openAudit('/dev/full', user, { syslog: true });
    expect(await audit.write(intent)).toMatchObject({ ok: false });
    const other = await openAudit(join(directory(), 'audit.jsonl'), user, { syslog: true });
    await other.write({ ...intent, id: 'second' });
    const out = await waitFor(() => readFileSync(join(base, 'out'), 'utf8'));
    expect(out).not.toContain('id=j1');
  });
});

describe('a record that is to be written once', () => {
  it('is written by one of many who find it due', async () => {
    const file = join(directory(), 'audit.jsonl');
    const audits = await Promise.all([openAudit(file, user), openAudit(file, user), openAudit(file, user)]);
    const isDue = async (): Promise<boolean> =>
      !existsSync(file) || !recordsIn(file).some((record) => record.phase === 'outcome');
    const ends = await Promise.all(audits.map((audit) => audit.writeOnce(outcome, isDue)));
    expect(recordsIn(file)).toHaveLength(1);
    expect(ends.filter((end) => end === 'done-already')).toHaveLength(2);
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
        const line = auditLine({ ...outcome, words, node }, { name }, thisProcess());
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
