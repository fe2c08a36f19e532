/** The doctor's look at the way to a node: its name, what ssh makes of it, the login and the host's key. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { Config } from '../config/types.ts';
import type { ClusterNode } from '../core/model/inventory.ts';
import type { SshFailure } from '../core/model/observation.ts';
import { sanitiseLine } from '../core/sanitise.ts';
import { type EffectiveSsh, effectiveSsh } from '../ssh/effective.ts';
import { type LoginResult, lookAtLogin } from '../ssh/look.ts';
import { settleWithin } from '../ssh/wait.ts';
import type { CommandContext } from './context.ts';
import { bad, type Finding, ok, skipped } from './doctor-finding.ts';

const LOOKUP_MS = 5000;

/** What the resolver of this host says of the node's address. */
export const nameFinding = async (
  { address, name }: ClusterNode,
  { clock, stopped }: CommandContext,
): Promise<Finding> => {
  if (isIP(address) !== 0) return ok('name', `${address}, an address`);
  const startedMs = clock.monotonic();
  const remedy = `correct "address:" of ${name}, or add the name to DNS or /etc/hosts`;
  try {
    const settled = await settleWithin(lookup(address, { all: true }), LOOKUP_MS, stopped);
    const ms = clock.monotonic() - startedMs;
    return settled.kind === 'value'
      ? ok('name', `${address} is ${settled.value.map((one) => one.address).join(', ')}`, ms)
      : bad('failed', 'name', `no answer from the resolver about ${address}`, remedy, ms);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return bad('failed', 'name', `${address} is not known (${code})`, remedy, clock.monotonic() - startedMs);
  }
};

const wayWords = (ssh: EffectiveSsh): string => {
  const through =
    ssh.jump === undefined ? (ssh.proxied ? ' through a ProxyCommand' : '') : ` through ${ssh.jump}`;
  const host = ssh.hostName.includes(':') ? `[${ssh.hostName}]` : ssh.hostName;
  return `${ssh.user}@${host}:${ssh.port}${through}`;
};

const keyFinding = ({ key, method }: LoginResult): Finding =>
  key === undefined
    ? ok('key', `none: by ${method ?? 'nothing'}`)
    : ok('key', `${key.print} of ${sanitiseLine(key.from, 120)}`);

/** What is done by hand, with the node's own words in it. */
const remedyOf = (
  failure: SshFailure,
  { ssh = '' }: ClusterNode,
  effective: EffectiveSsh,
  config: Config,
): string => {
  const flags = config.ssh.configFile === undefined ? '' : `-F ${config.ssh.configFile} `;
  const known =
    effective.hostKeyAlias ??
    (effective.port === 22 ? effective.hostName : `[${effective.hostName}]:${effective.port}`);
  const [file] = effective.knownHosts;
  const where = file === undefined ? '' : `-f ${file} `;
  switch (failure.kind) {
    case 'host-key-changed':
      return `find out why; if the node was rebuilt: ssh-keygen ${where}-R '${known}'`;
    case 'host-key-unknown':
      return `compare its fingerprint and say yes once: ssh ${flags}${ssh}`;
    case 'auth':
      return `give it the key: ssh-copy-id ${flags}${ssh}; or ssh-add, where a key has a passphrase`;
    default:
      return failure.remedy;
  }
};

const isAboutHostKey = ({ kind }: SshFailure): boolean =>
  kind === 'host-key-changed' || kind === 'host-key-unknown';

const hostKeyFinding = ({ hostKey, knownFrom, certified, failure }: LoginResult, cure: string): Finding => {
  const print = hostKey ?? 'no key was shown';
  if (failure !== undefined && isAboutHostKey(failure))
    return bad('failed', 'host key', `${print}: ${failure.detail}`, cure);
  if (hostKey === undefined) return skipped('host key', print);
  const by = certified ? ', signed by a known authority' : '';
  return knownFrom === undefined
    ? bad(
        'warning',
        'host key',
        `${print}: it is not checked`,
        'let ssh_config say StrictHostKeyChecking yes',
      )
    : ok('host key', `${print}, known from ${sanitiseLine(knownFrom, 120)}${by}`);
};

/** Findings, and whether commands can be sent. */
export type LoginFindings = { readonly findings: readonly Finding[]; readonly isIn: boolean };

/** Logs in once, by itself. `runtimeDir` is only where a socket would be: none is made. */
export const loginFindings = async (
  node: ClusterNode,
  config: Config,
  context: CommandContext,
  runtimeDir: string,
): Promise<LoginFindings> => {
  const { clock, stopped } = context;
  const target = node.ssh;
  if (!config.ssh.enabled || target === undefined) {
    return { findings: [ok('ssh', 'not used: watched by its endpoints alone')], isIn: false };
  }
  const { configFile, user, options, connectTimeoutMs } = config.ssh;
  const common = {
    target,
    options,
    ...(configFile === undefined ? {} : { configFile }),
    ...(user === undefined ? {} : { user }),
  };
  const effective = await effectiveSsh(common, clock, stopped);
  if (!effective.ok) {
    const remedy = 'correct ssh_config or the ssh section of the configuration';
    return { findings: [bad('failed', 'ssh', effective.reason, remedy)], isIn: false };
  }
  const { ssh } = effective;
  const login = await lookAtLogin(
    { ...common, connectTimeoutMs, controlPath: join(runtimeDir, 'none') },
    clock,
    stopped,
  );
  const { failure, durationMs } = login;
  const cure = failure === undefined ? '' : remedyOf(failure, node, ssh, config);
  const hostKey = hostKeyFinding(login, cure);
  if (failure === undefined) {
    return { findings: [ok('ssh', wayWords(ssh), durationMs), keyFinding(login), hostKey], isIn: true };
  }
  const words = `${wayWords(ssh)}: ${failure.detail}`;
  return isAboutHostKey(failure)
    ? { findings: [bad('failed', 'ssh', words, 'see its host key, below', durationMs), hostKey], isIn: false }
    : { findings: [bad('failed', 'ssh', words, cure, durationMs), hostKey], isIn: false };
};
