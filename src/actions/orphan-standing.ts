/** How a unit that an action was about stands now, held against its run before the command and against what others did. Pure. */
import { unitWord } from '../core/action-name.ts';
import type { AuditEntry } from '../core/audit/model.ts';
import { formatAge } from '../core/format.ts';
import { stepByName } from '../core/graph.ts';
import type { NodeUnits, UnitFacts } from '../core/model/observation.ts';
import type { Topology } from '../core/model/topology.ts';
import { isBetweenTries, isFailing, resultWords } from '../core/unit-verdict.ts';

/** What begins later than this after the command, or three times what is documented, may be anybody's doing. */
const BY_IT_MS = 120_000;
/** The clocks of node and console are compared through one look only; a little may be lost on the way. */
const SLACK_MS = 2000;

export type Standing =
  | { readonly kind: 'open'; readonly why: string }
  /** As it was before the command. */
  | { readonly kind: 'same' }
  | { readonly kind: 'unclear'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string; readonly run: string }
  /** `afterMs`: how long after the command, where that is known. */
  | { readonly kind: 'done'; readonly afterMs?: number; readonly run?: string };

/** Another action of the same cluster; `isRunning`: somebody watches it now. */
export type Rival = { readonly entry: AuditEntry; readonly isRunning: boolean };

export type Seen = {
  readonly entry: AuditEntry;
  readonly look: NodeUnits;
  readonly topology: Topology;
  readonly rivals: readonly Rival[];
};

const hasJob = (unit: UnitFacts): boolean => (unit.job ?? 0) > 0;

/** ms since the command; undefined where the node's clock is not known. */
export const sinceSent = (
  { entry, look }: Pick<Seen, 'entry' | 'look'>,
  atMs: number | undefined,
): number | undefined =>
  atMs === undefined || atMs === 0 || look.monotonicMs === undefined
    ? undefined
    : look.atMs - (look.monotonicMs - atMs) - entry.atMs;

const after = (ms: number | undefined): { readonly afterMs?: number } =>
  ms === undefined ? {} : { afterMs: Math.max(0, ms) };

const isLate = ({ expectedMs }: AuditEntry, ms: number): boolean => ms > Math.max(BY_IT_MS, 3 * expectedMs);

const BEGINS_RUNS: readonly string[] = ['restart', 'start', 'rerun', 'bring-up'];

type Deed = {
  readonly unit: UnitFacts;
  /** The run that was begun; absent of what was stopped. */
  readonly run?: string;
  /** Since the command, where that is known. */
  readonly afterMs: number | undefined;
};

/** What of this may be another action's doing: it says so itself, or came between and nobody knows its end. */
const byAnother = ({ entry, rivals }: Seen, { unit, run, afterMs }: Deed): Standing | undefined => {
  const isAlike = ({ verb }: AuditEntry): boolean =>
    run === undefined ? verb === 'stop' : BEGINS_RUNS.includes(verb);
  const name = unitWord(unit.unit);
  const what = run === undefined ? 'stopped' : 'begun anew';
  for (const { entry: other, isRunning } of rivals) {
    const about = [...other.units, ...other.takesAlong, ...other.starts];
    if (other.id === entry.id || other.node !== entry.node || !isAlike(other)) continue;
    if (!about.includes(unit.unit)) continue;
    const { end } = other;
    const isClaimed = run !== undefined && end?.runs.get(unit.unit) === run;
    const isBetween =
      other.atMs > entry.atMs &&
      (afterMs === undefined || entry.atMs + afterMs >= other.atMs - SLACK_MS) &&
      // Of its runs it has told; that it stopped something it tells by having ended at all.
      (end === undefined || (run === undefined && end.outcome !== 'cancelled' && end.outcome !== 'refused'));
    if (isClaimed) return { kind: 'unclear', why: `${name} was ${what} by another action` };
    if (!isBetween) continue;
    return isRunning
      ? { kind: 'open', why: `another action on ${name} has not ended` }
      : { kind: 'unclear', why: `${name} may have been ${what} by another action` };
  }
  return undefined;
};

