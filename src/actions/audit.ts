/** The audit: append-only JSON lines, on disk before an action runs and again when it has ended. */
import { mkdir } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { AuditRecord, Operator, Writer } from '../core/audit/model.ts';
import { sanitiseLine } from '../core/sanitise.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import { processStart } from '../lib/process-alive.ts';
import { appendLine, type Place, UnsafePlace } from './audit-file.ts';
import { withLock } from './audit-lock.ts';
import { lockOf, type Rotation } from './audit-rotate.ts';
import { sendToSyslog } from './syslog.ts';

export type AuditResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly problem: string; readonly remedy: string };

export type Audit = {
  readonly file: string;
  /** Resolves when the line is on the disk, or with why it is not. Never rejects. */
  readonly write: (record: AuditRecord) => Promise<AuditResult>;
  /** Writes it while no other process does the same, if it is still due then. Never rejects. */
  readonly writeOnce: (
    record: AuditRecord,
    isStillDue: () => Promise<boolean>,
  ) => Promise<AuditResult | 'done-already' | 'busy'>;
  /** Resolves when the system's log has the copies of all that was written, or will not have them. Never rejects. */
  readonly settled: () => Promise<void>;
};

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'free space on that disk, or set audit.file to another',
  EDQUOT: 'your quota is used up: free space, or set audit.file to another disk',
  EACCES: 'make it writable for you, or set audit.file to a place that is',
  EPERM: 'make it writable for you, or set audit.file to a place that is',
  EROFS: 'that file system is read-only: set audit.file to another',
  EISDIR: 'audit.file names a directory: name a file',
  ENOTDIR: 'a part of its path is not a directory: correct audit.file',
  ELOOP: 'set audit.file to the file that it leads to',
  EINVAL: 'name a plain file',
};

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

/** "ENOSPC: no space left on device, write": the reason alone. */
const reasonOf = (error: unknown): string => {
  if (codeOf(error) === 'ELOOP') return 'it is a symbolic link';
  const message = error instanceof Error ? error.message : String(error);
  return codeOf(error) === '' ? message : message.replace(/^\w+: /u, '').replace(/, \w+(?: '.*')?$/u, '');
};

const remedyOf = (error: unknown): string =>
  error instanceof UnsafePlace
    ? error.remedy
    : (REMEDIES[codeOf(error)] ?? 'set audit.file to a file that can be written');

const failed = (file: string, error: unknown): AuditResult => ({
  ok: false,
  // The path comes last, for a narrow line cuts the end.
  problem: sanitiseLine(`the audit cannot be written: ${reasonOf(error)}: ${file}`, 300),
  remedy: remedyOf(error),
});

const cleaned = (value: unknown): unknown => {
  if (typeof value === 'string') return sanitiseLine(value, 1000);
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, cleaned(entry)]));
  }
  return value;
};

/** The version of the records' shape. */
const VERSION = 1;

/** One record as one line, whatever its texts hold. */
export const auditLine = (record: AuditRecord, user: Operator, { host, pid, start }: Writer): string =>
  `${JSON.stringify(cleaned({ v: VERSION, ...record, user, host, pid, pidStart: start }))}\n`;

const quoted = (text: string): string => (/^[\w@.:/-]+$/u.test(text) ? text : JSON.stringify(text));

/** One record for the system's log: what matters first, since its end may be cut. */
const syslogText = (record: AuditRecord, { name, sudoUser }: Operator): string => {
  const isEnd = record.phase === 'outcome' || record.phase === 'operation-end';
  const pairs: readonly (readonly [string, string | undefined])[] = [
    ['user', name],
    ['sudo_user', sudoUser],
    ['outcome', isEnd ? record.outcome : undefined],
    ['cluster', record.cluster],
    ['id', record.id],
    ['reason', 'reason' in record ? record.reason : undefined],
    ['words', isEnd ? record.words : undefined],
    ['targets', record.phase === 'operation-begin' ? record.targets.join(' ') : undefined],
    [
      'commands',
      record.phase === 'intent' ? record.commands.map((words) => words.join(' ')).join('; ') : undefined,
    ],
  ];
  const told = pairs.flatMap(([key, value]) =>
    value === undefined ? [] : `${key}=${quoted(sanitiseLine(value, 1000))}`,
  );
  return [record.phase, record.verb, record.target, ...told].join(' ');
};

