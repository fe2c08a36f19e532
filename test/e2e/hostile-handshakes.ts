/** What a service may do to a TLS handshake. */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { drip, flood } from './hostile-answers.ts';
import type { Attack, Attacks } from './hostile-cluster.ts';

/** To the client's first words, whatever comes to mind. */
const toHello =
  (reply: (socket: Socket) => void): Attack['start'] =>
  async ({ servers, asked }) =>
    servers.tcp((socket) =>
      socket.once('data', () => {
        asked();
        reply(socket);
      }),
    );

const record = (type: number, payload: Buffer | readonly number[]): Buffer => {
  const bytes = Buffer.from(payload as Buffer);
  return Buffer.concat([Buffer.from([type, 3, 3, bytes.length >> 8, bytes.length & 0xff]), bytes]);
};
const [CHANGE_CIPHER, ALERT, HANDSHAKE] = [20, 21, 22];
/** A ServerHello that chooses `minor` of SSL 3. */
const serverHello = (minor: number): Buffer => {
  const hello = [3, minor, ...Array.from({ length: 32 }, () => 7), 0, 0xc0, 0x2f, 0];
  return record(HANDSHAKE, [2, 0, 0, hello.length, ...hello]);
};

export const HANDSHAKES: Attacks = {
  't-plain': {
    start: async ({ servers }) => servers.tcp((socket) => socket.end('HTTP/1.0 200 \u001b[2JOK\r\n\r\n')),
    says: /✖ down +answers, but not with TLS/,
  },
  't-garbage': {
    start: toHello((socket) => socket.end(Buffer.from('\u001b]0;EVIL\u0007'.repeat(100)))),
    says: /✖ down +answers, but not with TLS/,
  },
  't-silent': { start: toHello(() => {}), says: /✖ down +timeout/ },
  // It even accepts no word.
  't-deaf': {
    start: async ({ servers }) => servers.tcp((socket) => socket.pause()),
    says: /✖ down +timeout/,
  },
  't-drip': {
    start: toHello((socket) => drip(socket, [...serverHello(3)].map((byte) => Buffer.from([byte])).values())),
    says: /✖ down +timeout/,
  },
  't-reset': { start: toHello((socket) => socket.resetAndDestroy()), says: /✖ down +connection reset/ },
  't-close': { start: toHello((socket) => socket.end()), says: /✖ down +connection reset/ },
  't-half': {
    start: toHello((socket) => socket.end(serverHello(3).subarray(0, 20))),
    says: /✖ down +connection reset/,
  },
  't-old': {
    start: async ({ servers, ca }) =>
      servers.tls(
        { ...(await ca.issue()), minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' },
        () => {},
      ),
    says: /✖ down +offers no version of/,
  },
  't-ssl3': {
    start: toHello((socket) => socket.write(serverHello(0))),
    says: /✖ down +offers no version of/,
  },
  't-alert': {
    start: toHello((socket) => socket.end(record(ALERT, [2, 0x50]))),
    says: /✖ down +broken TLS/,
  },
  't-unheard': {
    start: toHello((socket) => socket.end(record(ALERT, [2, 0xfe]))),
    says: /✖ down +connection reset/,
  },
  't-warnings': {
    start: toHello((socket) => flood(socket, '', record(ALERT, [1, 0x5a]))),
    says: /✖ down +broken TLS/,
  },
  't-ciphers': {
    start: toHello((socket) => flood(socket, '', record(CHANGE_CIPHER, [1]))),
    says: /✖ down +broken TLS/,
  },
  't-endless': {
    // One message of 16 MB, by what it says of itself.
    start: toHello((socket) => {
      socket.write(record(HANDSHAKE, [2, 0xff, 0xff, 0xff, 3, 3]));
      flood(socket, '', record(HANDSHAKE, Buffer.alloc(16_000, 7)));
    }),
    says: /✖ down +broken TLS/,
  },
  't-names': {
    start: async ({ servers, ca }) => {
      const names = Array.from({ length: 6000 }, (_, index) => `host-${index}.example.invalid`);
      return servers.https(await ca.issue({ names }), (_, response) => response.end());
    },
    says: /✖ down +broken TLS/,
  },
  't-expired': {
    start: async ({ servers, ca }) =>
      servers.https(await ca.issue({ notAfter: new Date(Date.now() - 3_600_000) }), (_, response) =>
        response.end(),
      ),
    says: /✖ down +certificate/,
  },
  // Inside a connection that stood, bytes that are no record.
  't-inside': {
    start: async ({ servers, ca }) => {
      const own = await ca.issue();
      return servers.tcp((socket) => {
        const secure = new TLSSocket(socket, { isServer: true, ...own });
        secure.on('error', () => {}).once('data', () => socket.end(Buffer.from('\u001b[2JEVIL'.repeat(9))));
      });
    },
    says: /✖ down +broken TLS/,
  },
};
