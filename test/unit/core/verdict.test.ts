import { describe, expect, test } from 'vitest';
import type { InstanceState } from '../../../src/core/model/cluster.ts';
import type { CheckTarget } from '../../../src/core/model/inventory.ts';
import type { ProbeFailureKind, ProbeResult, UnitFacts } from '../../../src/core/model/observation.ts';
import { builtinTopology } from '../../../src/topology/builtin.ts';
import {
  fail,
  judged,
  later,
  looked,
  pass,
  round,
  rounds,
  sick,
  unit,
  type World,
  worldOf,
} from './world.ts';

type Say = (target: CheckTarget, atMs: number) => ProbeResult;

/** Only this instance's answers are special. */
const only = (id: string, say: Say, check?: string) => (target: CheckTarget, atMs: number) =>
  target.instance === id && (check === undefined || target.spec.id === check) ? say(target, atMs) : undefined;

const instance = (world: World, id: string): InstanceState => {
  const found = judged(world).instances.get(id as InstanceState['id']);
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
};

const VMC = 'plasmavmc@node02';
const refused: Say = (_target, atMs) => fail(atMs, 'refused');
const healthy = (): World => rounds(worldOf(3), 3);

describe('ok', () => {
  test('every check passes: the latency is the word, and there is nothing to explain', () => {
    const state = instance(healthy(), VMC);
    expect(state).toMatchObject({ verdict: 'ok', word: '4 ms', reason: '', stale: false, latencyMs: 4 });
  });

  test('one failure among passes changes nothing before there are two', () => {
    const world = round(healthy(), only(VMC, refused));
    expect(instance(world, VMC).verdict).toBe('ok');
    expect(instance(round(world, only(VMC, refused)), VMC).verdict).toBe('down');
  });

  test('a missing status field is said, not held against it', () => {
    const world = round(
      healthy(),
      only(VMC, (target, atMs) => pass(target, atMs, { status: undefined })),
    );
    expect(instance(world, VMC)).toMatchObject({ verdict: 'ok', reason: 'no status field' });
  });

  test('a missing link field is not judged', () => {
    const world = round(
      healthy(),
      only('iam@node02', (target, atMs) => pass(target, atMs, { database: undefined })),
    );
    expect(instance(world, 'iam@node02')).toMatchObject({ verdict: 'ok', reason: '' });
  });

  test('a certificate that ends soon is mentioned', () => {
    const certificate = (atMs: number, days: number) => ({
      subject: 'node02',
      issuer: 'ca',
      names: ['node02'],
      notBeforeMs: 0,
      notAfterMs: atMs + days * 24 * 3600 * 1000,
    });
    const withDays = (days: number) =>
      round(
        healthy(),
        only(VMC, (target, atMs) => ({ ...pass(target, atMs), certificate: certificate(atMs, days) })),
      );
    expect(instance(withDays(90), VMC).reason).toBe('');
    expect(instance(withDays(5), VMC)).toMatchObject({ verdict: 'ok', reason: 'certificate ends in 5 d' });
    expect(judged(withDays(5)).headline).toMatchObject({
      verdict: 'ok',
      cause: 'plasmavmc on node02 · certificate ends in 5 d',
    });
  });

  test('a contradiction with systemd is mentioned and does not make it red', () => {
    const world = looked(healthy(), 'node02', [unit('plasmavmc', { active: 'failed', sub: 'failed' })]);
    expect(instance(world, VMC)).toMatchObject({
      verdict: 'ok',
      reason: 'answers, but systemd says failed',
    });
  });
});

