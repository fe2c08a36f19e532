/** What a service may send after the handshake instead of an honest answer to its health check. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { ATTACK, type Attack, type Attacks, type Kit } from './hostile-cluster.ts';

type Start = Attack['start'];

const onRequest =
  (reply: (response: ServerResponse, count: number) => void): Start =>
  async ({ servers, ca, asked }) => {
    let count = 0;
    return servers.https(await ca.issue(), (_request, response) => {
      count += 1;
      asked();
      reply(response, count);
    });
  };

const body = (text: string | Buffer, status = 200): Start =>
  onRequest((response) => response.writeHead(status, { 'content-type': 'application/json' }).end(text));

/** What is written as it is, HTTP or not; `count` counts the requests. */
const raw =
  (write: (socket: Socket, kit: Kit, count: number) => void): Start =>
  async (kit) => {
    let count = 0;
    return kit.servers.tls(await kit.ca.issue(), (socket) =>
      socket
        .on('error', () => {})
        .on('data', () => {
          count += 1;
          kit.asked();
          write(socket, kit, count);
        }),
    );
  };

/** `begin`, and then `more` without end, as fast as it is taken; the other servers have their turn in between. */
export const flood = (
  socket: Socket,
  begin: string,
  more: string | Buffer,
  served: (bytes: number) => void = () => {},
): void => {
  const block = Buffer.alloc(64 * 1024, more).subarray(
    0,
    64 * 1024 - ((64 * 1024) % Buffer.byteLength(more)),
  );
  const pour = (): void => {
    if (socket.destroyed) return;
    const isRoom = socket.write(block, (error) => {
      if (!error) served(block.length);
    });
    if (isRoom) setImmediate(pour);
    else socket.once('drain', pour);
  };
  socket.write(begin);
  pour();
};

/** A piece at a time, one after another, for as long as anybody listens. */
export const drip = (socket: Socket, pieces: Iterator<string | Buffer>): void => {
  const timer = setInterval(() => {
    const { value, done } = pieces.next();
    if (done === true || socket.destroyed) clearInterval(timer);
    else socket.write(value);
  }, 100);
  socket.on('close', () => clearInterval(timer));
};

/** Every second answer is a good one, so that the console goes on asking often. */
const everyOther = (bad: (response: ServerResponse) => void): Start =>
  onRequest((response, count) => {
    if (count % 2 === 0) response.end('{"status":"healthy"}');
    else bad(response);
  });

const MEGABYTE = 1024 * 1024;
const deep = `{"status":"healthy","a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`;
const manyKeys = JSON.stringify(
  Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`k${index}`, 1])),
);
const bomb = gzipSync(Buffer.alloc(20 * MEGABYTE));
const HEALTHY = 'HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{"status":"healthy"}';
const withHeader = (line: string): Start =>
  raw((socket) =>
    socket.write(`HTTP/1.1 200 OK\r\n${line}\r\ncontent-length: 20\r\n\r\n{"status":"healthy"}`),
  );

