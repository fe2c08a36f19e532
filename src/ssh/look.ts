/** One login of its own, to learn how ssh gets in: which key, which host key, known from where. Nothing is changed. */
import type { SshFailure } from '../core/model/observation.ts';
import { sanitiseLine } from '../core/sanitise.ts';
import type { Clock } from '../lib/clock.ts';
import { type SshEndpoint, sshArgv } from './argv.ts';
import { classifyConnection } from './classify.ts';
import { runProcess } from './run.ts';

/** A client with many keys says a line for each. */
const MAX_CHARS = 64 * 1024;
/** For the login behind the connection. */
const LOGIN_MS = 10_000;

export type LoginLook = {
  /** `publickey`, `password`, `hostbased`; undefined: nobody logged in. */
  readonly method?: string;
  /** `ED25519 SHA256:…`, and the file or the agent's words for it. */
  readonly key?: { readonly print: string; readonly from: string };
  readonly hostKey?: string;
  /** `/home/ops/.ssh/known_hosts:3`. */
  readonly knownFrom?: string;
  /** Known by a certificate's authority. */
  readonly certified: boolean;
};

export type LoginResult = LoginLook & { readonly failure?: SshFailure; readonly durationMs: number };

const first = (lines: readonly string[], says: RegExp): RegExpExecArray | undefined => {
  for (const line of lines) {
    const found = says.exec(line);
    if (found !== null) return found;
  }
  return undefined;
};

/**
 * What the client said of its login at DEBUG1. A node's banner is printed among these lines: what is told of the host
 * stands before it, and its words can lie about nothing but themselves.
 */
export const parseLogin = (stderr: string): LoginLook => {
  const lines = stderr.split(/\r?\n/u).map((line) => sanitiseLine(line, 400));
  const at = lines.findIndex((line) => /^Authenticated to .* using "[a-z-]+"\.$/u.test(line));
  const before = at < 0 ? lines : lines.slice(0, at);
  const accepted = before
    .map((line) => /^debug1: Server accepts key: (.+) ([A-Za-z0-9-]+ SHA256:\S+)/u.exec(line))
    .findLast((found) => found !== null);
  const method = at < 0 ? undefined : /using "([a-z-]+)"/u.exec(lines[at] ?? '')?.[1];
  const hostKey = first(before, /^debug1: Server host (?:key|certificate): (\S+ SHA256:\S+)/u)?.[1];
  const known = first(before, /^debug1: Found (?:key|CA key|certificate) in (.+)$/u)?.[1];
  const [, from, print] = accepted ?? [];
  return {
    ...(method === undefined ? {} : { method }),
    ...(from === undefined || print === undefined || method === undefined ? {} : { key: { print, from } }),
    ...(hostKey === undefined ? {} : { hostKey }),
    ...(known === undefined ? {} : { knownFrom: known }),
    certified:
      first(before, /^debug1: Host '.*' is known and matches the .*-CERT host certificate/u) !== undefined,
  };
};

const CANCELLED: SshFailure = { kind: 'cancelled', detail: 'stopped before it was through', remedy: '' };

/** Logs in once, runs `true` and tells how; never rejects, asks nothing. */
export const lookAtLogin = async (
  endpoint: SshEndpoint,
  clock: Clock,
  signal?: AbortSignal,
): Promise<LoginResult> => {
  const timeoutMs = endpoint.connectTimeoutMs + LOGIN_MS;
  const ran = await runProcess('ssh', sshArgv(endpoint, { kind: 'look' }), {
    timeoutMs,
    maxBytes: MAX_CHARS,
    maxStderrChars: MAX_CHARS,
    clock,
    ...(signal === undefined ? {} : { signal }),
  });
  const { durationMs } = ran;
  const login = parseLogin(ran.stderr);
  // What ssh says of its doings is not why it ended.
  const said = ran.stderr
    .split('\n')
    .filter((line) => !/^(?:debug\d: |Transferred: |Bytes per second: )/u.test(line))
    .join('\n');
  switch (ran.end) {
    case 'cancelled':
      return { ...login, failure: CANCELLED, durationMs };
    case 'not-started': {
      const remedy = 'install the OpenSSH client and have `ssh` on PATH';
      return { ...login, failure: { kind: 'no-client', detail: ran.reason, remedy }, durationMs };
    }
    case 'timeout': {
      const detail = `no login within ${Math.round(timeoutMs / 1000)} s`;
      const remedy = 'check the load of the node and its sshd';
      return { ...login, failure: { kind: 'timeout', detail, remedy }, durationMs };
    }
    case 'exited':
      return login.method === undefined
        ? { ...login, failure: classifyConnection(said), durationMs }
        : { ...login, durationMs };
    default:
      return ran.end satisfies never;
  }
};
