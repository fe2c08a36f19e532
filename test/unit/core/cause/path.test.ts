/** Nodes that ssh reaches and no check does in time: when that is one cause, and all that is told of it. */
import { describe, expect, test } from 'vitest';
import { evidenceOf } from '../../../../src/core/cause/evidence.ts';
import { diffEvents } from '../../../../src/core/events.ts';
import type { ProbeFailureKind, UnitFacts } from '../../../../src/core/model/observation.ts';
import { nextSteps } from '../../../../src/core/next-steps/next-steps.ts';
import {
  type Answers,
  activeFor,
  fail,
  judged,
  later,
  looked,
  round,
  rounds,
  unit,
  type World,
  worldOf,
} from '../world.ts';

const ALL = ['node01', 'node02', 'node03'];

const lookAt = (world: World, nodes: readonly string[], units: Partial<UnitFacts> = {}): World =>
  nodes.reduce(
    (now, node) =>
      looked(
        now,
        node,
        world.topology.services.map(({ name }) => unit(name, activeFor(600_000, 0, units))),
      ),
    world,
  );

const lateOn =
  (...nodes: readonly string[]): Answers =>
  (target, atMs) =>
    nodes.includes(target.node) ? fail(atMs, 'timeout') : undefined;

/** Three nodes that were well; these run out of time, and ssh to all goes on. */
const silent = (nodes: readonly string[], services?: readonly string[]): World =>
  lookAt(rounds(lookAt(rounds(worldOf(3, services), 3), ALL), 2, lateOn(...nodes)), ALL);

const kinds = (world: World): readonly string[] => judged(world).causes.map(({ kind }) => kind);

describe('one cause', () => {
  test('of one node, with all that runs there as its effect', () => {
    const { causes, headline, instances, contradictions, nodes } = judged(silent(['node02']));
    expect(causes).toMatchObject([
      {
        kind: 'path',
        subjects: ['node02'],
        verdict: 'degraded',
        overdue: { checks: 10, withinMs: 1500 },
      },
    ]);
    expect(causes[0]?.explains).toHaveLength(9);
    expect(headline).toMatchObject({
      verdict: 'degraded',
      sentence: 'node02 answers ssh, but none of its 10 checks within 1.5 s.',
      cause: 'node02 · slow link, filtered ports, or the node hangs · first seen 0 s ago',
    });
    // Nothing is taken for well.
    expect(
      new Set([...instances.values()].flatMap((one) => (one.node === 'node02' ? one.verdict : []))),
    ).toEqual(new Set(['down', 'blocked']));
    expect(contradictions).toEqual([]);
    expect(nodes.get('node02')).toMatchObject({
      verdict: 'down',
      reachable: true,
      reason: 'answers ssh, but none of 10 checks in time',
    });
  });

  test('of all nodes is about the link of this host', () => {
    const { causes, headline } = judged(silent(ALL));
    expect(causes).toMatchObject([{ kind: 'path', subjects: ALL, verdict: 'down', overdue: { checks: 30 } }]);
    expect(headline).toMatchObject({
      verdict: 'down',
      sentence: 'No check on any of 3 nodes answers in time, though ssh to all does.',
      cause: 'all 3 nodes · link from this host: slow or filtered · first seen 0 s ago',
    });
  });

  test('of one rack is named by it', () => {
    const base = worldOf(4);
    const nodes = base.inventory.nodes.map((node, at) => ({ ...node, tags: [at < 2 ? 'r07' : 'r08'] }));
    const racks = { ...base, inventory: { ...base.inventory, nodes } };
    const world = lookAt(rounds(rounds(racks, 3), 2, lateOn('node01', 'node02')), ['node01', 'node02']);
    expect(judged(world).headline.sentence).toBe(
      'Both nodes of r07 answer ssh, but none of their 20 checks within 1.5 s.',
    );
  });
});

