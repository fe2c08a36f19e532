/** Rotation under everything that comes between: other processes, kill -9, other hands. */
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openAudit } from '../../../src/actions/audit.ts';
import type { AuditRecord } from '../../../src/core/audit/model.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

const auditFile = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'pt-rotate-'));
  cleanups.push(() => rmSync(path, { recursive: true, force: true }));
  return join(path, 'audit.jsonl');
};

const record = (id: string): AuditRecord => ({
  phase: 'intent',
  id,
  ts: '2026-11-23T09:41:08.000Z',
  cluster: 'prod',
  verb: 'restart',
  target: 'chainfire@node02',
  node: 'node02',
  unit: 'chainfire.service',
  units: ['chainfire.service'],
  commands: [],
  commandLines: [],
  quorum: [],
  takesAlong: [],
  starts: [],
  expectedMs: 0,
  before: {},
});

const MAX_SIZE = 2000;

/** FILE, FILE.1 and so on: newest first. */
const filesOf = (file: string): string[] => {
  const kept = readdirSync(join(file, '..'))
    .map((name) => /^audit\.jsonl\.(\d+)$/u.exec(name)?.[1])
    .flatMap((number) => number ?? [])
    .map(Number)
    .toSorted((one, other) => one - other);
  return [file, ...kept.map((number) => `${file}.${number}`)];
};

/** The ids in the order in which they were written. Fails at a line that is none. */
const idsIn = (file: string): string[] =>
  filesOf(file)
    .reverse()
    .flatMap((path) =>
      readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => (JSON.parse(line) as { id: string }).id),
    );

type Writing = {
  readonly acknowledged: string[];
  readonly kill: () => void;
  readonly done: Promise<void>;
  /** Resolves with the next line that it prints. */
  readonly told: (count: number) => Promise<void>;
};

const writer = (file: string, name: string, count: number, keep = 1000): Writing => {
  const program = join(import.meta.dirname, '../../helpers/audit-writer.ts');
  const child = spawn(
    process.execPath,
    [program, file, name, String(count), String(MAX_SIZE), String(keep)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  cleanups.push(() => child.kill('SIGKILL'));
  const acknowledged: string[] = [];
  const waiting = new Set<() => void>();
  let rest = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    acknowledged.push(...lines);
    for (const check of waiting) check();
  });
  const done = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    acknowledged,
    kill: () => child.kill('SIGKILL'),
    done,
    told: (wanted) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (acknowledged.length < wanted) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
        void done.then(() => resolve());
      }),
  };
};

