/** One node's connection: connects, stays connected, and runs a bounded number of commands over it. */
import PQueue from 'p-queue';
import type { NodeName } from '../core/model/inventory.ts';
import type { LinkState, SshFailure } from '../core/model/observation.ts';
import { remoteCommand } from '../core/quote.ts';
import type { Clock } from '../lib/clock.ts';
import { type SshEndpoint, sshArgv } from './argv.ts';
import { classifyCommand } from './classify.ts';
import { type Master, type MasterStart, startMaster } from './master.ts';
import { type OpenProcess, openProcess } from './open.ts';
import { runProcess } from './run.ts';
import type { Link, OpenEnd, RunOptions, RunResult, ShellWay } from './types.ts';
import { settleWithin } from './wait.ts';

const FIRST_RETRY_MS = 1000;
const SLOWEST_RETRY_MS = 15_000;
/** Refused logins are counted by the likes of fail2ban: few tries, so that a wrong key does not lock out the jump host. */
const AUTH_RETRY_MS = 300_000;
/** ConnectTimeout covers connecting and key exchange; logging in may ask a directory server. */
const LOGIN_GRACE_MS = 10_000;
/** A master that dies under a command is reaped a moment after the command. */
const MASTER_DEATH_MS = 250;
const DEFAULT_MAX_BYTES = 1024 * 1024;

export type ManagedLink = Link & {
  /** Over the connection as it is; it takes one of the sessions that the node's sshd allows. */
  readonly shell: () => ShellWay;
  /** Connects unless it is up; `ask` lets ssh put its questions on the terminal. */
  readonly connect: (
    mode: 'batch' | 'ask',
    options?: { readonly onLine?: (line: string) => void; readonly signal?: AbortSignal },
  ) => Promise<LinkState>;
  /** Ends the attempt to connect that is under way; a connection that stands goes on. */
  readonly interrupt: () => void;
  /** Tries again now, whatever the backoff says. */
  readonly retry: () => void;
  readonly close: () => Promise<void>;
};

export type LinkDeps = {
  readonly node: NodeName;
  /** Made when it is first needed; a string says why there is no place for the socket. */
  readonly endpoint: () => SshEndpoint | { readonly problem: string };
  readonly maxChannels: number;
  /** Holds back cold connections. */
  readonly limit: (start: () => Promise<MasterStart>) => Promise<MasterStart>;
  readonly clock: Clock;
  readonly onState: (state: LinkState) => void;
};

/** How long to wait before connecting again, ms; `failures` counts from 1. */
const retryDelayMs = (failure: SshFailure, failures: number): number =>
  failure.kind === 'auth'
    ? AUTH_RETRY_MS
    : Math.min(SLOWEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 10));

const CLOSING: SshFailure = { kind: 'cancelled', detail: 'the console is closing', remedy: '' };
const CANCELLED: SshFailure = { kind: 'cancelled', detail: 'cancelled', remedy: '' };
const NO_MASTER: SshFailure = {
  kind: 'closed',
  detail: 'the connection has ended',
  remedy: 'it is opened again by itself',
};

const noClient = (detail: string): SshFailure => ({
  kind: 'no-client',
  detail,
  remedy: 'install the OpenSSH client and have `ssh` on PATH',
});

const seconds = (ms: number): string => `${Number((ms / 1000).toFixed(1))} s`;

