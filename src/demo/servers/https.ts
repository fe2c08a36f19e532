/** The health endpoints of one node: one HTTPS server with the node's certificate behind a gate per service. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import type { NodeName } from '../../core/model/inventory.ts';
import type { CheckSpec, ServiceName } from '../../core/model/topology.ts';
import { Gate } from './gate.ts';
import type { Issued } from './pki.ts';
import type { Runner } from './runner.ts';

type HttpsSpec = Extract<CheckSpec, { kind: 'https-json' | 'https-text' }>;

export type HttpsEndpoint = {
  readonly service: ServiceName;
  readonly port: number;
  /** The checks that are answered on this port. */
  readonly specs: readonly HttpsSpec[];
};

export type HttpsOptions = {
  readonly runner: Runner;
  readonly node: NodeName;
  readonly endpoints: readonly HttpsEndpoint[];
  /** Asked once, at the first connection. */
  readonly certificate: () => Promise<Issued>;
};

/** Longer than any poll interval: the console keeps its connections. */
const KEEP_ALIVE_MS = 75_000;

export class HttpsServers {
  readonly #options: HttpsOptions;
  readonly #gates: readonly { readonly endpoint: HttpsEndpoint; readonly gate: Gate }[];
  readonly #delays = new Set<NodeJS.Timeout>();
  #server: Promise<Server> | undefined;

  constructor(options: HttpsOptions) {
    this.#options = options;
    this.#gates = options.endpoints.map((endpoint) => ({
      endpoint,
      gate: new Gate(endpoint.port, (socket) => void this.#serve(socket)),
    }));
  }

  /** Opens, closes and silences the ports as the world has them now. */
  reflect(): void {
    const { runner, node } = this.#options;
    for (const { endpoint, gate } of this.#gates)
      gate.set(runner.world.endpoint(node, endpoint.service).kind);
  }

  async settled(): Promise<void> {
    await Promise.all(this.#gates.map(({ gate }) => gate.settled()));
  }

  close(): void {
    for (const { gate } of this.#gates) gate.set('closed');
    for (const delay of this.#delays) clearTimeout(delay);
  }

  async #serve(socket: Socket): Promise<void> {
    this.#server ??= this.#createServer();
    try {
      const server = await this.#server;
      if (!socket.destroyed) server.emit('connection', socket);
    } catch {
      socket.destroy();
    }
  }

  async #createServer(): Promise<Server> {
    const { cert, key } = await this.#options.certificate();
    const server = createServer({ cert, key, keepAliveTimeout: KEEP_ALIVE_MS });
    server.on('request', (request, response) => this.#answer(request, response));
    server.on('tlsClientError', (_, socket) => socket.destroy());
    server.on('clientError', (_, socket) => socket.destroy());
    return server;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { runner, node } = this.#options;
    runner.sync();
    const found = this.#gates.find(({ gate }) => gate.port === request.socket.localPort);
    if (found === undefined) {
      response.destroy();
      return;
    }
    const { service, specs } = found.endpoint;
    const state = runner.world.endpoint(node, service);
    // The gate has dropped the connections of a closed port already; a silent one never answers.
    if (state.kind !== 'open') return;
    const reply = (): void => {
      const spec = specs.find((each) => each.path === request.url);
      const answer =
        spec === undefined
          ? { status: 404, contentType: 'application/json', body: '{"error":"not found"}' }
          : runner.world.answer(node, service, spec);
      response.writeHead(answer.status, {
        'content-type': answer.contentType,
        'content-length': Buffer.byteLength(answer.body),
        server: service,
      });
      response.end(answer.body);
    };
    if (state.delayMs === 0) {
      reply();
      return;
    }
    const delay = setTimeout(() => {
      this.#delays.delete(delay);
      if (runner.world.endpoint(node, service).kind === 'open') reply();
    }, state.delayMs);
    this.#delays.add(delay);
  }
}
