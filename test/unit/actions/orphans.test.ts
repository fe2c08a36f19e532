import { describe, expect, it } from 'vitest';
import { findingOf, isOrphan } from '../../../src/actions/orphans.ts';
import { STOPPED_WATCHING } from '../../../src/actions/send.ts';
import type { AuditEnd, AuditEntry } from '../../../src/core/audit/model.ts';
import { readAudit } from '../../../src/core/audit/read.ts';
import { recentActs } from '../../../src/core/audit/recent.ts';
import { recentActsOfAll } from '../../../src/core/audit/recent-all.ts';
import type { InstanceId } from '../../../src/core/model/inventory.ts';
import type { UnitFacts } from '../../../src/core/model/observation.ts';
import { planRestart } from '../../helpers/plan-restart.ts';
import { createWorld, healthyWorld, inventoryOf, options, topology, type World } from './world.ts';

const SENT = Date.UTC(2026, 10, 23, 9);
const LATER = SENT + 60_000;
const UNIT = 'fiberlb.service';
const LOCAL = { host: 'jump1', pid: 4711, start: '99' };

const entryOf = (changes: Partial<AuditEntry> = {}): AuditEntry => ({
  id: 'j1',
  atMs: SENT,
  cluster: 'test',
  verb: 'restart',
  target: 'fiberlb@node02',
  node: 'node02',
  units: [UNIT],
  user: { name: 'root', sudoUser: 'alice' },
  writer: LOCAL,
  commands: [],
  commandLines: [],
  takesAlong: [],
  starts: [],
  expectedMs: 5000,
  before: new Map([[UNIT, 'before']]),
  ...changes,
});

const end = (outcome: string, words = '', resolved = false): AuditEnd => ({
  atMs: SENT + 1000,
  outcome,
  words,
  resolved,
  runs: new Map(),
});

/** The node's clock, ms since its boot, an hour before the command. */
const nodeMs = (wallMs: number): number => 3_600_000 + wallMs - SENT;

/** Looked at since, and all well but for what is told of the units. */
const worldOf = (
  units: Readonly<Record<string, Partial<UnitFacts>>>,
  { atMs = LATER, down = [] as readonly InstanceId[], bootMs = nodeMs(atMs) } = {},
): World => {
  const world = healthyWorld(inventoryOf(3), SENT - 4000);
  world.look(atMs, 'node02', units);
  const look = world.facts().units.get('node02');
  if (look !== undefined) {
    world.observe([{ kind: 'units', node: 'node02', look: { ...look, monotonicMs: bootMs } }], atMs);
  }
  world.poll(atMs - 1000, down);
  world.poll(atMs, down);
  return world;
};

const finding = (
  entry: AuditEntry,
  world: World,
  {
    nowMs = LATER,
    sinceMs = LATER - 2000,
    alive = false,
    host = 'jump1',
    others = [] as readonly AuditEntry[],
  } = {},
) =>
  findingOf(entry, {
    entries: [entry, ...others],
    topology,
    facts: world.facts(),
    cluster: world.cluster(),
    nowMs,
    sinceMs,
    host,
    isRunning: (writer) => alive && writer.pid === LOCAL.pid && writer.start === LOCAL.start,
  });

const newRun: Partial<UnitFacts> = { invocation: 'after', inactiveExitMs: nodeMs(SENT + 3000) };

describe('isOrphan', () => {
  it('is none of which the end alone is kept: nothing is left to hold what runs now against', () => {
    const rest = readAudit([
      JSON.stringify({
        ...{ v: 1, phase: 'outcome', id: 'j1', ts: new Date(SENT + 3000).toISOString(), cluster: 'test' },
        ...{ verb: 'restart', target: 'fiberlb@node02', node: 'node02', units: [UNIT], commands: [] },
        ...{ outcome: 'unknown', words: 'no sign since', user: { name: 'alice' } },
      }),
    ]).entries;
    expect(rest).toHaveLength(1);
    expect(rest.filter((entry) => isOrphan(entry, 'test', LATER))).toEqual([]);
  });

  it.each<[string, Partial<AuditEntry>, boolean]>([
    ['no outcome', {}, true],
    ['an end that was seen', { end: end('succeeded') }, false],
    ['lost contact', { end: end('unknown') }, true],
    ['left while it ran', { end: end('cancelled', STOPPED_WATCHING) }, true],
    ['cancelled before anything was sent', { end: end('cancelled', 'nothing was sent') }, false],
    ['looked up already', { end: end('unknown', 'cannot tell', true) }, false],
    ['another cluster', { cluster: 'other' }, false],
    ['no units, as of an operation', { units: [] }, false],
    ['too old', { atMs: LATER - 3_600_001 }, false],
  ])('%s', (_what, changes, is) => {
    expect(isOrphan(entryOf(changes), 'test', LATER)).toBe(is);
  });
});

