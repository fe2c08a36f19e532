/** Each failure situation as a person who knows the reference document would tell it. */
import { describe, expect, test } from 'vitest';
import { startIncident } from './incident.ts';
import { SITUATIONS } from './table.ts';

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
});
