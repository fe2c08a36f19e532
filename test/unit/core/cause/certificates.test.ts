/** Which certificate it is decides what one is to blame for, and who answers as somebody else. */
import { describe, expect, test } from 'vitest';
import type { CheckTarget } from '../../../../src/core/model/inventory.ts';
import type { Certificate, ProbeFailureKind, ProbeResult } from '../../../../src/core/model/observation.ts';
import { nextSteps } from '../../../../src/core/next-steps/next-steps.ts';
import { type Answers, fail, judged, pass, rounds, type World, worldOf } from '../world.ts';

const DAY_MS = 86_400_000;

const certificate = (over: Partial<Certificate> = {}): Certificate => ({
  subject: '',
  issuer: 'CN=ca',
  names: [],
  notBeforeMs: 0,
  notAfterMs: 9e15,
  ...over,
});

const healthy = (nodes = 3): World => rounds(worldOf(nodes), 3);
const isTls = ({ spec }: CheckTarget): boolean => spec.kind === 'https-json' || spec.kind === 'https-text';

/** These targets fail with the certificate that they are given. */
const wrong =
  (
    of: (target: CheckTarget) => Partial<Certificate> | undefined,
    kind: ProbeFailureKind = 'tls-expired',
  ): Answers =>
  (target, atMs): ProbeResult | undefined => {
    const shown = isTls(target) ? of(target) : undefined;
    if (shown === undefined) return undefined;
    return { ...fail(atMs, kind), certificate: certificate({ notAfterMs: atMs - DAY_MS, ...shown }) };
  };

describe('a certificate that is to blame', () => {
  const on = (node: string, ...services: readonly string[]) =>
    services.map((service) => `${service}@${node}`);
  const those =
    (ids: readonly string[], of: (target: CheckTarget) => Partial<Certificate>) => (target: CheckTarget) =>
      ids.includes(target.instance) ? of(target) : undefined;

  test('is one for services on several nodes that share it, whatever it calls itself', () => {
    const ids = [...on('node02', 'iam'), ...on('node03', 'novanet')];
    const state = judged(
      rounds(healthy(), 3, wrong(those(ids, ({ node }) => ({ fingerprint: 'AA', names: [node] })))),
    );
    expect(state.causes).toMatchObject([
      {
        kind: 'certificate',
        subjects: ['node02', 'node03'],
        certificates: 1,
        where: 'certificate of node02, node03',
        why: 'expired, the same on both',
        explains: ids,
      },
    ]);
    expect(state.headline.sentence).toBe('The certificate of node02 and node03 has expired.');
  });

  test('is told by number and issuer where there is no fingerprint', () => {
    const ids = [...on('node02', 'iam'), ...on('node03', 'novanet')];
    const causes = (of: (target: CheckTarget) => Partial<Certificate>) =>
      judged(rounds(healthy(), 3, wrong(those(ids, of)))).causes.map(({ subjects }) => subjects);
    expect(causes(() => ({ serial: '01' }))).toEqual([['node02', 'node03']]);
    // Every issuer counts from one.
    expect(causes(({ node }) => ({ serial: '01', issuer: `CN=${node}` }))).toEqual([[ids[0]], [ids[1]]]);
    // The same names are not the same certificate.
    expect(causes(() => ({ names: ['*.cloud'], subject: 'CN=*.cloud' }))).toEqual([[ids[0]], [ids[1]]]);
    expect(causes(({ node }) => ({ fingerprint: node, serial: '01' }))).toEqual([[ids[0]], [ids[1]]]);
  });

  test('is not one where the services of a node have one each', () => {
    const ids = on('node02', 'iam', 'novanet', 'fiberlb');
    const state = judged(
      rounds(healthy(), 3, wrong(those(ids, ({ service }) => ({ fingerprint: service, names: ['node02'] })))),
    );
    expect(state.causes).toMatchObject([
      { subjects: ['node02'], certificates: 3, where: '3 certificates of node02', why: 'expired' },
    ]);
    expect(state.headline.sentence).toBe(
      'The certificates of node02 have expired: 3 services there cannot be trusted.',
    );
  });

  test('is renewed once', () => {
    const words = (of: (target: CheckTarget) => Partial<Certificate> | undefined): readonly string[] => {
      const world = rounds(healthy(), 3, wrong(of));
      return nextSteps({ ...world, cluster: judged(world) }).map((step) => step.words);
    };
    expect(words(() => ({ fingerprint: 'AA' }))).toEqual(['renew the certificate of node01, node02, node03']);
    expect(words(({ node }) => ({ fingerprint: node }))).toEqual([
      'renew the certificates of node01, node02, node03',
    ]);
    const onlyIam = (fingerprint: (target: CheckTarget) => string): readonly string[] => {
      return words((target) => (target.service === 'iam' ? { fingerprint: fingerprint(target) } : undefined));
    };
    expect(onlyIam(() => 'AA')).toEqual(['renew the certificate of iam on node01, node02, node03']);
    expect(onlyIam(({ node }) => node)).toEqual(['renew the certificates of iam on node01, node02, node03']);
  });
});

