/** What systemd says of a unit's file: why it cannot start, and what will change without notice. */
import { describe, expect, test } from 'vitest';
import type { InstanceState } from '../../../src/core/model/cluster.ts';
import type { UnitFacts } from '../../../src/core/model/observation.ts';
import { lastingNotes, loadFault } from '../../../src/core/unit-notes.ts';
import { fail, judged, looked, rounds, unit, type World, worldOf } from './world.ts';

const ID = 'plasmavmc@node02';
const withUnit = (world: World, facts: Partial<UnitFacts>): InstanceState => {
  const found = judged(looked(world, 'node02', [unit('plasmavmc', facts)])).instances.get(ID);
  if (found === undefined) throw new Error('no instance');
  return found;
};
const healthy = (): World => rounds(worldOf(3), 3);
const silent = (): World =>
  rounds(healthy(), 2, (target, atMs) => (target.instance === ID ? fail(atMs, 'refused') : undefined));

const FAULTS: readonly (readonly [string, string, string, string, RegExp])[] = [
  [
    'not-found',
    'no unit',
    'no such unit: deploy it',
    'answers, but systemd knows no such unit',
    /deploy plasmavmc\.service/u,
  ],
  ['masked', 'masked', 'unit is masked: unmask it', 'answers, but its unit is masked', /systemctl unmask/u],
  [
    'bad-setting',
    'bad unit',
    'unit file has a bad setting: mend it',
    'answers, but its unit file has a bad setting',
    /systemd-analyze verify/u,
  ],
  [
    'error',
    'bad unit',
    'unit file cannot be read: mend it',
    'answers, but its unit file cannot be read',
    /daemon-reload/u,
  ],
];

describe('a unit that systemd cannot start', () => {
  test.each(FAULTS)('%s', (load, word, reason, yet, advice) => {
    expect(withUnit(silent(), { load, active: 'inactive', sub: 'dead' })).toMatchObject({
      verdict: 'down',
      word,
      reason,
    });
    expect(withUnit(healthy(), { load, active: 'active' })).toMatchObject({ verdict: 'ok', reason: yet });
    expect(loadFault(unit('plasmavmc', { load }))?.advice).toMatch(advice);
  });

  test('a unit that is loaded has no fault', () => {
    expect(loadFault(unit('plasmavmc'))).toBeUndefined();
  });
});

describe('what will change', () => {
  test('disabled: it runs, and will not come back after a reboot', () => {
    expect(withUnit(healthy(), { unitFile: 'disabled' })).toMatchObject({
      verdict: 'ok',
      word: '4 ms',
      reason: 'disabled: will not start at boot',
    });
    expect(lastingNotes(unit('plasmavmc', { unitFile: 'disabled' }))[0]?.advice).toContain(
      'systemctl enable plasmavmc.service',
    );
  });

  test('a file that changed on disk', () => {
    expect(withUnit(healthy(), { needsReload: true })).toMatchObject({
      verdict: 'ok',
      reason: 'unit file changed on disk: daemon-reload',
    });
  });

  test('neither makes a sentence of its own', () => {
    const world = looked(healthy(), 'node02', [
      unit('plasmavmc', { unitFile: 'disabled', needsReload: true }),
    ]);
    expect(judged(world).verdict).toBe('ok');
    expect(judged(world).headline.sentence).toBe('All 9 services on 3 nodes are healthy.');
    expect(lastingNotes(unit('plasmavmc', { unitFile: 'disabled', needsReload: true }))).toHaveLength(2);
  });

  test('enabled, static and unknown are nothing to note', () => {
    for (const unitFile of ['enabled', 'static', '', undefined]) {
      const facts = unitFile === undefined ? {} : { unitFile };
      expect(lastingNotes(unit('plasmavmc', { ...facts, needsReload: false }))).toEqual([]);
    }
  });
});