describe('degraded: it answers, but', () => {
  const say = (answer: Say) => instance(round(healthy(), only(VMC, answer)), VMC);

  test('its status is not healthy, at once', () => {
    const state = say((target, atMs) => pass(target, atMs, { status: 'unhealthy' }));
    expect(state).toMatchObject({ verdict: 'degraded', reason: 'says unhealthy', word: 'unhealthy' });
  });

  test('it answers 503, and the body says why', () => {
    expect(say((_target, atMs) => sick(atMs, { status: 'degraded' }))).toMatchObject({
      verdict: 'degraded',
      reason: '503 says degraded',
      word: '503',
    });
  });

  test('a link is down that nothing else explains', () => {
    const state = instance(
      round(
        healthy(),
        only('iam@node02', (target, atMs) => pass(target, atMs, { database: 'disconnected' })),
      ),
      'iam@node02',
    );
    expect(state).toMatchObject({
      verdict: 'degraded',
      reason: 'database disconnected',
      word: 'database',
    });
  });

  test('a Raft member that has no leader', () => {
    const state = instance(
      round(
        healthy(),
        only('chainfire@node03', (_target, atMs) =>
          sick(atMs, { status: 'degraded', raft: 'candidate', term: 5, cluster_size: 1 }),
        ),
      ),
      'chainfire@node03',
    );
    expect(state).toMatchObject({
      verdict: 'degraded',
      reason: '503 no leader, term 5',
      word: 'candid.',
      raft: 'candidate',
    });
  });

  test('the body is not what was asked for', () => {
    expect(say((_target, atMs) => fail(atMs, 'body', 'not JSON'))).toMatchObject({
      verdict: 'degraded',
      reason: 'not JSON',
    });
  });

  test('one of several checks fails, the other passes', () => {
    const world = rounds(
      healthy(),
      2,
      only('flashdns@node02', (_target, atMs) => fail(atMs, 'timeout'), 'dns'),
    );
    expect(instance(world, 'flashdns@node02')).toMatchObject({
      verdict: 'degraded',
      word: 'dns',
      reason: '1 of 2 checks: dns timeout',
    });
    expect(judged(world).services.get('flashdns')).toMatchObject({
      verdict: 'degraded',
      reason: '1 of 2 checks',
    });
  });

  test('it is slow as often as it takes to be down', () => {
    const slow = only(VMC, (target, atMs) => pass(target, atMs, {}, 812));
    expect(instance(round(healthy(), slow), VMC)).toMatchObject({ verdict: 'ok', word: '812 ms' });
    const world = rounds(healthy(), 2, slow);
    expect(instance(world, VMC)).toMatchObject({
      verdict: 'degraded',
      reason: 'slow 812 ms',
      word: '812 ms',
    });
    expect(instance(round(world), VMC).verdict).toBe('ok');
  });

  test('slow is what the check says it is', () => {
    const topology = builtinTopology();
    const patient = {
      ...topology,
      services: topology.services.map((service) =>
        service.name === 'plasmavmc'
          ? { ...service, checks: service.checks.map((check) => ({ ...check, slowMs: 1000 })) }
          : service,
      ),
    };
    const world = rounds(worldOf(3, undefined, patient), 3);
    const slow = (ms: number) => only(VMC, (target, atMs) => pass(target, atMs, {}, ms));
    expect(instance(rounds(world, 2, slow(812)), VMC).verdict).toBe('ok');
    expect(instance(rounds(world, 2, slow(1001)), VMC).verdict).toBe('degraded');
  });
});

describe('down', () => {
  test('two failures in a row, whatever the transport failure is', () => {
    const kinds: readonly (readonly [ProbeFailureKind, string])[] = [
      ['timeout', 'timeout'],
      ['refused', 'refused'],
      ['unreachable', 'no route'],
      ['dns', 'name not found'],
      ['tls-expired', 'certificate expired'],
      ['tls-untrusted', 'certificate not trusted'],
      ['tls-name', 'certificate has another name'],
      ['protocol', 'protocol'],
      ['too-large', 'answer too large'],
    ];
    for (const [kind, reason] of kinds) {
      const world = rounds(
        healthy(),
        2,
        only(VMC, (_target, atMs) => fail(atMs, kind)),
      );
      expect(instance(world, VMC), kind).toMatchObject({ verdict: 'down', reason });
    }
  });

  test('all checks silent', () => {
    const world = rounds(healthy(), 2, only('flashdns@node02', refused));
    expect(instance(world, 'flashdns@node02').verdict).toBe('down');
  });

  test('a silence after a wrong answer is still only one silence', () => {
    const world = round(
      round(
        healthy(),
        only(VMC, (_target, atMs) => sick(atMs, { status: 'degraded' })),
      ),
      only(VMC, refused),
    );
    expect(instance(world, VMC)).toMatchObject({ verdict: 'degraded', reason: 'refused, 1 of 2' });
    expect(instance(round(world, only(VMC, refused)), VMC).verdict).toBe('down');
  });

  test('comes back after as many passes as `rise` says', () => {
    const base = worldOf(3);
    const strict: World = { ...base, options: { ...base.options, rise: 2 } };
    const down = rounds(rounds(strict, 3), 2, only(VMC, refused));
    expect(instance(round(down), VMC)).toMatchObject({ verdict: 'down', reason: 'answers again, 1 of 2' });
    expect(instance(rounds(down, 2), VMC).verdict).toBe('ok');
    // A pass between failures is not recovery.
    expect(instance(round(round(down), only(VMC, refused)), VMC).verdict).toBe('down');
  });
});

