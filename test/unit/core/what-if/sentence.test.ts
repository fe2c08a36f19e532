/** What is said of a stop, in the situations an operator asks about. */
import { describe, expect, test } from 'vitest';
import type { CheckTarget } from '../../../../src/core/model/inventory.ts';
import type { ProbeResult } from '../../../../src/core/model/observation.ts';
import type { Stop, WhatIf } from '../../../../src/core/what-if/model.ts';
import { whatIf } from '../../../../src/core/what-if/what-if.ts';
import { fail, judged, looked, pass, rounds, seen, sick, unit, type World, worldOf } from '../world.ts';

type Answers = (target: CheckTarget, atMs: number) => ProbeResult | undefined;

const on = (service: string, node: string): Stop => ({ kind: 'instance', service, node });
const told = (world: World, stop: Stop): WhatIf => whatIf({ ...world, cluster: judged(world) }, stop);
const well = (nodes: number): World => rounds(worldOf(nodes), 3);
const troubled = (nodes: number, answers: Answers): World => rounds(well(nodes), 3, answers);

const refuses =
  (...ids: readonly string[]): Answers =>
  ({ instance }, atMs) =>
    ids.includes(instance) ? fail(atMs, 'refused') : undefined;

describe('the sentence', () => {
  test.each<readonly [string, World, Stop, string, WhatIf['weight']]>([
    [
      'a member of three',
      well(3),
      on('chainfire', 'node02'),
      'Safe: quorum stays 2 of 3, users notice nothing.',
      'safe',
    ],
    [
      'a member of two',
      rounds(worldOf(2), 3, (target, atMs) => pass(target, atMs, { cluster_size: 2 })),
      on('chainfire', 'node02'),
      "Breaks Chainfire's quorum: 1 of 2. New VMs, API logins and metrics would be down.",
      'harm',
    ],
    [
      'a member where another is down',
      troubled(3, refuses('flaredb@node03')),
      on('flaredb', 'node02'),
      "Breaks FlareDB's quorum: 1 of 3. API logins and metrics would be down. New VMs would be degraded.",
      'harm',
    ],
    [
      'what is down',
      troubled(3, refuses('iam@node03')),
      on('iam', 'node03'),
      'IAM on node03 is down already: nothing would change.',
      'nothing',
    ],
    [
      'a leaf that runs elsewhere',
      well(3),
      on('fiberlb', 'node01'),
      'Safe: 2 of 3 FiberLB stay, users notice nothing.',
      'safe',
    ],
    [
      'the last of its kind',
      troubled(3, refuses('plasmavmc@node01', 'plasmavmc@node02')),
      on('plasmavmc', 'node03'),
      'No PlasmaVMC would be left. New VMs would be down. Metrics would be degraded.',
      'harm',
    ],
    [
      'a service everywhere',
      well(3),
      { kind: 'service', service: 'novanet' },
      'No NovaNET would be left. New networks would be down.',
      'harm',
    ],
    [
      'a node of five',
      well(5),
      { kind: 'node', node: 'node04' },
      'Pods would be degraded. Quorum stays 4 of 5.',
      'harm',
    ],
    [
      'the last vote of a lost quorum',
      troubled(3, (target, atMs) =>
        target.instance === 'chainfire@node01'
          ? sick(atMs, { status: 'degraded', raft: 'candidate' })
          : refuses('chainfire@node02', 'chainfire@node03')(target, atMs),
      ),
      on('chainfire', 'node01'),
      "Chainfire's quorum is lost already: 0 of 3 left. Users lose nothing more.",
      'risk',
    ],
    [
      'a node out of sight',
      troubled(3, ({ node }, atMs) => (node === 'node02' ? fail(atMs, 'timeout') : undefined)),
      { kind: 'node', node: 'node02' },
      'node02 is out of sight: what a stop there would do is not known.',
      'unseen',
    ],
    [
      'beside a node out of sight',
      troubled(3, ({ node }, atMs) => (node === 'node02' ? fail(atMs, 'timeout') : undefined)),
      on('fiberlb', 'node01'),
      'Safe as far as is seen: 1 of 3 FiberLB stay, users notice nothing.',
      'safe',
    ],
  ])('%s', (_, world, stop, sentence, weight) => {
    expect(told(world, stop)).toMatchObject({ sentence, weight });
  });

  test('does not count on members that are not watched', () => {
    const world = rounds(worldOf(3), 3, (target, atMs) => pass(target, atMs, { cluster_size: 5 }));
    expect(told(world, on('chainfire', 'node02'))).toMatchObject({
      weight: 'risk',
      sentence: 'Chainfire keeps its quorum only if members that are not watched vote: 2 of 5 seen.',
    });
  });

  test('names the member that nobody has seen yet', () => {
    const world = worldOf(3);
    const nowMs = world.nowMs + 2000;
    const healthy = rounds(world, 1);
    const partly = seen(
      { ...world, nowMs },
      world.targets
        .filter(({ node }) => node !== 'node03')
        .flatMap((target) => {
          const result = healthy.facts.checks.get(target.id)?.last;
          return result === undefined ? [] : [{ kind: 'probe' as const, check: target.id, result }];
        }),
    );
    const found = told(partly, on('chainfire', 'node02'));
    expect(found).toMatchObject({
      weight: 'risk',
      sentence: 'Chainfire keeps its quorum only if node03 votes: 1 of 3 seen.',
    });
    expect(found.quorums[0]).toMatchObject({ before: 2, during: 1, becomes: 'unknown', unseen: ['node03'] });
  });
});

