/** How a goal stands: it holds, not yet and what is missing, or it has failed for good. */
import { isSure } from '../pace.ts';
import { confirm, type Suspect, suspectAmong, type WaitMemory, withRequired } from './final.ts';
import { isOfSystemd, itemsOf } from './items.ts';
import { linkFailure } from './looks.ts';
import type { WaitGoal, WaitInput, WaitItem, WaitOutcome, WaitState } from './model.ts';

export type WaitStep = {
  readonly items: readonly WaitItem[];
  readonly outcome: WaitOutcome;
  /** For the next step: a failure is final when two looks say so. */
  readonly memory: WaitMemory;
};

/** Most telling first. */
const TELLING: readonly WaitState[] = [
  'failed',
  'failing',
  'left-behind',
  'down',
  'late',
  'unreachable',
  'lost',
  'degraded',
  'blocked',
  'starting',
  'forming',
  'unseen',
  'settling',
  'waiting',
];

const rank = ({ what, state }: WaitItem): number => {
  const found = TELLING.indexOf(state);
  // The cluster is only what its parts are.
  return (found === -1 ? TELLING.length : found) + (what === 'cluster' ? TELLING.length + 1 : 0);
};

/** Of the units that what is missing needs, those that have failed for good. */
const suspectsOf = (input: WaitInput, goal: WaitGoal, missing: readonly WaitItem[]): Suspect[] => {
  const leftBehind = isOfSystemd(goal);
  const found = new Map<string, Suspect>();
  for (const { node, unit } of missing) {
    if (node === undefined || unit === undefined) continue;
    const suspect = suspectAmong(input, node, withRequired(input.topology, unit), leftBehind);
    if (suspect !== undefined) found.set(`${node} ${suspect.unit}`, suspect);
  }
  const isBehind = ({ kind }: Suspect): number => (kind === 'left-behind' ? 1 : 0);
  // What was left behind is the echo of what failed.
  return [...found.values()].sort((a, b) => isBehind(a) - isBehind(b));
};

/** The goal as of `input.nowMs`; `memory` is that of the step before. Holds only when nothing is missing. */
export const waitState = (input: WaitInput, goal: WaitGoal, memory: WaitMemory): WaitStep => {
  const items = itemsOf(input, goal);
  const missing = items.filter((item) => !item.ok).sort((a, b) => rank(a) - rank(b));
  if (items.length > 0 && missing.length === 0) {
    return { items, outcome: { kind: 'holds' }, memory: new Map() };
  }
  const found = confirm(suspectsOf(input, goal, missing), memory, input.options.intervalMs);
  const [suspect] = found.confirmed;
  if (suspect !== undefined) {
    const { node, unit, name, kind, words } = suspect;
    const failure = { node, unit, name, kind, words };
    return { items, outcome: { kind: 'failed', failure, missing }, memory: found.memory };
  }
  return { items, outcome: { kind: 'not-yet', missing }, memory: found.memory };
};

/** Everything has been looked at as often as judging asks, and no failure waits for a second look. */
export const isLookedAt = (
  { inventory, facts, options }: WaitInput,
  memory: WaitMemory,
  ssh: boolean,
): boolean => {
  const isAnswered = [...facts.checks.values()].every((known) => isSure(known, options));
  const isAsked = inventory.nodes.every(
    ({ name, ssh: target }) =>
      !ssh ||
      target === undefined ||
      facts.units.has(name) ||
      linkFailure(facts.links.get(name)) !== undefined,
  );
  return isAnswered && isAsked && memory.size === 0;
};
