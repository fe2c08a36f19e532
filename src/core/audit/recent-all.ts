/** What others have done lately to any of what an operation is about, here and on the nodes. Pure. */
import type { Plan } from '../model/action.ts';
import type { AuditEntry } from './model.ts';
import { type Actor, recentActs, type Told } from './recent.ts';

const MAX_ACTS = 2;

/** As `recentActs`, over the steps of an operation, and with what the nodes tell: newest first, each act once. */
export const recentActsOfAll = (
  entries: readonly AuditEntry[],
  cluster: string,
  plans: readonly Plan[],
  actor: Actor,
  nowMs: number,
  onNodes: readonly Told[] = [],
): readonly string[] =>
  [
    ...entries.toReversed().flatMap((entry) => {
      const told = plans.map((plan) => recentActs([entry], cluster, plan, actor, nowMs));
      return told.find((acts) => acts.length > 0) ?? [];
    }),
    ...onNodes,
  ]
    .toSorted((one, other) => other.atMs - one.atMs)
    .slice(0, MAX_ACTS)
    .map(({ words }) => words);
