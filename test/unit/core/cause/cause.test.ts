import { describe, expect, test } from 'vitest';
import { evidenceOf } from '../../../../src/core/cause/evidence.ts';
import { explainsWords } from '../../../../src/core/cause/words.ts';
import type { Certificate, ProbeResult } from '../../../../src/core/model/observation.ts';
import { startIncident } from '../situations/incident.ts';
import {
  fail,
  judged,
  looked,
  pass,
  round,
  rounds,
  seen,
  sick,
  unit,
  type World,
  worldOf,
} from '../world.ts';

type Answers = Parameters<typeof rounds>[2];

const healthy = (): World => rounds(worldOf(3), 3);
const refused =
  (...ids: readonly string[]): Answers =>
  (target, atMs) =>
    ids.includes(target.instance) ? fail(atMs, 'refused') : undefined;

const chain = (world: World, id: `${string}@${string}`): readonly string[] => {
  const cluster = judged(world);
  return evidenceOf({ topology: world.topology, cluster, facts: world.facts }, id).map(
    ({ subject, words, cause }) => `${subject}: ${words}${cause === undefined ? '' : ' !'}`,
  );
};

describe('the evidence', () => {
  const failing: Answers = (target, atMs) => {
    if (target.instance === 'iam@node02') {
      return sick(atMs, { status: 'degraded', database: 'disconnected' });
    }
    return refused('chainfire@node02', 'flaredb@node02')?.(target, atMs);
  };
  const world = looked(rounds(healthy(), 2, failing), 'node02', [
    unit('chainfire', { active: 'failed', sub: 'failed', result: 'exit-code', exitCode: 3, restarts: 5 }),
    unit('flaredb', { active: 'inactive', sub: 'dead' }),
    unit('iam', {}),
  ]);

  test('leads from the effect to the cause', () => {
    expect(chain(world, 'iam@node02')).toEqual([
      'iam@node02: 503 database disconnected',
      'flaredb@node02: stopped with chainfire',
      'chainfire@node02: failed, exit 3, 5 restarts !',
    ]);
    expect(chain(world, 'iam@node01')).toEqual([]);
  });

  test('quotes the last complaint of the newest start, else its last line', () => {
    const line = (priority: number, text: string, invocation: string) =>
      ({ unit: 'chainfire.service', atMs: 1, priority, text, from: 'unit', invocation }) as const;
    const told = (...lines: readonly ReturnType<typeof line>[]) =>
      chain(seen(world, [{ kind: 'log', node: 'node02', lines, dropped: 0 }]), 'chainfire@node02');
    expect(told(line(3, 'disk full', 'b'), line(6, 'bye', 'b'))[0]).toContain('last log: disk full !');
    expect(told(line(3, 'old', 'a'), line(6, 'started', 'b'))[0]).toContain('last log: started !');
  });

  test('of a lost quorum names the votes, and every cause behind it', () => {
    const { crash, wait, state } = startIncident();
    crash('chainfire.service', ['node02']);
    crash('flaredb.service', ['node03']);
    wait(90);
    const cluster = state();
    const { topology } = worldOf(3);
    const told = evidenceOf({ topology, cluster }, 'iam@node01').map(
      ({ subject, words }) => `${subject}: ${words}`,
    );
    expect(told).toEqual([
      'iam@node01: 503 database disconnected',
      'flaredb: 1 of 3 votes, 2 needed',
      expect.stringMatching(/^chainfire@node02: .*exit 3/u),
      expect.stringMatching(/^flaredb@node03: .*exit 3/u),
    ]);
  });

  test('a cause says what it explains', () => {
    const [cause] = judged(world).causes;
    expect(cause && explainsWords(cause)).toBe('2: flaredb@node02, iam@node02');
  });
});

