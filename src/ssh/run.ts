/** Runs one process to its end: both pipes drained at once and capped, a deadline, TERM and then KILL. */
import { sanitiseBlock } from '../core/sanitise.ts';
import type { Clock } from '../lib/clock.ts';
import { DETACHED, endWithUs } from './detached.ts';

export const KILL_AFTER_MS = 2000;
export const STDERR_KEPT_CHARS = 8192;

export type ProcessOptions = {
  readonly timeoutMs: number;
  /** Kept per pipe; what is beyond it is drained and dropped, so that the exit code stays true. */
  readonly maxBytes: number;
  /** Of stderr, characters; default 8192. */
  readonly maxStderrChars?: number;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
};

export type ProcessResult = {
  /** Undefined when a signal ended it here, or when it never started. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
  readonly end: 'exited' | 'timeout' | 'cancelled' | 'not-started';
  /** Why it never started: `spawn ssh ENOENT`. */
  readonly reason: string;
  readonly durationMs: number;
};

/** Messages in English, here and (where sshd lets LC_* through) on the node: they are read by program and operator. */
export const SSH_ENVIRONMENT = { LC_ALL: 'C' } as const;

type Collector = {
  readonly take: (chunk: Uint8Array) => void;
  readonly text: () => string;
  readonly full: () => boolean;
};

/** Keeps the first `maxBytes` of a pipe and lets the rest go by. */
export const createCollector = (maxBytes: number): Collector => {
  const chunks: Uint8Array[] = [];
  let kept = 0;
  let full = false;
  return {
    take: (chunk) => {
      const room = maxBytes - kept;
      if (chunk.length > room) full = true;
      if (room <= 0) return;
      const part = chunk.length > room ? chunk.subarray(0, room) : chunk;
      chunks.push(part);
      kept += part.length;
    },
    // A cut may fall inside a character: streaming mode leaves that one out instead of garbling it.
    text: () => new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.concat(chunks), { stream: full }),
    full: () => full,
  };
};

/** Runs `file` with `argv`; never rejects. Times in ms. */
export const runProcess = async (
  file: string,
  argv: readonly string[],
  { timeoutMs, maxBytes, maxStderrChars = STDERR_KEPT_CHARS, clock, signal }: ProcessOptions,
): Promise<ProcessResult> => {
  const { execa } = await import('execa');
  const startedAt = clock.monotonic();
  const subprocess = execa(file, argv, {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    encoding: 'buffer',
    reject: false,
    env: SSH_ENVIRONMENT,
    ...DETACHED,
    timeout: Math.max(1, Math.ceil(timeoutMs)),
    forceKillAfterDelay: KILL_AFTER_MS,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  endWithUs(subprocess, subprocess);
  const out = createCollector(maxBytes);
  const err = createCollector(maxBytes);
  subprocess.stdout.on('data', out.take);
  subprocess.stderr.on('data', err.take);
  const result = await subprocess;
  const ended = result.exitCode !== undefined || result.signal !== undefined;
  return {
    exitCode: result.exitCode,
    stdout: out.text(),
    stderr: sanitiseBlock(err.text(), maxStderrChars),
    truncated: out.full() || err.full(),
    end: result.timedOut ? 'timeout' : result.isCanceled ? 'cancelled' : ended ? 'exited' : 'not-started',
    reason: ended ? '' : sanitiseBlock(result.originalMessage ?? '', 200),
    durationMs: clock.monotonic() - startedAt,
  };
};
