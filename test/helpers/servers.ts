/** Real servers on loopback for tests: HTTPS, raw TLS, TCP and UDP, all closed in one go. */
import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

export type Listening = {
  readonly port: number;
  /** TCP connections accepted so far; for UDP, datagrams received. */
  readonly accepted: () => number;
  /** Connections open now. */
  readonly open: () => number;
  /** Cuts the open connections; the server goes on listening. */
  readonly cut: () => void;
  readonly close: () => Promise<void>;
};

export type Servers = {
  readonly https: (options: TlsOptions, onRequest: RequestListener) => Promise<Listening>;
  /** TLS without HTTP: what the handler writes is all that comes. */
  readonly tls: (options: TlsOptions, onSocket: (socket: Socket) => void) => Promise<Listening>;
  readonly tcp: (onSocket: (socket: Socket) => void, host?: string) => Promise<Listening>;
  /** `reply` sends datagrams back to the asker. */
  readonly udp: (
    onMessage: (message: Buffer, reply: (answer: Buffer) => void) => void,
    host?: string,
  ) => Promise<Listening>;
  /** A TCP and UDP port of 127.0.0.1 where nothing listens. */
  readonly closedPort: () => Promise<number>;
  readonly closeAll: () => Promise<void>;
};

const listen = async (server: Server, host = '127.0.0.1'): Promise<Listening> => {
  const sockets = new Set<Socket>();
  let accepted = 0;
  server.on('connection', (socket: Socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  // A client that refuses our certificate is the point of some tests.
  server.on('tlsClientError', () => {});
  server.on('secureConnection', (socket: Socket) => socket.on('error', () => {}));
  server.listen(0, host);
  await once(server, 'listening');
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    accepted: () => accepted,
    open: () => sockets.size,
    cut,
    close: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      cut();
      await closed;
    },
  };
};

/** Creates an empty set of servers; call `closeAll` after each test. */
export const createServers = (): Servers => {
  const all: Listening[] = [];
  const keep = (listening: Listening): Listening => {
    all.push(listening);
    return listening;
  };
  return {
    https: async (options, onRequest) => keep(await listen(createHttpsServer(options, onRequest))),
    tls: async (options, onSocket) => keep(await listen(createTlsServer(options, onSocket))),
    tcp: async (onSocket, host) => keep(await listen(createTcpServer(onSocket), host)),
    udp: async (onMessage, host = '127.0.0.1') => {
      const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
      let received = 0;
      socket.on('message', (message: Buffer, from: RemoteInfo) => {
        received += 1;
        onMessage(message, (answer) => socket.send(answer, from.port, from.address));
      });
      socket.bind(0, host);
      await once(socket, 'listening');
      let closed = false;
      return keep({
        port: socket.address().port,
        accepted: () => received,
        open: () => 0,
        cut: () => {},
        close: async () => {
          if (closed) return;
          closed = true;
          const gone = once(socket, 'close');
          socket.close();
          await gone;
        },
      });
    },
    closedPort: async () => {
      const server = createTcpServer();
      const { port, close } = await listen(server);
      await close();
      return port;
    },
    closeAll: async () => {
      await Promise.all(all.splice(0).map(({ close }) => close()));
    },
  };
};
