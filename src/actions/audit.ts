/** The audit: append-only JSON lines, on disk before an action runs and again when it has ended. */
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { JobOutcome, QuorumForecast, Verb } from '../core/model/action.ts';
import type { NodeName } from '../core/model/inventory.ts';
import type { UnitName } from '../core/model/topology.ts';
import { sanitiseLine } from '../core/sanitise.ts';

const { O_APPEND, O_CREAT, O_RDWR } = constants;

/** Who acts: the account, who became it through sudo, and from where (`SSH_CONNECTION`). */
export type Operator = { readonly name: string; readonly sudoUser?: string; readonly sshConnection?: string };

type RecordCommon = {
  /** The job's; intent and outcome share it. */
  readonly id: string;
  /** UTC, ISO 8601 with ms. */
  readonly ts: string;
  readonly cluster: string;
  readonly verb: Verb;
  /** "chainfire@node02", "flaredb-cluster-join@node03", "node02". */
  readonly target: string;
  readonly node: NodeName;
  /** The first of `units`. */
  readonly unit: UnitName;
  readonly units: readonly UnitName[];
  /** One after the other, exactly as they go to the node. */
  readonly commands: readonly (readonly string[])[];
  readonly commandLines: readonly string[];
  readonly quorum: readonly QuorumForecast[];
};

export type AuditRecord =
  | (RecordCommon & { readonly phase: 'intent' })
  | (RecordCommon & {
      readonly phase: 'outcome';
      readonly outcome: JobOutcome;
      readonly words: string;
      /** Of the command on the node; absent when it did not return. */
      readonly exitCode?: number;
      readonly durationMs: number;
    });

export type AuditResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly problem: string; readonly remedy: string };

export type Audit = {
  readonly file: string;
  /** Resolves when the line is on the disk, or with why it is not. Never rejects. */
  readonly write: (record: AuditRecord) => Promise<AuditResult>;
};

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'free space on that disk, or set audit.file to another',
  EDQUOT: 'your quota is used up: free space, or set audit.file to another disk',
  EACCES: 'make it writable for you, or set audit.file to a place that is',
  EPERM: 'make it writable for you, or set audit.file to a place that is',
  EROFS: 'that file system is read-only: set audit.file to another',
  EISDIR: 'audit.file names a directory: name a file',
  ENOTDIR: 'a part of its path is not a directory: correct audit.file',
};

const failed = (file: string, error: unknown): AuditResult => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : String(error);
  // "ENOSPC: no space left on device, write": the reason alone, and before the path, for a narrow line cuts the end.
  const reason = code === '' ? message : message.replace(/^\w+: /u, '').replace(/, \w+(?: '.*')?$/u, '');
  return {
    ok: false,
    problem: sanitiseLine(`the audit cannot be written: ${reason}: ${file}`, 300),
    remedy: REMEDIES[code] ?? 'set audit.file to a file that can be written',
  };
};

const cleaned = (value: unknown): unknown => {
  if (typeof value === 'string') return sanitiseLine(value, 1000);
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, cleaned(entry)]));
  }
  return value;
};

/** One record as one line, whatever its texts hold. */
export const auditLine = (record: AuditRecord, user: Operator): string =>
  `${JSON.stringify(cleaned({ ...record, user }))}\n`;

/** A crash or a full disk may have left half a line: the next record must not be glued to it. */
const endsMidLine = async (handle: FileHandle): Promise<boolean> => {
  const { size } = await handle.stat();
  if (size === 0) return false;
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return bytesRead === 1 && buffer[0] !== 0x0a;
};

const append = async (file: string, line: string): Promise<void> => {
  // Opened each time, so that a log that was rotated away is not written to.
  const handle = await open(file, O_RDWR | O_APPEND | O_CREAT, 0o600);
  try {
    const bytes = Buffer.from((await endsMidLine(handle)) ? `\n${line}` : line);
    const { bytesWritten } = await handle.write(bytes);
    if (bytesWritten < bytes.length) {
      throw Object.assign(new Error('the disk took only part of the record'), { code: 'ENOSPC' });
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
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

/**
 * The audit in `file`, made with mode 0600 (its directory 0700) when it is not there. Always resolves: the console watches
 * also where it cannot write, only acting then is refused.
 */
export const openAudit = async (
  file: string,
  user: Operator = currentOperator(process.env),
): Promise<Audit> => {
  const path = resolve(file);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 }).catch(() => {});
  let last: Promise<unknown> = Promise.resolve();
  return {
    file: path,
    write: (record) => {
      // One at a time: looking for half a line and writing must not be interleaved.
      const result = last
        .then(() => append(path, auditLine(record, user)))
        .then((): AuditResult => ({ ok: true }))
        .catch((error: unknown) => failed(path, error));
      last = result;
      return result;
    },
  };
};
