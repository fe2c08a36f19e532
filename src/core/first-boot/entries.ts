/** What systemd says of every unit of one node's boot: its state and its times since that boot began. */
import { formatElapsed, formatTook, plural } from '../format.ts';
import { stepByName } from '../graph.ts';
import type { ClusterState } from '../model/cluster.ts';
import { type ClusterNode, instanceId } from '../model/inventory.ts';
import type { NodeUnits, UnitFacts } from '../model/observation.ts';
import type { Service, Step, Topology, UnitName, UnitType } from '../model/topology.ts';
import { loadFault } from '../unit-notes.ts';
import { isBootOver } from '../unit-standing.ts';
import { elapsedOnNode, failureWords, isFailing } from '../unit-verdict.ts';
import type { BootEntry, BootState } from './model.ts';

/** A unit of the boot as the topology documents it for one node. */
type BootUnit = {
  readonly unit: UnitName;
  readonly name: string;
  readonly inChain: boolean;
  /** Absent for the targets at both ends of the chain. */
  readonly of?: Service | Step;
};

/** An entry before it is known what it waits for. */
export type Reading = Pick<BootEntry, 'unit' | 'name' | 'inChain' | 'state' | 'documentedMs' | 'words'> & {
  /** Undefined: systemd cannot tell. Of the boot, not of a start after it. */
  readonly beginMs: number | undefined;
  readonly endMs: number | undefined;
  readonly elapsedMs: number | undefined;
  /** Type=simple is active when it execs: what comes after it does not wait for its port. */
  readonly isSimple: boolean;
  /** A job waits to start it. Without one nothing will. */
  readonly isQueued: boolean;
};

export type NodeReading = {
  readonly over: boolean;
  readonly readings: readonly Reading[];
  /** When the first unit of the boot began, on the node's clock. */
  readonly begunMs: number | undefined;
};

const isStep = (of: Service | Step): of is Step => 'remainAfterExit' in of;
const documentedOf = (of: Service | Step | undefined): number | undefined => of?.startMs;

/** The units of a node's boot: the chain in its order, then the services beside it. */
const bootUnits = (topology: Topology, node: ClusterNode): BootUnit[] => {
  const { chain, ready } = topology.firstBoot;
  const here = topology.services.filter((service) => node.services.includes(service.name));
  const service = (unit: UnitName): Service | undefined => here.find((other) => other.unit === unit);
  const chained = chain.flatMap((unit): BootUnit[] => {
    if (unit === ready.unit) return [];
    const step = stepByName(topology, unit);
    if (step !== undefined) {
      const runsHere = step.service === undefined || node.services.includes(step.service);
      return runsHere ? [{ unit, name: step.name, inChain: true, of: step }] : [];
    }
    const of = service(unit);
    if (of !== undefined) return [{ unit, name: of.name, inChain: true, of }];
    const isTarget = unit.endsWith('.target');
    return isTarget ? [{ unit, name: unit.replace(/\.target$/u, ''), inChain: true }] : [];
  });
  const beside = here
    .filter((other) => !chain.includes(other.unit))
    .map((of): BootUnit => ({ unit: of.unit, name: of.name, inChain: false, of }));
  return [...chained, { unit: ready.unit, name: 'ready', inChain: true }, ...beside];
};

/** It was down before its present start: its times are not those of its first one. */
const wasDown = (unit: UnitFacts): boolean => (unit.inactiveEnterMs ?? 0) > 0;

