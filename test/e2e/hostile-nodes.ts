/** A cluster of nodes whose sshd, systemd and journal are each hostile in another way, for the system's own ssh client. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerChannel } from 'ssh2';
import { createServers } from '../helpers/servers.ts';
import { answer, type SshServerOptions, startSshServer } from '../helpers/ssh-server.ts';
import { createTestCa } from '../helpers/tls.ts';
import { ATTACK } from './hostile-cluster.ts';

const UNIT = 'x-unit.service';
const MEGABYTE = 1024 * 1024;
const HOUR_MS = 3_600_000;
const BOOT = 'd1c0ffee-0000-4000-8000-000000000001';
/** All nodes were booted at the same moment, a day ago. */
const BOOTED_MS = Date.now() - 100_000_000;
const uptimeMs = (): number => Date.now() - BOOTED_MS;
/** The unit was started an hour ago, by the clock that counts. */
const STARTED_MS = uptimeMs() - HOUR_MS;

type LookTexts = { readonly text?: string; readonly jobs?: string };

/** An honest answer to a look, with `text` wherever systemd lets others put text. */
const look = ({ text = 'fine', jobs = 'No jobs running.' }: LookTexts = {}): string =>
  [
    'plasmatop:begin',
    `${(uptimeMs() / 1000).toFixed(2)} 300.00`,
    BOOT,
    'plasmatop:manager',
    'Version=252\nSystemState=running\nProgress=1',
    'plasmatop:units',
    `Id=${UNIT}\nDescription=${text}\nLoadState=loaded\nActiveState=active\nSubState=running\nResult=success`,
    `StatusText=${text}\nUnitFileState=enabled\nMainPID=7\nInvocationID=${'a'.repeat(32)}`,
    `StateChangeTimestampMonotonic=${STARTED_MS * 1000}\n`,
    'plasmatop:jobs',
    jobs,
    'plasmatop:end',
    '',
  ].join('\n');

type Entry = Readonly<Record<string, unknown>>;

/** Lines of a journal whose node has its wall clock `aheadMs` off; the last was written `agoMs` ago. */
const journal = (messages: readonly unknown[], aheadMs = 0, agoMs = 0): string =>
  messages
    .map((MESSAGE, index): Entry => {
      const beforeMs = agoMs + (messages.length - index) * 1000;
      return {
        MESSAGE,
        ...{ PRIORITY: '3', _PID: '7', _UID: '0', _SYSTEMD_UNIT: UNIT, _BOOT_ID: BOOT.replaceAll('-', '') },
        __CURSOR: `s=${aheadMs};i=${agoMs + index}`,
        __REALTIME_TIMESTAMP: String((Date.now() + aheadMs - beforeMs) * 1000),
        __MONOTONIC_TIMESTAMP: String((uptimeMs() - beforeMs) * 1000),
      };
    })
    .map((entry) => `${JSON.stringify(entry)}\n`)
    .join('');

const HOSTILE_JOURNAL = [
  '\u001b[2J\u009b5m no json at all \u202e\n{"half": ',
  `\n{"MESSAGE":"${'x'.repeat(MEGABYTE)}","_SYSTEMD_UNIT":"${UNIT}","__REALTIME_TIMESTAMP":"1"}\n`,
  `${'['.repeat(50_000)}\nnull\n[]\n{"MESSAGE":{},"_SYSTEMD_UNIT":"${UNIT}","__REALTIME_TIMESTAMP":"9e99"}\n`,
  journal([
    `Started ${ATTACK}.`,
    `two\nlines\r\nand \u001b[31mcolour`,
    [...Buffer.from(`bytes \u001b]52;c;RVZJTA==\u0007 ${ATTACK}`), 0xff, 0xc0, 0x80],
    null,
    [ATTACK, ATTACK],
    `end of the hostile lines ${'\u202e'.repeat(40)}`,
  ]),
].join('');

type Replies = {
  readonly look?: (channel: ServerChannel) => void;
  readonly journal?: string;
  /** Of a command that is neither. */
  readonly other?: (channel: ServerChannel) => void;
};

