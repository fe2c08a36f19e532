/** Where to listen: the words of `--listen`, and what to do about an address that cannot be had. Pure. */
import { isIP } from 'node:net';

export type ListenAddress = { readonly host: string; readonly port: number };

export const DEFAULT_LISTEN = '127.0.0.1:9808';

const HOST_PORT = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/u;
const MAX_PORT = 65_535;

/** `127.0.0.1:9808`, `[::1]:9808`, `localhost:9808`; undefined when it is none of these. Port 0 is any free one. */
export const parseListen = (text: string): ListenAddress | undefined => {
  const [, six, other, digits] = HOST_PORT.exec(text) ?? [];
  const host = six ?? other;
  const port = Number(digits);
  if (host === undefined || port > MAX_PORT) return undefined;
  if (six !== undefined && isIP(six) !== 6) return undefined;
  // All digits and dots, and no address: a typing error, not a name to ask the resolver about.
  if (isIP(host) === 0 && /^[\d.]+$/u.test(host)) return undefined;
  return { host, port };
};

/** As it is written in a URL. */
export const authority = ({ host, port }: ListenAddress): string =>
  `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;

/** Only who is on this machine can connect. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

/** Why it cannot be listened on, and what helps. */
export const listenTrouble = (
  address: ListenAddress,
  code: string | undefined,
): { readonly message: string; readonly remedy: string } => {
  const where = authority(address);
  switch (code) {
    case 'EADDRINUSE':
      return {
        message: `${where} is taken`,
        remedy: `Another "plasmatop metrics" may be running: ss -ltnp 'sport = :${address.port}' tells. Or name another port with --listen.`,
      };
    case 'EACCES':
      return {
        message: `${where} may not be listened on`,
        remedy: 'Name a port from 1024 on with --listen.',
      };
    case 'EADDRNOTAVAIL':
      return {
        message: `${address.host} is no address of this machine`,
        remedy: 'Name one that is with --listen; ip address shows them.',
      };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return {
        message: `${address.host} is not known to the resolver`,
        remedy: 'Name an address with --listen, as in 127.0.0.1:9808.',
      };
    default:
      return {
        message: `${where} cannot be listened on: ${code ?? 'unknown error'}`,
        remedy: 'Name another one with --listen.',
      };
  }
};
