/** Which units will not come by themselves: what systemd will try again is never among them. */
import { hasRun } from '../first-boot/entries.ts';
import { serviceByUnit, stepByName } from '../graph.ts';
import type { NodeName } from '../model/inventory.ts';
import type { NodeUnits, UnitFacts } from '../model/observation.ts';
import type { Service, Step, Topology, UnitName } from '../model/topology.ts';
import { loadFault } from '../unit-notes.ts';
import { failureWords } from '../unit-verdict.ts';
import { freshLook } from './looks.ts';
import type { FinalFailure, WaitInput } from './model.ts';

/** A final failure as one look shows it. */
export type Suspect = FinalFailure & {
  /** Differs when the unit has moved meanwhile. */
  readonly mark: string;
  /** When the look was taken. */
  readonly atMs: number;
  /** When the newest was heard of the node: what was pushed since the look is no part of it. */
  readonly heardMs: number;
};

/** Suspects as they were first seen, by node and unit. */
export type WaitMemory = ReadonlyMap<string, Pick<Suspect, 'mark' | 'heardMs'>>;

const OVER_STATES: ReadonlySet<string> = new Set(['running', 'degraded']);

const documented = (topology: Topology, unit: UnitName): Service | Step | undefined =>
  serviceByUnit(topology, unit) ?? stepByName(topology, unit);

/** The unit and all that `next` leads to from it, the furthest first. */
const closure = (
  topology: Topology,
  unit: UnitName,
  next: (of: Service | Step) => readonly UnitName[],
): UnitName[] => {
  const found = new Set([unit]);
  for (const name of found) {
    const of = documented(topology, name);
    if (of === undefined) continue;
    for (const other of next(of)) if (documented(topology, other) !== undefined) found.add(other);
  }
  return [...found].reverse();
};

/** The unit and every unit without which it does not start, those first. */
export const withRequired = (topology: Topology, unit: UnitName): UnitName[] =>
  closure(topology, unit, ({ requires }) => requires);

const hasJob = (unit: UnitFacts): boolean => (unit.job ?? 0) > 0;

/** Something is done to it, or systemd will do something. `failed-before-auto-restart` is a state of systemd ≥ 254. */
const isMoving = (unit: UnitFacts): boolean =>
  hasJob(unit) ||
  unit.sub.includes('auto-restart') ||
  !['active', 'inactive', 'failed'].includes(unit.active);

/**
 * Down after a boot that is over, and nothing that it comes after is under way any more: systemd would not start it
 * after those either, but then they are what to look at first.
 */
const isLeftBehind = (topology: Topology, unit: UnitFacts, look: NodeUnits): boolean => {
  if (unit.active !== 'inactive' || !OVER_STATES.has(look.systemState ?? '')) return false;
  // A step that does not stay active is down because it is done.
  if (stepByName(topology, unit.unit)?.remainAfterExit === false && hasRun(unit)) return false;
  const facts = new Map(look.units.map((one) => [one.unit, one]));
  return closure(topology, unit.unit, ({ requires, after }) => [...requires, ...after]).every((name) => {
    const other = facts.get(name);
    return other === undefined || !isMoving(other);
  });
};

const loadKind = (load: string): FinalFailure['kind'] =>
  load === 'not-found' || load === 'masked' ? load : 'broken';

type Found = Pick<Suspect, 'kind' | 'words'>;

/** How a unit that is not up has failed for good, as this look shows it; undefined when it may still come. */
const finalOf = (
  { topology, nowMs }: WaitInput,
  unit: UnitFacts,
  look: NodeUnits,
  leftBehind: boolean,
): Found | undefined => {
  if (unit.active === 'active' || isMoving(unit)) return undefined;
  const unusable = loadFault(unit)?.words;
  if (unusable !== undefined) return { kind: loadKind(unit.load), words: unusable };
  if (unit.active === 'failed') {
    const restartSec = documented(topology, unit.unit)?.restartSec;
    return { kind: 'failed', words: failureWords(unit, restartSec, look, nowMs).replace(/^failed, /u, '') };
  }
  return leftBehind && isLeftBehind(topology, unit, look)
    ? { kind: 'left-behind', words: 'left behind: nothing starts it' }
    : undefined;
};

/** True when systemd is done with a failed unit. */
export const isFinal = (input: WaitInput, unit: UnitFacts, look: NodeUnits): boolean =>
  finalOf(input, unit, look, false) !== undefined;

/** The first of `units` on a node that has failed for good. `leftBehind`: being down after the boot counts, too. */
export const suspectAmong = (
  input: WaitInput,
  node: NodeName,
  units: readonly UnitName[],
  leftBehind: boolean,
): Suspect | undefined => {
  const look = freshLook(input, node);
  if (look === undefined) return undefined;
  for (const name of units) {
    const unit = look.units.find((one) => one.unit === name);
    const found = unit === undefined ? undefined : finalOf(input, unit, look, leftBehind);
    if (unit === undefined || found === undefined) continue;
    return {
      ...found,
      node,
      unit: name,
      name: documented(input.topology, name)?.name ?? name,
      mark: [look.bootId, found.kind, unit.stateChangeMs, unit.invocation].join(' '),
      atMs: look.atMs,
      heardMs: Math.max(look.atMs, ...(look.pushedMs?.values() ?? [])),
    };
  }
  return undefined;
};

const keyOf = ({ node, unit }: Suspect): string => `${node} ${unit}`;

/**
 * Those of which a look says the same as what was heard at least half an interval earlier, and what to remember for the next time. What
 * was remembered of a time that has not come is of a clock that was set back.
 */
export const confirm = (
  suspects: readonly Suspect[],
  memory: WaitMemory,
  intervalMs: number,
): { readonly confirmed: readonly Suspect[]; readonly memory: WaitMemory } => {
  const next = new Map<string, Pick<Suspect, 'mark' | 'heardMs'>>();
  const confirmed: Suspect[] = [];
  for (const suspect of suspects) {
    const { mark, atMs, heardMs } = suspect;
    const known = memory.get(keyOf(suspect));
    const first = known?.mark === mark && known.heardMs <= heardMs ? known : { mark, heardMs };
    next.set(keyOf(suspect), first);
    if (atMs - first.heardMs >= intervalMs / 2) confirmed.push(suspect);
  }
  return { confirmed, memory: next };
};
