/** Which words of a configuration may reach ssh's command line, a URL or a TLS handshake. */
import { isIP } from 'node:net';
import { isHostName } from '../topology/names.ts';

/** Exported for editors, which check by patterns. */
export const NODE_NAME = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,252}$/u;
export const USER_NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/u;
const SSH_OPTION = /^([A-Za-z][A-Za-z0-9]*)=(.+)$/u;
const CONTROL = /[\x00-\x1f\x7f-\x9f]/u;
const JUMP_HOSTS = /^(?!-)[A-Za-z0-9_.:@,[\]%-]+$/u;

/** ssh options that run a program or load a library on this machine, lower case. */
const RUNS_CODE = new Set([
  'proxycommand',
  'localcommand',
  'permitlocalcommand',
  'knownhostscommand',
  'match',
  'include',
  'pkcs11provider',
  'smartcarddevice',
  'securitykeyprovider',
  'xauthlocation',
]);

/** ssh options that the connections themselves depend on, lower case. */
const SET_BY_US = new Set([
  'batchmode',
  'controlmaster',
  'controlpath',
  'controlpersist',
  'forkafterauthentication',
  'remotecommand',
  'requesttty',
  'sessiontype',
  'stdinnull',
]);

/** Letters, digits and `_.:-`, starting with a letter or digit: safe in ids, on command lines and as file names. */
export const isNodeName = (name: string): boolean => NODE_NAME.test(name);

/** A DNS name, an IPv4 or an IPv6 address (with a zone if need be). */
export const isAddress = (address: string): boolean => isIP(address) !== 0 || isHostName(address);

/** A user name that no tool takes for an option. */
export const isUserName = (name: string): boolean => USER_NAME.test(name);

/** What may stand as ssh's destination: an alias, host or address, with `user@` in front if need be. */
export const isSshName = (name: string): boolean => {
  const at = name.lastIndexOf('@');
  const host = name.slice(at + 1);
  return (at < 0 || isUserName(name.slice(0, at))) && (isNodeName(host) || isAddress(host));
};

/** A name that a certificate may carry; every `{node}` stands for a node's name. */
export const isServerName = (name: string): boolean => isAddress(name.replaceAll('{node}', 'node'));

/** What is wrong with a `Key=value` word for `ssh -o`; undefined when it may be used. */
export const sshOptionFault = (
  option: string,
): { readonly message: string; readonly remedy: string } | undefined => {
  const [, key = '', value = ''] = SSH_OPTION.exec(option) ?? [];
  if (key === '' || CONTROL.test(option)) {
    return {
      message: 'is not an ssh option',
      remedy: 'write it as Key=value, for example ServerAliveInterval=5',
    };
  }
  const name = key.toLowerCase();
  if (RUNS_CODE.has(name))
    return { message: 'would run code on this machine', remedy: 'put it in ssh_config' };
  if (SET_BY_US.has(name)) return { message: 'is set by plasmatop itself', remedy: 'remove it' };
  if (name === 'proxyjump' && !JUMP_HOSTS.test(value)) {
    return { message: 'is not a list of jump hosts', remedy: 'write it as ProxyJump=user@host:port,host' };
  }
  return undefined;
};