describe('what changed first', () => {
  test('is claimed only when the polls tell', () => {
    const first = rounds(healthy(), 3, refused('iam@node01'));
    const both = rounds(first, 2, refused('iam@node01', 'novanet@node03'));
    expect(judged(both).headline.cause).toBe('iam on node01 · refused · 6 s ago · 6 ± 2 s before 1 more');
    const atOnce = rounds(healthy(), 5, refused('iam@node01', 'novanet@node03'));
    expect(judged(atOnce).headline.cause).toBe('iam on node01 · refused · first seen 6 s ago · +1 more');
    const next = rounds(round(healthy(), refused('iam@node01')), 4, refused('iam@node01', 'novanet@node03'));
    expect(judged(next).headline.cause).toBe('iam on node01 · refused · first seen 6 s ago · +1 more');
  });

  test('is named where the sentence is about another', () => {
    const first = rounds(healthy(), 3, refused('novanet@node03'));
    const both = rounds(first, 2, refused('iam@node01', 'novanet@node03'));
    expect(judged(both).headline.sentence).toBe('IAM is down on node01: refused.');
    expect(judged(both).headline.cause).toBe(
      'iam on node01 · refused · 0 s ago · +1 more, first novanet on node03',
    );
  });
});

describe('nodes with something in common', () => {
  const racks = (): World => {
    const base = worldOf(6);
    const nodes = base.inventory.nodes.map((node, index) => ({
      ...node,
      tags: ['dc1', index < 2 ? 'r07' : 'r08'],
    }));
    return rounds({ ...base, inventory: { ...base.inventory, nodes } }, 3);
  };
  const darkOn =
    (...nodes: readonly string[]): Answers =>
    (target, atMs) =>
      nodes.includes(target.node) ? fail(atMs, 'timeout') : undefined;

  test('are named by it when all of them changed together', () => {
    const state = judged(rounds(racks(), 3, darkOn('node01', 'node02')));
    expect(state.causes).toMatchObject([{ kind: 'unreachable', shared: { tag: 'r07', all: true } }]);
    expect(state.headline.sentence).toBe('Both nodes of r07 are unreachable. Quorum holds, 4 of 6.');
    expect(state.headline.cause).toMatch(
      /^both nodes of r07 · no answer to any check, changed within 2 s · /u,
    );
  });

  test('a tag that all nodes share, or changes far apart, say nothing', () => {
    const across = judged(rounds(racks(), 3, darkOn('node01', 'node05')));
    expect(across.causes[0]?.shared).toBeUndefined();
    const apart = rounds(rounds(racks(), 12, darkOn('node01')), 3, darkOn('node01', 'node02'));
    expect(judged(apart).causes[0]?.shared).toBeUndefined();
  });
});

describe('certificates', () => {
  const expired =
    (...nodes: readonly string[]): Answers =>
    (target, atMs) =>
      nodes.includes(target.node) && target.spec.kind !== 'dns' ? fail(atMs, 'tls-expired') : undefined;

  test('of all nodes are one cause, and said before what cannot be seen for them', () => {
    const state = judged(rounds(healthy(), 3, expired('node01', 'node02', 'node03')));
    expect(state.causes).toMatchObject([{ kind: 'certificate', subjects: ['node01', 'node02', 'node03'] }]);
    expect(state.headline).toMatchObject({
      verdict: 'down',
      sentence: 'The certificates of all 3 nodes have expired.',
    });
  });

  test('of one service is its own', () => {
    const state = judged(
      rounds(healthy(), 3, (target, atMs) =>
        target.instance === 'iam@node02' ? fail(atMs, 'tls-untrusted') : undefined,
      ),
    );
    expect(state.causes).toMatchObject([{ kind: 'certificate', subjects: ['iam@node02'] }]);
    expect(state.headline.sentence).toBe('IAM is down on node02: certificate not trusted.');
  });
});

