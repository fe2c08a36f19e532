/** Starts the demo: a simulated cluster behind real HTTPS, DNS and SSH servers on loopback, and the files to reach it. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ParsedKey } from 'ssh2';
import type { NodeName } from '../core/model/inventory.ts';
import type { Topology } from '../core/model/topology.ts';
import type { Clock } from '../lib/clock.ts';
import { abandonedDirectories, makeProcessDirectory } from '../lib/process-directory.ts';
import { demoConfig, knownHosts, type NodeFiles, sshConfig } from './files.ts';
import { DnsServer } from './servers/dns.ts';
import { HttpsServers } from './servers/https.ts';
import { createPki, type Pki } from './servers/pki.ts';
import { PortPool } from './servers/ports.ts';
import { Runner } from './servers/runner.ts';
import { type Ssh2, SshNode } from './servers/ssh.ts';
import { newSshKey, parsedKey } from './servers/ssh-keys.ts';
import { buildScenario, type ScenarioName, scenarioNamed, scenarios } from './sim/scenarios.ts';
import { World } from './sim/world.ts';

export const MAX_NODES = 200;

export type DemoOptions = {
  /** 1 to 200. */
  readonly nodes: number;
  readonly scenario: string;
  /** World seconds per real second. */
  readonly speed: number;
  /** Where the files go; a new private directory under the system's temporary one when absent. */
  readonly directory?: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly topology: Topology;
  /** Told each command line that reaches a node over ssh; an interactive shell is the empty one. */
  readonly onCommand?: (node: NodeName, command: string) => void;
};

export type Demo = {
  readonly directory: string;
  /** A plasmatop.yaml for `plasmatop --config`. */
  readonly configFile: string;
  /** For `ssh -F`. */
  readonly sshConfigFile: string;
  readonly scenario: ScenarioName;
  readonly nodes: readonly NodeName[];
  /** The simulated cluster; after changing it by hand call `advanceTo(world.nowMs)`, so that the servers follow. */
  readonly world: World;
  /** Jumps forward to a world time in ms (0 is the start of the demo); time goes on from there. */
  readonly advanceTo: (worldMs: number) => void;
  /** Closes every port and connection and removes the files. */
  readonly stop: () => Promise<void>;
};

type Part = {
  readonly reflect: () => void;
  readonly settled: () => Promise<void>;
  readonly close: () => void;
};

const CLIENT_KEY = 'id_ed25519';
const DIRECTORY_PREFIX = 'plasmatop-demo';

const nodeNames = (count: number): readonly NodeName[] =>
  Array.from({ length: count }, (_, index) => `node${String(index + 1).padStart(count > 99 ? 3 : 2, '0')}`);

const checkedScenario = ({ nodes, scenario, speed }: DemoOptions): ScenarioName => {
  const entry = scenarioNamed(scenario);
  if (entry === undefined) {
    throw new RangeError(
      `unknown scenario "${scenario}": choose one of ${scenarios.map(({ name }) => name).join(', ')}`,
    );
  }
  if (!Number.isInteger(nodes) || nodes < 1 || nodes > MAX_NODES) {
    throw new RangeError(`a demo has 1 to ${MAX_NODES} nodes, not ${nodes}`);
  }
  if (nodes < entry.minNodes)
    throw new RangeError(`scenario ${entry.name} needs at least ${entry.minNodes} nodes`);
  if (!(speed > 0 && Number.isFinite(speed))) throw new RangeError(`speed must be above 0, not ${speed}`);
  return entry.name;
};

/** Ports for one node: documented port → real one, for every check, and one for ssh. */
const takePorts = async (
  pool: PortPool,
  topology: Topology,
  services: readonly string[],
): Promise<{ readonly ssh: number; readonly ports: ReadonlyMap<number, number> }> => {
  const ports = new Map<number, number>();
  const checks = topology.services
    .filter(({ name }) => services.includes(name))
    .flatMap(({ checks }) => checks);
  for (const { port } of checks) if (!ports.has(port)) ports.set(port, await pool.take());
  return { ssh: await pool.take(), ports };
};

