import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { UnitFacts } from '../../../src/core/model/observation.ts';
import { parseProperties, parseShow, parseSpan } from '../../../src/probes/systemd-show.ts';

const directory = new URL('../../fixtures/systemd/', import.meta.url);
/** What systemd 252 really answered. */
const said = (name: string): string => readFileSync(new URL(name, directory), 'utf8');
const only = (name: string): UnitFacts => {
  const units = parseShow(said(name));
  expect(units).toHaveLength(1);
  return units[0] as UnitFacts;
};

describe('parseShow on real answers', () => {
  it('reads a running notify unit in full', () => {
    expect(only('show-notify-running.out')).toEqual({
      unit: 'chainfire.service',
      load: 'loaded',
      active: 'active',
      sub: 'running',
      result: 'success',
      type: 'notify',
      unitFile: 'enabled',
      restarts: 0,
      mainPid: 29,
      statusText: 'serving on :2379',
      invocation: '6d682471f3974c92acc6bee8a51c2af0',
      needsReload: false,
      inactiveExitMs: 772464.446,
      activeEnterMs: 782728.562,
      stateChangeMs: 782728.562,
      timeoutStartMs: 60_000,
    });
  });

  it('reads a finished oneshot', () => {
    expect(only('show-oneshot-exited.out')).toMatchObject({
      unit: 'chainfire-cluster-join.service',
      type: 'oneshot',
      active: 'active',
      sub: 'exited',
      exitHow: 1,
      exitCode: 0,
      timeoutStartMs: 120_000,
    });
  });

  it('reads a unit that does not exist', () => {
    expect(only('show-notfound.out')).toEqual({
      unit: 'nosuch.service',
      load: 'not-found',
      active: 'inactive',
      sub: 'dead',
      result: 'success',
      restarts: 0,
      needsReload: false,
      timeoutStartMs: 90_000,
    });
  });

  it('reads a start that timed out, between two tries', () => {
    expect(only('show-start-timeout.out')).toMatchObject({
      active: 'activating',
      sub: 'auto-restart',
      result: 'timeout',
      exitHow: 2,
      exitCode: 15,
      timeoutStartMs: 6000,
    });
  });

  it('reads a unit that ran into its start limit', () => {
    expect(
      parseShow(said('start-limit-show.out')).map((unit) => [unit.unit, unit.active, unit.restarts]),
    ).toEqual([
      ['chainfire.service', 'failed', 4],
      ['flaredb.service', 'inactive', 0],
      ['iam.service', 'inactive', 0],
      ['chainfire-cluster-join.service', 'inactive', 0],
    ]);
  });

  it('keeps thirteen units in the order asked', () => {
    expect(parseShow(said('show-13-units.out')).map((unit) => unit.unit)).toEqual([
      'chainfire.service',
      'chainfire-cluster-join.service',
      'flaredb.service',
      'flaredb-cluster-join.service',
      'iam.service',
      'iam-initial-setup.service',
      'plasmavmc.service',
      'novanet.service',
      'flashdns.service',
      'fiberlb.service',
      'lightningstor.service',
      'k8shost.service',
      'cluster-health-check.service',
    ]);
  });

  it('sees the jobs of a first boot', () => {
    const units = new Map(parseShow(said('firstboot-show-01.out')).map((unit) => [unit.unit, unit]));
    expect(units.get('chainfire.service')).toMatchObject({ active: 'activating', sub: 'start', job: 64 });
    const waiting = units.get('chainfire-cluster-join.service');
    expect(waiting).toMatchObject({ active: 'inactive', job: 66 });
    expect(waiting).not.toHaveProperty('invocation');
    expect(waiting).not.toHaveProperty('activeEnterMs');
  });

  it('takes the whole of `show` without -p, and the output of other commands after it', () => {
    expect(only('show-full-chainfire.out')).toMatchObject({
      unit: 'chainfire.service',
      active: 'active',
      mainPid: 29,
    });
    expect(parseShow(said('join-fail-state.out')).map((unit) => unit.result)).toEqual([
      'exit-code',
      'success',
    ]);
  });
});

describe('parseShow on what is not as it should be', () => {
  const text = said('show-13-units.out');

  it('does not mind CRLF', () => {
    expect(parseShow(text.replaceAll('\n', '\r\n'))).toEqual(parseShow(text));
  });

  it('does not mind what a login script prints first', () => {
    expect(parseShow(`Welcome to node01!\n  * load: 0.1\nmotd=1\n\n${text}`)).toEqual(parseShow(text));
  });

  it('does without the keys that systemd 239 lacks', () => {
    const old = 'Id=a.service\nActiveState=active\nSubState=running\nSomethingNew=1\n';
    expect(parseShow(old)).toEqual([
      { unit: 'a.service', load: '', active: 'active', sub: 'running', result: '' },
    ]);
  });

  it('keeps the equals signs of a value, and reads [not set] and infinity as nothing', () => {
    const odd =
      'Id=a.service\nActiveState=active\nSubState=running\nStatusText=a=b=c\nMainPID=[not set]\nTimeoutStartUSec=infinity\n';
    expect(parseShow(odd)).toEqual([
      { unit: 'a.service', load: '', active: 'active', sub: 'running', result: '', statusText: 'a=b=c' },
    ]);
  });

  it('makes hostile text harmless', () => {
    const [unit] = parseShow(
      'Id=a.service\nActiveState=active\nSubState=running\nStatusText=\u001b]52;c;AAAA\u0007boo\u202e\n',
    );
    expect(unit?.statusText).toBe('·boo·');
  });

  it('gives only whole units when the text is cut anywhere', () => {
    const whole = parseShow(text);
    fc.assert(
      fc.property(fc.nat(text.length), (at) => {
        const facts = parseShow(text.slice(0, at));
        expect(facts.length).toBeLessThanOrEqual(whole.length);
        const done = facts.slice(0, -1);
        expect(done).toEqual(whole.slice(0, done.length));
        const last = facts.at(-1);
        if (last !== undefined) expect(whole[facts.length - 1]).toMatchObject(last);
      }),
    );
  });

  it('leaves out two units that have run into each other, and what is told twice', () => {
    const block = (unit: string, more = ''): string =>
      `Id=${unit}\nActiveState=active\nSubState=running\n${more}`;
    expect(parseShow(block('a.service') + block('b.service'))).toEqual([]);
    expect(parseShow(block('a.service', 'MainPID=1\nMainPID=2\nResult=success\nResult=success\n'))).toEqual([
      { unit: 'a.service', load: '', active: 'active', sub: 'running', result: 'success' },
    ]);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (noise) => void parseShow(`${noise}\n${text}${noise}`)),
    );
  });
});

describe('parseSpan', () => {
  it.each([
    ['1min 30s', 90_000],
    ['6s', 6000],
    ['1.5s', 1500],
    ['500ms', 500],
    ['250us', 0.25],
    ['2h 5min', 7_500_000],
    ['1d', 86_400_000],
    ['infinity', undefined],
    [`${'9'.repeat(400)}y`, undefined],
    ['[not set]', undefined],
    ['', undefined],
    ['30', undefined],
  ])('%j is %j ms', (text, ms) => {
    expect(parseSpan(text)).toBe(ms);
  });
});

describe('parseProperties', () => {
  it('cannot be talked into a prototype', () => {
    expect(parseProperties(['constructor=x', 'A=1', 'A=2']).get('A')).toBe('2');
  });
});