describe('who answers as somebody else', () => {
  /** Nobody verifies; these show the certificate they are given, the others none. */
  const shown =
    (of: (target: CheckTarget) => Partial<Certificate> | undefined): Answers =>
    (target, atMs) => {
      const given = isTls(target) ? of(target) : undefined;
      if (given === undefined) return undefined;
      return { ...pass(target, atMs), insecure: true, certificate: certificate(given) };
    };
  const told = (
    of: (target: CheckTarget) => Partial<Certificate> | undefined,
    nodes = 3,
  ): readonly (readonly [string, string, number])[] =>
    judged(rounds(healthy(nodes), 2, shown(of))).contradictions.map(({ kind, words, instances }) => [
      kind,
      words,
      instances.length,
    ]);

  test('one certificate on two nodes that names one of them is told once', () => {
    const found = told(({ node }) =>
      node === 'node01' ? { names: [node] } : { fingerprint: 'AA', names: ['node03', '10.0.0.3'] },
    );
    expect(found).toEqual([
      ['shared-certificate', 'node02 and node03 answer with one certificate, that of node03', 18],
    ]);
  });

  test('one certificate that is meant for all of them is nothing', () => {
    const all = ['node01', '10.0.0.2', 'node03'];
    expect(told(() => ({ fingerprint: 'AA', names: all }))).toEqual([]);
    expect(told(({ node }) => ({ serial: '01', names: [node] }))).toEqual([]);
  });

  test('one that names nobody, or somebody else', () => {
    expect(told(() => ({ fingerprint: 'AA' }))).toEqual([
      ['shared-certificate', 'all 3 nodes answer with one certificate, that names nobody', 27],
    ]);
    expect(told(() => ({ fingerprint: 'AA', subject: 'CN=localhost, O=x' }))).toEqual([
      ['shared-certificate', 'all 3 nodes answer with one certificate, that of localhost', 27],
    ]);
  });

  test('different ones of the same number and different issuers are not one', () => {
    expect(told(({ node }) => ({ serial: '01', issuer: `CN=${node}` }))).toEqual([]);
    expect(told(() => ({ serial: '01' }))).toHaveLength(1);
  });

  test('a common name counts where no other name is given', () => {
    const iam = (subject: string) => (target: CheckTarget) =>
      target.instance === 'iam@node02' ? { subject } : undefined;
    expect(told(iam('CN=node02, O=x'))).toEqual([]);
    expect(told(iam('CN=node03, O=x'))).toEqual([
      ['identity', 'iam@node02 answers with the certificate of node03', 1],
    ]);
  });

  test('of names that were cut off some may be the right ones', () => {
    const names = ['a', 'b'];
    expect(told(() => ({ names, namesCut: true, fingerprint: 'AA' }))).toEqual([]);
    expect(told(({ node }) => ({ names, fingerprint: node })).every(([kind]) => kind === 'identity')).toBe(
      true,
    );
  });

  test('where names are verified, only who did not pass', () => {
    const answers = wrong(
      ({ instance }) => (instance === 'iam@node02' ? { names: ['node03'] } : undefined),
      'tls-name',
    );
    expect(judged(rounds(healthy(), 3, answers)).contradictions).toMatchObject([
      { kind: 'identity', words: 'iam@node02 answers with the certificate of node03' },
    ]);
    const trusted: Answers = (target, atMs) => ({
      ...pass(target, atMs),
      certificate: certificate({ names: ['other'], fingerprint: 'AA' }),
    });
    expect(judged(rounds(healthy(), 2, trusted)).contradictions).toEqual([]);
  });
});