describe('unknown', () => {
  test('never seen', () => {
    expect(instance(worldOf(3), VMC)).toMatchObject({
      verdict: 'unknown',
      reason: 'not seen yet',
      word: 'unseen',
      stale: false,
    });
  });

  test('the first failure ever', () => {
    expect(instance(round(worldOf(3), only(VMC, refused)), VMC)).toMatchObject({
      verdict: 'unknown',
      reason: '1 of 2 failures: refused',
    });
  });

  test('older than three intervals', () => {
    expect(instance(later(healthy(), 6000), VMC).verdict).toBe('ok');
    expect(instance(later(healthy(), 42_000), VMC)).toMatchObject({
      verdict: 'unknown',
      reason: 'stale 42 s',
      word: 'stale',
      stale: true,
    });
  });

  test('a failing check is polled rarely and not stale for that', () => {
    const down = rounds(healthy(), 2, only(VMC, refused));
    expect(instance(later(down, 45_000), VMC).verdict).toBe('down');
    expect(instance(later(down, 45_001), VMC)).toMatchObject({ verdict: 'unknown', reason: 'stale 45 s' });
  });

  test('its node is unreachable: one fact', () => {
    const dark = rounds(healthy(), 2, (target, atMs) =>
      target.node === 'node02' ? fail(atMs, target.spec.kind === 'dns' ? 'dns' : 'timeout') : undefined,
    );
    expect(instance(dark, VMC)).toMatchObject({ verdict: 'unknown', reason: 'node unreachable' });
    expect(judged(dark).nodes.get('node02')).toMatchObject({
      verdict: 'down',
      reachable: false,
      reason: 'unreachable, 9 instances unseen',
    });
  });

  test('a node that refuses one connection is there', () => {
    const world = rounds(healthy(), 2, (target, atMs) => {
      if (target.node !== 'node02') return undefined;
      return fail(atMs, target.service === 'iam' ? 'refused' : 'timeout');
    });
    expect(judged(world).nodes.get('node02')?.reachable).toBe(true);
    expect(instance(world, VMC).verdict).toBe('down');
  });

  test('a node whose systemd still answers over ssh is there', () => {
    const dark = rounds(healthy(), 2, (target, atMs) =>
      target.node === 'node02' ? fail(atMs, 'timeout') : undefined,
    );
    expect(judged(looked(dark, 'node02', [])).nodes.get('node02')?.reachable).toBe(true);
    const before = looked(healthy(), 'node02', []);
    const gone = rounds(before, 2, (target, atMs) =>
      target.node === 'node02' ? fail(atMs, 'timeout') : undefined,
    );
    expect(judged(gone).nodes.get('node02')?.reachable).toBe(false);
  });
});