/** Answers that never end: how each begins, and what then comes again and again. */
const ENDLESS: Readonly<Record<string, readonly [string, string]>> = {
  'x-endless': ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', `1000\r\n${'x'.repeat(0x1000)}\r\n`],
  'x-headers': ['HTTP/1.1 200 OK\r\n', 'x: y\r\n'],
  'x-value': ['HTTP/1.1 200 OK\r\nx: ', 'x'],
  'x-hints': ['', 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'],
  'x-words': ['HTTP/1.1 200 ', 'O'],
  'x-chunks': ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;', 'x'],
};

export const ANSWERS: Attacks = {
  'x-body': { start: body(ATTACK), says: /◐ degraded +not JSON/ },
  'x-fields': {
    start: body(JSON.stringify({ status: ATTACK, raft: ATTACK, error: ATTACK, [ATTACK]: ATTACK }), 503),
    says: /◐ degraded +503/,
  },
  'x-reason': {
    start: raw((socket) => socket.end(`HTTP/1.1 599 ${ATTACK}\r\ncontent-length: 2\r\n\r\nok`)),
    says: /◐ degraded +599/,
  },
  'x-location': {
    start: raw((socket) =>
      socket.end(`HTTP/1.1 302 Found\r\nlocation: /${ATTACK}\r\ncontent-length: 0\r\n\r\n`),
    ),
    says: /✖ down +not HTTP/,
  },
  'x-redirect': {
    start: onRequest((response) => response.writeHead(302, { location: 'https://elsewhere.example/' }).end()),
    says: /◐ degraded +302 Found, redirects/,
  },
  'x-certificate': {
    start: async ({ servers, ca }) =>
      servers.https(await ca.issue({ subject: `CN=${ATTACK}`, names: ['other.example'] }), (_, response) =>
        response.end(),
      ),
    says: /✖ down +certificate has another/,
  },
  'x-huge': { start: body(Buffer.alloc(5 * MEGABYTE, 'x')), says: /✖ down +answer too large/ },
  ...Object.fromEntries(
    Object.entries(ENDLESS).map(([name, [begin, more]]) => [
      name,
      { start: raw((socket) => flood(socket, begin, more)), says: /✖ down +answer too large/ },
    ]),
  ),
  'x-drip': {
    start: onRequest((response) => {
      response.writeHead(200, { 'content-length': '1000' });
      const timer = setInterval(() => response.write('x'), 100);
      response.on('close', () => clearInterval(timer));
    }),
    says: /✖ down +timeout/,
  },
  // From the status line on, a byte at a time.
  'x-trickle': { start: raw((socket) => drip(socket, HEALTHY[Symbol.iterator]())), says: /✖ down +timeout/ },
  'x-line': {
    start: raw((socket) => socket.end(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(10 * MEGABYTE)}\r\n\r\n`)),
    says: /✖ down +answer too large/,
  },
  // A node may put bytes from 0x80 on there: among them are the C1 controls.
  'x-encoded': {
    start: withHeader(`content-encoding: ${'\u202e\u009b5m\u009d0;EVIL\u009c'}`),
    says: /◐ degraded +compressed with/,
  },
  'x-escaped': { start: withHeader(`server: ${ATTACK}`), says: /✖ down +not HTTP/ },
  // Nobody has asked for the second answer: it must never count.
  'x-eager': {
    start: raw((socket) =>
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 19\r\n\r\n{"status":"broken"}${HEALTHY}${HEALTHY}`),
    ),
    says: /◐ degraded +says broken/,
  },
  'x-upgrade': {
    start: raw((socket) =>
      socket.end('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
    ),
    says: /✖ down +answers with 100 or 101/,
  },
  'x-cut': {
    start: raw((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"status"')),
    says: /◐ degraded +cut short after 9 bytes/,
  },
  'x-encoding': {
    start: body(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0xc0, 0x80])),
    says: /◐ degraded +not valid UTF-8/,
  },
  'x-empty': { start: body(''), says: /◐ degraded +empty body/ },
  'x-page': {
    start: body('<!doctype html><title>Welcome</title><script>alert(1)</script>'),
    says: /◐ degraded +not JSON/,
  },
  'x-bomb': {
    start: onRequest((response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)),
    says: /◐ degraded +compressed with gzip/,
  },
  'x-gzip': {
    start: onRequest((response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('\u001f\u008b\u0008 no gzip'),
    ),
    says: /◐ degraded +compressed with gzip/,
  },
  'x-prototype': {
    start: body(
      '{"__proto__":{"status":"healthy"},"constructor":{"name":"x"},"hasOwnProperty":1,"status":"broken"}',
    ),
    says: /◐ degraded +says broken/,
  },
  'x-keys': { start: body(manyKeys), says: /● ok/ },
  'x-deep': { start: body(deep), says: /● ok/ },
  'x-array': { start: body('["healthy"]'), says: /◐ degraded +JSON, but not an object/ },
  'x-silent': { start: raw(() => {}), says: /✖ down +timeout/ },
  'x-garbage': {
    start: raw((socket) => socket.end(Buffer.from(`${ATTACK}\r\n\r\n`))),
    says: /✖ down +not HTTP/,
  },
};

/** Those that cost memory, each good every second time. */
export const HEAVY: Attacks = Object.fromEntries(
  Object.entries({
    'x-huge': everyOther((response) => response.end(Buffer.alloc(5 * MEGABYTE, 'x'))),
    'x-bomb': everyOther((response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)),
    'x-keys': everyOther((response) => response.end(manyKeys)),
    'x-deep': everyOther((response) => response.end(deep)),
    'x-body': everyOther((response) => response.end(ATTACK.repeat(1000))),
  }).map(([name, start]) => [name, { start, says: /ok|degraded|down/ }]),
);

/** Those that never end, each a good one every second time. */
export const FLOODS: Attacks = Object.fromEntries(
  Object.entries(ENDLESS).map(([name, [begin, more]]) => [
    name,
    {
      start: raw((socket, { served }, count) => {
        if (count % 2 === 0) socket.write(HEALTHY);
        else flood(socket, begin, more, served);
      }),
      says: /ok|down/,
    },
  ]),
);
