/** One ControlMaster: an ssh process of ours that connects, keeps the connection and is killed by us. */
import { access, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SshFailure } from '../core/model/observation.ts';
import { sanitiseLine } from '../core/sanitise.ts';
import { classifyConnection } from './classify.ts';
import { DETACHED, endWithUs } from './detached.ts';
import { SSH_ENVIRONMENT } from './run.ts';

const KILL_AFTER_MS = 500;
/** What ssh wrote last may be read a moment after its end. */
const LAST_WORDS_MS = 50;
const STDERR_KEPT_CHARS = 8192;
const FIRST_LOOK_MS = 15;
const SLOWEST_LOOK_MS = 100;

export type Master = {
  /** Resolves when the process has ended, with why. */
  readonly ended: Promise<SshFailure>;
  readonly alive: () => boolean;
  /** Ends it; `failure` is then why it ended. */
  readonly kill: (failure: SshFailure) => void;
};

export type MasterStart =
  | { readonly ok: true; readonly master: Master }
  | { readonly ok: false; readonly failure: SshFailure };

export type MasterOptions = {
  readonly argv: readonly string[];
  readonly controlPath: string;
  /** Until the connection must stand, ms; undefined waits for as long as the operator takes to answer. */
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal;
  /** It may put questions, and for that needs our terminal. */
  readonly asks: boolean;
  /** Receives what ssh says, a line at a time and sanitised. */
  readonly onLine?: (line: string) => void;
};

/** ssh shares our terminal: Ctrl-C at its question ends it before we hear of it. */
const INTERRUPTED: SshFailure = { kind: 'cancelled', detail: 'interrupted on the terminal', remedy: '' };

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const noClient = (detail: string): SshFailure => ({
  kind: 'no-client',
  detail: sanitiseLine(detail, 200),
  remedy: 'install the OpenSSH client and have `ssh` on PATH',
});

const spawnMaster = async ({ argv, asks, onLine }: MasterOptions): Promise<Master> => {
  const { execa } = await import('execa');
  const child = execa('ssh', argv, {
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    env: SSH_ENVIRONMENT,
    ...(asks ? {} : DETACHED),
    forceKillAfterDelay: KILL_AFTER_MS,
  });
  endWithUs(child, child);
  let said = '';
  let alive = true;
  let reason: SshFailure | undefined;
  let endedBy: NodeJS.Signals | null = null;
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (chunk: string) => {
    said = (said + chunk).slice(-STDERR_KEPT_CHARS);
    for (const line of chunk.split(/\r?\n/u)) if (line.trim() !== '') onLine?.(sanitiseLine(line, 200));
  });
  // A ProxyCommand that outlives ssh holds the pipe open: the end of the process counts, not the end of the pipe.
  const exited = new Promise<void>((resolve) => {
    child.nodeChildProcess.once('exit', (_code, signal) => {
      endedBy = signal;
      setTimeout(resolve, LAST_WORDS_MS);
    });
  });
  const ended = Promise.race([child, exited]).then((result) => {
    alive = false;
    child.stderr.destroy();
    if (result?.code === 'ENOENT' || result?.code === 'EACCES') return noClient(result.originalMessage ?? '');
    return reason ?? (endedBy === 'SIGINT' ? INTERRUPTED : classifyConnection(said));
  });
  return {
    ended,
    alive: () => alive,
    kill: (failure) => {
      reason ??= failure;
      child.kill();
    },
  };
};

/**
 * Connects and resolves when commands can run or when it failed; never rejects. ssh creates the socket only after
 * it has authenticated, so the socket's appearance is the sign.
 */
export const startMaster = async (options: MasterOptions): Promise<MasterStart> => {
  const { controlPath, timeoutMs, signal } = options;
  const cancelled: SshFailure = { kind: 'cancelled', detail: 'the console is closing', remedy: '' };
  if (signal.aborted) return { ok: false, failure: cancelled };
  // The socket of a master that was killed outright is still there: it would pass for this one's, and ssh would leave it.
  await rm(controlPath, { force: true }).catch(() => {});
  const master = await spawnMaster(options);
  const cancel = (): void => master.kill(cancelled);
  signal.addEventListener('abort', cancel, { once: true });
  const deadline =
    timeoutMs === undefined
      ? undefined
      : setTimeout(
          () =>
            master.kill({
              kind: 'timeout',
              detail: `no login within ${Math.round(timeoutMs / 1000)} s`,
              remedy: 'the node accepts connections but does not let anybody in: check its load and its sshd',
            }),
          timeoutMs,
        );
  try {
    // A signal that came while execa was loading found no process to end.
    if (signal.aborted) cancel();
    for (let pauseMs = FIRST_LOOK_MS; master.alive(); pauseMs = Math.min(SLOWEST_LOOK_MS, pauseMs * 1.5)) {
      if (!signal.aborted && (await exists(controlPath)) && master.alive()) return { ok: true, master };
      await Promise.race([sleep(pauseMs), master.ended]);
    }
    return { ok: false, failure: await master.ended };
  } finally {
    clearTimeout(deadline);
    signal.removeEventListener('abort', cancel);
  }
};
