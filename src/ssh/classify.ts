/** Reads what the OpenSSH client said on stderr and names the failure, with what the operator can do. Pure. */
import type { SshFailure, SshFailureKind } from '../core/model/observation.ts';
import { sanitiseLine } from '../core/sanitise.ts';
import { NO_MASTER_WORDS } from './argv.ts';

type Rule = {
  readonly kind: SshFailureKind;
  /** Matched line by line; the last line that matches is the detail. */
  readonly says: RegExp;
  readonly remedy: string;
};

/** The first rule that matches any line wins: what is told first is told by the most specific line. */
const RULES: readonly Rule[] = [
  {
    kind: 'host-key-changed',
    says: /REMOTE HOST IDENTIFICATION HAS CHANGED|^Host key for .* has changed|REVOKED HOST KEY|marked as revoked|differs from the key for the IP address/u,
    remedy: 'find out why its key changed; if the node was rebuilt, remove the old key with ssh-keygen -R',
  },
  {
    kind: 'config',
    says: /Bad configuration option|bad configuration options|Bad owner or permissions|Can't open user config file|no argument after keyword|extra arguments at end|^command-line.*line \d|(?:unknown|illegal|invalid) option|ControlPath too long|too long for Unix domain socket|unix_listener:|muxserver_listen/u,
    remedy:
      'correct ssh_config or the ssh section of the configuration; `ssh -G NODE` shows what ssh makes of it',
  },
  {
    kind: 'config',
    says: /Unable to negotiate with|no matching .* found|banner line contains invalid|No SSH version received|invalid format|Bad remote protocol|Protocol major versions differ/u,
    remedy: 'check that the port is an SSH server and that it shares an algorithm with this client',
  },
  {
    kind: 'host-key-unknown',
    says: /host key is known for|Host key verification failed/u,
    remedy: 'connect once by hand and check the fingerprint, or add its key to known_hosts',
  },
  {
    kind: 'auth',
    says: /Permission denied \(|Permission denied, please try again|Too many authentication failures|No supported authentication methods|UNPROTECTED PRIVATE KEY/u,
    remedy: 'check user and key: `ssh-add -l` lists the keys offered, ssh_config names the user',
  },
  {
    kind: 'dns',
    says: /Could not resolve hostname|Name or service not known|nodename nor servname/u,
    remedy: 'correct the ssh name in the configuration, or add the host to ssh_config or DNS',
  },
  {
    kind: 'busy',
    says: /Session open refused by peer|session request failed/u,
    remedy: 'raise MaxSessions on the node, or lower ssh.maxChannels',
  },
  {
    kind: 'refused',
    says: /Connection refused|administratively prohibited/u,
    remedy: 'the host is up but its sshd does not answer: check that sshd runs and on which port',
  },
  {
    kind: 'timeout',
    says: /timed out|^Timeout, server .* not responding/u,
    remedy: 'check power, network and firewall between here and the node',
  },
  {
    kind: 'unreachable',
    says: /No route to host|Network is unreachable|Host is down|Network is down/u,
    remedy: 'check the address and the route from here to the node',
  },
  {
    kind: 'busy',
    says: /kex_exchange_identification|ssh_exchange_identification|MaxStartups/u,
    remedy: 'its sshd turns new connections away (MaxStartups): it is tried again',
  },
];

const CLOSED_REMEDY = 'the connection ended and is opened again by itself';

const linesOf = (stderr: string): string[] =>
  stderr
    .split(/\r?\n/u)
    .map((line) => sanitiseLine(line, 200))
    .filter((line) => line !== '' && !/^[@\s]+$/u.test(line));

/** Why a connection attempt, or a connection, ended; `stderr` is what that ssh process wrote. */
export const classifyConnection = (stderr: string): SshFailure => {
  const lines = linesOf(stderr);
  for (const { kind, says, remedy } of RULES) {
    const detail = lines.findLast((line) => says.test(line));
    if (detail !== undefined) return { kind, detail, remedy };
  }
  return { kind: 'closed', detail: lines.at(-1) ?? 'the connection ended', remedy: CLOSED_REMEDY };
};

/**
 * Why a multiplexed command ended with 255, or undefined when 255 is the remote command's own: the client says it
 * for its own failures, for a master that died under it and for a command that a signal ended.
 */
export const classifyCommand = (stderr: string, masterAlive: boolean): SshFailure | undefined => {
  const lines = linesOf(stderr);
  if (lines.some((line) => /Session open refused by peer|session request failed/u.test(line))) {
    return classifyConnection(stderr);
  }
  const unmastered = lines.find(
    (line) =>
      line === NO_MASTER_WORDS || /^(?:kex_exchange_identification|mux_client|Control socket)/u.test(line),
  );
  if (masterAlive && unmastered === undefined) return undefined;
  return { kind: 'closed', detail: 'the connection ended under the command', remedy: CLOSED_REMEDY };
};