test('it is one cause as soon as all that went otherwise before runs out of time, too', () => {
  const noRoute: Answers = (target, atMs) =>
    target.node === 'node02'
      ? fail(atMs, target.service === 'k8shost' ? 'unreachable' : 'timeout')
      : undefined;
  const before = lookAt(rounds(rounds(worldOf(3), 3), 2, noRoute), ALL);
  const once = round(before, lateOn('node02'));
  expect(kinds(once)).not.toContain('path');
  expect(kinds(round(once, lateOn('node02')))).toEqual(['path']);
});

/** As looked at, but systemd calls this one failed. */
const withFailed = (world: World, name: string): World =>
  looked(
    world,
    'node02',
    world.topology.services.map((one) =>
      unit(
        one.name,
        activeFor(600_000, 0, one.name === name ? { active: 'failed', result: 'exit-code' } : {}),
      ),
    ),
  );

test('a unit that systemd calls failed stays a cause beside it, also where what it requires is silent', () => {
  const world = withFailed(silent(['node02']), 'iam');
  const { causes, instances, nodes } = judged(world);
  expect(causes.map(({ kind, subjects }) => [kind, subjects])).toEqual([
    ['path', ['node02']],
    ['failed', ['iam@node02']],
  ]);
  expect(instances.get('iam@node02')).toMatchObject({ verdict: 'down', reason: 'failed, bad exit code' });
  expect(nodes.get('node02')?.reason).toBe(
    'answers ssh, but none of 10 checks in time, iam: failed, bad exit code',
  );
});

test('that cause is told as soon as the last check of another service runs out of time, too', () => {
  const allBut: Answers = (target, atMs) =>
    target.service === 'novanet' ? undefined : lateOn('node02')(target, atMs);
  const once = round(round(lookAt(rounds(worldOf(3), 3), ALL), allBut), lateOn('node02'));
  const ill = withFailed(later(once, 1), 'iam');
  const before = { ...ill, previous: judged(ill) };
  expect(before.previous.instances.get('iam@node02')?.reason).toBe('by flaredb');
  const targets = before.targets.filter(({ instance }) => instance === 'novanet@node02');
  const last = round({ ...before, targets }, lateOn('node02'), 500);
  expect(judged(last).instances.get('iam@node02')?.reason).toBe('failed, bad exit code');
});

describe('not this cause', () => {
  test('one service alone that runs out of time: its process hangs', () => {
    expect(kinds(silent(['node02'], ['iam']))).toEqual(['unhealthy']);
    expect(kinds(silent(['node02'], ['iam', 'novanet']))).toEqual(['path']);
  });

  test.each(['refused', 'unreachable', 'status', 'dns'] as const)(
    'one check that ends otherwise: %s',
    (kind) => {
      const answers: Answers = (target, atMs) => {
        const failure: ProbeFailureKind = target.service === 'k8shost' ? kind : 'timeout';
        return target.node === 'node02' ? fail(atMs, failure) : undefined;
      };
      const world = lookAt(rounds(rounds(worldOf(3), 3), 2, answers), ALL);
      expect(kinds(world)).not.toContain('path');
    },
  );

  test('units that systemd does not call active, or does not know', () => {
    const checks = rounds(rounds(worldOf(3), 3), 2, lateOn('node02'));
    expect(kinds(lookAt(checks, ['node02'], { active: 'failed', result: 'exit-code' }))).not.toContain(
      'path',
    );
    expect(kinds(looked(checks, 'node02', []))).not.toContain('path');
  });

  test('a look of before, or none for a while: the node is out of reach', () => {
    const before = rounds(lookAt(rounds(worldOf(3), 3), ALL), 2, lateOn('node02'));
    expect(kinds(before)).toEqual(['unreachable']);
    expect(kinds(later(silent(['node02']), 15_000))).toEqual(['path']);
    expect(kinds(later(silent(['node02']), 15_001))).toEqual(['unreachable']);
  });

  test('one look in vain is none', () => {
    const world = lookAt(round(rounds(worldOf(3), 3), lateOn('node02')), ALL);
    expect(kinds(world)).toEqual([]);
  });
});

