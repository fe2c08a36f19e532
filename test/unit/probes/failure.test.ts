import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureOf, overdueFailure, probeFailure } from '../../../src/probes/failure.ts';

const error = (code: string, message = `it failed: ${code}`): Error =>
  Object.assign(new Error(message), { code });

describe('failureOf', () => {
  it.each([
    ['ECONNREFUSED', 'refused'],
    ['ETIMEDOUT', 'timeout'],
    ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
    ['EHOSTUNREACH', 'unreachable'],
    ['ENETUNREACH', 'unreachable'],
    ['ENOTFOUND', 'dns'],
    ['EAI_AGAIN', 'dns'],
    ['CERT_HAS_EXPIRED', 'tls-expired'],
    ['CERT_NOT_YET_VALID', 'tls-expired'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls-name'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls-untrusted'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls-untrusted'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls-untrusted'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'tls-untrusted'],
    ['ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', 'tls-untrusted'],
    ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'tls-untrusted'],
    ['ECONNRESET', 'protocol'],
    ['UND_ERR_SOCKET', 'protocol'],
    ['UND_ERR_HEADERS_OVERFLOW', 'too-large'],
    ['SOMETHING_NEW', 'protocol'],
    ['toString', 'protocol'],
  ])('puts %s under %s', (code, kind) => {
    expect(failureOf(error(code)).kind).toBe(kind);
  });

  it('does not blame the node for what this host lacks', () => {
    expect(failureOf(error('EMFILE'))).toEqual({
      kind: 'unreachable',
      detail: 'not sent: this host has no file descriptors left (EMFILE), raise ulimit -n',
    });
  });

  it('speaks for the first of several addresses', () => {
    const tried = new AggregateError([
      error('ECONNREFUSED', 'connect ECONNREFUSED ::1:1'),
      error('EHOSTUNREACH'),
    ]);
    expect(failureOf(tried)).toEqual({ kind: 'refused', detail: 'connect ECONNREFUSED ::1:1' });
  });

  it("keeps OpenSSL's reason and drops its addresses and file names", () => {
    const raw = Object.assign(
      error('ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR', '409DE7:error:0A00:ssl/record.c:9'),
      {
        reason: 'tlsv1 alert internal error',
      },
    );
    expect(failureOf(raw)).toEqual({ kind: 'protocol', detail: 'broken TLS: tlsv1 alert internal error' });
  });

  it('gives one harmless line for whatever was thrown', () => {
    const thrown = fc.oneof(
      fc.anything(),
      fc.string({ unit: 'binary' }).map((message) => new Error(message)),
      fc.string().map((code) => error(code)),
    );
    fc.assert(
      fc.property(thrown, (value) => {
        const { detail } = failureOf(value);
        expect(detail.length).toBeLessThanOrEqual(200);
        expect(detail).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/u);
      }),
    );
  });
});

describe('overdueFailure', () => {
  it('says what was being waited for', () => {
    const said = (['name', 'connect', 'tls', 'answer', 'body'] as const).map(
      (stage) => overdueFailure('timeout', stage, 2000).detail,
    );
    expect(new Set(said).size).toBe(5);
    for (const detail of said) expect(detail).toContain('2000 ms');
    expect(overdueFailure('timeout', 'name', 2000).kind).toBe('dns');
    expect(overdueFailure('aborted', 'name', 2000).kind).toBe('timeout');
  });
});

describe('probeFailure', () => {
  it('makes its detail safe', () => {
    expect(probeFailure('body', 'a\u001b[31mb\nc').detail).toBe('a·b c');
  });
});