describe('a file that is full', () => {
  it('becomes .1, that .2, and none of them more than it may be', async () => {
    const file = auditFile();
    const audit = await openAudit(file, { name: 'ops' }, { maxSize: MAX_SIZE, keep: 100 });
    const ids = Array.from({ length: 60 }, (_, index) => `j${index}`);
    for (const id of ids) expect(await audit.write(record(id))).toEqual({ ok: true });
    expect(idsIn(file)).toEqual(ids);
    expect(filesOf(file).length).toBeGreaterThan(5);
    for (const path of filesOf(file)) {
      expect(statSync(path).size).toBeLessThanOrEqual(MAX_SIZE);
      expect(statSync(path).mode & 0o777).toBe(0o600);
    }
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  it('leaves as many old ones as are to be kept, the newest', async () => {
    const file = auditFile();
    const audit = await openAudit(file, { name: 'ops' }, { maxSize: MAX_SIZE, keep: 3 });
    const ids = Array.from({ length: 60 }, (_, index) => `j${index}`);
    for (const id of ids) await audit.write(record(id));
    expect(filesOf(file).map((path) => path.slice(file.length))).toEqual(['', '.1', '.2', '.3']);
    expect(idsIn(file)).toEqual(ids.slice(-idsIn(file).length));
  });

  it('is shared as the one before it was', async () => {
    const file = auditFile();
    writeFileSync(file, `${JSON.stringify({ id: 'old', text: 'x'.repeat(MAX_SIZE) })}\n`, { mode: 0o600 });
    chmodSync(file, 0o660);
    const audit = await openAudit(file, { name: 'ops' }, { maxSize: MAX_SIZE, keep: 3 });
    await audit.write(record('j1'));
    expect(statSync(file).mode & 0o777).toBe(0o660);
    expect(idsIn(file)).toEqual(['old', 'j1']);
  });

  it.runIf(process.getuid?.() === 0)('stays with its group, whoever of the group rotates it', async () => {
    const file = auditFile();
    const [owner, member, group] = [41_111, 42_222, 45_555];
    writeFileSync(file, `${JSON.stringify({ id: 'old', text: 'x'.repeat(MAX_SIZE) })}\n`);
    chmodSync(file, 0o660);
    chownSync(file, owner, group);
    chmodSync(dirname(file), 0o770);
    chownSync(dirname(file), owner, group);
    const source = join(import.meta.dirname, '../../../src/actions/audit-rotate.ts');
    // As rotate() does at its heart: who may not change the owner may still keep the group.
    const code = `
      const [{ rotate }, { systemClock }, { statSync }] = await Promise.all([
        import(${JSON.stringify(source)}),
        import(${JSON.stringify(join(import.meta.dirname, '../../../src/lib/clock.ts'))}),
        import('node:fs'),
      ]);
      const file = ${JSON.stringify(file)};
      console.log(await rotate(file, statSync(file).ino, { maxSize: 1, keep: 3 }, systemClock));`;
    const words = ['--reuid', `${member}`, '--regid', `${member}`, '--groups', `${member},${group}`, '--'];
    const asMember = [...words, process.execPath, '--input-type=module', '-e', code];
    const { stdout, stderr } = spawnSync('setpriv', asMember, { encoding: 'utf8' });
    expect({ stdout, stderr }).toMatchObject({ stdout: 'rotated\n' });
    expect(statSync(`${file}.1`)).toMatchObject({ uid: owner, gid: group });
    expect(statSync(file)).toMatchObject({ uid: member, gid: group });
    expect(statSync(file).mode & 0o777).toBe(0o660);
  });

  it('goes on after a rotation that was killed half way, wherever that was', async () => {
    const file = auditFile();
    const audit = await openAudit(file, { name: 'ops' }, { maxSize: 400, keep: 20 });
    for (const id of ['a', 'b', 'c', 'd']) await audit.write(record(id));
    // Shifted, and nothing put in its place.
    renameSync(`${file}.1`, `${file}.moved`);
    renameSync(`${file}.2`, `${file}.4`);
    linkSync(`${file}.3`, `${file}.2`);
    renameSync(`${file}.moved`, `${file}.1`);
    await audit.write(record('e'));
    expect(new Set(idsIn(file))).toEqual(new Set(['a', 'b', 'c', 'd', 'e']));
    // Linked to its new name, and still under the old one.
    linkSync(file, `${file}.0`);
    renameSync(`${file}.0`, `${file}.99`);
    await audit.write(record('f'));
    expect(new Set(idsIn(file))).toEqual(new Set(['a', 'b', 'c', 'd', 'e', 'f']));
    expect(existsSync(`${file}.new`)).toBe(false);
  });

  it('is rotated in spite of a lock whose process is gone', async () => {
    const file = auditFile();
    const gone = await new Promise<number>((resolve) => {
      const child = spawn('true');
      child.once('exit', () => resolve(child.pid ?? 0));
    });
    writeFileSync(`${file}.lock`, `${gone}  ${hostname()}\n`);
    const audit = await openAudit(file, { name: 'ops' }, { maxSize: 400, keep: 20 });
    for (const id of ['a', 'b']) await audit.write(record(id));
    expect(filesOf(file)).toHaveLength(2);
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  it('is not rotated under the lock of another, and takes the record', async () => {
    const file = auditFile();
    writeFileSync(`${file}.lock`, `${process.pid}  ${hostname()}\n`);
    const audit = await openAudit(file, { name: 'ops' }, { maxSize: 400, keep: 20 });
    for (const id of ['a', 'b']) expect(await audit.write(record(id))).toEqual({ ok: true });
    expect(filesOf(file)).toHaveLength(1);
    expect(idsIn(file)).toEqual(['a', 'b']);
    expect(existsSync(`${file}.lock`)).toBe(true);
  });
});

describe('several processes at once', () => {
  it('lose no record, write none twice, split none, each in its order', async () => {
    const file = auditFile();
    const writers = ['a', 'b', 'c', 'd'].map((name) => writer(file, name, 80));
    await Promise.all(writers.map(({ done }) => done));
    const ids = idsIn(file);
    expect(ids).toHaveLength(320);
    for (const [index, name] of ['a', 'b', 'c', 'd'].entries()) {
      const own = ids.filter((id) => id.startsWith(`${name}-`));
      expect(new Set(own).size).toBe(80);
      expect(writers[index]?.acknowledged).toEqual(Array.from({ length: 80 }, (_, n) => `${name}-${n}`));
    }
    for (const path of filesOf(file)) expect(statSync(path).size).toBeLessThanOrEqual(MAX_SIZE + 4 * 600);
    expect(filesOf(file).length).toBeGreaterThan(30);
  }, 60_000);

  it('and kill -9 at any point: what was acknowledged is there, whole, and rotation goes on', async () => {
    const file = auditFile();
    const kept = writer(file, 'kept', 150);
    const killed: Writing[] = [];
    for (let round = 0; round < 8; round += 1) {
      const one = writer(file, `k${round}`, 10_000);
      killed.push(one);
      await one.told(3 + round * 3);
      one.kill();
      await one.done;
    }
    await kept.done;
    const audit = await openAudit(file, { name: 'ops' }, { maxSize: MAX_SIZE, keep: 1000 });
    for (let number = 0; number < 10; number += 1) await audit.write(record(`last-${number}`));
    const ids = idsIn(file);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { acknowledged } of [kept, ...killed]) {
      expect(acknowledged.filter((id) => !ids.includes(id))).toEqual([]);
    }
    expect(statSync(file).size).toBeLessThanOrEqual(MAX_SIZE);
    expect(existsSync(`${file}.lock`)).toBe(false);
  }, 60_000);
});
