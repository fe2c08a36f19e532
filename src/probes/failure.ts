/** From what Node, undici and OpenSSL call an error to the closed set of failures. The one table of codes. */
import type { ProbeFailureKind } from '../core/model/observation.ts';
import { sanitiseLine } from '../core/sanitise.ts';

export type ProbeFailure = { readonly kind: ProbeFailureKind; readonly detail: string };

/** The code of our own error for a configured authority, certificate or key that OpenSSL cannot use. */
export const TLS_MATERIAL_CODE = 'PLASMATOP_TLS_MATERIAL';

const DETAIL_CHARS = 200;

/** A failure with its one line of detail, made safe to show. */
export const probeFailure = (kind: ProbeFailureKind, detail: string): ProbeFailure => ({
  kind,
  detail: sanitiseLine(detail, DETAIL_CHARS),
});

type Entry = readonly [kind: ProbeFailureKind, words?: string];

/** Code → kind and, where the library's own message does not help an operator, better words. */
const CODES: Readonly<Record<string, Entry>> = {
  ECONNREFUSED: ['refused'],

  ETIMEDOUT: ['timeout'],
  UND_ERR_CONNECT_TIMEOUT: ['timeout'],
  UND_ERR_HEADERS_TIMEOUT: ['timeout'],
  UND_ERR_BODY_TIMEOUT: ['timeout'],

  EHOSTUNREACH: ['unreachable'],
  ENETUNREACH: ['unreachable'],
  EHOSTDOWN: ['unreachable'],
  ENETDOWN: ['unreachable'],
  EADDRNOTAVAIL: ['unreachable'],
  EAFNOSUPPORT: ['unreachable'],
  // The next four are faults of the machine that the console runs on: the words must not blame the node.
  EACCES: ['unreachable', 'not sent: this host forbids it (EACCES), see its firewall'],
  EPERM: ['unreachable', 'not sent: this host forbids it (EPERM), see its firewall'],
  EMFILE: ['unreachable', 'not sent: this host has no file descriptors left (EMFILE), raise ulimit -n'],
  ENFILE: ['unreachable', 'not sent: this host has no file descriptors left (ENFILE)'],

  ENOTFOUND: ['dns'],
  EAI_AGAIN: ['dns'],
  EAI_FAIL: ['dns'],
  EAI_NODATA: ['dns'],
  EAI_NONAME: ['dns'],

  CERT_HAS_EXPIRED: ['tls-expired', 'certificate has expired'],
  CERT_NOT_YET_VALID: ['tls-expired', 'certificate is not yet valid'],

  ERR_TLS_CERT_ALTNAME_INVALID: ['tls-name'],
  HOSTNAME_MISMATCH: ['tls-name'],

  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['tls-untrusted', 'certificate of an unknown authority'],
  UNABLE_TO_GET_ISSUER_CERT: ['tls-untrusted', 'certificate of an unknown authority'],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['tls-untrusted', 'certificate of an unknown authority'],
  SELF_SIGNED_CERT_IN_CHAIN: ['tls-untrusted', 'certificate of an unknown authority (self-signed in chain)'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['tls-untrusted', 'self-signed certificate'],
  CERT_SIGNATURE_FAILURE: ['tls-untrusted'],
  CERT_UNTRUSTED: ['tls-untrusted'],
  CERT_REJECTED: ['tls-untrusted'],
  CERT_REVOKED: ['tls-untrusted', 'certificate is revoked'],
  CERT_CHAIN_TOO_LONG: ['tls-untrusted'],
  INVALID_CA: ['tls-untrusted'],
  INVALID_PURPOSE: ['tls-untrusted'],
  PATH_LENGTH_EXCEEDED: ['tls-untrusted'],
  [TLS_MATERIAL_CODE]: ['tls-untrusted'],
  // The node says that it does not trust *us*: the client certificate is missing or of the wrong authority.
  ALERT_CERTIFICATE_REQUIRED: ['tls-untrusted', 'the node asks for a client certificate'],
  ALERT_UNKNOWN_CA: ['tls-untrusted', 'the node does not trust our client certificate'],
  ALERT_BAD_CERTIFICATE: ['tls-untrusted', 'the node rejects our client certificate'],
  ALERT_CERTIFICATE_UNKNOWN: ['tls-untrusted', 'the node rejects our client certificate'],
  ALERT_CERTIFICATE_EXPIRED: ['tls-untrusted', 'the node rejects our client certificate: expired'],
  // TLS 1.2 has no better word for a missing client certificate.
  ALERT_HANDSHAKE_FAILURE: [
    'protocol',
    'the node breaks off the TLS handshake: no client certificate, or no common cipher',
  ],

  ALERT_PROTOCOL_VERSION: ['protocol', 'offers no version of TLS that is accepted here'],
  ERR_SSL_UNSUPPORTED_PROTOCOL: ['protocol', 'offers no version of TLS that is accepted here'],
  ERR_SSL_WRONG_VERSION_NUMBER: ['protocol', 'answers, but not with TLS'],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: ['protocol', 'answers, but not with TLS'],
  ERR_SSL_HTTP_REQUEST: ['protocol', 'answers, but not with TLS'],
  EPROTO: ['protocol'],
  ECONNRESET: ['protocol', 'connection reset or closed without an answer'],
  EPIPE: ['protocol', 'connection reset or closed without an answer'],
  UND_ERR_SOCKET: ['protocol', 'connection reset or closed without an answer'],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ['protocol'],

  UND_ERR_HEADERS_OVERFLOW: ['too-large', 'header larger than 16 KiB'],
  UND_ERR_RES_EXCEEDED_MAX_SIZE: ['too-large'],
};

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';

/** The code under which the table knows it: TLS alerts carry the name of an SSL version, which varies with OpenSSL. */
const keyOf = (code: string): string => code.replace(/^ERR_SSL_.*_ALERT_/, 'ALERT_');

const messageOf = (error: unknown): string => {
  // Several addresses tried in turn: the aggregate itself says nothing, its first error does.
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  // OpenSSL's whole message is an address, a file and a line; its reason is the part for people.
  if (codeOf(error).startsWith('ERR_SSL_') && 'reason' in (error as object)) {
    return `broken TLS: ${wordsOf((error as { reason: unknown }).reason)}`;
  }
  // undici 8 gives its parser's errors no code: the name says whose they are, and the brackets hold what was wrong.
  if (error instanceof Error && error.name === 'HTTPParserError') {
    return `not HTTP: ${error.message.replace(/^Response does not match the HTTP\/1\.1 protocol \((.*)\)$/u, '$1')}`;
  }
  return error instanceof Error ? error.message : wordsOf(error);
};

/** Anything can be thrown, also what has no way to become text: an object without a prototype. */
const wordsOf = (thrown: unknown): string => {
  try {
    return String(thrown);
  } catch {
    return 'failed without a reason';
  }
};

/** undici tells a 100 or 101 from a connection that was closed by its message only. */
const unasked = (error: unknown): string | undefined =>
  error instanceof Error && /^bad (?:response|upgrade)$/u.test(error.message)
    ? 'answers with 100 or 101, which was not asked for'
    : undefined;

/** Names the failure behind an error; what is not in the table is a `protocol` failure in its own words. */
export const failureOf = (error: unknown): ProbeFailure => {
  const code = keyOf(codeOf(error) || (error instanceof AggregateError ? codeOf(error.errors[0]) : ''));
  const entry = Object.hasOwn(CODES, code) ? CODES[code] : undefined;
  const [kind, words] = entry ?? (['protocol'] as const);
  const said = unasked(error) ?? words;
  return probeFailure(kind, said ?? (messageOf(error) || code || 'failed without a reason'));
};

/** What a probe was waiting for. */
export type Stage = 'name' | 'connect' | 'tls' | 'answer' | 'body';

/** The failure of a probe that ended before its answer: its time was up, or it was told to stop. */
export const overdueFailure = (why: 'timeout' | 'aborted', stage: Stage, timeoutMs: number): ProbeFailure => {
  if (why === 'aborted') return probeFailure('timeout', 'stopped before it was answered');
  switch (stage) {
    case 'name':
      return probeFailure('dns', `no answer from the resolver within ${timeoutMs} ms`);
    case 'connect':
      return probeFailure('timeout', `no connection within ${timeoutMs} ms`);
    case 'tls':
      return probeFailure('timeout', `connected, but no TLS within ${timeoutMs} ms`);
    case 'answer':
      return probeFailure('timeout', `no answer within ${timeoutMs} ms`);
    case 'body':
      return probeFailure('timeout', `answer begun, but unfinished after ${timeoutMs} ms`);
    default: {
      const never: never = stage;
      return never;
    }
  }
};
