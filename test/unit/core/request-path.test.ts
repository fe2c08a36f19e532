/** The documented flow, written down by hand, held against judged clusters. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CheckTarget } from '../../../src/core/model/inventory.ts';
import type { ProbeResult } from '../../../src/core/model/observation.ts';
import type { Topology } from '../../../src/core/model/topology.ts';
import { type RequestPath, requestPath } from '../../../src/core/request-path.ts';
import { histories, told } from './arbitrary.ts';
import { fail, judged, looked, pass, rounds, sick, unit, type World, worldOf } from './world.ts';

type Answers = (target: CheckTarget, atMs: number) => ProbeResult | undefined;

const pathOf = (world: World): RequestPath => requestPath(world.topology, judged(world));
const having = (answers?: Answers, nodes = 3): RequestPath =>
  pathOf(rounds(rounds(worldOf(nodes), 3), 3, answers));
const refused =
  (...ids: readonly string[]): Answers =>
  (target, atMs) =>
    ids.includes(target.instance) || ids.includes(target.service) ? fail(atMs, 'refused') : undefined;
/** `iam>flaredb dead`, with a `!` where a request gets. */
const told_ = ({ hops }: RequestPath): readonly string[] =>
  hops.map(({ hop, state, reached }) => `${hop.from}>${hop.to} ${state}${reached ? '!' : ''}`);

describe('a request', () => {
  test('takes the document’s way', () => {
    const path = having();
    expect(told_(path)).toEqual([
      'client>fiberlb passes!',
      'fiberlb>iam passes!',
      'iam>flaredb passes!',
      'iam>plasmavmc passes!',
      'plasmavmc>chainfire passes!',
      'chainfire>worker-node unwatched!',
      'plasmavmc>lightningstor passes!',
      'lightningstor>flaredb passes!',
      'lightningstor>novanet passes!',
      'novanet>flashdns passes!',
    ]);
    expect(path).toMatchObject({ state: 'passes', sentence: 'A create-VM request passes.', meanwhile: [] });
    expect(path.diesAt).toBeUndefined();
  });

  test('passes while one balanced instance works', () => {
    const path = having(refused('fiberlb@node01', 'fiberlb@node02', 'novanet@node03', 'chainfire@node02'));
    expect(path.sentence).toBe('A create-VM request passes.');
  });

  test('dies with the quorum that its check of the token needs', () => {
    const path = having(refused('flaredb@node02', 'flaredb@node03'));
    expect(told_(path).slice(0, 5)).toEqual([
      'client>fiberlb passes!',
      'fiberlb>iam passes!',
      'iam>flaredb dead!',
      'iam>plasmavmc passes',
      'plasmavmc>chainfire passes',
    ]);
    expect(path).toMatchObject({
      sentence: 'A create-VM request dies at IAM: FlareDB has no quorum.',
      diesAt: 'iam',
      behind: ['plasmavmc', 'chainfire', 'lightningstor', 'novanet', 'flashdns'],
      meanwhile: [{ service: 'flaredb', text: 'Cache last tokens' }],
    });
  });

  test('is told the cause behind what is blocked', () => {
    const path = having((target, atMs) => {
      if (target.service === 'iam') return sick(atMs, { status: 'degraded', database: 'disconnected' });
      if (target.service === 'flaredb') {
        return sick(atMs, { status: 'degraded', raft: 'follower', chainfire: 'disconnected' });
      }
      return refused('chainfire@node02', 'chainfire@node03')(target, atMs);
    });
    expect(path.sentence).toBe('A create-VM request dies at IAM: Chainfire has no quorum.');
    expect(path.behind).toEqual(['plasmavmc', 'lightningstor', 'novanet', 'flashdns']);
    expect(path.hops.map((hop) => hop.verdict).slice(1, 5)).toEqual(['blocked', 'blocked', 'ok', 'down']);
    expect(path.meanwhile.map(({ text }) => text)).toEqual([
      'Token cache (TTL)',
      'Cache last tokens',
      'Existing VMs run',
    ]);
  });

  test.each([
    ['fiberlb', 'A create-VM request dies at FiberLB: down on all 3 nodes.', 'fiberlb'],
    ['plasmavmc', 'A create-VM request dies at PlasmaVMC: down on all 3 nodes.', 'plasmavmc'],
    ['chainfire', 'A create-VM request dies at PlasmaVMC: Chainfire has no quorum.', 'plasmavmc'],
    ['flashdns', 'A create-VM request dies at NovaNET: FlashDNS is down on all 3 nodes.', 'novanet'],
  ])('without %s', (service, sentence, diesAt) => {
    expect(having(refused(service))).toMatchObject({ state: 'dead', sentence, diesAt });
  });

  test('does not need what is not on its way', () => {
    expect(having(refused('k8shost')).sentence).toBe('A create-VM request passes.');
  });

  test('may fail where DNS fails on every node, and nowhere else', () => {
    const path = having((target, atMs) =>
      target.spec.kind === 'dns' ? fail(atMs, 'status', 'SERVFAIL') : undefined,
    );
    expect(path.state).toBe('uncertain');
    expect(path.sentence).toMatch(/^A create-VM request may fail at FlashDNS: dns .* on all 3 nodes\.$/u);
  });

  test('is slow where every instance is, or the leader', () => {
    const slow =
      (is: (target: CheckTarget) => boolean): Answers =>
      (target, atMs) =>
        is(target) ? pass(target, atMs, {}, 900) : undefined;
    expect(having(slow((target) => target.service === 'novanet'))).toMatchObject({
      state: 'slow',
      sentence: 'A create-VM request passes, slowly: NovaNET, slow on all 3 nodes.',
    });
    expect(having(slow((target) => target.instance === 'novanet@node02')).state).toBe('passes');
    expect(having(slow((target) => target.instance === 'flaredb@node01')).sentence).toBe(
      'A create-VM request passes, slowly: FlareDB, leader node01 slow 900 ms.',
    );
    expect(having(slow((target) => target.instance === 'flaredb@node02')).state).toBe('passes');
  });

  test('is uncertain with two leaders', () => {
    const path = having((target, atMs) =>
      target.service === 'chainfire' && target.node !== 'node03'
        ? pass(target, atMs, { raft: 'leader' })
        : undefined,
    );
    expect(path.sentence).toBe('A create-VM request may fail at Chainfire: two leaders, node01 and node02.');
  });

  test('does not pass yet while a service on its way starts', () => {
    const world = looked(rounds(rounds(worldOf(1), 3), 3, refused('iam')), 'node01', [
      unit('iam', { active: 'activating', sub: 'start', inactiveExitMs: 998_000 }),
    ]);
    expect(pathOf(world)).toMatchObject({
      state: 'uncertain',
      verdict: 'starting',
      sentence: 'A create-VM request does not pass yet: IAM is starting.',
    });
  });

  test('cannot be followed while no node answers', () => {
    const path = having((_target, atMs) => fail(atMs, 'timeout'));
    expect(path.sentence).toBe('It cannot be seen whether a create-VM request passes FiberLB.');
    expect(path.hops[0]?.why).toBe('no node answers');
    expect(path.diesAt).toBeUndefined();
  });
});

