/** What a node's certificate says, made safe to show, and what is wrong with it in words. */
import type { DetailedPeerCertificate, PeerCertificate } from 'node:tls';
import type { Certificate } from '../core/model/observation.ts';
import { sanitiseLine } from '../core/sanitise.ts';
import { type ProbeFailure, probeFailure } from './failure.ts';

const NAME_CHARS = 200;
const NAMES_KEPT = 16;
const NAMES_SAID = 3;

type DistinguishedName = PeerCertificate['subject'];

/** `CN=node01, O=Plasma`: common name first, the rest in the certificate's order. */
const nameOf = (name: DistinguishedName | undefined): string => {
  const parts = Object.entries(name ?? {}).flatMap(([key, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => `${key}=${String(one)}`),
  );
  parts.sort((left, right) => Number(right.startsWith('CN=')) - Number(left.startsWith('CN=')));
  return sanitiseLine(parts.join(', '), NAME_CHARS);
};

/** `DNS:node01, IP Address:10.0.0.1` → the bare names. A name with odd characters comes as a JSON string. */
const namesOf = (subjectAltName: string | undefined): string[] =>
  [...(subjectAltName ?? '').matchAll(/(?:^|, )[A-Za-z ]+:("(?:[^"\\]|\\.)*"|[^,]*)/g)]
    .slice(0, NAMES_KEPT + 1)
    .map(([, name]) => sanitiseLine(name ?? '', NAME_CHARS));

const SERIAL = /^[0-9A-F]{1,64}$/u;
const FINGERPRINT = /^[0-9A-F]{64}$/u;

/** The digits alone, without the colons between them; undefined when they are not what they should be. */
const digits = (text: string | undefined, shape: RegExp): string | undefined => {
  const found = text?.replaceAll(':', '').toUpperCase();
  return found !== undefined && shape.test(found) ? found : undefined;
};

/** Reads Node's peer certificate; undefined when there is none or its dates make no sense. */
export const readCertificate = (peer: PeerCertificate | DetailedPeerCertificate): Certificate | undefined => {
  const notBeforeMs = Date.parse(peer.valid_from ?? '');
  const notAfterMs = Date.parse(peer.valid_to ?? '');
  if (Number.isNaN(notBeforeMs) || Number.isNaN(notAfterMs)) return undefined;
  const names = namesOf(peer.subjectaltname);
  const serial = digits(peer.serialNumber, SERIAL);
  const fingerprint = digits(peer.fingerprint256, FINGERPRINT);
  return {
    subject: nameOf(peer.subject),
    issuer: nameOf(peer.issuer),
    names: names.slice(0, NAMES_KEPT),
    ...(names.length > NAMES_KEPT ? { namesCut: true } : {}),
    ...(serial === undefined ? {} : { serial }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
    notBeforeMs,
    notAfterMs,
  };
};

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Says a TLS failure with what the certificate itself tells; other failures come back as they are. */
export const withCertificate = (
  failure: ProbeFailure,
  certificate: Certificate | undefined,
  serverName: string,
  nowMs: number,
): ProbeFailure => {
  if (certificate === undefined) return failure;
  const { names, notBeforeMs, notAfterMs, issuer } = certificate;
  switch (failure.kind) {
    case 'tls-expired':
      return probeFailure(
        'tls-expired',
        notBeforeMs > nowMs
          ? `certificate is not valid before ${day(notBeforeMs)}`
          : notAfterMs <= nowMs
            ? `certificate expired on ${day(notAfterMs)}`
            : // The leaf is in time: an authority above it is not.
              `${failure.detail}: an authority of it, ${issuer}`,
      );
    case 'tls-name': {
      const said = names.slice(0, NAMES_SAID).join(', ') || certificate.subject;
      const more = names.length > NAMES_SAID ? ` and ${names.length - NAMES_SAID} more` : '';
      return probeFailure('tls-name', `certificate is for ${said}${more}, not for ${serverName}`);
    }
    case 'tls-untrusted':
      return failure.detail.includes('client certificate')
        ? failure
        : probeFailure('tls-untrusted', `${failure.detail}, issuer ${issuer}`);
    default:
      return failure;
  }
};
