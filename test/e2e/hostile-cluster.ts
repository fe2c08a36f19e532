/** A cluster of one node, each of whose services answers its health check in another hostile way, over real sockets. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { encode } from 'dns-packet';
import { createServers, type Listening, type Servers } from '../helpers/servers.ts';
import { answer, startSshServer } from '../helpers/ssh-server.ts';
import { createTestCa, type TestCa } from '../helpers/tls.ts';

/** Clipboard, title, clear screen, blinking, a device control string, their C1 forms, and text that runs backwards. */
const ATTACK =
  '\u202eLIVE\u2066\u200b\u009b31m\u001b[5;31mEVIL\u001b]52;c;RVZJTA==\u0007\u001b[2J\u009d0;EVIL\u009c' +
  '\u001b]0;EVIL\u0007\u001bP1;2|EVIL\u001b\\\u0085\u2028';

type Kit = {
  readonly servers: Servers;
  readonly ca: TestCa;
  /** To be called for each request. */
  readonly asked: () => void;
};
type Start = (kit: Kit) => Promise<Listening>;

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

/** What is written as it is, HTTP or not. */
const raw =
  (write: (socket: Socket) => void): Start =>
  async ({ servers, ca }) =>
    servers.tls(await ca.issue(), (socket) => socket.on('error', () => {}).once('data', () => write(socket)));

const latin = (text: string): Buffer => Buffer.from(text, 'utf8');

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

/** The service's name → how it answers. The x- tells the names from the words of the answers. */
export const ATTACKS: Readonly<Record<string, Start>> = {
  'x-body': body(ATTACK),
  'x-fields': body(JSON.stringify({ status: ATTACK, raft: ATTACK, error: ATTACK, [ATTACK]: ATTACK }), 503),
  'x-reason': raw((socket) => socket.end(latin(`HTTP/1.1 599 ${ATTACK}\r\ncontent-length: 2\r\n\r\nok`))),
  'x-location': raw((socket) =>
    socket.end(latin(`HTTP/1.1 302 Found\r\nlocation: /${ATTACK}\r\ncontent-length: 0\r\n\r\n`)),
  ),
  'x-redirect': onRequest((response) =>
    response.writeHead(302, { location: 'https://elsewhere.example/' }).end(),
  ),
  'x-certificate': async ({ servers, ca }) =>
    servers.https(await ca.issue({ subject: `CN=${ATTACK}`, names: ['other.example'] }), (_, response) =>
      response.end(),
    ),
  'x-huge': body(Buffer.alloc(5 * MEGABYTE, 'x')),
  'x-drip': onRequest((response) => {
    response.writeHead(200, { 'content-length': '1000' });
    const timer = setInterval(() => response.write('x'), 300);
    response.on('close', () => clearInterval(timer));
  }),
  'x-cut': raw((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"status"')),
  'x-encoding': body(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0xc0, 0x80])),
  'x-empty': body(''),
  'x-page': body('<!doctype html><title>Welcome</title><script>alert(1)</script>'),
  'x-bomb': onRequest((response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)),
  'x-prototype': body(
    '{"__proto__":{"status":"healthy"},"constructor":{"name":"x"},"hasOwnProperty":1,"status":"broken"}',
  ),
  'x-keys': body(manyKeys),
  'x-deep': body(deep),
  'x-array': body('["healthy"]'),
  'x-silent': raw(() => {}),
  'x-garbage': raw((socket) => socket.end(Buffer.from(`${ATTACK}\r\n\r\n`))),
  'x-plain': async ({ servers }) =>
    servers.tcp((socket) => socket.on('error', () => {}).end(`HTTP/1.0 200 ${ATTACK}\r\n\r\n`)),
};

/** Those that cost memory, each good every second time. */
export const HEAVY: Readonly<Record<string, Start>> = {
  'x-huge': everyOther((response) => response.end(Buffer.alloc(5 * MEGABYTE, 'x'))),
  'x-bomb': everyOther((response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)),
  'x-keys': everyOther((response) => response.end(manyKeys)),
  'x-deep': everyOther((response) => response.end(deep)),
  'x-body': everyOther((response) => response.end(ATTACK.repeat(1000))),
};

