/** Reads the certificates that a configuration names, once, so that a wrong one is known before anything starts. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Report } from '../topology/source.ts';
import { keyFault } from './modes.ts';
import { readText } from './read-text.ts';
import type { ConfigFile } from './schema.ts';
import type { TlsConfig } from './types.ts';

/** Bundles of all public authorities are about 250 KiB. */
const MAX_KIB = 2048;

/** A certificate that ends within this is mentioned. */
const DEFAULT_WARN_DAYS = 14;

type Kind = 'ca' | 'cert' | 'key';

const NAMES: Readonly<Record<Kind, string>> = {
  ca: 'PEM certificate',
  cert: 'PEM certificate',
  key: 'PEM private key without a passphrase',
};

const isPem = (kind: Kind, text: string): boolean => {
  try {
    if (kind === 'key') createPrivateKey(text);
    else new X509Certificate(text);
    return true;
  } catch {
    return false;
  }
};

/** The `tls` block with its files read; `locate` resolves their paths. */
export const readTls = (source: {
  readonly tls: NonNullable<ConfigFile['tls']>;
  /** `--insecure`. */
  readonly insecure: boolean;
  readonly locate: (path: string) => string;
  readonly report: Report;
}): TlsConfig => {
  const { tls, report } = source;
  const read = (kind: Kind): { readonly [K in Kind]?: string } => {
    const file = tls[kind];
    if (file === undefined) return {};
    const content = readText(source.locate(file), MAX_KIB);
    if ('reason' in content) {
      report(['tls', kind], `"${file}" cannot be read: ${content.reason}`, `name a readable ${NAMES[kind]}`);
      return {};
    }
    if (!isPem(kind, content.text)) {
      report(
        ['tls', kind],
        `"${file}" holds no ${NAMES[kind]}`,
        'convert it with openssl, or name another file',
      );
      return {};
    }
    const fault = kind === 'key' ? keyFault(source.locate(file)) : undefined;
    if (fault !== undefined) report(['tls', kind], `"${file}" ${fault.message}`, fault.remedy);
    return { [kind]: content.text };
  };
  if ((tls.cert === undefined) !== (tls.key === undefined)) {
    const [there, absent] = tls.cert === undefined ? (['key', 'cert'] as const) : (['cert', 'key'] as const);
    report(['tls', there], `"${there}" without "${absent}"`, `add "${absent}:" or remove "${there}"`);
  }
  return {
    ...read('ca'),
    ...read('cert'),
    ...read('key'),
    warnDays: tls.warnDays ?? DEFAULT_WARN_DAYS,
    insecure: source.insecure || (tls.insecure ?? false),
    ...(tls.serverName === undefined ? {} : { serverName: tls.serverName }),
  };
};