/** Of a unit that was to get a new run. */
export const runStanding = (seen: Seen, unit: UnitFacts): Standing => {
  const { entry, topology } = seen;
  const name = unitWord(unit.unit);
  const before = entry.before.get(unit.unit);
  const run = unit.invocation ?? '';
  const begunMs = sinceSent(seen, unit.inactiveExitMs);
  const isNew =
    run !== '' && (before === undefined ? begunMs !== undefined && begunMs >= -SLACK_MS : run !== before);
  if (hasJob(unit)) return { kind: 'open', why: `${name} has a job of systemd` };
  if (!isNew) return { kind: 'same' };
  if (begunMs !== undefined && begunMs < -SLACK_MS) {
    return { kind: 'unclear', why: `${name} was begun anew before the command` };
  }
  if (begunMs !== undefined && isLate(entry, begunMs)) {
    return { kind: 'unclear', why: `the run of ${name} began ${formatAge(begunMs)} after the command` };
  }
  const others = byAnother(seen, { unit, run, afterMs: begunMs });
  if (others !== undefined) return others;
  if (unit.active === 'active' || unit.active === 'reloading') {
    // A command begins a run of its own: this one came of a failure, perhaps without any command.
    return (unit.restarts ?? 0) > 0
      ? { kind: 'unclear', why: `systemd has started ${name} again by itself` }
      : { kind: 'done', ...after(begunMs), run };
  }
  if (unit.active === 'failed' || isBetweenTries(unit)) {
    return { kind: 'failed', why: `${name} ${resultWords(unit) || 'failed'}`, run };
  }
  if (unit.active === 'inactive') {
    const ends = stepByName(topology, unit.unit)?.remainAfterExit === false;
    return ends && unit.result === 'success'
      ? { kind: 'done', ...after(begunMs), run }
      : { kind: 'failed', why: `${name} stopped again`, run };
  }
  return { kind: 'open', why: `${name} is ${unit.active}` };
};

/** It has a run, and not the one from before the command. */
const isOtherRun = ({ entry }: Seen, { unit, invocation = '' }: UnitFacts): boolean => {
  const before = entry.before.get(unit) ?? '';
  return before !== '' && invocation !== '' && invocation !== before;
};

export const stopStanding = (seen: Seen, unit: UnitFacts): Standing => {
  const { entry } = seen;
  const name = unitWord(unit.unit);
  if (hasJob(unit)) return { kind: 'open', why: `${name} has a job of systemd` };
  if (unit.active === 'inactive' || unit.active === 'failed') {
    const endedMs = sinceSent(seen, unit.inactiveEnterMs);
    if (isOtherRun(seen, unit)) return { kind: 'unclear', why: `${name} went down in another run` };
    if (endedMs !== undefined && endedMs < -SLACK_MS) {
      return { kind: 'unclear', why: `${name} went down before the command` };
    }
    if (endedMs !== undefined && isLate(entry, endedMs)) {
      return { kind: 'unclear', why: `${name} went down ${formatAge(endedMs)} after the command` };
    }
    const others = byAnother(seen, { unit, afterMs: endedMs });
    if (others !== undefined) return others;
    return unit.active === 'failed'
      ? { kind: 'failed', why: `${name} ${resultWords(unit) || 'failed'}`, run: unit.invocation ?? '' }
      : { kind: 'done', ...after(endedMs) };
  }
  if (unit.active === 'deactivating') return { kind: 'open', why: `${name} is deactivating` };
  const before = entry.before.get(unit.unit);
  return before !== undefined && before !== '' && unit.invocation === before
    ? { kind: 'same' }
    : { kind: 'unclear', why: `${name} runs, and it is another run` };
};

export const resetStanding = (seen: Seen, unit: UnitFacts): Standing => {
  const name = unitWord(unit.unit);
  if (!isFailing(unit)) {
    // Whoever starts it anew has its failure forgotten, too.
    return isOtherRun(seen, unit)
      ? { kind: 'unclear', why: `${name} has been started since` }
      : { kind: 'done' };
  }
  return unit.invocation === seen.entry.before.get(unit.unit)
    ? { kind: 'same' }
    : { kind: 'unclear', why: `${name} has failed, in another run` };
};
