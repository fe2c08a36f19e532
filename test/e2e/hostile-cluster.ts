/** A cluster of one node, each of whose services answers its check in another hostile way, over real sockets. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServers, type Listening, type Servers } from '../helpers/servers.ts';
import { answer, startSshServer } from '../helpers/ssh-server.ts';
import { createTestCa, type TestCa } from '../helpers/tls.ts';

/** Clipboard, title, clear screen, blinking, a device control string, their C1 forms, and text that runs backwards. */
export const ATTACK =
  '\u202eLIVE\u2066\u200b\u009b31m\u001b[5;31mEVIL\u001b]52;c;RVZJTA==\u0007\u001b[2J\u009d0;EVIL\u009c' +
  '\u001b]0;EVIL\u0007\u001bP1;2|EVIL\u001b\\\u0085\u2028';

export type Kit = {
  readonly servers: Servers;
  readonly ca: TestCa;
  /** To be called for each request. */
  readonly asked: () => void;
  /** To be called with as many bytes as were taken from a flood. */
  readonly served: (bytes: number) => void;
};

export type Attack = {
  readonly start: (kit: Kit) => Promise<Listening>;
  /** The verdict's sign and word and the reason: what an operator must be able to read. */
  readonly says: RegExp;
  /** Of the service's only check; https where not told. */
  readonly check?: 'dns';
};
/** By the service's name; one that begins with `x-` is not taken for a word of its answer. */
export type Attacks = Readonly<Record<string, Attack>>;

export type HostileCluster = {
  readonly configFile: string;
  /** How many requests a service has had; only of those that count them. */
  readonly asked: (service: string) => number;
  /** How many bytes of a service's floods were taken; only of those that count them. */
  readonly served: (service: string) => number;
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

const checkOf = (name: string, port: number, kind: Attack['check']): object =>
  kind === 'dns'
    ? { id: 'dns', kind, port, query: 'health.local', address: '127.0.0.1' }
    : {
        id: 'health',
        kind: 'https-json',
        port,
        path: '/health',
        fields: [
          { name: 'status', role: 'status', equals: 'healthy' },
          { name: 'raft', role: 'raft', oneOf: ['leader'] },
        ].slice(0, name === 'x-fields' ? 2 : 1),
      };

/** Starts the servers and writes the files. */
export const startHostileCluster = async (
  attacks: Attacks,
  poll = { interval: '2500ms', timeout: '2s' },
): Promise<HostileCluster> => {
  const servers = createServers();
  const ca = await createTestCa();
  const directory = mkdtempSync(join(tmpdir(), 'pt-hostile-'));
  const names = Object.keys(attacks);
  const ssh = await startSshServer({
    exec: (_command, channel) => answer(channel, 0, hostileLook(names), ATTACK),
  });
  const requests = new Map<string, number>();
  const taken = new Map<string, number>();
  const services: object[] = [];
  for (const [name, { start, check }] of Object.entries(attacks)) {
    const asked = (): void => void requests.set(name, (requests.get(name) ?? 0) + 1);
    const served = (bytes: number): void => void taken.set(name, (taken.get(name) ?? 0) + bytes);
    const { port } = await start({ servers, ca, asked, served });
    services.push({
      ...{ name, title: name, level: 1, purpose: 'attacks' },
      ...{ unit: `${name}.service`, type: 'simple', start: '1s' },
      checks: [checkOf(name, port, check)],
    });
  }

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
    poll,
    tls: { ca: 'ca.pem', serverName: 'localhost' },
    ssh: { config: ssh.configFile },
    audit: { file: 'audit.jsonl' },
  });
  return {
    configFile,
    asked: (service) => requests.get(service) ?? 0,
    served: (service) => taken.get(service) ?? 0,
    stop: async () => {
      await Promise.all([servers.closeAll(), ssh.close()]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
};