describe('contradictions', () => {
  const of = (world: World) =>
    judged(world).contradictions.map(({ kind, instances }) => [kind, ...instances]);

  test('none while all is well', () => {
    expect(of(healthy())).toEqual([]);
  });

  test('a child that is well without what it requires, once it was looked at again', () => {
    const down = refused('flaredb@node02');
    expect(of(rounds(healthy(), 2, down))).toEqual([]);
    expect(of(rounds(healthy(), 3, down))).toEqual([
      ['child-without-parent', 'iam@node02', 'flaredb@node02'],
    ]);
  });

  test('an endpoint that systemd knows nothing of, and the other way round', () => {
    const stopped = looked(healthy(), 'node02', [unit('fiberlb', { active: 'inactive', sub: 'dead' })]);
    expect(of(stopped)).toEqual([['answers-but-stopped', 'fiberlb@node02']]);
    const grown = { inactiveExitMs: 1000, activeEnterMs: 2000 };
    const silent = looked(rounds(healthy(), 2, refused('iam@node02')), 'node02', [unit('iam', grown)]);
    expect(of(silent)).toEqual([['active-but-silent', 'iam@node02']]);
    expect(judged(silent).causes).toMatchObject([{ kind: 'unhealthy', subjects: ['iam@node02'] }]);
  });

  test('an answer from before the unit stopped contradicts nothing', () => {
    const world = healthy();
    const at = (monotonicMs: number, after: World, stopped: boolean): World =>
      looked(
        after,
        'node02',
        [unit('fiberlb', stopped ? { active: 'inactive', sub: 'dead', stateChangeMs: 1_000_500 } : {})],
        monotonicMs,
      );
    const before = at(1_000_000, world, false);
    const later = at(1_001_000, { ...before, nowMs: before.nowMs + 1000 }, true);
    expect(of(later)).toEqual([]);
    expect(of(round(later))).toEqual([['answers-but-stopped', 'fiberlb@node02']]);
  });

  test('a certificate of another node, where nobody verifies it', () => {
    const certificate = (...names: readonly string[]): Certificate => ({
      subject: names[0] === undefined ? '' : `CN=${names[0]}`,
      issuer: 'CN=ca',
      names,
      notBeforeMs: 0,
      notAfterMs: 9e15,
    });
    const with_ =
      (isInsecure: boolean, ...names: readonly string[]): Answers =>
      (target, atMs): ProbeResult | undefined =>
        target.instance === 'iam@node02'
          ? {
              ...pass(target, atMs),
              certificate: certificate(...names),
              ...(isInsecure ? { insecure: true } : {}),
            }
          : undefined;
    const seenAs = (...names: readonly string[]) => judged(rounds(healthy(), 2, with_(true, ...names)));
    expect(seenAs('node03', '10.0.0.3').contradictions).toMatchObject([
      { kind: 'identity', words: 'iam@node02 answers with the certificate of node03' },
    ]);
    for (const good of ['node02', '10.0.0.2', 'NODE02']) expect(seenAs(good).contradictions).toEqual([]);
    expect(seenAs().contradictions).toEqual([]);
    expect(judged(rounds(healthy(), 2, with_(false, 'node03'))).contradictions).toEqual([]);
  });

  test('leaders and sizes', () => {
    const split = rounds(healthy(), 3, (target, atMs) =>
      target.instance === 'chainfire@node02'
        ? pass(target, atMs, { raft: 'leader', cluster_size: 1 })
        : undefined,
    );
    expect(of(split)).toEqual([
      ['two-leaders', 'chainfire@node01', 'chainfire@node02'],
      ['sizes', 'chainfire@node01', 'chainfire@node02', 'chainfire@node03'],
    ]);
  });
});

describe('the age of a cause', () => {
  test('grows through a loop of crashes, whose tries to start come to nothing', () => {
    const { crash, mend, wait, state } = startIncident();
    crash('chainfire.service', ['node02']);
    const verdicts = new Set<string>();
    const begun = new Set<number>();
    // Each try lives for 300 ms: looked at often enough to be seen.
    for (let tries = 0; tries < 150; tries += 1) {
      wait(0.2);
      verdicts.add(state().instances.get('chainfire@node02')?.verdict ?? '');
      for (const { where, kind, sinceMs } of state().causes) {
        if (where.startsWith('chainfire') && kind !== 'starting') begun.add(sinceMs);
      }
    }
    expect([...verdicts]).toEqual(expect.arrayContaining(['starting', 'down']));
    expect([...begun]).toHaveLength(1);

    mend();
    wait();
    expect(state().instances.get('chainfire@node02')).not.toHaveProperty('downSinceMs');
    crash('chainfire.service', ['node02']);
    wait(15);
    expect(Math.min(...state().causes.map(({ sinceMs }) => sinceMs))).toBeGreaterThan(Math.max(...begun));
  });
});