/** The servers of one node, all closed until they reflect the world. */
const buildNode = (
  options: DemoOptions,
  context: { readonly ssh2: Ssh2; readonly runner: Runner; readonly pki: Pki; readonly clientKey: ParsedKey },
  files: NodeFiles & { readonly hostPrivateKey: string },
): readonly Part[] => {
  const { runner, pki, ssh2, clientKey } = context;
  const node = files.name;
  const services = options.topology.services.filter(({ name }) => files.services.includes(name));
  const endpoints = services.flatMap(({ name, checks }) => {
    const https = checks.filter((check) => check.kind === 'https-json' || check.kind === 'https-text');
    return [...new Set(https.map((check) => check.port))].map((port) => ({
      service: name,
      port: files.ports.get(port) ?? port,
      specs: https.filter((check) => check.port === port),
    }));
  });
  const dns = services.flatMap(({ name, checks }) =>
    checks.flatMap((spec) =>
      spec.kind === 'dns'
        ? [
            new DnsServer({
              runner,
              node,
              service: name,
              spec,
              port: files.ports.get(spec.port) ?? spec.port,
            }),
          ]
        : [],
    ),
  );
  return [
    new HttpsServers({
      ...{ runner, node, endpoints },
      certificate: () => pki.issue(node, runner.world.certificate(node)),
    }),
    ...dns,
    new SshNode({
      ...{ ssh2, runner, node, clientKey },
      port: files.sshPort,
      hostKey: files.hostPrivateKey,
      ...(options.onCommand && { onCommand: options.onCommand }),
    }),
  ];
};

/** Where the files go, and whether the directory is ours to remove. */
const prepareDirectory = async (
  wanted: string | undefined,
): Promise<{ readonly path: string; readonly own: boolean }> => {
  if (wanted === undefined) {
    const parent = tmpdir();
    // A demo that was killed leaves its keys and certificates; its servers are gone with it.
    for (const path of await abandonedDirectories(parent, DIRECTORY_PREFIX)) {
      await rm(path, { recursive: true, force: true });
    }
    return { path: makeProcessDirectory(parent, DIRECTORY_PREFIX), own: true };
  }
  const made = await mkdir(wanted, { recursive: true, mode: 0o700 });
  return { path: wanted, own: made !== undefined };
};

/** Starts the servers and writes the files; rejects with a RangeError for options that make no sense. */
export const startDemo = async (options: DemoOptions): Promise<Demo> => {
  const scenario = checkedScenario(options);
  const names = nodeNames(options.nodes);
  const { topology, random, clock } = options;
  const { path: directory, own } = await prepareDirectory(options.directory);
  const written: string[] = [];
  const parts: Part[] = [];
  let runner: Runner | undefined;
  let pool: PortPool | undefined;
  const stop = async (): Promise<void> => {
    runner?.stop();
    for (const part of parts) part.close();
    pool?.close();
    if (own) await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    else await Promise.all(written.map((file) => rm(file, { force: true })));
  };
  const write = async (name: string, text: string): Promise<string> => {
    const file = join(directory, name);
    written.push(file);
    await writeFile(file, text, { mode: 0o600 });
    return file;
  };
  try {
    // Both are loaded only here: nobody but the demo pays for them. ssh2 is CommonJS.
    const [ssh2, pki, ports] = await Promise.all([
      import('ssh2').then((module) => module.default),
      createPki(clock.now()),
      PortPool.open(random),
    ]);
    pool = ports;
    const world = new World({
      topology,
      nodes: names,
      random,
      scenario: buildScenario(scenario, topology, names),
    });
    runner = new Runner({ world, clock, speed: options.speed });
    const client = newSshKey(ssh2.utils);
    const nodes = await Promise.all(
      world.nodes().map(async ({ name, services }) => {
        const host = newSshKey(ssh2.utils);
        const taken = await takePorts(ports, topology, services);
        return {
          ...{ name, services, ports: taken.ports, sshPort: taken.ssh },
          ...{ hostPublicKey: host.publicKey, hostPrivateKey: host.privateKey },
        };
      }),
    );
    const context = { ssh2, runner, pki, clientKey: parsedKey(ssh2.utils, client.publicKey) };
    for (const node of nodes) parts.push(...buildNode(options, context, node));
    await write('ca.pem', pki.ca);
    await write(CLIENT_KEY, client.privateKey);
    await write('known_hosts', knownHosts(nodes));
    const sshConfigFile = await write('ssh_config', sshConfig(directory, nodes, CLIENT_KEY));
    const configFile = await write('plasmatop.yaml', demoConfig(directory, topology, nodes));
    const reflect = (): void => {
      for (const part of parts) part.reflect();
    };
    runner.subscribe(reflect);
    runner.sync();
    await Promise.all(parts.map((part) => part.settled()));
    const started = runner;
    return {
      ...{ directory, configFile, sshConfigFile, scenario, nodes: names, world, stop },
      advanceTo: (worldMs) => started.jumpTo(worldMs),
    };
  } catch (error) {
    await stop();
    throw error;
  }
};
