/** Each failure situation as a person who knows the reference document would tell it. */
import { describe, expect, test } from 'vitest';
import type { RootCause } from '../../../../src/core/model/cause.ts';
import { startIncident } from './incident.ts';
import { SITUATIONS } from './table.ts';

/** "failed chainfire@node02 chainfire@node03", its subjects in any order. */
const sorted = (cause: string): string => {
  const [kind = '', ...subjects] = cause.split(' ');
  return [kind, ...subjects.sort()].join(' ');
};

const told = ({ kind, subjects }: RootCause): string => sorted([kind, ...subjects].join(' '));

describe.each(SITUATIONS)('$name', ({ nodes, scenario, happens, ...expected }) => {
  const incident = startIncident(nodes, scenario);
  happens(incident);
  const state = incident.state();

  test('the sentence', () => {
    expect(state.headline.sentence).toEqual(
      expected.sentence instanceof RegExp ? expect.stringMatching(expected.sentence) : expected.sentence,
    );
    if (expected.users === undefined) return;
    expect(state.headline.users ?? '').toEqual(
      expected.users instanceof RegExp ? expect.stringMatching(expected.users) : expected.users,
    );
  });

  test('what users have', () => {
    const states = state.capabilities.map(({ id, state: is }): [string, string] => [id, is]);
    if (expected.capabilities === undefined) {
      for (const [id, is] of states) expect(is, id).toBe('unknown');
      return;
    }
    const wrong = states.filter(([, is]) => is !== 'works' && is !== 'starting');
    expect(Object.fromEntries(wrong)).toEqual(expected.capabilities);
  });

  test('the causes', () => {
    expect(state.causes.map(told).sort()).toEqual(expected.causes.map(sorted).sort());
  });

  test('the echoes', () => {
    const subjects = new Set(state.causes.flatMap((cause) => cause.subjects));
    const failing = [...state.instances.values()].filter(({ verdict }) =>
      ['down', 'degraded', 'late', 'blocked'].includes(verdict),
    );
    const echoes = failing.filter(({ id }) => !subjects.has(id));
    if (expected.echoes !== undefined) {
      expect(echoes.map(({ id }) => id).sort()).toEqual([...expected.echoes].sort());
    }
    for (const { id, because } of failing) {
      const cause = state.causes.find((one) => one.id === because);
      expect(cause?.explains.includes(id), id).toBe(!subjects.has(id));
    }
  });
});
