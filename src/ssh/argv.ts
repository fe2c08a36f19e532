/** The exact words with which the OpenSSH client is called. Pure. */

/** How to reach one node. */
export type SshEndpoint = {
  /** An alias of ssh_config, a host name or an address. */
  readonly target: string;
  readonly configFile?: string;
  readonly user?: string;
  /** `Key=value`, each handed over with -o. They cannot override what the console depends on. */
  readonly options: readonly string[];
  readonly connectTimeoutMs: number;
  readonly controlPath: string;
};

/**
 * `master` connects and stays; `command` runs one line over a master that is up, `shell` a login with a terminal. `look`
 * connects by itself, runs nothing of consequence and says on stderr how it got there.
 */
export type SshRole =
  | { readonly kind: 'master'; readonly batch: boolean }
  | { readonly kind: 'look' }
  | { readonly kind: 'shell' }
  | { readonly kind: 'command'; readonly line: string };

/** What a command says on stderr that found no master to run over. */
export const NO_MASTER_WORDS = 'plasmatop: no connection to share';

/** The arguments of `ssh`, without `ssh` itself. The first value that ssh is given for an option is the one it uses. */
export const sshArgv = (endpoint: SshEndpoint, role: SshRole): string[] => {
  const master = role.kind === 'master';
  const look = role.kind === 'look';
  const seconds = Math.max(1, Math.ceil(endpoint.connectTimeoutMs / 1000));
  const settings = [
    `BatchMode=${master && !role.batch ? 'no' : 'yes'}`,
    `ControlMaster=${master ? 'yes' : 'no'}`,
    'ControlPersist=no',
    `ConnectTimeout=${seconds}`,
    'ClearAllForwardings=yes',
    'PermitLocalCommand=no',
    'RemoteCommand=none',
    `LogLevel=${look ? 'DEBUG1' : 'ERROR'}`,
    // Without its master a command would open a connection of its own; this makes it fail at once, and say so: ssh
    // itself may say nothing.
    ...(master || look ? [] : [`ProxyCommand=sh -c 'echo ${NO_MASTER_WORDS} >&2'`]),
    ...endpoint.options,
    'ServerAliveInterval=5',
    'ServerAliveCountMax=2',
  ];
  return [
    ...(endpoint.configFile === undefined ? [] : ['-F', endpoint.configFile]),
    ...(endpoint.user === undefined ? [] : ['-l', endpoint.user]),
    '-S',
    look ? 'none' : endpoint.controlPath.replaceAll('%', '%%'),
    role.kind === 'shell' ? '-tt' : '-T',
    '-a',
    '-x',
    ...settings.flatMap((setting) => ['-o', setting]),
    ...(master ? ['-N'] : []),
    '--',
    endpoint.target,
    ...(role.kind === 'command' ? [role.line] : look ? ['true'] : []),
  ];
};
