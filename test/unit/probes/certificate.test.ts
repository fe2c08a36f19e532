import type { PeerCertificate } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { readCertificate, withCertificate } from '../../../src/probes/certificate.ts';

const peer = (over: object = {}): PeerCertificate =>
  ({
    subject: { O: 'Plasma', CN: 'node01' },
    issuer: { CN: 'Plasma CA' },
    subjectaltname: 'DNS:node01, IP Address:10.0.0.1',
    valid_from: 'Nov  1 00:00:00 2026 GMT',
    valid_to: 'Dec  1 00:00:00 2026 GMT',
    ...over,
  }) as PeerCertificate;
const now = Date.parse('2026-11-23T00:00:00Z');

describe('readCertificate', () => {
  it('reads names and dates', () => {
    expect(readCertificate(peer())).toEqual({
      subject: 'CN=node01, O=Plasma',
      issuer: 'CN=Plasma CA',
      names: ['node01', '10.0.0.1'],
      notBeforeMs: Date.parse('2026-11-01T00:00:00Z'),
      notAfterMs: Date.parse('2026-12-01T00:00:00Z'),
    });
  });

  it('is not fooled by a name that contains another name', () => {
    const names = readCertificate(peer({ subjectaltname: 'DNS:"evil, DNS:node02", DNS:x' }))?.names;
    expect(names).not.toContain('node02');
    expect(names).toContain('x');
  });

  it('bounds and cleans what a node sends', () => {
    const many = Array.from({ length: 500 }, (_, index) => `DNS:n${index}`).join(', ');
    const certificate = readCertificate(
      peer({ subjectaltname: many, subject: { CN: ['a\u001b[31m', 'b'.repeat(1000)] } }),
    );
    expect(certificate?.names).toHaveLength(16);
    expect(certificate?.subject.length).toBeLessThanOrEqual(200);
    expect(certificate?.subject).toMatch(/^CN=a·/);
  });

  it('knows it again by its number and its fingerprint, and takes neither for granted', () => {
    const colons = Array.from({ length: 32 }, () => 'aB').join(':');
    expect(readCertificate(peer({ serialNumber: '01ab', fingerprint256: colons }))).toMatchObject({
      serial: '01AB',
      fingerprint: 'AB'.repeat(32),
    });
    const hostile = readCertificate(
      peer({ serialNumber: '01\u001b]52;c;x\u0007', fingerprint256: `${colons}:FF` }),
    );
    expect(hostile).not.toHaveProperty('serial');
    expect(hostile).not.toHaveProperty('fingerprint');
    expect(readCertificate(peer({ serialNumber: 'A'.repeat(65) }))).not.toHaveProperty('serial');
  });

  it('says when it has more names than are kept', () => {
    const names = (count: number): string =>
      Array.from({ length: count }, (_, index) => `DNS:n${index}`).join(', ');
    expect(readCertificate(peer({ subjectaltname: names(17) }))).toMatchObject({ namesCut: true });
    expect(readCertificate(peer({ subjectaltname: names(16) }))).not.toHaveProperty('namesCut');
  });

  it('knows nothing without dates', () => {
    expect(readCertificate({} as PeerCertificate)).toBeUndefined();
    expect(readCertificate(peer({ valid_to: 'never' }))).toBeUndefined();
    expect(readCertificate(peer({ subject: undefined, subjectaltname: undefined }))).toMatchObject({
      subject: '',
      names: [],
    });
  });
});

describe('withCertificate', () => {
  const certificate = readCertificate(peer());

  it('does not date a leaf that is in time when an authority above it is not', () => {
    const failure = { kind: 'tls-expired', detail: 'certificate has expired' } as const;
    expect(withCertificate(failure, certificate, 'node01', now).detail).toBe(
      'certificate has expired: an authority of it, CN=Plasma CA',
    );
  });

  it('leaves other failures, and those without a certificate, as they are', () => {
    const refused = { kind: 'refused', detail: 'x' } as const;
    expect(withCertificate(refused, certificate, 'node01', now)).toBe(refused);
    const name = { kind: 'tls-name', detail: 'x' } as const;
    expect(withCertificate(name, undefined, 'node01', now)).toBe(name);
  });
});
