import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Observation, UnitFacts } from '../../../src/core/model/observation.ts';
import { decodeMessage, encodeMessage, MESSAGE_TYPE, type Message } from '../../../src/lib/dbus/message.ts';
import { BusNews, isReloaded } from '../../../src/probes/bus-news.ts';
import { type RecordingName, recordedMessages } from './bus-recording.ts';

const UNITS = [
  'chainfire.service',
  'flaredb.service',
  'iam.service',
  'chainfire-cluster-join.service',
  'iam-initial-setup.service',
];

const running = (unit: string): UnitFacts => ({
  unit,
  load: 'loaded',
  active: 'active',
  sub: 'running',
  result: 'success',
});

/** Everything that a recording says about the units; drained after every so many signals. */
const replay = (name: RecordingName, every: number) => {
  const facts = new Map(UNITS.map((unit) => [unit, running(unit)]));
  const news = new BusNews('node02', UNITS);
  const ends: string[] = [];
  const states = new Map<string, string[]>(UNITS.map((unit) => [unit, []]));
  let pushed = 0;
  const take = (observations: readonly Observation[]): void => {
    for (const observation of observations) {
      pushed += 1;
      if (observation.kind === 'job-end') ends.push(`${observation.end.unit} ${observation.end.result}`);
      if (observation.kind !== 'unit') continue;
      const { unit, active, sub } = observation.unit;
      facts.set(unit, observation.unit);
      const seen = states.get(unit);
      if (seen?.at(-1) !== `${active}/${sub}`) seen?.push(`${active}/${sub}`);
    }
  };
  const drain = (): void => take(news.drain(5, (unit) => facts.get(unit)).observations);
  for (const [index, message] of recordedMessages(name).entries()) {
    if (message.type === MESSAGE_TYPE.signal) news.take(message);
    if (index % every === 0) drain();
  }
  drain();
  return { facts, ends, states, pushed };
};

const signal = (
  place: { readonly path: string; readonly interface: string; readonly member: string },
  signature: string,
  body: readonly unknown[],
): Message =>
  decodeMessage(
    encodeMessage({ type: MESSAGE_TYPE.signal, serial: 1, sender: ':1.0', ...place, signature, body }),
  );

const job = (member: 'JobNew' | 'JobRemoved', id: number, unit: string, result?: string): Message =>
  signal(
    { path: '/org/freedesktop/systemd1', interface: 'org.freedesktop.systemd1.Manager', member },
    result === undefined ? 'uos' : 'uoss',
    [id, `/org/freedesktop/systemd1/job/${id}`, unit, ...(result === undefined ? [] : [result])],
  );

const properties = (path: string, dict: readonly unknown[]): Message =>
  signal({ path, interface: 'org.freedesktop.DBus.Properties', member: 'PropertiesChanged' }, 'sa{sv}as', [
    'org.freedesktop.systemd1.Unit',
    dict,
    [],
  ]);

const CHAINFIRE = '/org/freedesktop/systemd1/unit/chainfire_2eservice';

describe('news of a real systemd', () => {
  it('tell how a stop goes through the units, and how they come back', () => {
    const { states, ends, facts } = replay('stop-start', 1);
    expect(states.get('flaredb.service')).toEqual([
      'active/running',
      'deactivating/stop-sigterm',
      'inactive/dead',
      'activating/start',
      'active/running',
    ]);
    expect(states.get('chainfire-cluster-join.service')?.slice(1)).toEqual([
      'active/exited',
      'inactive/dead',
      'activating/start',
      'active/exited',
    ]);
    expect(new Set(ends.map((end) => end.split(' ')[1]))).toEqual(new Set(['done']));
    expect(facts.get('chainfire.service')).toEqual({
      ...running('chainfire.service'),
      invocation: 'd636588a74594c3ca881a4b2120221f1',
      restarts: 0,
      mainPid: 541,
      statusText: 'serving on :2379',
      inactiveExitMs: 13204573.144,
      activeEnterMs: 13207637.385,
      activeExitMs: 13203258.166,
      inactiveEnterMs: 13203320.083,
      stateChangeMs: 13207637.385,
    });
  });

  it('tell who failed and who was only waiting for it', () => {
    const { ends, states } = replay('dependency', 1);
    expect(ends).toContain('chainfire.service failed');
    expect(ends.filter((end) => end.endsWith(' dependency')).sort()).toEqual([
      'chainfire-cluster-join.service dependency',
      'flaredb.service dependency',
      'iam-initial-setup.service dependency',
      'iam.service dependency',
    ]);
    expect(states.get('chainfire.service')).toContain('activating/auto-restart');
  });

  it('end the same however seldom they are drained, and cost less', () => {
    for (const name of ['stop-start', 'dependency'] as const) {
      const often = replay(name, 1);
      fc.assert(
        fc.property(fc.integer({ min: 2, max: 500 }), (every) => {
          const seldom = replay(name, every);
          expect(seldom.facts).toEqual(often.facts);
          expect(seldom.ends.sort()).toEqual(often.ends.sort());
        }),
        { numRuns: 20 },
      );
      expect(replay(name, 10_000).pushed).toBeLessThan(often.pushed / 3);
    }
  });
});