describe('what else is told', () => {
  test('who leads and goes, and nobody loses anything by an election', () => {
    const found = told(well(3), on('chainfire', 'node01'));
    expect(found.quorums).toEqual([
      {
        service: 'chainfire',
        expected: 3,
        needed: 2,
        before: 3,
        during: 2,
        was: 'held',
        becomes: 'held',
        leader: 'node01',
        unseen: [],
      },
      expect.objectContaining({ service: 'flaredb', leader: 'node01' }),
    ]);
    expect(found.losses).toEqual([]);
    expect(new Set(found.capabilities.map(({ during }) => during))).toEqual(new Set(['at-risk']));
  });

  test('the cascade with its order, and what stays up, is down, and does not come back', () => {
    const names = ['chainfire', 'flaredb', 'iam', 'plasmavmc', 'chainfire-cluster-join'];
    const world = looked(well(3), 'node02', [
      ...names.map((name) => unit(name)),
      unit('flaredb-cluster-join', { active: 'failed', sub: 'failed', result: 'exit-code' }),
      unit('iam-initial-setup', { active: 'inactive', sub: 'dead', job: 17 }),
      unit('cluster-health-check', { load: 'not-found', active: 'inactive', sub: 'dead' }),
    ]);
    const [cascade] = told(world, on('chainfire', 'node02')).cascades;
    expect(cascade?.stops.map(({ name, from, under = '' }) => [name, from, under])).toEqual([
      ['iam-initial-setup', 'coming', 'iam.service'],
      ['chainfire-cluster-join', 'runs', 'chainfire.service'],
      ['iam', 'runs', 'flaredb.service'],
      ['flaredb', 'runs', 'chainfire.service'],
      ['chainfire', 'runs', ''],
    ]);
    expect(cascade?.idle).toEqual(['flaredb-cluster-join.service']);
    expect(cascade?.stays).toContain('plasmavmc.service');
    expect(cascade?.stays).not.toContain('cluster-health-check.service');
    expect(cascade?.leftDown).toHaveLength(4);
  });

  test('who runs on for nobody', () => {
    const world = troubled(3, refuses('chainfire@node03'));
    const found = told(world, on('chainfire', 'node02'));
    expect(found.losses.map(({ instance, without }) => `${instance} ${without}`)).toEqual([
      'chainfire@node01 chainfire',
      'flaredb@node01 chainfire',
      'flaredb@node03 chainfire',
      'iam@node01 flaredb',
      'iam@node03 flaredb',
    ]);
  });
});
