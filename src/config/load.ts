/** Finds, reads and checks the configuration, and puts file, flags and defaults together. Never throws. */
import { dirname, join, resolve } from 'node:path';
import type { Inventory } from '../core/model/inventory.ts';
import type { Topology } from '../core/model/topology.ts';
import type { Problem } from '../core/problem.ts';
import { builtinTopology } from '../topology/builtin.ts';
import { loadTopology } from '../topology/load.ts';
import { type Parsed, type ProblemAt, parseYaml, sortProblems } from '../topology/source.ts';
import {
  candidateFiles,
  defaultAuditFile,
  logsDirectory,
  requestedFile,
  type Surroundings,
} from './discover.ts';
import { buildInventory, inventoryOfFlag } from './inventory.ts';
import { readKeys } from './keys.ts';
import { ownerFault, writerFault } from './modes.ts';
import { readPoll } from './pace.ts';
import { readText } from './read-text.ts';
import { type ConfigFile, configSchema } from './schema.ts';
import { withThresholds } from './thresholds.ts';
import { readTls } from './tls.ts';
import type { Config } from './types.ts';

export type LoadOptions = Surroundings & {
  /** `--config`. */
  readonly file?: string;
  /** Where none was named: the one that was found before. It is read again, and no other is looked for. */
  readonly found?: string;
  /** `--nodes a,b,c`: only these; names that the file does not know are taken as addresses. */
  readonly nodes?: string;
  /** `--topology`: a file, or `plasmacloud`. */
  readonly topologyFile?: string;
  readonly readOnly?: boolean;
  readonly insecure?: boolean;
  readonly ascii?: boolean;
  readonly color?: boolean;
  readonly screenReader?: boolean;
};

export type LoadedConfig =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const BUILTIN = 'plasmacloud';

/** The configuration to run with, or everything that is wrong with it. */
export const loadConfig = (options: LoadOptions): LoadedConfig => {
  const found = findFile(options);
  if (!found.ok) return found;
  const { file } = found;

  const parsed =
    file === undefined ? undefined : parseYaml({ ...file, file: file.path, schema: configSchema });
  if (parsed?.ok === false) return parsed;

  const topology = chooseTopology(options, parsed, file?.path);
  if (!topology.ok) return topology;
  return assemble(options, topology, parsed, file?.path);
};

type Found =
  | { readonly ok: true; readonly file?: { readonly path: string; readonly text: string } }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const findFile = (options: LoadOptions): Found => {
  const requested = requestedFile(options.file, options);
  const fixed = requested?.path ?? options.found;
  const candidates = fixed === undefined ? candidateFiles(options) : [fixed];
  for (const path of candidates) {
    const read = readText(path);
    if ('text' in read) {
      // A configuration names an ssh_config, and that may run programs: what others may write to is never used, and
      // what lies about in another's name only when it is named.
      const fault = writerFault(path) ?? (requested === undefined ? ownerFault(path) : undefined);
      if (fault === undefined) return { ok: true, file: { path, text: read.text } };
      const message = `${fault.message}: not used`;
      return { ok: false, problems: [{ file: path, path: '', message, remedy: fault.remedy }] };
    }
    // One that is there and cannot be read must not be passed over: another cluster's would be used instead.
    if (fixed !== undefined || read.reason !== 'no such file') {
      const remedy =
        read.reason === 'permission denied'
          ? `make ${path} readable, or name another file with --config`
          : 'name a configuration with --config, or write one there';
      return {
        ok: false,
        problems: [{ file: path, path: '', message: `cannot be read: ${read.reason}`, remedy }],
      };
    }
  }
  if (options.nodes !== undefined) return { ok: true };
  return {
    ok: false,
    problems: [
      {
        path: '',
        message: `no configuration found; looked for ${candidates.join(', ')}`,
        remedy: 'write one of these, name nodes with --nodes a,b,c, or try "plasmatop demo"',
      },
    ],
  };
};

type ParsedFile = Extract<Parsed<ConfigFile>, { readonly ok: true }>;

/** `path`: its file, unless it is built in. */
type ChosenTopology = { readonly topology: Topology; readonly path?: string };

const chooseTopology = (
  options: LoadOptions,
  parsed: ParsedFile | undefined,
  file: string | undefined,
):
  | (ChosenTopology & { readonly ok: true })
  | { readonly ok: false; readonly problems: readonly Problem[] } => {
  const flag = options.topologyFile;
  const written = parsed?.value.topology;
  const chosen = flag ?? written ?? BUILTIN;
  if (chosen === BUILTIN) return { ok: true, topology: builtinTopology() };

  const path = fromDirectory(
    flag === undefined && file !== undefined ? dirname(file) : options.cwd,
    options.home,
  )(chosen);
  const read = readText(path);
  if ('text' in read) {
    const loaded = loadTopology({ path, text: read.text });
    return loaded.ok ? { ...loaded, path } : loaded;
  }
  const message = `topology "${chosen}" cannot be read: ${read.reason}`;
  const remedy = `write ${BUILTIN} for the built-in one, or the path of a topology file`;
  const problem =
    flag === undefined && parsed !== undefined
      ? parsed.problemAt(['topology'], message, remedy)
      : { file: '--topology', path: '', message, remedy };
  return { ok: false, problems: [problem] };
};

