/** One TCP port of a simulated node: open, closed (refused) or silent (accepts, then says nothing). */
import { createServer, type Server, type Socket } from 'node:net';
import { LOOPBACK } from './ports.ts';

/** How soon a port is tried again that somebody else had. */
export const RETRY_MS = 200;

export type GateMode = 'open' | 'closed' | 'silent';

export class Gate {
  readonly port: number;
  readonly #onConnection: (socket: Socket) => void;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #mode: GateMode = 'closed';
  #listening: Promise<unknown> = Promise.resolve();

  /** `onConnection` is given the connections of an open gate. */
  constructor(port: number, onConnection: (socket: Socket) => void) {
    this.port = port;
    this.#onConnection = onConnection;
  }

  get mode(): GateMode {
    return this.#mode;
  }

  /** Resolves when the last change of mode has taken effect. */
  async settled(): Promise<void> {
    await this.#listening;
  }

  set(mode: GateMode): void {
    const before = this.#mode;
    this.#mode = mode;
    if (mode === 'closed') this.#close();
    else this.#listen();
    if (before === mode) return;
    if (mode === 'silent') for (const socket of this.#sockets) socket.pause();
    // What was held silently belongs to a boot that is over.
    if (before === 'silent') for (const socket of this.#sockets) socket.destroy();
  }

  #listen(): void {
    if (this.#server !== undefined) return;
    // Nagle's delay would add 40 ms to every answer of an ssh session.
    const server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    this.#server = server;
    server.on('error', () => {
      if (this.#server !== server) return;
      this.#server = undefined;
      setTimeout(() => this.set(this.#mode), RETRY_MS).unref();
    });
    this.#listening = new Promise((resolve) => {
      for (const event of ['listening', 'error', 'close']) server.once(event, resolve);
    });
    server.listen({ port: this.port, host: LOOPBACK, exclusive: true });
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    if (this.#mode === 'open') this.#onConnection(socket);
    else if (this.#mode === 'closed') socket.destroy();
  }

  #close(): void {
    this.#server?.close();
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
  }
}
