import { describe, expect, it } from 'vitest';
import { verbs } from '../../../src/actions/verbs.ts';
import { type GroupFlags, groupOf } from '../../../src/commands/act-group.ts';
import { isVerb } from '../../../src/commands/act-words.ts';
import type { Verb } from '../../../src/core/model/action.ts';

const how = (verb: Verb, count: number, flags: Partial<GroupFlags> = {}): string => {
  const found = groupOf(verb, count, { rolling: false, allAtOnce: false, batch: undefined, ...flags });
  if (!found.ok) return `${found.refusal.message}. ${found.refusal.remedy}`;
  return found.group === undefined ? 'one' : `by ${found.group.batch}`;
};

describe('groupOf', () => {
  it('takes one target as it is, rolling or not', () => {
    for (const verb of Object.keys(verbs).filter(isVerb)) expect(how(verb, 1)).toBe('one');
    expect(how('restart', 1, { rolling: true })).toBe('one');
  });

  it('does not take answers away from several by a slip', () => {
    expect(how('restart', 3)).toBe(
      '3 targets: say how. --rolling does one after the other; --all-at-once takes them together.',
    );
    expect(how('rerun', 2)).toContain('say how');
    expect(how('stop', 3)).toBe('3 targets: say how. --all-at-once stops them all.');
  });

  it('starts and forgets several without more words', () => {
    for (const verb of ['start', 'reset-failed', 'bring-up'] as const) expect(how(verb, 3)).toBe('by 3');
  });

  it('reads how many at a time', () => {
    expect(how('restart', 5, { rolling: true })).toBe('by 1');
    expect(how('restart', 5, { rolling: true, batch: '2' })).toBe('by 2');
    expect(how('restart', 5, { rolling: true, batch: '99' })).toBe('by 5');
    expect(how('restart', 5, { allAtOnce: true })).toBe('by 5');
    expect(how('stop', 5, { allAtOnce: true })).toBe('by 5');
  });

  it.each<[Verb, Partial<GroupFlags>, RegExp]>([
    ['restart', { rolling: true, allAtOnce: true }, /exclude each other/],
    ['restart', { batch: '2' }, /--batch goes with --rolling/],
    ['restart', { rolling: true, batch: '0' }, /not a number/],
    ['restart', { rolling: true, batch: '-1' }, /not a number/],
    ['restart', { rolling: true, batch: '1.5' }, /not a number/],
    ['stop', { rolling: true }, /stop waits for nothing between two/],
    ['start', { rolling: true }, /start waits for nothing between two/],
  ])('refuses %s with %j', (verb, flags, said) => {
    expect(how(verb, 3, flags)).toMatch(said);
  });
});
