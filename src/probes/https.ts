/** HTTPS health checks: one kept-alive connection per target, one deadline over everything, bodies capped. */
import { Client, type Dispatcher } from 'undici';
import type { CheckTarget } from '../core/model/inventory.ts';
import type { Phases, ProbeResult } from '../core/model/observation.ts';
import type { Clock } from '../lib/clock.ts';
import { withCertificate } from './certificate.ts';
import { startDeadline } from './deadline.ts';
import { failureOf, overdueFailure, type ProbeFailure, probeFailure, type Stage } from './failure.ts';
import { type HttpReply, type HttpSpec, readReply } from './http-answer.ts';
import { type Connection, createDialler, isOutdated, keyOf, type ProbeTls } from './https-connect.ts';

/** More of a body than this is not read. */
export const BODY_MAX_BYTES = 65_536;
/** More than this is not taken for an answer, whatever it is: interim answers, a status line or a chunk without end. */
const ANSWER_MAX_BYTES = 4 * BODY_MAX_BYTES;
/** Well above any poll interval; a server's own Keep-Alive hint may shorten it. */
const KEEP_ALIVE_MS = 120_000;
/** How long before the end of a server's hint a connection is given up. */
const KEEP_ALIVE_MARGIN_MS = 500;

export type HttpsProbe = {
  readonly probe: (target: CheckTarget, spec: HttpSpec, signal: AbortSignal) => Promise<ProbeResult>;
  /** Closes every connection, also those of probes in flight. */
  readonly close: () => Promise<void>;
};

type Line = { readonly client: Client; readonly connection: Connection };
type Head = Pick<HttpReply, 'status' | 'statusText' | 'location' | 'contentEncoding'>;

const first = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(', ') : value;

const originOf = ({ host, port }: CheckTarget): string =>
  // A URL cannot say the zone of a link-local address; the dialler uses the host as it is.
  `https://${host.includes(':') ? `[${host.replace(/%.*/, '')}]` : host}:${port}`;

/** What an error behind the status line means for the body. */
const brokenBody = (error: unknown, bytes: number): ProbeFailure =>
  // undici 8 gives its parser errors no code, only a name and llhttp's reason.
  error instanceof Error && error.name === 'HTTPParserError' && !error.message.includes('EOF')
    ? failureOf(error)
    : probeFailure('body', `cut short after ${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`);

const STALE_CODES = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);
const isStale = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && STALE_CODES.has(String(error.code));

