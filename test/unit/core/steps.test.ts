/** First-boot steps that fail: what it means for the member, its node and the cluster. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ClusterState } from '../../../src/core/model/cluster.ts';
import type { UnitFacts } from '../../../src/core/model/observation.ts';
import { parseShow } from '../../../src/probes/systemd-show.ts';
import { fail, judged, later, looked, rounds, sick, unit, type World, worldOf } from './world.ts';

const said = (name: string): readonly UnitFacts[] =>
  parseShow(readFileSync(new URL(`../../fixtures/systemd/${name}`, import.meta.url), 'utf8'));

const FAILED: Partial<UnitFacts> = {
  type: 'oneshot',
  active: 'failed',
  sub: 'failed',
  result: 'exit-code',
  exitHow: 1,
  exitCode: 1,
  restarts: 5,
  inactiveEnterMs: 980_000,
};
const BETWEEN: Partial<UnitFacts> = { ...FAILED, active: 'activating', sub: 'auto-restart', restarts: 2 };

const healthy = (): World => rounds(worldOf(3), 3);
/** A member that never joined: up, and nobody leads it. */
const outsider = (): World =>
  rounds(healthy(), 2, (target, atMs) =>
    target.instance === 'flaredb@node03'
      ? sick(atMs, { status: 'degraded', raft: 'candidate', chainfire: 'connected', term: 1 })
      : undefined,
  );
const withStep = (world: World, step: Partial<UnitFacts>, name = 'flaredb-cluster-join'): ClusterState =>
  judged(looked(world, 'node03', [unit('chainfire'), unit('flaredb'), unit('iam'), unit(name, step)]));

describe('a member that never joined', () => {
  test('names its step, the service and the headline do, too', () => {
    const state = withStep(outsider(), FAILED);
    expect(state.instances.get('flaredb@node03')).toMatchObject({
      verdict: 'degraded',
      word: 'no join',
      reason: 'not joined: flaredb-cluster-join failed, exit 1, 6 tries',
      unmet: 'flaredb-cluster-join.service',
    });
    expect(state.services.get('flaredb')).toMatchObject({ verdict: 'degraded', reason: 'not joined' });
    expect(state.nodes.get('node03')).toMatchObject({
      verdict: 'degraded',
      reason: 'flaredb: not joined: flaredb-cluster-join failed, exit 1, 6 tries',
    });
    expect(state.headline).toMatchObject({
      verdict: 'degraded',
      sentence: 'FlareDB has not joined on node03: flaredb-cluster-join failed, exit 1.',
      users: 'Nothing is lost, but one more FlareDB member and the quorum is gone.',
      cause: 'flaredb-cluster-join on node03 · failed, exit 1, 6 tries · 0 s ago',
    });
  });

  test('between two tries it is not over, but it fails', () => {
    const state = withStep(outsider(), BETWEEN);
    expect(state.headline.sentence).toBe(
      'FlareDB has not joined on node03: flaredb-cluster-join fails, exit 1.',
    );
    expect(state.headline.cause).toContain('fails, exit 1, 3 tries');
  });

  test('silence, slowness and a bad certificate are not for want of a step', () => {
    for (const kind of ['refused', 'tls-expired'] as const) {
      const world = rounds(healthy(), 2, (target, atMs) =>
        target.instance === 'flaredb@node03' ? fail(atMs, kind) : undefined,
      );
      const found = withStep(world, FAILED).instances.get('flaredb@node03');
      expect(found?.verdict).toBe('down');
      expect(found?.reason).not.toContain('not joined');
    }
  });

  test('a step that runs, waits or is done explains nothing', () => {
    for (const facts of [
      { active: 'activating', sub: 'start', inactiveExitMs: 990_000 },
      { active: 'inactive', sub: 'dead', job: 71 },
      { active: 'active', sub: 'exited' },
    ]) {
      const state = withStep(outsider(), facts);
      expect(state.instances.get('flaredb@node03')?.reason).toBe('503 no leader, term 1');
      expect(state.nodes.get('node03')?.steps).toEqual([]);
    }
  });

  test('a look that is too old proves nothing', () => {
    const world = looked(outsider(), 'node03', [unit('flaredb'), unit('flaredb-cluster-join', FAILED)]);
    expect(judged(later(world, 44_000)).nodes.get('node03')?.steps).toHaveLength(1);
    expect(judged(later(world, 46_000)).nodes.get('node03')?.steps).toEqual([]);
  });
});