/** Resolves a path that the operator wrote: `~/` is the home directory, a relative one starts at `directory`. */
const fromDirectory =
  (directory: string, home: string) =>
  (path: string): string =>
    path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : resolve(directory, path);

const DEFAULT_AUDIT_BYTES = 10 * 1024 ** 2;

const auditOf = (
  audit: NonNullable<ConfigFile['audit']>,
  surroundings: Surroundings,
  locate: (path: string) => string,
): Config['audit'] => ({
  file: audit.file === undefined ? defaultAuditFile(surroundings) : locate(audit.file),
  maxSize: audit.maxSize ?? DEFAULT_AUDIT_BYTES,
  keep: audit.keep ?? 10,
  syslog: audit.syslog ?? false,
  reason: audit.reason ?? false,
});

const assemble = (
  options: LoadOptions,
  { topology: documented, path: topologyFile }: ChosenTopology,
  parsed: ParsedFile | undefined,
  file: string | undefined,
): LoadedConfig => {
  const written: Partial<ConfigFile> = parsed?.value ?? {};
  const problems: Problem[] = [];
  const problemAt: ProblemAt =
    parsed?.problemAt ?? ((_path, message, remedy) => ({ path: '', message, remedy }));
  const report = (path: readonly PropertyKey[], message: string, remedy: string): void => {
    problems.push(problemAt(path, message, remedy));
  };
  const locate = fromDirectory(file === undefined ? options.cwd : dirname(file), options.home);

  const poll = readPoll(written.poll ?? {}, report);
  const topology = withThresholds(documented, written, poll, report);
  const cluster = written.cluster ?? topology.name;
  const serverName = written.tls?.serverName;
  const common = { topology, ...(serverName === undefined ? {} : { serverName }) };
  const all = buildInventory({
    ...common,
    cluster,
    entries: written.nodes ?? [],
    groups: written.groups ?? {},
    report,
  });
  let inventory: Inventory = all;
  if (options.nodes !== undefined) {
    const chosen = inventoryOfFlag({ ...common, inventory: all, flag: options.nodes });
    if (chosen.ok) inventory = chosen.inventory;
    else problems.push(...chosen.problems);
  }
  if (written.nodes === undefined && options.nodes === undefined) {
    report(
      ['nodes'],
      '"nodes" is missing',
      'add "nodes:" with one "- name:" a node, or name them with --nodes a,b,c',
    );
  }
  const tls = readTls({ tls: written.tls ?? {}, insecure: options.insecure ?? false, locate, report });
  const ssh = written.ssh ?? {};
  if (ssh.enabled === false) inventory = withoutSsh(inventory);
  const { ca, cert, key } = written.tls ?? {};
  const named = [ca, cert, key, ssh.config].filter((one) => one !== undefined).map(locate);
  const config: Config = {
    ...(file === undefined ? {} : { file }),
    files: [file, topologyFile, ...named].filter((one) => one !== undefined),
    cluster,
    topology,
    inventory,
    poll,
    tls,
    ssh: {
      enabled: ssh.enabled ?? true,
      ...(ssh.config === undefined ? {} : { configFile: locate(ssh.config) }),
      ...(ssh.user === undefined ? {} : { user: ssh.user }),
      options: ssh.options ?? [],
      sudo: ssh.sudo ?? true,
      follow: ssh.follow ?? true,
      checkRights: ssh.checkRights ?? true,
      connectTimeoutMs: ssh.connectTimeout ?? 5000,
      maxChannels: ssh.maxChannels ?? 4,
    },
    ui: {
      ascii: options.ascii ?? written.ui?.ascii ?? false,
      color: options.color ?? written.ui?.color ?? 'auto',
      theme: written.ui?.theme ?? 'default',
      screenReader: options.screenReader ?? written.ui?.screenReader ?? false,
      keys: readKeys(written.keys ?? {}, report),
      ...(written.banner === undefined
        ? {}
        : { banner: { text: written.banner.text, color: written.banner.color ?? 'red' } }),
    },
    // A flag may take rights away, never give back what the file took.
    readOnly: (options.readOnly ?? false) || (written.readOnly ?? false),
    logs: { directory: logsDirectory(options) },
    audit: auditOf(written.audit ?? {}, options, locate),
    actions: { batch: written.actions?.batch ?? 1 },
  };
  // ssh reads /dev/null as no configuration at all: a common way to be rid of one's own.
  if (config.ssh.configFile !== undefined && config.ssh.configFile !== '/dev/null') {
    const read = readText(config.ssh.configFile);
    if ('reason' in read)
      report(
        ['ssh', 'config'],
        `"${ssh.config}" cannot be read: ${read.reason}`,
        'name a readable ssh_config',
      );
  }
  return problems.length === 0 ? { ok: true, config } : { ok: false, problems: sortProblems(problems) };
};

/** As if each node said `ssh: false`. */
const withoutSsh = ({ nodes, ...rest }: Inventory): Inventory => ({
  ...rest,
  nodes: nodes.map(({ ssh, ...node }) => node),
});