/** Creates the HTTPS probe; nothing is opened before the first target is probed. */
export const createHttpsProbe = (options: {
  readonly tls: ProbeTls;
  readonly timeoutMs: number;
  readonly clock: Clock;
}): HttpsProbe => {
  const { tls, clock } = options;
  const connectorFor = createDialler(tls, clock);
  /** A line is in here only between two probes, so two probes of one target never share one. */
  const idle = new Map<string, Line>();
  const open = new Set<Line>();

  const openLine = (target: CheckTarget): Line => {
    const connection: Connection = { dials: 0, stage: 'connect', verifiedAtMs: 0 };
    const client = new Client(originOf(target), {
      connect: connectorFor(target, connection),
      allowH2: false,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveTimeoutThreshold: KEEP_ALIVE_MARGIN_MS,
      // The probe's own deadline covers these, and trickling bytes do not extend it.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const line: Line = { client, connection };
    open.add(line);
    return line;
  };

  const drop = async (line: Line): Promise<void> => {
    open.delete(line);
    // A client that is still dialling does not know its socket yet.
    line.connection.socket?.destroy();
    await line.client.destroy();
  };

  const take = (target: CheckTarget): Line => {
    const key = keyOf(target);
    const line = idle.get(key);
    if (line === undefined) return openLine(target);
    idle.delete(key);
    if (!isOutdated(line.connection, clock, tls.insecure)) return line;
    void drop(line);
    return openLine(target);
  };

  const giveBack = (target: CheckTarget, line: Line): void => {
    if (!open.has(line)) return;
    const key = keyOf(target);
    if (idle.has(key)) void drop(line);
    else idle.set(key, line);
  };

  const probe = (target: CheckTarget, spec: HttpSpec, signal: AbortSignal): Promise<ProbeResult> =>
    new Promise((resolve) => {
      const atMs = clock.now();
      const startedMs = clock.monotonic();
      let line = take(target);
      const dialsBefore = line.connection.dials;
      let retried = false;
      let ended = false;
      let sentMs: number | undefined;
      let headMs: number | undefined;
      let head: Head | undefined;
      const chunks: Uint8Array[] = [];
      let bytes = 0;

      const dialled = (): boolean => retried || line.connection.dials > dialsBefore;
      const stage = (): Stage => {
        if (headMs !== undefined) return 'body';
        return sentMs === undefined ? line.connection.stage : 'answer';
      };

      const phases = (): Phases => {
        const nowMs = clock.monotonic();
        const { dnsMs, connectMs, tlsMs } = dialled() ? line.connection : {};
        return {
          ...(dnsMs !== undefined && { dnsMs }),
          ...(connectMs !== undefined && { connectMs }),
          ...(tlsMs !== undefined && { tlsMs }),
          ...(headMs !== undefined && sentMs !== undefined && { firstByteMs: headMs - sentMs }),
          ...(headMs !== undefined && { bodyMs: nowMs - headMs }),
          totalMs: nowMs - startedMs,
        };
      };

      /** Ends the probe; with `broken` the reply is not whole and the line is not used again. */
      const end = (broken?: ProbeFailure): void => {
        if (ended) return;
        ended = true;
        endDeadline();
        line.connection.onData = undefined;
        const { certificate } = line.connection;
        const common = {
          atMs,
          phases: phases(),
          ...(certificate !== undefined && { certificate }),
          ...(tls.insecure && { insecure: true }),
        };
        if (broken === undefined) giveBack(target, line);
        else void drop(line);

        const reading =
          head === undefined
            ? undefined
            : readReply(spec, { ...head, body: Buffer.concat(chunks), ...(broken && { broken }) });
        const failure = reading === undefined ? broken : reading.failure;
        if (failure !== undefined) {
          resolve({
            ...common,
            ok: false,
            ...(reading && { answer: reading.answer }),
            failure: withCertificate(failure, certificate, target.serverName, clock.now()),
          });
        } else if (reading !== undefined) resolve({ ...common, ok: true, answer: reading.answer });
      };

      /** Ends a flood of what is no header and no body, which would otherwise be read until the deadline. */
      const watchSize = (): void => {
        const { connection } = line;
        const fromBytes = connection.socket?.bytesRead ?? 0;
        connection.onData = () => {
          if ((connection.socket?.bytesRead ?? 0) - fromBytes > ANSWER_MAX_BYTES) {
            end(probeFailure('too-large', `answer larger than ${ANSWER_MAX_BYTES / 1024} KiB`));
          }
        };
      };

      const handler: Dispatcher.DispatchHandler = {
        onRequestStart: () => {
          sentMs = clock.monotonic();
          watchSize();
        },
        onResponseStart: (_controller, status, headers, statusText = '') => {
          if (status < 200) return;
          headMs = clock.monotonic();
          const location = first(headers.location);
          const contentEncoding = first(headers['content-encoding']);
          head = {
            status,
            statusText,
            ...(location !== undefined && { location }),
            ...(contentEncoding !== undefined && { contentEncoding }),
          };
        },
        onResponseData: (_controller, chunk) => {
          const room = BODY_MAX_BYTES - bytes;
          chunks.push(chunk.length <= room ? chunk : chunk.subarray(0, room));
          bytes += Math.min(chunk.length, room);
          if (chunk.length > room)
            end(probeFailure('too-large', `body larger than ${BODY_MAX_BYTES / 1024} KiB`));
        },
        onResponseEnd: () => end(),
        onResponseError: (_controller, reported) => {
          const error = line.connection.error ?? reported;
          // The node may close an idle connection just as the request leaves: that says nothing about its health.
          if (!ended && open.has(line) && !dialled() && head === undefined && isStale(error)) {
            retried = true;
            sentMs = undefined;
            void drop(line);
            line = openLine(target);
            ask();
          } else end(head === undefined ? failureOf(error) : brokenBody(error, bytes));
        },
      };
      const ask = (): void => {
        line.client.dispatch({ method: 'GET', path: spec.path, headers: REQUEST_HEADERS }, handler);
      };

      const { timeoutMs = options.timeoutMs } = spec;
      const endDeadline = startDeadline(timeoutMs, signal, (why) =>
        end(overdueFailure(why, stage(), timeoutMs)),
      );
      ask();
    });

  return {
    probe,
    close: async () => {
      idle.clear();
      await Promise.all([...open].map(drop));
    },
  };
};

const REQUEST_HEADERS = { 'user-agent': 'plasmatop', accept: '*/*' };