describe('a step that failed beside a service that is well', () => {
  test('is a warning: the node is degraded, and nothing is red', () => {
    const state = withStep(healthy(), FAILED, 'iam-initial-setup');
    expect(state.instances.get('iam@node03')).toMatchObject({
      verdict: 'ok',
      reason: 'fine, though iam-initial-setup failed, exit 1, 6 tries',
    });
    expect(state.counts.ok).toBe(27);
    expect(state.nodes.get('node03')).toMatchObject({
      verdict: 'degraded',
      reason: 'iam-initial-setup failed, exit 1, 6 tries',
    });
    expect(state.headline).toMatchObject({
      verdict: 'degraded',
      sentence: 'iam-initial-setup on node03 failed, exit 1; IAM is well all the same.',
      users: 'Nothing is lost: IAM is well all the same.',
      cause: 'iam-initial-setup on node03 · failed, exit 1, 6 tries · first seen 0 s ago',
    });
  });

  test('anything that is really broken comes first', () => {
    const world = rounds(healthy(), 2, (target, atMs) =>
      target.instance === 'novanet@node01' ? fail(atMs, 'refused') : undefined,
    );
    const { headline } = withStep(world, FAILED, 'iam-initial-setup');
    expect(headline.sentence).toBe('NovaNET is down on node01: refused.');
    expect(headline.cause).toContain('+1 more');
  });

  test('a step without a service is one of the node', () => {
    const state = withStep(healthy(), FAILED, 'cluster-health-check');
    expect(state.headline.sentence).toBe('cluster-health-check on node03 failed, exit 1.');
    expect(state.headline.users).toBe('Nothing is lost.');
  });

  test('what it holds is named', () => {
    const state = judged(
      looked(healthy(), 'node02', [unit('chainfire'), unit('flaredb'), ...said('join-fail-state.out')]),
    );
    expect(state.nodes.get('node02')?.steps).toMatchObject([
      { name: 'chainfire-cluster-join', state: 'failed', reason: 'fails, exit 1' },
      { name: 'flaredb-cluster-join', state: 'held', by: 'chainfire-cluster-join.service' },
    ]);
    expect(state.headline).toMatchObject({
      sentence: 'chainfire-cluster-join on node02 fails, exit 1.',
      cause: 'chainfire-cluster-join on node02 · fails, exit 1, holds 1 step · 0 s ago',
    });
  });

  test('an echo of its service is not told beside it', () => {
    const world = rounds(healthy(), 2, (target, atMs) =>
      target.instance === 'iam@node03' ? fail(atMs, 'refused') : undefined,
    );
    const { headline } = withStep(world, FAILED, 'iam-initial-setup');
    expect(headline.sentence).toBe('IAM is down on node03: refused.');
    expect(headline.cause).not.toContain('more');
  });
});

describe('what is nothing', () => {
  test.each<readonly [string, Partial<UnitFacts>]>([
    ['a step that is not there', { load: 'not-found', active: 'inactive', sub: 'dead' }],
    ['a step that was masked', { load: 'masked', active: 'inactive', sub: 'dead' }],
    ['a step that was disabled', { unitFile: 'disabled', active: 'inactive', sub: 'dead' }],
    ['a step whose own condition did not hold', { active: 'inactive', sub: 'dead' }],
    ['a step whose check said no', { active: 'inactive', sub: 'dead', result: 'exec-condition' }],
  ])('%s', (_what, facts) => {
    const state = withStep(healthy(), facts);
    expect(state.verdict).toBe('ok');
    expect(state.nodes.get('node03')).toMatchObject({ verdict: 'ok', reason: '', steps: [] });
  });

  test('a step of a service that the node does not run', () => {
    const [step] = said('show-notfound.out');
    if (step === undefined) throw new Error('no unit');
    const world = looked(healthy(), 'node03', [{ ...step, unit: 'flaredb-cluster-join.service' }]);
    expect(judged(world).verdict).toBe('ok');
  });
});