const firstStart = (units: readonly UnitFacts[]): number | undefined => {
  const begun = units.filter((unit) => (unit.inactiveExitMs ?? 0) > 0);
  const first = begun.filter((unit) => !wasDown(unit));
  const times = (first.length > 0 ? first : begun).flatMap((unit) => unit.inactiveExitMs ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
};

/** A oneshot that ran to a good end. */
export const hasRun = (unit: UnitFacts): boolean =>
  unit.type === 'oneshot' && unit.result === 'success' && unit.exitHow === 1 && unit.exitCode === 0;

/** What the queue holds for a unit: "start" where it does not say. Undefined: nothing. */
const jobType = (unit: UnitFacts, look: NodeUnits): string | undefined => {
  const id = unit.job ?? 0;
  if (id === 0) return undefined;
  return look.jobs?.find((job) => job.id === id && job.unit === unit.unit)?.type ?? 'start';
};

/** A job that will leave it up. */
const isToStart = (unit: UnitFacts, look: NodeUnits): boolean => {
  const type = jobType(unit, look);
  return type !== undefined && type !== 'stop';
};

const downState = (unit: UnitFacts, of: Service | Step, over: boolean, look: NodeUnits): BootState => {
  if (isToStart(unit, look)) return 'waiting';
  if (isStep(of) && !of.remainAfterExit && hasRun(unit)) return 'done';
  return over ? 'left-behind' : 'waiting';
};

/** A Type=simple daemon that was just executed and does not answer yet. */
const isWarming = (of: Service | Step, upMs: number | undefined, answers: boolean): boolean =>
  of.type === ('simple' satisfies UnitType) &&
  !answers &&
  upMs !== undefined &&
  upMs <= (documentedOf(of) ?? 0);

const stateOf = (
  unit: UnitFacts,
  of: Service | Step,
  over: boolean,
  startingMs: number | undefined,
  answers: boolean,
  look: NodeUnits,
): BootState => {
  if (loadFault(unit) !== undefined || isFailing(unit)) return 'failed';
  switch (unit.active) {
    case 'active':
      return isWarming(of, startingMs, answers) ? 'starting' : 'done';
    case 'reloading':
    case 'refreshing':
      return 'done';
    case 'activating': {
      const documentedMs = documentedOf(of);
      const isLate = documentedMs !== undefined && startingMs !== undefined && startingMs > 2 * documentedMs;
      return isLate ? 'late' : 'starting';
    }
    case 'inactive':
    case 'deactivating':
      return downState(unit, of, over, look);
    default:
      return 'unknown';
  }
};

/** "0:07 of 0:15"; only the first where nothing is documented. */
const progressWords = (elapsedMs: number | undefined, documentedMs: number | undefined): string =>
  elapsedMs === undefined
    ? ''
    : documentedMs === undefined
      ? ` ${formatElapsed(elapsedMs)}`
      : ` ${formatElapsed(elapsedMs)} of ${formatElapsed(documentedMs)}`;

const doneWords = (unit: UnitFacts, isOfBoot: boolean, elapsedMs: number | undefined): string => {
  const restarts = unit.restarts ?? 0;
  const took = elapsedMs === undefined ? '' : formatTook(elapsedMs);
  const again = restarts > 0 ? `after ${plural(restarts, 'restart')}` : isOfBoot ? '' : 'started again since';
  return [took, again].filter((part) => part !== '').join(' ');
};

/** A `restart` of what waits for its turn is told as one: it is somebody's doing, not the boot's. */
const queueWords = (type: string | undefined): string => {
  if (type === undefined) return 'has no job';
  if (type === 'stop') return 'is to stop';
  return type === 'start' ? 'waits for its turn' : `waits for its turn to ${type}`;
};

const wordsOf = (
  unit: UnitFacts,
  of: Service | Step,
  state: BootState,
  elapsedMs: number | undefined,
  isOfBoot: boolean,
  look: NodeUnits,
  nowMs: number,
): string => {
  switch (state) {
    case 'failed':
      return loadFault(unit)?.words ?? failureWords(unit, of.restartSec, look, nowMs);
    case 'starting':
    case 'late':
      return `${state}${progressWords(elapsedMs, documentedOf(of))}`;
    case 'left-behind':
      return 'left behind: nothing starts it';
    case 'waiting':
      if (unit.active === 'deactivating') return 'stopping';
      return queueWords(jobType(unit, look));
    case 'done':
      return doneWords(unit, isOfBoot, elapsedMs);
    case 'unknown':
      return unit.active;
    default:
      return state satisfies never;
  }
};

const since = (timeMs: number | undefined, begunMs: number | undefined): number | undefined =>
  timeMs === undefined || timeMs <= 0 || begunMs === undefined ? undefined : Math.max(0, timeMs - begunMs);

type Context = {
  readonly look: NodeUnits;
  readonly over: boolean;
  readonly begunMs: number | undefined;
  readonly nowMs: number;
  readonly answers: (of: Service | Step, unit: UnitFacts) => boolean;
};

const readUnit = (
  { unit: name, name: title, inChain }: BootUnit,
  of: Service | Step,
  unit: UnitFacts,
  context: Context,
): Reading => {
  const { look, over, begunMs, nowMs } = context;
  const startingMs = elapsedOnNode(look, unit.inactiveExitMs, nowMs);
  const state = stateOf(unit, of, over, startingMs, context.answers(of, unit), look);
  const isOfBoot = !(over && wasDown(unit));
  const isSimple = of.type === 'simple';
  // What is down was begun in an earlier run, if ever.
  const isBegun = state !== 'waiting' && state !== 'left-behind' && isOfBoot;
  const beginMs = isBegun ? since(unit.inactiveExitMs, begunMs) : undefined;
  const upMs = unit.active === 'inactive' ? unit.inactiveEnterMs : unit.activeEnterMs;
  const endMs = state === 'done' && isOfBoot ? since(upMs, begunMs) : undefined;
  const tookMs =
    isSimple || beginMs === undefined || endMs === undefined ? undefined : Math.max(0, endMs - beginMs);
  const elapsedMs = state === 'starting' || state === 'late' ? startingMs : tookMs;
  return {
    unit: name,
    name: title,
    inChain,
    state,
    beginMs,
    endMs,
    elapsedMs,
    ...(of.startMs === undefined ? {} : { documentedMs: of.startMs }),
    words: wordsOf(unit, of, state, elapsedMs, isOfBoot, look, nowMs),
    isSimple,
    isQueued: isToStart(unit, look),
  };
};

const unseen = ({ unit, name, inChain, of }: BootUnit): Reading => ({
  unit,
  name,
  inChain,
  state: 'unknown',
  beginMs: undefined,
  endMs: undefined,
  elapsedMs: undefined,
  ...(of?.startMs === undefined ? {} : { documentedMs: of.startMs }),
  words: 'not yet seen',
  isSimple: of?.type === 'simple',
  isQueued: true,
});

const target = (boot: BootUnit, isDone: boolean, atMs: number | undefined, words: string): Reading => ({
  ...unseen(boot),
  state: isDone ? 'done' : 'waiting',
  beginMs: isDone ? atMs : undefined,
  endMs: isDone ? atMs : undefined,
  words: isDone ? '' : words,
});

/** Ready is when all the others are done, and systemd has nothing else to start. */
const readReady = (boot: BootUnit, readings: readonly Reading[], over: boolean): Reading => {
  const isAll = readings.every((reading) => reading.state === 'done');
  const ends = readings.flatMap((reading) => reading.endMs ?? reading.beginMs ?? []);
  const endMs = ends.length === 0 ? undefined : Math.max(...ends);
  return target(boot, isAll && over, endMs, isAll ? 'waits for units that are not watched' : '');
};

/**
 * Reads one node's look. Units that were not asked for or do not exist as a step are left out; the targets are told
 * from the units around them. `look` undefined: nothing was seen, everything is unknown.
 */
export const readNode = (
  topology: Topology,
  node: ClusterNode,
  look: NodeUnits | undefined,
  cluster: ClusterState,
  nowMs: number,
): NodeReading => {
  const boots = bootUnits(topology, node);
  if (look === undefined) return { over: false, readings: boots.map(unseen), begunMs: undefined };
  const facts = new Map(look.units.map((unit) => [unit.unit, unit]));
  const over = isBootOver(look);
  const begunMs = firstStart(boots.flatMap(({ unit }) => facts.get(unit) ?? []));
  const context: Context = {
    look,
    over,
    begunMs,
    nowMs,
    answers: (of, unit) => {
      const instance = cluster.instances.get(instanceId(of.name, node.name));
      const isProven = instance?.provenMs !== undefined && instance.provenMs === unit.activeEnterMs;
      return isProven || instance?.verdict === 'ok' || instance?.verdict === 'degraded';
    },
  };
  const { ready } = topology.firstBoot;
  const readings = boots.flatMap((boot): Reading[] => {
    if (boot.unit === ready.unit) return [];
    // Everything in the boot is ordered after the targets that the chain begins with.
    if (boot.of === undefined) {
      const isReached = begunMs !== undefined || over;
      return [target(boot, isReached, begunMs === undefined ? undefined : 0, 'waits for the network')];
    }
    const unit = facts.get(boot.unit);
    if (unit === undefined) return [unseen(boot)];
    // Steps are gone from a node that has no more use for them.
    if (isStep(boot.of) && unit.load === 'not-found') return [];
    return [readUnit(boot, boot.of, unit, context)];
  });
  const last = boots.find((boot) => boot.unit === ready.unit);
  const end = last === undefined ? [] : [readReady(last, readings, over)];
  const chain = readings.filter((reading) => reading.inChain);
  return { over, begunMs, readings: [...chain, ...end, ...readings.filter((one) => !one.inChain)] };
};
