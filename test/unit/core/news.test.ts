import { describe, expect, test } from 'vitest';
import { observe } from '../../../src/core/facts.ts';
import type { ClusterFacts } from '../../../src/core/model/cluster.ts';
import type { LogLine, NodeUnits, Observation, UnitFacts } from '../../../src/core/model/observation.ts';
import { LOG_LINES_KEPT } from '../../../src/core/news.ts';
import { START, worldOf } from './world.ts';

const NODE = 'node01';
const UNIT = 'chainfire.service';
const { facts: empty } = worldOf(2);

const unit = (active: string, stateChangeMs: number): UnitFacts => ({
  unit: UNIT,
  load: 'loaded',
  active,
  sub: active,
  result: 'success',
  stateChangeMs,
});

const look = (atMs: number, seen: UnitFacts, bootId = 'a'): Observation => ({
  kind: 'units',
  node: NODE,
  look: { atMs, bootId, monotonicMs: atMs - START, units: [seen] } satisfies NodeUnits,
});

const pushed = (atMs: number, seen: UnitFacts): Observation => ({
  kind: 'unit',
  node: NODE,
  atMs,
  unit: seen,
});

const activeIn = (facts: ClusterFacts): string | undefined => facts.units.get(NODE)?.units[0]?.active;

const line = (text: string): LogLine => ({ unit: UNIT, atMs: START, priority: 6, text, from: 'unit' });

describe('a pushed unit', () => {
  test('is what the unit is from then on', () => {
    const facts = observe(empty, [look(START, unit('active', 10)), pushed(START + 5, unit('failed', 20))]);
    expect(activeIn(facts)).toBe('failed');
  });

  test('outlives a look that began before it, and gives way to one that began after', () => {
    const before = observe(empty, [
      look(START, unit('active', 10)),
      pushed(START + 50, unit('failed', 20)),
      look(START + 40, unit('active', 10)),
    ]);
    expect(activeIn(before)).toBe('failed');
    // A unit that was unloaded has no stamps any more: the later look is right all the same.
    expect(activeIn(observe(before, [look(START + 60, unit('inactive', 0))]))).toBe('inactive');
  });

  test('does not set back what a look has seen since', () => {
    const facts = observe(empty, [look(START, unit('active', 30)), pushed(START + 5, unit('failed', 20))]);
    expect(activeIn(facts)).toBe('active');
  });

  test('of the boot before says nothing about this one', () => {
    const facts = observe(empty, [
      look(START, unit('active', 10)),
      pushed(START + 50, unit('failed', 20)),
      look(START + 50, unit('activating', 1), 'b'),
    ]);
    expect(activeIn(facts)).toBe('activating');
  });

  test('was not pushed in a time to come, once the clock was set back', () => {
    const before = observe(empty, [
      look(START, unit('active', 10)),
      pushed(START + 3_600_000, unit('failed', 20)),
    ]);
    const after = observe(before, [look(START - 1000, unit('failed', 20))]);
    const heard = [...(after.units.get(NODE)?.pushedMs?.values() ?? [])];
    expect(heard.every((atMs) => atMs <= START - 1000)).toBe(true);
    expect(observe(after, [look(START, unit('failed', 20))]).units.get(NODE)?.pushedMs?.size ?? 0).toBe(0);
  });

  test('is nothing without a look, or about a unit that was not asked for', () => {
    expect(observe(empty, [pushed(START, unit('failed', 20))])).toBe(empty);
    const facts = observe(empty, [look(START, unit('active', 10))]);
    expect(observe(facts, [pushed(START, { ...unit('failed', 20), unit: 'cron.service' })])).toBe(facts);
  });
});

describe('what a node sends by itself', () => {
  test('keeps the newest lines of each unit', () => {
    const lines = Array.from({ length: LOG_LINES_KEPT + 3 }, (_, index) => line(`line ${index}`));
    const facts = observe(empty, [
      { kind: 'log', node: NODE, lines: lines.slice(0, 10), dropped: 2 },
      { kind: 'log', node: NODE, lines: lines.slice(10), dropped: 1 },
    ]);
    const kept = facts.news.get(NODE)?.logs.get(UNIT) ?? [];
    expect(kept.map(({ text }) => text)).toEqual(lines.slice(3).map(({ text }) => text));
    expect(facts.news.get(NODE)?.logsDropped).toBe(3);
  });

  test('remembers how the last job of each unit ended, and how each feed stands', () => {
    const facts = observe(empty, [
      { kind: 'job-end', node: NODE, end: { atMs: START, id: 1, unit: UNIT, result: 'dependency' } },
      { kind: 'job-end', node: NODE, end: { atMs: START, id: 2, unit: UNIT, result: 'done' } },
      { kind: 'feed', node: NODE, feed: 'bus', state: { state: 'live', sinceMs: START } },
    ]);
    expect(facts.news.get(NODE)).toMatchObject({
      feeds: { bus: { state: 'live' } },
      jobEnds: new Map([[UNIT, { id: 2, result: 'done' }]]),
    });
  });

  test('from a node that is not in the inventory is dropped', () => {
    expect(observe(empty, [{ kind: 'log', node: 'elsewhere', lines: [line('x')], dropped: 0 }])).toBe(empty);
  });
});
