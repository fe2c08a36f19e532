/** How a unit stands after its job was handed to systemd, judged only by looks that are newer than the command. Pure. */
import type { ClusterFacts } from '../core/model/cluster.ts';
import type { NodeName } from '../core/model/inventory.ts';
import type { NodeUnits, UnitFacts } from '../core/model/observation.ts';
import type { UnitName } from '../core/model/topology.ts';
import { isBetweenTries, isFailing } from '../core/unit-verdict.ts';

export type Followed = {
  readonly node: NodeName;
  readonly unit: UnitName;
  /** Wall time from which looks count, ms. */
  readonly sinceMs: number;
  /** Its InvocationID before the command; undefined when it had none. */
  readonly invocationBefore: string | undefined;
  /** The command is known to have run: a look that sees no job and no new run then means that there will be none. */
  readonly isCertain: boolean;
  /** A oneshot that is not active any more once it has done its work. */
  readonly ends: boolean;
};

export type RunSight =
  /** `words`: "waits for its turn", "runs". `unit`: absent until it was seen since the command. */
  | { readonly kind: 'open'; readonly words: string; readonly unit?: UnitFacts }
  | { readonly kind: 'done' | 'failed'; readonly unit: UnitFacts; readonly look: NodeUnits }
  /** systemd gave its job up, or refused it, without a run. */
  | { readonly kind: 'refused'; readonly unit: UnitFacts; readonly look: NodeUnits };

const hasJob = (unit: UnitFacts): boolean => (unit.job ?? 0) > 0;

/** It has an InvocationID that it did not have before the command. */
export const isNewRun = (unit: UnitFacts, invocationBefore: string | undefined): boolean =>
  unit.invocation !== undefined && unit.invocation !== '' && unit.invocation !== invocationBefore;

const newRun = (unit: UnitFacts, look: NodeUnits, ends: boolean): RunSight => {
  if (unit.active === 'active' || unit.active === 'reloading') return { kind: 'done', unit, look };
  if (unit.active === 'failed' || isBetweenTries(unit)) return { kind: 'failed', unit, look };
  if (unit.active === 'activating') return { kind: 'open', words: 'runs', unit };
  if (unit.active === 'deactivating') return { kind: 'open', words: 'stops', unit };
  return { kind: ends && unit.result === 'success' ? 'done' : 'failed', unit, look };
};

/** What the newest look tells of the run that the command began. */
export const runSight = (facts: ClusterFacts, followed: Followed): RunSight => {
  const look = facts.units.get(followed.node);
  const unit = look?.units.find((candidate) => candidate.unit === followed.unit);
  if (look === undefined || unit === undefined || look.atMs < followed.sinceMs) {
    return { kind: 'open', words: 'systemd has not been seen since' };
  }
  const isNew = isNewRun(unit, followed.invocationBefore);
  if (hasJob(unit)) {
    const isRunning = isNew && unit.active === 'activating' && !isBetweenTries(unit);
    return { kind: 'open', words: isRunning ? 'runs' : 'waits for its turn', unit };
  }
  if (isNew) return newRun(unit, look, followed.ends);
  const isDown = unit.active === 'inactive' || isFailing(unit);
  if (followed.isCertain && isDown) return { kind: 'refused', unit, look };
  return { kind: 'open', words: 'no new run was seen yet', unit };
};
