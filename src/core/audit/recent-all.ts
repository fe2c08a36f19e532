/** What others have done lately to any of what an operation is about. Pure. */
import type { Plan } from '../model/action.ts';
import type { AuditEntry } from './model.ts';
import { type Actor, recentActs } from './recent.ts';

const MAX_ACTS = 2;

/** As `recentActs`, over the steps of an operation: newest first, each act once. */
export const recentActsOfAll = (
  entries: readonly AuditEntry[],
  cluster: string,
  plans: readonly Plan[],
  actor: Actor,
  nowMs: number,
): readonly string[] =>
  entries
    .toReversed()
    .flatMap((entry) => {
      const told = plans.map((plan) => recentActs([entry], cluster, plan, actor, nowMs));
      return told.find((acts) => acts.length > 0) ?? [];
    })
    .slice(0, MAX_ACTS);
