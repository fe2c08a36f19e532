/** A throw-away certificate authority and one certificate per node: EC P-256, kept in memory. */
import { webcrypto } from 'node:crypto';
import type { CertificateState } from '../sim/scenarios.ts';

export type Issued = {
  /** The certificate, PEM. */
  readonly cert: string;
  /** The private key, PEM (PKCS #8). */
  readonly key: string;
};

export type Pki = {
  /** The authority's own certificate, PEM. */
  readonly ca: string;
  /** Makes a key and a certificate that names the node, localhost and 127.0.0.1. */
  readonly issue: (node: string, state: CertificateState) => Promise<Issued>;
};

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

/** When a certificate of each kind begins and ends, in days from now. */
const VALIDITY: Readonly<Record<CertificateState, readonly [from: number, to: number]>> = {
  valid: [-10, 355],
  expired: [-92, -2],
  soon: [-85, 5],
};

const pemKey = (der: ArrayBuffer): string => {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/gu) ?? [];
  return `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`;
};

const serialNumber = (): string =>
  `01${Buffer.from(webcrypto.getRandomValues(new Uint8Array(8))).toString('hex')}`;

/** Loaded only when a demo starts: it takes longer to load than everything else here. */
const loadX509 = async () => {
  // tsyringe, which @peculiar/x509 is built on, will not load without it.
  await import('reflect-metadata');
  return import('@peculiar/x509');
};

/** Makes an authority; `nowMs` is wall time. */
export const createPki = async (nowMs: number): Promise<Pki> => {
  const x509 = await loadX509();
  const newKeys = (): Promise<webcrypto.CryptoKeyPair> =>
    webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const at = (days: number): Date => new Date(nowMs + days * DAY_MS);
  const caKeys = await newKeys();
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: 'CN=plasmatop demo CA',
    notBefore: at(-100),
    notAfter: at(400),
    signingAlgorithm: ALGORITHM,
    keys: caKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  });
  const issue = async (node: string, state: CertificateState): Promise<Issued> => {
    const keys = await newKeys();
    const [from, to] = VALIDITY[state];
    const cert = await x509.X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      subject: `CN=${node}`,
      issuer: ca.subject,
      notBefore: at(from),
      notAfter: at(to),
      signingAlgorithm: ALGORITHM,
      publicKey: keys.publicKey,
      signingKey: caKeys.privateKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([
          { type: 'dns', value: node },
          { type: 'dns', value: 'localhost' },
          { type: 'ip', value: '127.0.0.1' },
        ]),
        await x509.AuthorityKeyIdentifierExtension.create(caKeys.publicKey),
      ],
    });
    return {
      cert: cert.toString('pem'),
      key: pemKey(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)),
    };
  };
  return { ca: ca.toString('pem'), issue };
};
