/** What ssh makes of its configuration for one destination: `ssh -G`, asked of the client itself. Nothing connects. */
import { sanitiseLine } from '../core/sanitise.ts';
import type { Clock } from '../lib/clock.ts';
import { runProcess } from './run.ts';

const TIMEOUT_MS = 5000;
const MAX_BYTES = 64 * 1024;

export type Destination = {
  /** An alias of ssh_config, a host name or an address. */
  readonly target: string;
  readonly configFile?: string;
  readonly user?: string;
  /** `Key=value`, each handed over with -o. */
  readonly options?: readonly string[];
};

export type EffectiveSsh = {
  readonly hostName: string;
  readonly user: string;
  readonly port: number;
  /** As it is written: `user@host:port,host`. */
  readonly jump?: string;
  /** The connection goes through a program of ssh_config. */
  readonly proxied: boolean;
  /** The name under which the host's key is known, where it is another than the host's. */
  readonly hostKeyAlias?: string;
  /** Files with known keys: the user's, then the system's. */
  readonly knownHosts: readonly string[];
};

export type Effective =
  | { readonly ok: true; readonly ssh: EffectiveSsh }
  | { readonly ok: false; readonly reason: string };

/** The arguments of `ssh`, without `ssh` itself. */
export const effectiveArgv = ({ target, configFile, user, options = [] }: Destination): string[] => [
  ...(configFile === undefined ? [] : ['-F', configFile]),
  ...(user === undefined ? [] : ['-l', user]),
  ...options.flatMap((option) => ['-o', option]),
  '-G',
  '--',
  target,
];

/** What `ssh -G` printed; undefined when that is no answer. */
export const parseEffective = (stdout: string): EffectiveSsh | undefined => {
  const said = new Map(
    stdout.split('\n').flatMap((line) => {
      const [, key = '', value = ''] = /^([a-z]+) (.+)$/u.exec(line) ?? [];
      return key === '' ? [] : [[key, sanitiseLine(value, 400)] as const];
    }),
  );
  const value = (key: string): string | undefined => {
    const found = said.get(key);
    return found === 'none' ? undefined : found;
  };
  const hostName = value('hostname');
  const port = Number(value('port'));
  if (hostName === undefined || !Number.isInteger(port)) return undefined;
  const [jump, hostKeyAlias] = [value('proxyjump'), value('hostkeyalias')];
  return {
    hostName,
    user: value('user') ?? '',
    port,
    proxied: value('proxycommand') !== undefined,
    ...(jump === undefined ? {} : { jump }),
    ...(hostKeyAlias === undefined ? {} : { hostKeyAlias }),
    knownHosts: ['userknownhostsfile', 'globalknownhostsfile'].flatMap(
      (key) => value(key)?.split(' ').filter(Boolean) ?? [],
    ),
  };
};

/** Asks the client; never rejects. */
export const effectiveSsh = async (
  destination: Destination,
  clock: Clock,
  signal?: AbortSignal,
): Promise<Effective> => {
  const ran = await runProcess('ssh', effectiveArgv(destination), {
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
    clock,
    ...(signal === undefined ? {} : { signal }),
  });
  const ssh = ran.exitCode === 0 ? parseEffective(ran.stdout) : undefined;
  if (ssh !== undefined) return { ok: true, ssh };
  const said = ran.stderr.trim().split('\n').at(-1) ?? '';
  return { ok: false, reason: sanitiseLine(said || ran.reason || 'ssh -G said nothing', 200) };
};