export const createLink = (deps: LinkDeps): ManagedLink => {
  const { node, clock } = deps;
  const channels = new PQueue({ concurrency: deps.maxChannels });
  const left = new Set<OpenProcess>();
  const closing = new AbortController();
  let state: LinkState = { state: 'none' };
  let master: Master | undefined;
  let connecting: Promise<LinkState> | undefined;
  let retryTimer: NodeJS.Timeout | undefined;
  let interrupting = new AbortController();
  let failures = 0;
  let lastHeardMs = 0;

  const enter = (next: LinkState): LinkState => {
    state = next;
    if (!closing.signal.aborted) deps.onState(next);
    return next;
  };

  const fail = (failure: SshFailure): LinkState => {
    failures += 1;
    if (!closing.signal.aborted) {
      retryTimer = setTimeout(() => void connect('batch'), retryDelayMs(failure, failures));
    }
    return enter({ state: 'failed', sinceMs: clock.now(), failure });
  };

  const adopt = (started: Master): LinkState => {
    master = started;
    void started.ended.then((failure) => {
      if (master !== started) return;
      master = undefined;
      fail(failure);
    });
    return enter({ state: 'up', sinceMs: clock.now() });
  };

  const attempt = async (mode: 'batch' | 'ask', onLine?: (line: string) => void): Promise<LinkState> => {
    clearTimeout(retryTimer);
    interrupting = new AbortController();
    const signal = AbortSignal.any([closing.signal, interrupting.signal]);
    enter({ state: 'connecting', sinceMs: clock.now() });
    const endpoint = deps.endpoint();
    if ('problem' in endpoint) {
      return fail({
        kind: 'config',
        detail: endpoint.problem,
        remedy: 'set TMPDIR or XDG_RUNTIME_DIR to a short directory that you may write to',
      });
    }
    const started = await deps.limit(() =>
      startMaster({
        argv: sshArgv(endpoint, { kind: 'master', batch: mode === 'batch' }),
        controlPath: endpoint.controlPath,
        timeoutMs: mode === 'ask' ? undefined : endpoint.connectTimeoutMs + LOGIN_GRACE_MS,
        signal,
        asks: mode === 'ask',
        ...(onLine === undefined ? {} : { onLine }),
      }),
    );
    if (!started.ok) return fail(started.failure);
    if (!closing.signal.aborted) return adopt(started.master);
    // It came up just when everything was told to end.
    started.master.kill(CLOSING);
    await started.master.ended;
    return state;
  };

  const connect: ManagedLink['connect'] = async (mode, { onLine, signal } = {}) => {
    // An attempt under way may be one that cannot ask: let it end, then ask.
    const under = connecting && (await connecting);
    if (closing.signal.aborted || signal?.aborted) return state;
    if (master?.alive() || (under !== undefined && mode === 'batch')) return state;
    connecting ??= attempt(mode, onLine).finally(() => {
      connecting = undefined;
    });
    return connecting;
  };

  /** Resolves when commands can run, or with why they cannot. A failed link waits for its own retry. */
  const ready = async (): Promise<SshFailure | undefined> => {
    if (master?.alive()) return undefined;
    const now = connecting !== undefined || state.state === 'none' ? await connect('batch') : state;
    if (now.state === 'up' && master?.alive()) return undefined;
    return now.state === 'failed' ? now.failure : NO_MASTER;
  };

  /** Asked by a command when it ends: whether no other runs. */
  const isOnlyCommand = (): boolean => channels.pending <= 1;

  const runOnce = async (line: string, timeoutMs: number, options: RunOptions): Promise<RunResult> => {
    const startedAt = clock.monotonic();
    const failed = (failure: SshFailure, sent: boolean): RunResult => ({
      ok: false,
      failure,
      sent,
      durationMs: clock.monotonic() - startedAt,
    });
    const over = master;
    const endpoint = deps.endpoint();
    if (!over?.alive() || 'problem' in endpoint) return failed(NO_MASTER, false);
    const ran = await runProcess('ssh', sshArgv(endpoint, { kind: 'command', line }), {
      timeoutMs,
      maxBytes: options.maxBytes ?? DEFAULT_MAX_BYTES,
      clock,
      signal: options.signal ? AbortSignal.any([options.signal, closing.signal]) : closing.signal,
    });
    switch (ran.end) {
      case 'cancelled':
        return failed(closing.signal.aborted ? CLOSING : CANCELLED, true);
      case 'not-started':
        return failed(noClient(ran.reason), false);
      case 'timeout': {
        const failure: SshFailure = {
          kind: 'timeout',
          detail: `no answer in ${seconds(options.timeoutMs)}`,
          remedy: 'the node or its network hangs: check its load and its network',
        };
        // Nothing else came back over this connection meanwhile: it may be dead without knowing it. One slow look must
        // not end a restart, though: while another command still has time, it is left to ServerAlive to find out.
        if (lastHeardMs < startedAt && isOnlyCommand()) over.kill(failure);
        return failed(failure, true);
      }
      case 'exited': {
        if (ran.exitCode === undefined || ran.exitCode === 255) {
          const died = (await settleWithin(over.ended, MASTER_DEATH_MS)).kind === 'value';
          const failure = classifyCommand(ran.stderr, !died);
          // It lives, but nothing gets to it: its socket is gone. What runs over it already is left to end.
          if (failure?.kind === 'closed' && !died && isOnlyCommand()) over.kill(failure);
          // A refused session never reached the node; a connection that ended may have carried the command before.
          if (failure !== undefined) return failed(failure, failure.kind !== 'busy');
          if (ran.exitCode === undefined) return failed(NO_MASTER, true);
        }
        lastHeardMs = clock.monotonic();
        failures = 0;
        return {
          ok: true,
          exitCode: ran.exitCode,
          stdout: ran.stdout,
          stderr: ran.stderr,
          truncated: ran.truncated,
          durationMs: ran.durationMs,
        };
      }
      default: {
        const unknown: never = ran.end;
        return unknown;
      }
    }
  };

  const runLine: Link['runLine'] = async (line, options) => {
    const { timeoutMs, signal } = options;
    const startedAt = clock.monotonic();
    const remainingMs = (): number => timeoutMs - (clock.monotonic() - startedAt);
    const unsent = (failure: SshFailure): RunResult => ({
      ok: false,
      failure,
      sent: false,
      durationMs: clock.monotonic() - startedAt,
    });
    if (closing.signal.aborted) return unsent(CLOSING);
    if (signal?.aborted) return unsent(CANCELLED);

    const up = await settleWithin(ready(), timeoutMs, signal);
    if (up.kind === 'aborted') return unsent(CANCELLED);
    if (up.kind === 'late') {
      return unsent({
        kind: 'timeout',
        detail: `not connected within ${seconds(timeoutMs)}`,
        remedy: 'it is still being tried; check the network between here and the node',
      });
    }
    if (up.value !== undefined) return unsent(up.value);

    const waiting = new AbortController();
    const leave = (): void => waiting.abort();
    const timer = setTimeout(leave, Math.max(0, remainingMs()));
    signal?.addEventListener('abort', leave, { once: true });
    closing.signal.addEventListener('abort', leave, { once: true });
    const stopWaiting = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', leave);
      closing.signal.removeEventListener('abort', leave);
    };
    try {
      return await channels.add(
        () => {
          stopWaiting();
          return runOnce(line, remainingMs(), options);
        },
        { signal: waiting.signal },
      );
    } catch {
      if (closing.signal.aborted) return unsent(CLOSING);
      if (signal?.aborted) return unsent(CANCELLED);
      return unsent({
        kind: 'busy',
        detail: `${deps.maxChannels} commands are running already, none ended within ${seconds(timeoutMs)}`,
        remedy: 'wait for them, or raise ssh.maxChannels (sshd allows MaxSessions, 10 by default)',
      });
    } finally {
      stopWaiting();
    }
  };

  const open: Link['open'] = async (command) => {
    const over = master;
    const endpoint = deps.endpoint();
    if (closing.signal.aborted) return { ok: false, failure: CLOSING };
    if (!over?.alive() || 'problem' in endpoint) return { ok: false, failure: NO_MASTER };
    const line = remoteCommand(command);
    const opened = await openProcess('ssh', sshArgv(endpoint, { kind: 'command', line }));
    const ended = opened.ended.then(async ({ exitCode, stderr, reason }): Promise<OpenEnd> => {
      left.delete(opened);
      if (closing.signal.aborted) return { kind: 'failed', failure: CLOSING };
      if (reason !== '') return { kind: 'failed', failure: noClient(reason) };
      if (exitCode !== undefined && exitCode !== 255) return { kind: 'exited', exitCode, stderr };
      const died = (await settleWithin(over.ended, MASTER_DEATH_MS)).kind === 'value';
      const failure = classifyCommand(stderr, !died) ?? (exitCode === undefined ? CANCELLED : undefined);
      return failure ? { kind: 'failed', failure } : { kind: 'exited', exitCode: 255, stderr };
    });
    left.add(opened);
    if (closing.signal.aborted) opened.close();
    const { stdin, stdout, stderr, close } = opened;
    return { ok: true, command: { stdin, stdout, stderr, ended, close } };
  };

  const shell = (): ShellWay => {
    const over = master;
    const endpoint = deps.endpoint();
    if (over?.alive() && !('problem' in endpoint)) {
      return {
        ok: true,
        words: ['ssh', ...sshArgv(endpoint, { kind: 'shell' })],
        lost: async () => {
          const died = await settleWithin(over.ended, MASTER_DEATH_MS);
          return died.kind === 'value' ? died.value : undefined;
        },
      };
    }
    const { detail, remedy } = state.state === 'failed' ? state.failure : NO_MASTER;
    return {
      ok: false,
      reason: state.state === 'connecting' ? 'ssh is still connecting' : `${detail} – ${remedy}`,
    };
  };

  return {
    node,
    state: () => state,
    shell,
    open,
    run: (command, options) => runLine(remoteCommand(command), options),
    runLine,
    connect,
    interrupt: () => interrupting.abort(),
    retry: () => {
      if (state.state !== 'failed' || connecting !== undefined) return;
      failures = 0;
      void connect('batch');
    },
    close: async () => {
      closing.abort();
      clearTimeout(retryTimer);
      const last = master;
      master = undefined;
      const open = [...left];
      for (const one of open) one.close();
      last?.kill(CLOSING);
      await Promise.all([connecting, last?.ended, channels.onIdle(), ...open.map(({ ended }) => ended)]);
    },
  };
};
