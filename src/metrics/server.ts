/** GET /metrics and GET /healthz, and nothing else. Whoever asks slowly, much or nonsense costs a bounded amount. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../lib/clock.ts';
import type { ListenAddress } from './listen.ts';

/** Prometheus asks with one connection; a few more are for people. */
const MAX_CONNECTIONS = 32;
const HEADERS_MS = 5000;
/** Nothing sent and nothing taken for so long: the connection is closed. Prometheus asks anew. */
const IDLE_MS = 30_000;
const MAX_HEADER_BYTES = 8192;
/** Whoever asks again within this gets the same text. */
const SAME_MS = 250;

export type Health = { readonly ok: boolean; readonly words: string };

export type MetricsServerOptions = {
  readonly address: ListenAddress;
  readonly clock: Clock;
  readonly contentType: string;
  readonly text: () => Promise<string>;
  readonly health: () => Health;
};

export type Listening =
  | {
      readonly ok: true;
      /** With the port that was really taken. */
      readonly address: ListenAddress;
      readonly close: () => Promise<void>;
    }
  | { readonly ok: false; readonly code: string | undefined };

const PLAIN = 'text/plain; charset=utf-8';

const answer = (
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void => {
  response.writeHead(status, {
    'content-type': PLAIN,
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
};

/** The text, made once for all who ask at the same time. */
const shared = (text: () => Promise<string>, clock: Clock): (() => Promise<string>) => {
  let made: { readonly atMs: number; readonly text: Promise<string> } | undefined;
  return () => {
    const nowMs = clock.monotonic();
    if (made === undefined || nowMs - made.atMs >= SAME_MS) made = { atMs: nowMs, text: text() };
    return made.text;
  };
};

/** Listens until closed. Never rejects. */
export const serveMetrics = ({
  address,
  clock,
  contentType,
  text,
  health,
}: MetricsServerOptions): Promise<Listening> => {
  const textNow = shared(text, clock);
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [path] = (request.url ?? '').split('?');
    if (path !== '/metrics' && path !== '/healthz') {
      answer(response, 404, 'There is /metrics and /healthz.\n');
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      // What else comes on this connection is a body that nobody wants.
      answer(response, 405, 'Only GET.\n', { allow: 'GET, HEAD', connection: 'close' });
    } else if (path === '/healthz') {
      const { ok, words } = health();
      answer(response, ok ? 200 : 503, `${words}\n`);
    } else {
      answer(response, 200, await textNow(), { 'content-type': contentType });
    }
  };
  const server = createServer(
    {
      headersTimeout: HEADERS_MS,
      requestTimeout: HEADERS_MS,
      connectionsCheckingInterval: 1000,
      keepAliveTimeout: IDLE_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    (request, response) => {
      handle(request, response).catch(() => {
        if (!response.headersSent) answer(response, 500, 'The metrics could not be told.\n');
        else response.destroy();
      });
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  server.timeout = IDLE_MS;

  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return new Promise((resolve) => {
    // Stays: a connection that could not be taken later on, for want of files, must not end the program.
    server.on('error', (error: NodeJS.ErrnoException) => resolve({ ok: false, code: error.code }));
    server.listen({ host: address.host, port: address.port }, () => {
      const { port } = server.address() as AddressInfo;
      resolve({ ok: true, address: { host: address.host, port }, close });
    });
  });
};