describe('what is told of it', () => {
  test('the evidence: systemd and ssh for the node, the checks against it', () => {
    const world = later(silent(['node02'], ['iam', 'flashdns']), 1000);
    const cluster = judged(world);
    const told = evidenceOf({ topology: world.topology, cluster, facts: world.facts }, 'iam@node02');
    expect(told.map(({ subject, words }) => `${subject}: ${words}`)).toEqual([
      'iam@node02: timeout',
      'node02: ssh answered 1 s ago, and systemd calls 2 units active, the newest for 10 m',
      'node02: 3 checks without an answer within 1.5 s, on tcp 853, 8080, udp 53; not one got a connection',
      'node02: slow link, filtered ports, or the node hangs',
    ]);
  });

  test('a connection that was made speaks against a filter', () => {
    const answers: Answers = (target, atMs) => {
      if (target.node !== 'node02') return undefined;
      const late = fail(atMs, 'timeout');
      return target.service === 'iam' ? { ...late, phases: { connectMs: 3, totalMs: 1500 } } : late;
    };
    const world = lookAt(rounds(rounds(worldOf(3), 3), 2, answers), ALL);
    const { topology, facts } = world;
    const told = evidenceOf({ topology, cluster: judged(world), facts }, 'k8shost@node02');
    expect(told[2]?.words).toMatch(/; 1 got a connection: no filter there$/u);
  });

  test('what to do: measure, look for a firewall on which ports, and only then wait longer', () => {
    const world = silent(['node02'], ['iam', 'flashdns']);
    const steps = nextSteps({ ...world, cluster: judged(world) });
    expect(steps.map(({ words, why, clears, lastResort }) => [words, why, clears, lastResort])).toEqual([
      [
        'measure the link to node02: ping, mtr',
        'load and disks there, too: a node that hangs looks the same',
        2,
        false,
      ],
      ['look for a firewall before node02', 'open to this host: tcp 853, 8080, udp 53', 0, false],
      ['raise poll.timeout, now 1.5 s, if that link is known to be slow', 'in the configuration', 0, true],
    ]);
  });

  test('a lost quorum comes back with the first of them', () => {
    const world = silent(['node02', 'node03']);
    const steps = nextSteps({ ...world, cluster: judged(world) });
    expect(steps.map(({ id, regains }) => [id, regains])).toEqual([
      ['path link node02', ['chainfire', 'flaredb']],
      ['path ports node02', []],
      ['path limit node02', []],
    ]);
  });
});

describe('events', () => {
  const told = (from: World, to: World) =>
    diffEvents(judged(from), judged(to), 1)
      .filter(({ subject }) => subject.kind === 'node' || subject.kind === 'instance')
      .map(({ subject, to: verdict, reason }) =>
        'id' in subject
          ? `${subject.id} ${verdict} ${reason}`
          : `${'name' in subject ? subject.name : ''} ${verdict} ${reason}`,
      );
  const before = (): World => lookAt(rounds(worldOf(3), 3), ALL);
  const during = silent(['node02']);

  test('the node is one, coming and going', () => {
    expect(told(before(), during)).toEqual(['node02 down answers ssh, but none of 10 checks in time']);
    expect(told(during, lookAt(round(during), ALL))).toEqual(['node02 ok answers checks again']);
  });

  test('what stays down when the others answer again is told then', () => {
    const one: Answers = (target, atMs) =>
      target.instance === 'novanet@node02' ? fail(atMs, 'timeout') : undefined;
    expect(told(during, lookAt(round(during, one), ALL))).toEqual([
      'node02 down answers checks again',
      'novanet@node02 down timeout',
    ]);
  });

  test('from there to out of reach', () => {
    expect(told(during, rounds(during, 8, lateOn('node02')))).toEqual([
      'node02 down unreachable, 9 instances unseen',
    ]);
  });
});
