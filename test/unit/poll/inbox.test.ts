import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Observation, UnitFacts } from '../../../src/core/model/observation.ts';
import { createInbox } from '../../../src/poll/inbox.ts';

const facts = (unit: string, sub: string): UnitFacts => ({
  ...{ unit, sub, load: 'loaded', active: 'active', result: 'success' },
});
const pushed = (sub: string): Observation => ({
  ...{ kind: 'unit', node: 'node01', atMs: 1, unit: facts('iam.service', sub) },
});
const asked = (sub: string): Observation => ({
  ...{ kind: 'units', node: 'node01', look: { atMs: 1, units: [facts('iam.service', sub)] } },
});

const open = () => {
  const delivered: (readonly Observation[])[] = [];
  const inbox = createInbox({
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    deliver: (observations) => delivered.push(observations),
  });
  return { inbox, delivered };
};

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('the inbox', () => {
  it('holds everything back until it is started', () => {
    const { inbox, delivered } = open();
    inbox.observe(asked('a'));
    inbox.push(pushed('b'));
    vi.advanceTimersByTime(1000);
    expect(delivered).toEqual([]);
    inbox.start();
    expect(delivered).toEqual([[asked('a'), pushed('b')]]);
  });

  it('makes one frame of a round of answers', () => {
    const { inbox, delivered } = open();
    inbox.start();
    for (const sub of ['a', 'b', 'c']) {
      inbox.observe(asked(sub));
      vi.advanceTimersByTime(30);
    }
    expect(delivered).toEqual([[]]);
    vi.advanceTimersByTime(100);
    expect(delivered).toEqual([[], [asked('a'), asked('b'), asked('c')]]);
  });

  it('does not let what is pushed wait for the round, and keeps the order', () => {
    const { inbox, delivered } = open();
    inbox.start();
    vi.advanceTimersByTime(500);
    inbox.observe(asked('a'));
    inbox.push(pushed('b'));
    vi.advanceTimersByTime(30);
    expect(delivered.slice(1)).toEqual([[asked('a'), pushed('b')]]);
    vi.advanceTimersByTime(500);
    expect(delivered).toHaveLength(2);
  });

  it('delivers a flood at most twenty times a second, and whole', () => {
    const { inbox, delivered } = open();
    inbox.start();
    for (let ms = 0; ms < 1000; ms++) {
      inbox.push(pushed(String(ms)));
      vi.advanceTimersByTime(1);
    }
    vi.advanceTimersByTime(100);
    expect(delivered.length).toBeLessThanOrEqual(22);
    expect(delivered.length).toBeGreaterThan(15);
    expect(delivered.flat()).toHaveLength(1000);
  });

  it('knows the newest facts that wait', () => {
    const { inbox } = open();
    inbox.start();
    expect(inbox.waiting('node01', 'iam.service')).toBeUndefined();
    inbox.push(pushed('a'));
    inbox.observe(asked('b'));
    expect(inbox.waiting('node01', 'iam.service')?.sub).toBe('b');
    inbox.push(pushed('c'));
    expect(inbox.waiting('node01', 'iam.service')?.sub).toBe('c');
    expect(inbox.waiting('node02', 'iam.service')).toBeUndefined();
    expect(inbox.waiting('node01', 'flaredb.service')).toBeUndefined();
    vi.advanceTimersByTime(500);
    expect(inbox.waiting('node01', 'iam.service')).toBeUndefined();
  });

  it('delivers nothing after it was stopped', () => {
    const { inbox, delivered } = open();
    inbox.start();
    inbox.push(pushed('a'));
    inbox.stop();
    inbox.push(pushed('b'));
    vi.advanceTimersByTime(500);
    expect(delivered).toEqual([[]]);
  });
});
