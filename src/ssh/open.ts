/** Starts one process whose pipes stay open: what it says is read as it comes. */
import type { Readable, Writable } from 'node:stream';
import { sanitiseBlock } from '../core/sanitise.ts';
import { DETACHED, endWithUs } from './detached.ts';
import { createCollector, KILL_AFTER_MS, SSH_ENVIRONMENT, STDERR_KEPT_CHARS } from './run.ts';

export type OpenProcess = {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Never rejects; `exitCode` is undefined when it was killed or never started, `reason` then says why it never did. */
  readonly ended: Promise<{
    readonly exitCode: number | undefined;
    readonly stderr: string;
    readonly reason: string;
  }>;
  /** TERM, and KILL a little later. */
  readonly close: () => void;
};

export const openProcess = async (file: string, argv: readonly string[]): Promise<OpenProcess> => {
  const { execa } = await import('execa');
  const subprocess = execa(file, argv, {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    encoding: 'buffer',
    reject: false,
    env: SSH_ENVIRONMENT,
    ...DETACHED,
    forceKillAfterDelay: KILL_AFTER_MS,
  });
  endWithUs(subprocess, subprocess);
  const err = createCollector(STDERR_KEPT_CHARS);
  subprocess.stderr.on('data', err.take);
  // A write to a process that has just ended: its end tells what happened.
  subprocess.stdin.on('error', () => {});
  subprocess.stdout.on('error', () => {});
  subprocess.stderr.on('error', () => {});
  return {
    stdin: subprocess.stdin,
    stdout: subprocess.stdout,
    stderr: subprocess.stderr,
    ended: subprocess.then((result) => {
      const isStarted = result.exitCode !== undefined || result.signal !== undefined;
      return {
        exitCode: result.exitCode,
        stderr: sanitiseBlock(err.text(), STDERR_KEPT_CHARS),
        reason: isStarted ? '' : sanitiseBlock(result.originalMessage ?? '', 200),
      };
    }),
    close: () => subprocess.kill(),
  };
};
