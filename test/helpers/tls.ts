/** A throw-away certificate authority for tests: real X.509 (P-256), kept in memory. */
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';

// tsyringe, which @peculiar/x509 is built on, will not load without it.
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

export type Issued = {
  /** The certificate, PEM. */
  readonly cert: string;
  /** The private key, PEM (PKCS #8). */
  readonly key: string;
};

export type IssueOptions = {
  /** Distinguished name; `CN=` of the first name when absent. */
  readonly subject?: string;
  /** DNS names and IP addresses; localhost, 127.0.0.1 and ::1 when absent. */
  readonly names?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
};

export type TestCa = {
  /** The authority's own certificate, PEM. */
  readonly cert: string;
  /** Makes a key and a certificate for it, for servers and clients alike; valid for a day around now. */
  readonly issue: (options?: IssueOptions) => Promise<Issued>;
};

const newKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);

const pem = (label: string, der: ArrayBuffer): string => {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
};

/** Creates an authority; certificates of two authorities do not trust each other. */
export const createTestCa = async (name = 'Test CA'): Promise<TestCa> => {
  const now = Date.now();
  const keys = await newKeys();
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: ALGORITHM,
    notBefore: new Date(now - 3650 * DAY_MS),
    notAfter: new Date(now + 3650 * DAY_MS),
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  return {
    cert: ca.toString('pem'),
    issue: async (options = {}) => {
      const names = options.names ?? ['localhost', '127.0.0.1', '::1'];
      const own = await newKeys();
      const certificate = await x509.X509CertificateGenerator.create({
        subject: options.subject ?? `CN=${names[0] ?? 'nobody'}`,
        issuer: ca.subject,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: ALGORITHM,
        notBefore: options.notBefore ?? new Date(now - DAY_MS),
        notAfter: options.notAfter ?? new Date(now + DAY_MS),
        extensions: [
          new x509.SubjectAlternativeNameExtension(
            names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })),
          ),
        ],
      });
      return {
        cert: certificate.toString('pem'),
        key: pem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', own.privateKey)),
      };
    },
  };
};