describe('findingOf', () => {
  it('finds a restart that recovered', () => {
    expect(finding(entryOf(), worldOf({ [UNIT]: newRun }))).toEqual({
      kind: 'found',
      outcome: 'succeeded',
      words: 'found: restarted 3 s after the command, active since, healthy',
      runs: new Map([[UNIT, 'after']]),
    });
  });

  it('finds that a leader beside another recovered, and that there are two still', () => {
    const unit = 'chainfire.service';
    const world = worldOf({ [unit]: newRun });
    world.lead('node01', 'node02');
    for (const afterMs of [1000, 3000, 5000]) world.poll(LATER + afterMs);
    const entry = entryOf({
      ...{ target: 'chainfire@node02', units: [unit], before: new Map([[unit, 'before']]) },
    });
    expect(finding(entry, world, { nowMs: LATER + 5000 })).toMatchObject({
      outcome: 'succeeded',
      words:
        'found: restarted 3 s after the command, active since, healthy; two leaders still: node01, node02',
    });
  });

  it('finds that it never ran, but not while the command may be on its way', () => {
    const world = worldOf({});
    expect(finding(entryOf(), world)).toMatchObject({
      outcome: 'cancelled',
      words: expect.stringMatching(/^never ran/u),
    });
    expect(finding(entryOf({ atMs: LATER - 14_000 }), world)).toMatchObject({ kind: 'looking' });
  });

  it('finds that it failed', () => {
    const failed = { ...newRun, active: 'failed', sub: 'failed', result: 'exit-code', exitCode: 3 };
    expect(finding(entryOf(), worldOf({ [UNIT]: failed }))).toMatchObject({
      outcome: 'failed',
      words: 'found: fiberlb exit 3',
    });
    const retrying = { ...failed, active: 'activating', sub: 'auto-restart' };
    expect(finding(entryOf(), worldOf({ [UNIT]: retrying }))).toMatchObject({ outcome: 'failed' });
  });

  it.each<[string, Partial<UnitFacts>]>([
    ['it is starting', { ...newRun, active: 'activating', sub: 'start' }],
    ['it has a job', { job: 12 }],
    ['its old run is stopping', { active: 'deactivating', sub: 'stop-sigterm', job: 12 }],
  ])('goes on looking while %s', (_what, unit) => {
    expect(finding(entryOf(), worldOf({ [UNIT]: unit }))).toMatchObject({ kind: 'looking' });
  });

  it('waits for its health, and says in the end that it is not well', () => {
    const world = worldOf({ [UNIT]: newRun }, { down: ['fiberlb@node02'] });
    expect(finding(entryOf(), world)).toMatchObject({ kind: 'looking' });
    expect(finding(entryOf(), world, { nowMs: LATER + 60_000 })).toMatchObject({
      outcome: 'not-healthy',
      words: expect.stringMatching(/^found: restarted 3 s after the command, but not healthy: /u),
    });
  });

  it.each<[string, AuditEntry, World, RegExp]>([
    [
      'a run that began long after it',
      entryOf(),
      worldOf(
        { [UNIT]: { invocation: 'x', inactiveExitMs: nodeMs(SENT + 600_000) } },
        { atMs: SENT + 900_000 },
      ),
      /^cannot tell: the run of fiberlb began 10 m after the command/u,
    ],
    [
      'a run from before it',
      entryOf(),
      worldOf({ [UNIT]: { invocation: 'x', inactiveExitMs: nodeMs(SENT - 60_000) } }),
      /^cannot tell: fiberlb was begun anew before the command/u,
    ],
    [
      'a node that was booted since',
      entryOf(),
      worldOf({ [UNIT]: newRun }, { bootMs: 30_000 }),
      /^cannot tell: node02 was booted 30 s after the command/u,
    ],
    ['a unit that nobody shows', entryOf({ units: ['nothing.service'] }), worldOf({}), /^cannot tell/u],
    ['a verb that it does not know', entryOf({ verb: 'dance' }), worldOf({}), /^cannot tell/u],
  ])('does not claim %s', (_what, entry, world, words) => {
    expect(finding(entry, world, { nowMs: SENT + 900_000, sinceMs: SENT })).toMatchObject({
      kind: 'found',
      outcome: 'unknown',
      words: expect.stringMatching(words),
    });
  });

  it('says nothing by looks from before', () => {
    const world = worldOf({ [UNIT]: newRun });
    expect(finding(entryOf(), world, { sinceMs: LATER + 1 })).toMatchObject({ kind: 'looking' });
    const cut = createWorld(inventoryOf(3), SENT);
    expect(finding(entryOf(), cut)).toMatchObject({
      kind: 'looking',
      words: expect.stringContaining('no ssh to node02 yet'),
    });
  });

  it('leaves alone what its own console watches', () => {
    const world = worldOf({ [UNIT]: newRun });
    expect(finding(entryOf(), world, { alive: true })).toEqual({
      kind: 'elsewhere',
      words: 'running in another console (pid 4711, alice)',
    });
    // Its number was given to another process.
    const reused = entryOf({ writer: { ...LOCAL, start: '12' } });
    expect(finding(reused, world, { alive: true })).toMatchObject({ kind: 'found' });
    expect(finding(entryOf(), world, { host: 'jump2' })).toEqual({
      kind: 'elsewhere',
      words: 'may still run from jump1 (pid 4711, alice)',
    });
    expect(finding(entryOf(), world, { host: 'jump2', nowMs: SENT + 601_000 })).toMatchObject({
      kind: 'found',
    });
    // That one has ended, whether its console lives or not.
    expect(finding(entryOf({ end: end('unknown') }), world, { alive: true })).toMatchObject({
      kind: 'found',
    });
  });

  it('tells a stop by what is down', () => {
    const stop = entryOf({ verb: 'stop' });
    const down = { active: 'inactive', sub: 'dead', inactiveEnterMs: nodeMs(SENT + 2000) };
    expect(finding(stop, worldOf({ [UNIT]: down }))).toMatchObject({
      outcome: 'succeeded',
      words: 'found: stopped 2 s after the command',
    });
    expect(finding(stop, worldOf({}))).toMatchObject({ outcome: 'cancelled' });
    expect(finding(stop, worldOf({ [UNIT]: newRun }))).toMatchObject({ outcome: 'unknown' });
    expect(finding(stop, worldOf({ [UNIT]: { active: 'deactivating' } }))).toMatchObject({ kind: 'looking' });
  });

  it.each<[string, Partial<UnitFacts>, string, RegExp]>([
    ['failed on the way', { active: 'failed', result: 'timeout' }, 'failed', /^found: fiberlb .+/u],
    [
      'went down much later',
      { inactiveEnterMs: nodeMs(LATER + 1_750_000) },
      'unknown',
      /went down 30 m after the command/u,
    ],
    ['was down before', { inactiveEnterMs: nodeMs(SENT - 5000) }, 'unknown', /went down before the command/u],
    ['has run anew since', { invocation: 'another' }, 'unknown', /went down in another run/u],
  ])('does not take for its own a stop of what %s', (_what, changes, outcome, words) => {
    const down = { active: 'inactive', sub: 'dead', inactiveEnterMs: nodeMs(SENT + 2000), ...changes };
    const nowMs = LATER + 1_800_000;
    const world = worldOf({ [UNIT]: down }, { atMs: nowMs });
    expect(finding(entryOf({ verb: 'stop' }), world, { nowMs, sinceMs: nowMs - 2000 })).toMatchObject({
      outcome,
      words: expect.stringMatching(words) as unknown,
    });
  });

  describe('what another action has done', () => {
    const later = (changes: Partial<AuditEntry> = {}): AuditEntry =>
      entryOf({ id: 'j2', atMs: SENT + 2000, writer: { ...LOCAL, pid: 1 }, ...changes });
    const ended = (runs: Readonly<Record<string, string>>): AuditEnd => ({
      ...end('succeeded', 'recovered in 6 s'),
      runs: new Map(Object.entries(runs)),
    });
    const found = (others: readonly AuditEntry[], alive = false) =>
      finding(entryOf({ writer: { ...LOCAL, pid: 2 } }), worldOf({ [UNIT]: newRun }), { others, alive });

    it('is not taken for its own: the run that another one began', () => {
      expect(found([later({ end: ended({ [UNIT]: 'after' }) })])).toMatchObject({
        outcome: 'unknown',
        words: 'cannot tell: fiberlb was begun anew by another action',
      });
      expect(found([later({ verb: 'stop', end: ended({}) })])).toMatchObject({ outcome: 'succeeded' });
      expect(found([later({ end: ended({ [UNIT]: 'yet another' }) })])).toMatchObject({
        outcome: 'succeeded',
      });
      expect(found([later({ node: 'node03', end: ended({ [UNIT]: 'after' }) })])).toMatchObject({
        outcome: 'succeeded',
      });
    });

    it('is waited for while it runs, and may be whose the run is when nobody saw its end', () => {
      const other = later({ writer: LOCAL });
      expect(found([other], true)).toMatchObject({ kind: 'looking' });
      expect(found([other])).toMatchObject({ outcome: 'unknown' });
      expect(found([{ ...other, atMs: SENT + 9000 }])).toMatchObject({ outcome: 'succeeded' });
      // The later one is told by the run all the same.
      expect(finding(other, worldOf({ [UNIT]: newRun }), { others: [entryOf()] })).toMatchObject({
        outcome: 'succeeded',
      });
    });

    it('is not taken for its own: a stop', () => {
      const down = { active: 'inactive', sub: 'dead', inactiveEnterMs: nodeMs(SENT + 5000) };
      const stop = entryOf({ verb: 'stop' });
      const world = worldOf({ [UNIT]: down });
      const other = later({ verb: 'stop', end: ended({}) });
      expect(finding(stop, world, { others: [other] })).toMatchObject({ outcome: 'unknown' });
      expect(finding(stop, world, { others: [{ ...other, atMs: SENT + 9000 }] })).toMatchObject({
        outcome: 'succeeded',
      });
      const refused = { ...other, end: end('cancelled', 'nothing was sent') };
      expect(finding(stop, world, { others: [refused] })).toMatchObject({ outcome: 'succeeded' });
    });
  });

  it('does not take for a restart what systemd has started again by itself', () => {
    expect(finding(entryOf(), worldOf({ [UNIT]: { ...newRun, restarts: 1 } }))).toMatchObject({
      outcome: 'unknown',
      words: 'cannot tell: systemd has started fiberlb again by itself',
    });
  });

  it('tells a start by what runs', () => {
    const start = entryOf({ verb: 'start', before: new Map([[UNIT, '']]) });
    expect(finding(start, worldOf({ [UNIT]: newRun }))).toMatchObject({
      outcome: 'succeeded',
      words: expect.stringMatching(/^found: started 3 s after/u),
    });
    const dead = { active: 'inactive', sub: 'dead', invocation: '' };
    expect(finding(start, worldOf({ [UNIT]: dead }))).toMatchObject({ outcome: 'cancelled' });
  });

  it('tells a bring-up by all that it was to start', () => {
    const [one, two] = [UNIT, 'iam.service'];
    const entry = entryOf({
      verb: 'bring-up',
      target: 'node02',
      units: ['multi-user.target'],
      starts: [one, two],
      before: new Map([
        [one, ''],
        [two, 'old'],
      ]),
    });
    const dead = { active: 'inactive', sub: 'dead', invocation: 'old' };
    expect(finding(entry, worldOf({ [one]: newRun, [two]: newRun }))).toMatchObject({
      outcome: 'succeeded',
      words: 'found: brought up 2 units 3 s after the command, active since, healthy',
    });
    expect(finding(entry, worldOf({ [one]: newRun, [two]: dead }))).toMatchObject({
      outcome: 'not-healthy',
      words: expect.stringContaining('not iam'),
    });
  });

  it('tells a reset by what counts as failed', () => {
    const reset = entryOf({ verb: 'reset-failed' });
    const failed = { active: 'failed', sub: 'failed', result: 'exit-code', exitCode: 1 };
    expect(finding(reset, worldOf({ [UNIT]: { active: 'inactive', sub: 'dead' } }))).toMatchObject({
      outcome: 'succeeded',
    });
    expect(finding(reset, worldOf({ [UNIT]: failed }))).toMatchObject({ outcome: 'cancelled' });
    for (const other of [{ ...failed, invocation: 'x' }, newRun]) {
      expect(finding(reset, worldOf({ [UNIT]: other }))).toMatchObject({ outcome: 'unknown' });
    }
  });
});