describe('news', () => {
  it('leave a job that came in place of the one that ended', () => {
    const news = new BusNews('node02', ['chainfire.service']);
    const known = (unit: string): UnitFacts => ({ ...running(unit), job: 7 });
    news.take(job('JobRemoved', 5, 'chainfire.service', 'canceled'));
    expect(news.drain(5, known).observations.map(({ kind }) => kind)).toEqual(['job-end']);
    news.take(job('JobRemoved', 7, 'chainfire.service', 'done'));
    const [one] = news.drain(6, known).observations;
    expect(one?.kind === 'unit' && one.unit.job).toBeUndefined();
  });

  it('survive whatever a node calls the properties of a unit', () => {
    const bodies: readonly (readonly [string, readonly unknown[]])[] = [
      ['sai', ['x', [1, 2]]],
      ['sab', ['x', [true]]],
      ['sas', ['x', ['ActiveState', 'failed']]],
      ['sa(i)', ['x', [[1]]]],
      ['sa{si}', ['x', [['ActiveState', 1]]]],
      ['u', [1]],
    ];
    const place = { interface: 'org.freedesktop.DBus.Properties', member: 'PropertiesChanged' };
    for (const [signature, body] of bodies) {
      const news = new BusNews('node02', ['chainfire.service']);
      expect(() => news.take(signal({ path: CHAINFIRE, ...place }, signature, body))).not.toThrow();
      const [one] = news.drain(5, running).observations;
      expect(one === undefined || (one.kind === 'unit' && one.unit.active === 'active')).toBe(true);
    }
  });

  it('are nothing about units that are not watched or not known yet', () => {
    const news = new BusNews('node02', ['chainfire.service']);
    expect(news.take(properties('/org/freedesktop/systemd1/unit/ssh_2eservice', []))).toBe(false);
    expect(news.take(job('JobRemoved', 3, 'ssh.service', 'done'))).toBe(false);
    expect(news.take(properties(CHAINFIRE, [['ActiveState', ['s', 'failed']]]))).toBe(true);
    expect(news.drain(5, () => undefined)).toEqual({ observations: [], moved: new Set() });
  });

  it('name the units that moved, and not those that only have a job', () => {
    const units = ['chainfire.service', 'iam.service'];
    const news = new BusNews('node02', units);
    news.take(properties(CHAINFIRE, [['ActiveState', ['s', 'deactivating']]]));
    news.take(job('JobNew', 9, 'iam.service'));
    const { moved, observations } = news.drain(5, running);
    expect([...moved]).toEqual(['chainfire.service']);
    expect(observations).toContainEqual({
      ...{ kind: 'unit', node: 'node02', atMs: 5 },
      unit: { ...running('iam.service'), job: 9 },
    });
    news.take(job('JobRemoved', 9, 'iam.service', 'canceled'));
    const after = news.drain(6, (unit) => ({ ...running(unit), job: 9 }));
    expect(after.observations).toEqual([
      { kind: 'unit', node: 'node02', atMs: 6, unit: running('iam.service') },
      {
        kind: 'job-end',
        node: 'node02',
        end: { atMs: 6, id: 9, unit: 'iam.service', result: 'canceled' },
      },
    ]);
  });

  it('keep a new job when the one that it replaces ends', () => {
    const news = new BusNews('node02', ['iam.service']);
    news.take(job('JobNew', 10, 'iam.service'));
    news.take(job('JobRemoved', 9, 'iam.service', 'canceled'));
    const { observations } = news.drain(5, running);
    expect(observations[0]).toMatchObject({ unit: { job: 10 } });
  });

  it('hold no escape codes, and stay small in a flood', () => {
    const news = new BusNews('node02', ['chainfire.service']);
    for (let count = 0; count < 20_000; count++) {
      news.take(
        job('JobRemoved', count, 'chainfire.service', `\u001b]0;owned\u0007${count}${'x'.repeat(500)}`),
      );
      news.take(
        properties(CHAINFIRE, [
          ['StatusText', ['s', `\u001b[31m${count}`]],
          [`Other${count}`, ['u', 1]],
        ]),
      );
    }
    const { observations } = news.drain(5, running);
    expect(observations).toHaveLength(9);
    expect(JSON.stringify(observations)).not.toMatch(/u001b|u0007/);
    expect(JSON.stringify(observations).length).toBeLessThan(3000);
    expect(JSON.stringify(observations)).toContain('19999');
  });

  it('of bodies that are no signals of systemd change nothing', () => {
    const news = new BusNews('node02', ['chainfire.service']);
    const value = fc.oneof(
      fc.tuple(fc.constant('u'), fc.nat()),
      fc.tuple(fc.constant('as'), fc.array(fc.constantFrom('a', 'b'))),
      fc.tuple(fc.constant('(so)'), fc.constant(['a', '/'])),
      fc.tuple(fc.constant('v'), fc.constant(['b', true])),
    );
    const place = {
      path: CHAINFIRE,
      interface: 'org.freedesktop.DBus.Properties',
      member: 'PropertiesChanged',
    };
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 4 }), (values) => {
        news.take(
          signal(
            place,
            values.map(([type]) => type).join(''),
            values.map(([, each]) => each),
          ),
        );
        const { observations } = news.drain(5, running);
        for (const observation of observations) {
          expect(observation).toMatchObject({ unit: running('chainfire.service') });
        }
      }),
    );
  });
});

describe('a reload of the unit files', () => {
  const reloading = (isBegun: boolean): Message =>
    signal(
      {
        path: '/org/freedesktop/systemd1',
        interface: 'org.freedesktop.systemd1.Manager',
        member: 'Reloading',
      },
      'b',
      [isBegun],
    );

  it('is over when systemd says so, and not when it begins', () => {
    expect(isReloaded(reloading(true))).toBe(false);
    expect(isReloaded(reloading(false))).toBe(true);
    expect(isReloaded(job('JobNew', 9, 'iam.service'))).toBe(false);
  });
});