describe('what systemd says of a silent endpoint', () => {
  const silent = (): World => rounds(healthy(), 2, only(VMC, refused));
  const withUnit = (facts: Partial<UnitFacts>, monotonicMs = 1_000_000): InstanceState =>
    instance(looked(silent(), 'node02', [unit('plasmavmc', facts)], monotonicMs), VMC);

  test('activating: how far', () => {
    const state = withUnit({ active: 'activating', sub: 'start', inactiveExitMs: 993_000 });
    expect(state).toMatchObject({ verdict: 'starting', reason: '0:07 of 0:10', word: '0:07' });
  });

  test('activating goes on by our clock between looks, and is late after twice the documented time', () => {
    const world = looked(silent(), 'node02', [
      unit('plasmavmc', { active: 'activating', sub: 'start-pre', inactiveExitMs: 993_000 }),
    ]);
    expect(instance(later(world, 13_000), VMC)).toMatchObject({
      verdict: 'starting',
      reason: '0:20 of 0:10',
    });
    expect(instance(later(world, 14_000), VMC)).toMatchObject({ verdict: 'late', reason: '0:21 of 0:10' });
  });

  test('late past TimeoutStartSec even before twice the documented time', () => {
    const state = withUnit({
      active: 'activating',
      sub: 'start',
      inactiveExitMs: 988_000,
      timeoutStartMs: 11_000,
    });
    expect(state.verdict).toBe('late');
  });

  test('a first look at a unit that is on its way is already an answer', () => {
    const world = looked(round(worldOf(3), only(VMC, refused)), 'node02', [
      unit('plasmavmc', { active: 'activating', sub: 'start', inactiveExitMs: 999_000 }),
    ]);
    expect(instance(world, VMC).verdict).toBe('starting');
  });

  test('between two tries it is down, not starting', () => {
    const state = withUnit({
      active: 'activating',
      sub: 'auto-restart',
      result: 'exit-code',
      exitCode: 3,
      restarts: 5,
    });
    expect(state).toMatchObject({ verdict: 'down', reason: 'exit 3, 5 restarts', word: 'exit 3' });
  });

  test('the next try is announced when RestartSec is documented', () => {
    const world = looked(rounds(healthy(), 2, only('chainfire@node02', refused)), 'node02', [
      unit('chainfire', {
        active: 'activating',
        sub: 'auto-restart',
        result: 'exit-code',
        exitCode: 3,
        restarts: 2,
        stateChangeMs: 997_000,
      }),
    ]);
    expect(instance(world, 'chainfire@node02').reason).toBe('exit 3, 2 restarts, next in 7 s');
  });

  test('one more try of many is not a start', () => {
    const trying = { active: 'activating', sub: 'start', inactiveExitMs: 998_000 };
    expect(withUnit({ ...trying, restarts: 1 }).verdict).toBe('starting');
    expect(withUnit({ ...trying, restarts: 4 })).toMatchObject({
      verdict: 'down',
      reason: 'keeps restarting, 4 restarts, 0:02 of 0:10',
    });
  });

  test('failed, with the result in words', () => {
    const words = (facts: Partial<UnitFacts>) =>
      withUnit({ active: 'failed', sub: 'failed', ...facts }).reason;
    expect(words({ result: 'exit-code', exitCode: 3, restarts: 5 })).toBe('failed, exit 3, 5 restarts');
    expect(words({ result: 'signal', exitCode: 9, exitHow: 2 })).toBe('failed, killed by SIGKILL');
    expect(words({ result: 'core-dump', exitCode: 11, restarts: 1 })).toBe(
      'failed, crashed, SIGSEGV, 1 restart',
    );
    expect(words({ result: 'timeout' })).toBe('failed, timed out');
    expect(words({ result: 'oom-kill' })).toBe('failed, out of memory');
    expect(words({ result: 'start-limit-hit' })).toBe('failed, start limit hit');
    expect(words({ result: 'watchdog' })).toBe('failed, watchdog timed out');
    expect(words({ result: 'something-new' })).toBe('failed, something-new');
  });

  test('stopped, stopping, missing, masked', () => {
    expect(withUnit({ active: 'inactive', sub: 'dead' })).toMatchObject({
      verdict: 'down',
      reason: 'not started since boot',
    });
    expect(withUnit({ active: 'inactive', sub: 'dead', inactiveEnterMs: 990_000 })).toMatchObject({
      verdict: 'down',
      reason: 'stopped',
    });
    expect(withUnit({ active: 'deactivating', sub: 'stop-sigterm' })).toMatchObject({
      verdict: 'down',
      reason: 'stopping',
    });
    expect(withUnit({ active: 'inactive', load: 'not-found' })).toMatchObject({
      verdict: 'down',
      reason: 'no such unit: deploy it',
    });
    expect(withUnit({ active: 'inactive', load: 'masked' })).toMatchObject({
      verdict: 'down',
      reason: 'unit is masked: unmask it',
    });
  });

  test('a waiting job names what it waits for', () => {
    const world = looked(silent(), 'node02', [
      unit('chainfire'),
      unit('iam', { active: 'activating', sub: 'start' }),
      unit('plasmavmc', { active: 'inactive', sub: 'dead', job: 71 }),
    ]);
    expect(instance(world, VMC)).toMatchObject({
      verdict: 'starting',
      reason: 'waits for iam',
      word: 'waiting',
    });
  });

  test('active, and silent all the same: the endpoint has the word', () => {
    expect(withUnit({ activeEnterMs: 500_000 })).toMatchObject({ verdict: 'down', reason: 'refused' });
  });

  test('a silence from before it came up says nothing about it now', () => {
    const world = later(silent(), 5000);
    const up = looked(world, 'node02', [unit('plasmavmc', { activeEnterMs: 999_000 })]);
    expect(instance(up, VMC)).toMatchObject({ verdict: 'starting', reason: 'just came up' });
  });

  test('Type=simple is active before its port opens', () => {
    const iam = rounds(healthy(), 2, only('iam@node02', refused));
    const up = (activeEnterMs: number) =>
      instance(looked(iam, 'node02', [unit('iam', { activeEnterMs })]), 'iam@node02');
    expect(up(998_000)).toMatchObject({ verdict: 'starting', reason: '0:02 of 0:05', word: '0:02' });
    expect(up(990_000)).toMatchObject({ verdict: 'starting', reason: '0:10 of 0:05' });
    expect(up(989_000)).toMatchObject({ verdict: 'down', reason: 'refused' });
  });

  test('an old look is not believed', () => {
    const world = looked(silent(), 'node02', [unit('plasmavmc', { active: 'failed', sub: 'failed' })]);
    const much = rounds(later(world, 40_000), 4, only(VMC, refused));
    expect(instance(much, VMC)).toMatchObject({ verdict: 'down', reason: 'refused' });
    expect(instance(much, VMC).unit).toBeUndefined();
  });
});
