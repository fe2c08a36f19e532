import { describe, expect, test } from 'vitest';
import { statusJson, statusText } from '../../../src/commands/status-text.ts';
import { observe } from '../../../src/core/facts.ts';
import type { CheckTarget } from '../../../src/core/model/inventory.ts';
import type { ProbeResult } from '../../../src/core/model/observation.ts';
import { fail, judged, pass, rounds, sick, type World, worldOf } from '../core/world.ts';

type Answers = (target: CheckTarget, atMs: number) => ProbeResult | undefined;

const seenAs = (answers?: Answers): World => rounds(rounds(worldOf(3), 3), 3, answers);
const textOf = (world: World): string =>
  statusText(judged(world), world.inventory, world.topology, world.facts);
const jsonOf = (world: World) =>
  JSON.parse(statusJson(judged(world), world.inventory, world.topology, world.facts));
const lostIam: Answers = (target, atMs) => (target.service === 'iam' ? fail(atMs, 'refused') : undefined);

describe('what users have left', () => {
  test('is told in words, with what helps and how far a request gets', () => {
    const text = textOf(
      seenAs((target, atMs) =>
        target.service === 'iam' || target.instance === 'chainfire@node03'
          ? fail(atMs, 'refused')
          : undefined,
      ),
    );
    expect(text).toContain(
      [
        'Impact',
        '  Cluster operations     at risk  chainfire: 2 of 3 votes, 2 needed  (Raft quorum: 2 of 3 hold)',
        '  Configuration updates  at risk  chainfire: 2 of 3 votes, 2 needed  (Raft quorum: 2 of 3 hold)',
        '  New VMs                at risk  chainfire: 2 of 3 votes, 2 needed  (Raft quorum: 2 of 3 hold)',
        '  API logins             lost     iam: down on all 3 nodes  (Token cache (TTL))',
        '  A create-VM request dies at IAM: down on all 3 nodes.',
      ].join('\n'),
    );
  });

  test('is not mentioned while everything works, nor while nothing is seen', () => {
    expect(textOf(seenAs())).not.toContain('Impact');
    expect(textOf(seenAs((_target, atMs) => fail(atMs, 'timeout')))).not.toContain('Impact');
  });

  test('stands below what fails, in columns', () => {
    const text = textOf(
      seenAs((target, atMs) =>
        ['plasmavmc@node01', 'iam@node02'].includes(target.instance) ? fail(atMs, 'refused') : undefined,
      ),
    );
    expect(text).toMatch(/Failing\n {2}iam@node02 {8}down {2}\S.*\n {2}plasmavmc@node01 {2}down {2}\S/u);
  });

  test('is in the JSON of every state', () => {
    const lost = jsonOf(seenAs(lostIam));
    expect(lost.schema).toBe(1);
    expect(lost.capabilities).toHaveLength(13);
    expect(lost.capabilities.find((one: { id: string }) => one.id === 'authentication')).toEqual({
      id: 'authentication',
      title: 'API logins',
      state: 'lost',
      because: ['iam'],
      causes: [{ service: 'iam', words: 'down on all 3 nodes' }],
      mitigation: 'Token cache (TTL)',
    });
    expect(lost.path).toMatchObject({
      state: 'dead',
      diesAt: 'iam',
      sentence: 'A create-VM request dies at IAM: down on all 3 nodes.',
      meanwhile: [{ service: 'iam', text: 'Token cache (TTL)' }],
    });
    expect(lost.path.hops[1]).toEqual({
      from: 'fiberlb',
      to: 'iam',
      kind: 'forward',
      label: 'Forward to',
      state: 'dead',
      why: 'down on all 3 nodes',
      reached: true,
    });
    expect(jsonOf(seenAs()).path).toMatchObject({ state: 'passes', behind: [], meanwhile: [] });
  });
});

const NONE = { requires: [], requisite: [], bindsTo: [], partOf: [], wants: [], after: [] };