describe('recentActs', () => {
  const world = healthyWorld(inventoryOf(3), SENT);
  const plan = planRestart({
    topology,
    inventory: inventoryOf(3),
    cluster: world.cluster(),
    facts: world.facts(),
    options,
    instance: 'fiberlb@node02',
    sudo: true,
  });
  const actor = { user: { name: 'root', sudoUser: 'bob' }, writer: { host: 'jump1', pid: 1 } };
  const recent = (...entries: AuditEntry[]): readonly string[] =>
    recentActs(entries, 'test', plan, actor, SENT + 180_000).map(({ words }) => words);

  it('tells what others did to the same', () => {
    expect(recent(entryOf({ end: end('succeeded', 'recovered in 6 s') }))).toEqual([
      'alice restarted fiberlb@node02 3 m ago: recovered in 6 s',
    ]);
    expect(recent(entryOf({ user: { name: 'bob' } }))).toEqual([
      'you, elsewhere, restarted fiberlb@node02 3 m ago: no outcome yet',
    ]);
    expect(recent(entryOf({ verb: 'stop', target: 'node02', units: ['iam.service'] }))).toHaveLength(1);
  });

  it('and nothing else', () => {
    expect(
      recent(
        entryOf({ writer: actor.writer }),
        entryOf({ node: 'node01' }),
        entryOf({ cluster: 'other' }),
        entryOf({ atMs: SENT - 600_000 }),
        entryOf({ target: 'iam@node02', units: ['iam.service'] }),
      ),
    ).toEqual([]);
  });

  it('the newest two, newest first', () => {
    const many = [1, 2, 3].map((minute) => entryOf({ atMs: SENT + minute * 30_000, verb: 'stop' }));
    expect(recent(...many).map((words) => words.match(/\d+ [ms] ago/u)?.[0])).toEqual(['1 m ago', '2 m ago']);
  });

  it('of an operation, what is about any of its steps, each act once', () => {
    const steps = ['node01', 'node02'].map((node) => ({ ...plan, target: { ...plan.target, node } }));
    const acts = [
      entryOf({ target: 'fiberlb@node01', node: 'node01' }),
      entryOf({ node: 'node03' }),
      entryOf({ atMs: SENT + 60_000 }),
    ];
    expect(recentActsOfAll(acts, 'test', [...steps, plan], actor, SENT + 180_000)).toEqual([
      'alice restarted fiberlb@node02 2 m ago: no outcome yet',
      'alice restarted fiberlb@node01 3 m ago: no outcome yet',
    ]);
    const onNode = { atMs: SENT + 30_000, words: 'carol stopped fiberlb@node01' };
    expect(recentActsOfAll(acts, 'test', steps, actor, SENT + 180_000, [onNode])).toEqual([
      'alice restarted fiberlb@node02 2 m ago: no outcome yet',
      'carol stopped fiberlb@node01',
    ]);
  });
});
