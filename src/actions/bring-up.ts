/** How far several units of a node are that were started or restarted: which are back, and why the others are not. Pure. */
import { unitWord } from '../core/action-name.ts';
import { formatAge, plural, sentenceList } from '../core/format.ts';
import { serviceByUnit, stepByName } from '../core/graph.ts';
import type { ActionTarget } from '../core/model/action.ts';
import type { ClusterFacts, ClusterState } from '../core/model/cluster.ts';
import { instanceId } from '../core/model/inventory.ts';
import type { NodeUnits } from '../core/model/observation.ts';
import type { Topology, UnitName } from '../core/model/topology.ts';
import { isBetweenTries, resultWords } from '../core/unit-verdict.ts';
import { type Sight, sightOf } from './settle.ts';
import { isNewRun, runSight } from './unit-run.ts';

type NotBack = { readonly unit: UnitName; readonly why: string; readonly hopeless: boolean };

export type BringUpSight = Sight & {
  readonly back: readonly UnitName[];
  readonly notBack: readonly NotBack[];
};

export type BringUp = {
  readonly topology: Topology;
  readonly target: ActionTarget;
  readonly starts: readonly UnitName[];
  /** They ran before and have to run anew. */
  readonly again?: boolean;
  /** What the node's systemd said before the command. */
  readonly before: NodeUnits | undefined;
  /** The command is known to have run. */
  readonly isCertain: boolean;
};

type Standing = { readonly seenMs: number; readonly moving: boolean; readonly notBack?: NotBack };

const standingOf = (
  { topology, target, before, isCertain, again = false }: BringUp,
  unit: UnitName,
  facts: ClusterFacts,
  cluster: ClusterState,
  sinceMs: number,
): Standing => {
  const { node } = target;
  const known = before?.units.find((other) => other.unit === unit);
  // Back before the command came: its run is the one that counts, and there will be no other.
  const invocationBefore = known?.active === 'active' && !again ? undefined : known?.invocation;
  const ends = stepByName(topology, unit)?.remainAfterExit === false;
  const run = runSight(facts, { node, unit, sinceMs, invocationBefore, isCertain, ends });
  const moving =
    run.unit !== undefined &&
    (run.unit.active !== (known?.active ?? 'inactive') || isNewRun(run.unit, known?.invocation));
  const lookMs = facts.units.get(node)?.atMs ?? 0;
  const missing = (why: string, hopeless = false): Standing => ({
    seenMs: lookMs,
    moving,
    notBack: { unit, why, hopeless },
  });
  switch (run.kind) {
    case 'open':
      return missing(run.words);
    case 'refused':
      return missing('stayed down: what it requires did not start', true);
    case 'failed': {
      // Between two tries it may still come: whoever starts a whole node starts some things too early.
      const why = resultWords(run.unit) || run.unit.active;
      if (run.unit.active === 'inactive') return missing('stopped again', true);
      return isBetweenTries(run.unit) ? missing(`${why}, tried again`) : missing(`failed, ${why}`, true);
    }
    case 'done': {
      const service = serviceByUnit(topology, unit);
      if (service === undefined) return { seenMs: lookMs, moving };
      const instance = instanceId(service.name, node);
      const sight = sightOf(facts, cluster, { instance, node, unit, sinceMs });
      return sight.green ? { seenMs: sight.seenMs, moving } : missing(`active, ${sight.reason}`);
    }
    default:
      return run satisfies never;
  }
};

/** All of them together, going by looks since `sinceMs` alone. */
export const bringUpSight = (
  bringUp: BringUp,
  facts: ClusterFacts,
  cluster: ClusterState,
  sinceMs: number,
): BringUpSight => {
  const all = bringUp.starts.map(
    (unit) => [unit, standingOf(bringUp, unit, facts, cluster, sinceMs)] as const,
  );
  const notBack = all.flatMap(([, { notBack: missing }]) => missing ?? []);
  const back = all.filter(([, standing]) => standing.notBack === undefined).map(([unit]) => unit);
  const [first] = notBack;
  return {
    green: notBack.length === 0,
    renewed: undefined,
    moving: all.some(([, { moving }]) => moving),
    seenMs: Math.min(...all.map(([, { seenMs }]) => seenMs)),
    reason: first === undefined ? '' : `${unitWord(first.unit)} ${first.why}`,
    hopeless: notBack.length > 0 && notBack.every((one) => one.hopeless),
    back,
    notBack,
  };
};

/** "flaredb, iam and 3 steps". */
export const unitsWords = (topology: Topology, units: readonly UnitName[]): string => {
  const services = units.filter((unit) => serviceByUnit(topology, unit) !== undefined);
  const steps = units.length - services.length;
  if (services.length === 0 && steps === 1) return sentenceList(units.map(unitWord));
  return sentenceList([...services.map(unitWord), ...(steps === 0 ? [] : [plural(steps, 'step')])]);
};

/** What was done to them, and what those are that it was not: "brought back" and "not back". */
export type GroupWords = { readonly done: string; readonly not: string };

/** "brought back flaredb, iam and 3 steps in 31 s". */
export const broughtBackWords = (
  topology: Topology,
  { done }: GroupWords,
  units: readonly UnitName[],
  tookMs: number,
): string =>
  `${done} ${unitsWords(topology, units)} in ${formatAge(Math.max(1000, Math.round(tookMs / 1000) * 1000))}`;

/** "brought back flaredb; not back: iam failed, exit 3". */
export const notBackWords = (
  topology: Topology,
  { done, not }: GroupWords,
  { back, notBack }: BringUpSight,
): string => {
  const well = back.length === 0 ? '' : `${done} ${unitsWords(topology, back)}; `;
  return `${well}${not}: ${notBack.map(({ unit, why }) => `${unitWord(unit)} ${why}`).join(', ')}`;
};
