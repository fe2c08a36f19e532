/** What a node sends by itself: a unit's change between two looks, ends of jobs, log lines, the feeds' own state. */
import type { NodeNews } from './model/cluster.ts';
import type { LogLine, NodeUnits, Observation, UnitFacts } from './model/observation.ts';
import type { UnitName } from './model/topology.ts';

/** Enough to see how a step failed; the whole log is the journal's. */
export const LOG_LINES_KEPT = 50;

export const NO_NEWS: NodeNews = { feeds: {}, logs: new Map(), logsDropped: 0, jobEnds: new Map() };

/** True when `a` tells of a later moment of the unit's life than `b`, by the node's own clock. */
const isNewer = (a: UnitFacts, b: UnitFacts): boolean => (a.stateChangeMs ?? 0) > (b.stateChangeMs ?? 0);

/**
 * The look with one unit as it was pushed at `atMs`. A push about a unit that was not asked for is ignored, and so is
 * one that is older than what the look saw: it may have waited behind the look's answer.
 */
export const withUnit = (look: NodeUnits, pushed: UnitFacts, atMs: number): NodeUnits => {
  const known = look.units.find((unit) => unit.unit === pushed.unit);
  if (known === undefined || isNewer(known, pushed)) return look;
  return {
    ...look,
    units: look.units.map((unit) => (unit === known ? pushed : unit)),
    pushedMs: new Map(look.pushedMs).set(pushed.unit, atMs),
  };
};

/** A look that began before a push came may end after it: what was pushed meanwhile stays, where it is newer. */
export const keepPushed = (look: NodeUnits, known: NodeUnits | undefined): NodeUnits => {
  const pushedMs = new Map([...(known?.pushedMs ?? [])].filter(([, atMs]) => atMs >= look.atMs));
  if (known === undefined || pushedMs.size === 0 || known.bootId !== look.bootId) return look;
  const pushed = new Map(
    known.units.filter(({ unit }) => pushedMs.has(unit)).map((unit) => [unit.unit, unit]),
  );
  return {
    ...look,
    units: look.units.map((unit) => {
      const other = pushed.get(unit.unit);
      return other !== undefined && isNewer(other, unit) ? other : unit;
    }),
    pushedMs,
  };
};

const withLines = (
  logs: NodeNews['logs'],
  lines: readonly LogLine[],
): ReadonlyMap<UnitName, readonly LogLine[]> => {
  const next = new Map(logs);
  for (const [unit, fresh] of Map.groupBy(lines, (line) => line.unit)) {
    next.set(unit, [...(next.get(unit) ?? []), ...fresh].slice(-LOG_LINES_KEPT));
  }
  return next;
};

type News = Extract<Observation, { readonly kind: 'job-end' | 'log' | 'feed' }>;

/** Adds one piece of news. */
export const withNews = (news: NodeNews, observation: News): NodeNews => {
  switch (observation.kind) {
    case 'job-end':
      return { ...news, jobEnds: new Map(news.jobEnds).set(observation.end.unit, observation.end) };
    case 'log':
      return {
        ...news,
        logs: withLines(news.logs, observation.lines),
        logsDropped: news.logsDropped + observation.dropped,
        ...(observation.wall === undefined ? {} : { wall: observation.wall }),
      };
    case 'feed':
      return { ...news, feeds: { ...news.feeds, [observation.feed]: observation.state } };
    default: {
      const never: never = observation;
      return never;
    }
  }
};