test('a topology without a flow has nothing to say; one without a word for it speaks of a request', () => {
  const world = rounds(worldOf(1), 3);
  const { request: _, ...wordless } = world.topology;
  const still: Topology = { ...wordless, flow: [] };
  expect(requestPath(still, judged(world))).toMatchObject({ hops: [], sentence: '', state: 'unwatched' });
  expect(requestPath(wordless, judged(world)).sentence).toBe('A request passes.');
});

test('for any history: a sentence in one line, reached up to where it dies and not beyond', () => {
  const states = new Set<string>();
  fc.assert(
    fc.property(histories, (history) => {
      for (const world of told(history, judged)) {
        const path = pathOf(world);
        states.add(path.state);
        expect(path.sentence.length).toBeLessThanOrEqual(76);
        expect(path.sentence).toMatch(path.state === 'unwatched' ? /^$/u : /^\S.*[.…]$/u);
        expect(path.sentence).not.toMatch(/undefined|: \.|, \.|is \./u);
        const died = path.hops.findIndex((hop) => hop.state === 'dead');
        path.hops.forEach((hop, index) => {
          expect(hop.reached).toBe(died < 0 || index <= died);
          expect(hop.why === '').toBe(hop.state === 'passes' || hop.state === 'unwatched');
        });
        expect(path.diesAt !== undefined).toBe(path.state === 'dead');
      }
    }),
    { numRuns: 100 },
  );
  expect([...states]).toEqual(expect.arrayContaining(['dead', 'passes', 'uncertain']));
});