/** This process, as records name it. */
export const thisProcess = (): Writer => {
  const start = processStart(process.pid);
  return { host: hostname(), pid: process.pid, ...(start === undefined ? {} : { start }) };
};

/** The one who runs this process. */
export const currentOperator = (env: Readonly<Record<string, string | undefined>>): Operator => {
  const account = (): string => {
    try {
      return userInfo().username;
    } catch {
      // A uid without an entry in passwd, as in a container.
      return `uid ${process.getuid?.() ?? 'unknown'}`;
    }
  };
  return {
    name: account(),
    ...(env.SUDO_USER ? { sudoUser: env.SUDO_USER } : {}),
    ...(env.SSH_CONNECTION ? { sshConnection: env.SSH_CONNECTION } : {}),
  };
};

export type AuditSettings = Rotation & {
  /** A copy of each record goes to the system's log. */
  readonly syslog: boolean;
  readonly clock: Clock;
  /** What went wrong beside the record itself: the action runs all the same. */
  readonly onTrouble: (words: string) => void;
};

const DEFAULTS: AuditSettings = {
  maxSize: 10 * 1024 * 1024,
  keep: 10,
  syslog: false,
  clock: systemClock,
  onTrouble: () => {},
};

const LOCK_WAIT_MS = 2000;

const ownerIds = (sudoUid = process.env.SUDO_UID): readonly number[] => [
  ...(process.geteuid === undefined ? [] : [process.geteuid()]),
  ...(sudoUid !== undefined && /^\d{1,10}$/u.test(sudoUid) ? [Number(sudoUid)] : []),
];

/**
 * The audit in `file`, made with mode 0600 (its directory 0700) when it is not there. Always resolves: the console watches
 * also where it cannot write, only acting then is refused.
 */
export const openAudit = async (
  file: string,
  user: Operator = currentOperator(process.env),
  settings: Partial<AuditSettings> = {},
): Promise<Audit> => {
  const { syslog, onTrouble, ...rest } = { ...DEFAULTS, ...settings };
  const place: Place = { ...rest, file: resolve(file), owners: ownerIds() };
  const writer: Writer = thisProcess();
  await mkdir(dirname(place.file), { recursive: true, mode: 0o700 }).catch(() => {});

  let copied: Promise<void> = Promise.resolve();
  const copy = (record: AuditRecord): void => {
    const text = syslogText(record, user);
    // The file is the record: nothing waits for the copy, but they keep their order.
    copied = copied
      .then(() => sendToSyslog(text))
      .then((problem) => {
        if (problem !== undefined) onTrouble(`not in the system's log: ${problem}`);
      });
  };

  const append = async (record: AuditRecord, where: Place = place): Promise<AuditResult> => {
    try {
      const unrotated = await appendLine(where, auditLine(record, user, writer));
      if (unrotated !== undefined) onTrouble(`the audit was not rotated: ${reasonOf(unrotated)}`);
    } catch (error) {
      return failed(place.file, error);
    }
    if (syslog) copy(record);
    return { ok: true };
  };

  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    // One at a time: looking for half a line and writing must not be interleaved.
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
  };
  return {
    file: place.file,
    write: (record) => inTurn(() => append(record)),
    writeOnce: (record, isStillDue) =>
      inTurn(async () => {
        try {
          // Who rotates needs the same lock.
          const unrotated = { ...place, maxSize: Number.POSITIVE_INFINITY };
          return await withLock(lockOf(place.file), place.clock, LOCK_WAIT_MS, async () =>
            (await isStillDue()) ? append(record, unrotated) : 'done-already',
          );
        } catch (error) {
          return failed(place.file, error);
        }
      }),
    settled: () => copied,
  };
};