export type HostileCluster = {
  readonly configFile: string;
  /** How many requests a service has had; only of those that speak HTTP. */
  readonly asked: (service: string) => number;
  readonly stop: () => Promise<void>;
};

/** An answer to a look at systemd in which every text is an attack. */
const hostileLook = (services: readonly string[]): string =>
  [
    ATTACK,
    'plasmatop:begin',
    '100.00 300.00',
    'plasmatop:manager',
    `Version=${ATTACK}\nSystemState=${ATTACK}\nProgress=1`,
    'plasmatop:units',
    ...services.map((name) =>
      ['Id=', 'LoadState=', 'ActiveState=', 'SubState=', 'Result=', 'StatusText=', 'UnitFileState=']
        .map((key, index) => `${key}${index === 0 ? `${name}.service` : index === 2 ? 'active' : ATTACK}\n`)
        .join(''),
    ),
    'plasmatop:jobs',
    `1 ${services[0]}.service ${ATTACK} running\n2 ${ATTACK}.service start waiting`,
    'plasmatop:end',
    '',
  ].join('\n');

/** Starts the servers and writes the files; every service also has a DNS check that is answered with an attack. */
export const startHostileCluster = async (
  attacks: Readonly<Record<string, Start>>,
): Promise<HostileCluster> => {
  const servers = createServers();
  const ca = await createTestCa();
  const directory = mkdtempSync(join(tmpdir(), 'pt-hostile-'));
  const names = Object.keys(attacks);
  const ssh = await startSshServer({
    exec: (_command, channel) => answer(channel, 0, hostileLook(names), ATTACK),
  });
  const listening = new Map<string, Listening>();
  const requests = new Map<string, number>();
  for (const [name, start] of Object.entries(attacks)) {
    const asked = (): void => void requests.set(name, (requests.get(name) ?? 0) + 1);
    listening.set(name, await start({ servers, ca, asked }));
  }
  const dns = await servers.udp((question, reply) => {
    reply(
      encode({
        type: 'response',
        id: question.readUInt16BE(0),
        answers: [{ type: 'TXT', name: 'x', data: ATTACK }],
      }),
    );
    reply(Buffer.from(ATTACK));
  });

  const services = [...listening].map(([name, { port }], index) => ({
    ...{
      name,
      title: name,
      level: 1,
      purpose: 'attacks',
      unit: `${name}.service`,
      type: 'simple',
      start: '1s',
    },
    checks: [
      {
        id: 'health',
        kind: 'https-json',
        port,
        path: '/health',
        fields: [
          { name: 'status', role: 'status', equals: 'healthy' },
          { name: 'raft', role: 'raft', oneOf: ['leader'] },
        ].slice(0, name === 'x-fields' ? 2 : 1),
      },
      ...(index === 0
        ? [{ id: 'dns', kind: 'dns', port: dns.port, query: 'health.local', address: '127.0.0.1' }]
        : []),
    ],
  }));
  // JSON is YAML.
  const write = (name: string, value: unknown): string => {
    const file = join(directory, name);
    writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
    return file;
  };
  write('ca.pem', ca.cert);
  write('topology.yaml', {
    name: 'hostile',
    title: 'Hostile',
    levels: [{ number: 1, title: 'All', description: 'hostile' }],
    services,
  });
  const configFile = write('plasmatop.yaml', {
    cluster: 'hostile',
    topology: 'topology.yaml',
    nodes: [{ name: 'node01', address: '127.0.0.1', ssh: 'node01' }],
    poll: { interval: '400ms', timeout: '300ms' },
    tls: { ca: 'ca.pem', serverName: 'localhost' },
    ssh: { config: ssh.configFile },
    audit: { file: 'audit.jsonl' },
  });
  return {
    configFile,
    asked: (service) => requests.get(service) ?? 0,
    stop: async () => {
      await Promise.all([servers.closeAll(), ssh.close()]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
};