/** Answers by what the command asks for. */
const answering =
  ({ look: onLook, journal: lines, other }: Replies) =>
  (command: string, channel: ServerChannel): void => {
    if (command.includes('plasmatop:begin')) (onLook ?? ((to) => answer(to, 0, look())))(channel);
    else if (command.includes('journalctl') && lines !== undefined) channel.write(lines);
    else if (other !== undefined) other(channel);
    else answer(channel, 127, '', 'sh: not found\n');
  };

/** So many bytes, as fast as they are taken. */
const pour = (stream: NodeJS.WritableStream, bytes: number, then: () => void): void => {
  const block = Buffer.from(`${ATTACK}\r\n`.repeat(1000));
  let left = bytes;
  const more = (): void => {
    if (left <= 0) then();
    else {
      left -= block.length;
      stream.write(block, () => setImmediate(more));
    }
  };
  more();
};

/** Without end, a little at a time: a few megabytes a second. */
const trickle = (channel: ServerChannel, stream: NodeJS.WritableStream): void => {
  const block = Buffer.from(`${ATTACK}\r\n`.repeat(500));
  const timer = setInterval(() => stream.write(block), 20);
  channel.on('close', () => clearInterval(timer));
};

/** An SSH packet before any key was exchanged. */
const packet = (payload: Buffer): Buffer => {
  const padding = 16 - ((payload.length + 5) % 8);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(payload.length + padding + 1);
  head[4] = padding;
  return Buffer.concat([head, payload, randomBytes(padding)]);
};
const sshString = (text: string): Buffer => {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

export type HostileNode = {
  /** What its page says of its connection; undefined: it stands. */
  readonly fails?: RegExp;
  readonly ssh?: SshServerOptions;
  /** Instead of an SSH server. */
  readonly tcp?: (socket: Socket) => void;
};

let floods = 0;
/** How often stderr was flooded so far. */
export const floodsSoFar = (): number => floods;
/** A node that is well, to compare with. */
export const QUIET_NODES: Readonly<Record<string, HostileNode>> = {
  'n-well': { ssh: { exec: answering({}) } },
};

/** By the node's name. */
export const HOSTILE_NODES: Readonly<Record<string, HostileNode>> = {
  'n-hang': { ssh: { exec: () => {} }, fails: /no answer in 5 s/ },
  'n-motd': {
    ssh: {
      banner: `${ATTACK}\r\n`.repeat(50),
      exec: answering({ look: (to) => answer(to, 0, `Welcome ${ATTACK}\r\n${look()}bye ${ATTACK}`, ATTACK) }),
    },
  },
  'n-drop': {
    ssh: {
      exec: answering({
        look: (to) => {
          to.write(look().slice(0, 200));
          to.close();
        },
      }),
    },
    fails: /the answer was cut short/,
  },
  'n-signal': {
    ssh: {
      exec: answering({
        look: (to) => {
          to.write(look().slice(0, 200));
          to.exit('KILL', false, ATTACK);
          to.end();
        },
      }),
    },
    fails: /the answer was cut short/,
  },
  'n-errors': {
    // 50 MB the first time, and then enough of it.
    ssh: {
      exec: answering({
        look: (to) => {
          floods += 1;
          pour(to.stderr, floods === 1 ? 50 * MEGABYTE : MEGABYTE, () => answer(to, 0, look()));
        },
      }),
    },
  },
  'n-chatty': {
    ssh: { exec: answering({ look: (to) => pour(to, 2 * MEGABYTE, () => answer(to, 0, look())) }) },
    fails: /more came than is kept/,
  },
  'n-endless': { ssh: { exec: answering({ look: (to) => trickle(to, to) }) }, fails: /no answer in 5 s/ },
  'n-refusal': {
    ssh: { exec: answering({ look: (to) => answer(to, 1, '', `Failed to connect to bus: ${ATTACK}\n`) }) },
    fails: /did not run the command: Failed to connect to bus: ·LIVE/,
  },
  'n-texts': {
    ssh: {
      exec: answering({
        // A line that holds a line separator is no property: its text would not be seen at all.
        look: (to) =>
          answer(to, 0, look({ text: ATTACK.replace('\u2028', ''), jobs: `1 ${UNIT} ${ATTACK} running` })),
        journal: HOSTILE_JOURNAL,
        other: (to) => answer(to, 1, ATTACK, ATTACK),
      }),
    },
  },
  'n-ahead': {
    ssh: { exec: answering({ journal: journal(['first ahead', 'last ahead'], 2 * HOUR_MS, 60_000) }) },
  },
  'n-behind': { ssh: { exec: answering({ journal: journal(['middle behind'], -2 * HOUR_MS, 60_500) }) } },
  'n-silent': { tcp: () => {}, fails: /timed out/ },
  'n-noise': {
    tcp: (socket) => socket.write(Buffer.from(`${ATTACK}\r\n`.repeat(3000))),
    fails: /No SSH version received/,
  },
  'n-name': {
    tcp: (socket) => socket.write(`SSH-1.5-${ATTACK}\r\n`),
    fails: /Protocol major versions differ/,
  },
  'n-goodbye': {
    tcp: (socket) => {
      socket.write('SSH-2.0-EVIL\r\n');
      const [reason, language] = [Buffer.from([0, 0, 0, 2]), sshString('')];
      socket.end(packet(Buffer.concat([Buffer.from([1]), reason, sshString(ATTACK), language])));
    },
    fails: /Received disconnect/,
  },
};

export type HostileNodes = {
  readonly configFile: string;
  readonly stop: () => Promise<void>;
};

/** Starts the servers and writes the files. All nodes share one service that is well. */
export const startHostileNodes = async (
  nodes: Readonly<Record<string, HostileNode>> = HOSTILE_NODES,
): Promise<HostileNodes> => {
  const servers = createServers();
  const ca = await createTestCa();
  const web = await servers.https(await ca.issue(), (_request, response) =>
    response.end('{"status":"healthy"}'),
  );
  const directory = mkdtempSync(join(tmpdir(), 'pt-nodes-'));
  const closers: (() => Promise<void>)[] = [];
  const hosts: string[] = [];
  for (const [name, { ssh, tcp }] of Object.entries(nodes)) {
    if (tcp !== undefined) {
      const { port } = await servers.tcp(tcp);
      hosts.push(`Host ${name}\n  HostName 127.0.0.1\n  Port ${port}\n  User ops\n`);
    } else {
      const server = await startSshServer(ssh);
      closers.push(server.close);
      hosts.push(readFileSync(server.configFile, 'utf8').replace('Host node01', `Host ${name}`));
    }
  }
  const write = (name: string, value: unknown): string => {
    const file = join(directory, name);
    writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value), { mode: 0o600 });
    return file;
  };
  write('ca.pem', ca.cert);
  write('topology.yaml', {
    name: 'hostile',
    title: 'Hostile',
    levels: [{ number: 1, title: 'All', description: 'hostile' }],
    services: [
      {
        ...{ name: 'x-unit', title: 'x-unit', level: 1, purpose: 'attacks' },
        ...{ unit: UNIT, type: 'simple', start: '1s' },
        checks: [
          {
            ...{ id: 'health', kind: 'https-json', port: web.port, path: '/health' },
            fields: [{ name: 'status', role: 'status', equals: 'healthy' }],
          },
        ],
      },
    ],
  });
  const configFile = write('plasmatop.yaml', {
    cluster: 'hostile',
    topology: 'topology.yaml',
    nodes: Object.keys(nodes).map((name) => ({ name, address: '127.0.0.1', ssh: name })),
    tls: { ca: 'ca.pem', serverName: 'localhost' },
    ssh: { config: write('ssh_config', hosts.join('\n')), connectTimeout: '2s' },
    audit: { file: 'audit.jsonl' },
  });
  return {
    configFile,
    stop: async () => {
      await Promise.all([servers.closeAll(), ...closers.map((close) => close())]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
};
