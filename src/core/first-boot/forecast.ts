/** When each entry of a node's boot can end: the longest path through After= and Requires=, with documented times. */
import { stepByName } from '../graph.ts';
import type { Service, Step, Topology, UnitName } from '../model/topology.ts';
import type { Reading } from './entries.ts';

/** What nothing is documented for is quick, and what has used up its time is nearly done. */
const QUICK_MS = 1000;

export type Forecast = {
  /** From now until it can begin; 0 when it has begun. */
  readonly beginsInMs: number;
  /** From now until it is done; 0 when it is, Infinity behind what fails. */
  readonly endsInMs: number;
  /** From now until what comes after it may begin. */
  readonly releasesInMs: number;
  /** The entry at the head of its longest path: itself when it waits for nothing but itself. */
  readonly holder: Reading;
};

type Edges = {
  /** Must have begun to serve, or at least have been executed, before this one starts. */
  readonly after: readonly UnitName[];
  /** Must be done before this one can be. */
  readonly needs: readonly UnitName[];
};

const isStep = (of: Service | Step): of is Step => 'remainAfterExit' in of;

const edgesOf = (topology: Topology, reading: Reading, all: readonly Reading[]): Edges => {
  const { steps, ready } = topology.firstBoot;
  if (reading.unit === ready.unit) {
    return { after: [], needs: all.map((one) => one.unit).filter((unit) => unit !== ready.unit) };
  }
  const of: Service | Step | undefined =
    stepByName(topology, reading.unit) ?? topology.services.find((service) => service.unit === reading.unit);
  if (of === undefined) return { after: [], needs: [] };
  const before = steps.filter((step) => step.before.includes(reading.unit)).map((step) => step.unit);
  // A step waits itself for the service that it sets up.
  const set = isStep(of) ? topology.services.find((service) => service.name === of.service) : undefined;
  return {
    after: [...of.after, ...of.requires, ...before],
    needs: set === undefined ? [] : [set.unit],
  };
};

const ownMs = (reading: Reading): number => {
  switch (reading.state) {
    case 'done':
      return 0;
    case 'starting':
    case 'late':
      return Math.max((reading.documentedMs ?? 0) - (reading.elapsedMs ?? 0), QUICK_MS);
    case 'unknown':
    case 'waiting':
      return reading.isQueued ? (reading.documentedMs ?? QUICK_MS) : Number.POSITIVE_INFINITY;
    case 'failed':
    case 'left-behind':
      return Number.POSITIVE_INFINITY;
    default:
      return reading.state satisfies never;
  }
};

type When = 'endsInMs' | 'releasesInMs';

const later = (one: Forecast | undefined, other: Forecast, when: When): Forecast =>
  one === undefined || other[when] > one[when] ? other : one;

/** The forecast of every entry of one node. Total: an edge that closes a cycle is not followed. */
export const forecastOf = (topology: Topology, readings: readonly Reading[]): Map<UnitName, Forecast> => {
  const byUnit = new Map(readings.map((reading) => [reading.unit, reading]));
  const found = new Map<UnitName, Forecast>();
  const entered = new Set<UnitName>();

  const longest = (units: readonly UnitName[], when: When): Forecast | undefined => {
    let worst: Forecast | undefined;
    for (const unit of units) {
      const reading = byUnit.get(unit);
      const forecast = reading === undefined || reading.state === 'done' ? undefined : visit(reading);
      if (forecast !== undefined && forecast[when] > 0) worst = later(worst, forecast, when);
    }
    return worst;
  };

  const visit = (reading: Reading): Forecast | undefined => {
    const known = found.get(reading.unit);
    if (known !== undefined || entered.has(reading.unit)) return known;
    entered.add(reading.unit);
    const forecast = forecastFor(reading);
    found.set(reading.unit, forecast);
    return forecast;
  };

  const forecastFor = (reading: Reading): Forecast => {
    if (reading.state === 'done') return { beginsInMs: 0, endsInMs: 0, releasesInMs: 0, holder: reading };
    const { after, needs } = edgesOf(topology, reading, readings);
    const hasBegun = reading.state === 'starting' || reading.state === 'late' || reading.state === 'failed';
    const first = hasBegun ? undefined : longest(after, 'releasesInMs');
    const needed = longest(needs, 'endsInMs');
    const freeInMs = first?.releasesInMs ?? 0;
    const allInMs = Math.max(freeInMs, needed?.endsInMs ?? 0);
    const isHeldByNeed = needed !== undefined && needed.endsInMs > freeInMs;
    const holder = hasBegun ? reading : ((isHeldByNeed ? needed : first)?.holder ?? reading);
    const isReady = reading.unit === topology.firstBoot.ready.unit;
    const beginsInMs = isReady ? allInMs : freeInMs;
    const endsInMs = isReady ? allInMs : allInMs + ownMs(reading);
    const isReleased = reading.isSimple && Number.isFinite(endsInMs);
    return { beginsInMs, endsInMs, releasesInMs: isReleased ? beginsInMs : endsInMs, holder };
  };

  for (const reading of readings) visit(reading);
  return found;
};