describe('what to do, and what the nodes were told', () => {
  test('is told step by step', () => {
    const world = seenAs((target, atMs) => (target.node === 'node02' ? fail(atMs, 'timeout') : undefined));
    expect(textOf(world)).toMatch(
      /\nNext\n {2}1 {2}power or network of node02 {2}by hand {2}clears 9 {2}no answer to any check\n/u,
    );
    expect(jsonOf(world).next).toMatchObject([
      { words: 'power or network of node02', nodes: ['node02'], clears: 9, regains: [], lastResort: false },
    ]);
  });

  test('is a line per dependency that differs', () => {
    const world = seenAs();
    const facts = observe(world.facts, [
      {
        kind: 'relations',
        node: 'node02',
        units: [{ ...NONE, unit: 'iam.service', wants: ['flaredb.service'], after: ['flaredb.service'] }],
      },
    ]);
    expect(textOf({ ...world, facts })).toContain(
      'Drift from the topology\n  iam requires flaredb: only wants it on node02\n',
    );
    expect(jsonOf({ ...world, facts }).drift).toEqual([
      {
        unit: 'iam.service',
        on: 'flaredb.service',
        kind: 'weaker',
        expected: 'requires',
        found: 'wants',
        nodes: ['node02'],
        of: 3,
      },
    ]);
  });

  test('is not mentioned while there is nothing of it', () => {
    expect(textOf(seenAs())).not.toMatch(/Next|Drift/u);
    expect(jsonOf(seenAs())).toMatchObject({ next: [], drift: [] });
  });
});

test('two leaders are among what fails, in the text and in the counts', () => {
  const split = seenAs((target, atMs) =>
    target.instance === 'chainfire@node03' ? pass(target, atMs, { raft: 'leader' }) : undefined,
  );
  const text = textOf(split);
  expect(text).toMatch(
    /chainfire {2,}down {2,}two leaders: node01, node03 {2,}degraded {2,}ok {2,}degraded/u,
  );
  expect(text).toContain('  chainfire@node01  degraded  two leaders: node01, node03');
  const { verdict, counts, instances } = jsonOf(split);
  expect(verdict).toBe('down');
  expect(counts).toMatchObject({ ok: instances.length - 2, degraded: 2 });
});

describe('causes', () => {
  const world = seenAs((target, atMs) =>
    target.service === 'chainfire' && target.node !== 'node01' ? fail(atMs, 'refused') : undefined,
  );

  test('are told with what they explain and how', () => {
    const lost = rounds(world, 3, (target, atMs) => {
      if (target.instance === 'chainfire@node01') return sick(atMs, { raft: 'candidate' });
      if (target.service === 'chainfire') return fail(atMs, 'refused');
      return target.service === 'flaredb' ? sick(atMs, { chainfire: 'disconnected' }) : undefined;
    });
    expect(textOf(lost)).toContain(
      [
        'Causes',
        '  chainfire on node02, node03: refused, changed 11 s ago, ± 1 s',
        '    explains 4: chainfire@node01, flaredb on 3 nodes',
        '    chainfire@node01: 503 no leader <- chainfire: 1 of 3 votes, 2 needed <- chainfire on node02, node03: refused',
      ].join('\n'),
    );
  });

  test('and contradictions are in the JSON under stable names', () => {
    const json = jsonOf(world);
    expect(Object.keys(json.causes[0]).sort()).toEqual(
      'changed explains id kind nodes services sinceMs subjects verdict where why'.split(' '),
    );
    expect(json.causes[0]).toMatchObject({
      kind: 'unhealthy',
      subjects: ['chainfire@node02', 'chainfire@node03'],
    });
    expect(json.contradictions).toMatchObject([
      { kind: 'child-without-parent', instances: ['flaredb@node02', 'chainfire@node02'] },
      { kind: 'child-without-parent', instances: ['flaredb@node03', 'chainfire@node03'] },
    ]);
  });

  test('are not mentioned while there are none', () => {
    expect(textOf(seenAs())).not.toMatch(/Causes|Contradictions/u);
  });
});
