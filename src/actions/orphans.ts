/**
 * What came of an action whose end nobody saw: its console was killed or left, or the connection was lost for good. Told by
 * the runs that there are now, held against those before the command. Pure.
 */
import { unitWord } from '../core/action-name.ts';
import type { AuditEntry, Writer } from '../core/audit/model.ts';
import { formatAge, plural, sentenceList } from '../core/format.ts';
import { serviceByUnit } from '../core/graph.ts';
import type { JobOutcome } from '../core/model/action.ts';
import type { ClusterFacts, ClusterState } from '../core/model/cluster.ts';
import { instanceId } from '../core/model/inventory.ts';
import type { UnitFacts } from '../core/model/observation.ts';
import type { Topology, UnitName } from '../core/model/topology.ts';
import {
  type Rival,
  resetStanding,
  runStanding,
  type Seen,
  type Standing,
  sinceSent,
  stopStanding,
} from './orphan-standing.ts';
import { stillSplitWords } from './outcome-words.ts';
import { STOPPED_WATCHING } from './send.ts';
import { sightOf } from './settle.ts';

/** Older ones are history: what runs now tells nothing of them any more. */
const LOOKED_UP_MS = 3_600_000;
/** A command may be on its way for so long after its console has died. */
const ON_ITS_WAY_MS = 15_000;
/** A process of another machine cannot be asked after: so long it may still watch. */
const FOREIGN_MS = 600_000;
const HEALTH_MS = 30_000;

export type Finding =
  /** More is to be seen before anything can be said. */
  | { readonly kind: 'looking'; readonly words: string }
  /** Whoever sent it watches it himself. */
  | { readonly kind: 'elsewhere'; readonly words: string }
  | {
      readonly kind: 'found';
      readonly outcome: JobOutcome;
      readonly words: string;
      readonly runs: ReadonlyMap<UnitName, string>;
    };

export type LookUp = {
  readonly topology: Topology;
  readonly facts: ClusterFacts;
  readonly cluster: ClusterState;
  readonly nowMs: number;
  /** Wall time from which looks count. */
  readonly sinceMs: number;
  /** Whether the process still runs; `host` is this machine's name. */
  readonly host: string;
  readonly isRunning: (writer: Writer) => boolean;
  /** All that the audit has of late: what another action did is not this one's doing. */
  readonly entries: readonly AuditEntry[];
};

/** Nobody has written down how it ended, or only that nobody saw it. */
export const isUnseen = ({ end }: AuditEntry): boolean =>
  end === undefined ||
  (!end.resolved &&
    (end.outcome === 'unknown' || (end.outcome === 'cancelled' && end.words.startsWith(STOPPED_WATCHING))));

/** It can be looked up on this cluster's nodes. */
export const isOrphan = (entry: AuditEntry, cluster: string, nowMs: number): boolean =>
  entry.cluster === cluster &&
  entry.units.length > 0 &&
  entry.node !== '' &&
  nowMs - entry.atMs < LOOKED_UP_MS &&
  // Without what was there before, its own run would be taken for an older one.
  (entry.end === undefined || entry.before.size > 0) &&
  isUnseen(entry);

type Way = {
  readonly units: (entry: AuditEntry) => readonly UnitName[];
  readonly standing: (seen: Seen, unit: UnitFacts) => Standing;
  readonly done: string;
  /** What it is about must be well in the end. */
  readonly isHealthy: boolean;
};

const run = (done: string, units: Way['units']): Way => ({
  units,
  standing: runStanding,
  done,
  isHealthy: true,
});

const ways: Readonly<Record<string, Way>> = {
  restart: run('restarted', ({ units }) => units),
  rerun: run('run again', ({ units }) => units),
  start: run('started', ({ units, starts }) => [...new Set([...units, ...starts])]),
  'bring-up': run('brought up', ({ starts }) => starts),
  stop: { units: ({ units }) => units, standing: stopStanding, done: 'stopped', isHealthy: false },
  'reset-failed': {
    units: ({ units }) => units,
    standing: resetStanding,
    done: 'failure forgotten',
    isHealthy: false,
  },
};

const who = ({ user }: AuditEntry): string => user.sudoUser ?? user.name;

const elsewhere = (entry: AuditEntry, { nowMs, host, isRunning }: LookUp): string | undefined => {
  const { writer, end } = entry;
  if (end !== undefined || writer === undefined) return undefined;
  const told = `(pid ${writer.pid}, ${who(entry)})`;
  if (writer.host !== host) {
    return nowMs - entry.atMs < FOREIGN_MS ? `may still run from ${writer.host} ${told}` : undefined;
  }
  return isRunning(writer) ? `running in another console ${told}` : undefined;
};

/** Other actions of the cluster; those that have not ended may be at it just now. */
const rivalsOf = ({ id, cluster }: AuditEntry, lookUp: LookUp): readonly Rival[] =>
  lookUp.entries
    .filter((other) => other.id !== id && other.cluster === cluster)
    .map((other) => ({ entry: other, isRunning: elsewhere(other, lookUp) !== undefined }));

/** Why the services among the units are not well; empty when all are. */
const unhealthy = (
  entry: AuditEntry,
  units: readonly UnitName[],
  { topology, facts, cluster, sinceMs }: LookUp,
): string => {
  for (const unit of units) {
    const service = serviceByUnit(topology, unit);
    if (service === undefined) continue;
    const { node } = entry;
    const sight = sightOf(facts, cluster, { instance: instanceId(service.name, node), node, unit, sinceMs });
    if (!sight.green) return units.length === 1 ? sight.reason : `${service.name} ${sight.reason}`;
  }
  return '';
};

const found = (
  outcome: JobOutcome,
  words: string,
  runs: ReadonlyMap<UnitName, string> = new Map(),
): Finding => ({ kind: 'found', outcome, words, runs });

/** What is known now of an orphan. */
export const findingOf = (entry: AuditEntry, lookUp: LookUp): Finding => {
  const { topology, facts, cluster, nowMs, sinceMs } = lookUp;
  const away = elsewhere(entry, lookUp);
  if (away !== undefined) return { kind: 'elsewhere', words: away };
  const way = Object.hasOwn(ways, entry.verb) ? ways[entry.verb] : undefined;
  if (way === undefined) return found('unknown', 'cannot tell what came of it');
  const look = facts.units.get(entry.node);
  if (look === undefined || look.atMs < sinceMs) {
    const isUp = cluster.nodes.get(entry.node)?.link.state === 'up';
    const why = isUp ? '' : `: no ssh to ${entry.node} yet`;
    return { kind: 'looking', words: `lost sight of it, it may have run: checking${why}` };
  }
  const booted = sinceSent({ entry, look }, 1);
  if (booted !== undefined && booted > 0) {
    return found('unknown', `cannot tell: ${entry.node} was booted ${formatAge(booted)} after the command`);
  }
  const names = way.units(entry);
  const units = names.flatMap((name) => look.units.find((unit) => unit.unit === name) ?? []);
  if (units.length === 0) return found('unknown', `cannot tell: ${entry.node} shows none of its units`);
  const seen: Seen = { entry, look, topology, rivals: rivalsOf(entry, lookUp) };
  const standings = units.map((unit) => [unit.unit, way.standing(seen, unit)] as const);
  const runs = new Map(
    standings.flatMap(([unit, one]) =>
      'run' in one && one.run !== undefined ? [[unit, one.run] as const] : [],
    ),
  );
  const whys = (kind: 'open' | 'unclear' | 'failed'): readonly string[] =>
    standings.flatMap(([, one]) => (one.kind === kind && 'why' in one ? [one.why] : []));
  const [open] = whys('open');
  if (open !== undefined) return { kind: 'looking', words: `it may be running: checking; ${open}` };
  const [unclear] = whys('unclear');
  if (unclear !== undefined) return found('unknown', `cannot tell: ${unclear}`, runs);
  const failed = whys('failed');
  if (failed.length > 0) return found('failed', `found: ${sentenceList(failed)}`, runs);
  const same = standings.filter(([, one]) => one.kind === 'same').map(([unit]) => unit);
  if (same.length === standings.length) {
    if (nowMs - entry.atMs < ON_ITS_WAY_MS) {
      return { kind: 'looking', words: 'it may have run: checking; no sign of it yet' };
    }
    return found('cancelled', 'never ran: all is as it was before');
  }
  const times = standings.flatMap(([, one]) => (one.kind === 'done' ? (one.afterMs ?? []) : []));
  const when = times.length === 0 ? '' : ` ${formatAge(Math.max(...times))} after the command`;
  const what = standings.length > 1 ? ` ${plural(standings.length - same.length, 'unit')}` : '';
  if (same.length > 0) {
    const not = sentenceList(same.map(unitWord));
    return found('not-healthy', `found: ${way.done}${what}${when}; not ${not}`, runs);
  }
  if (!way.isHealthy) return found('succeeded', `found: ${way.done}${what}${when}`, runs);
  const ill = unhealthy(entry, names, lookUp);
  if (ill === '') {
    const services = names.flatMap((name) => serviceByUnit(topology, name)?.name ?? []);
    const health = services.length === 0 ? '' : `, healthy${stillSplitWords(cluster, services)}`;
    return found('succeeded', `found: ${way.done}${what}${when}, active since${health}`, runs);
  }
  // It may just be getting well.
  if (nowMs - sinceMs < Math.max(HEALTH_MS, 3 * entry.expectedMs)) {
    return { kind: 'looking', words: `${way.done}${when}: checking its health; ${ill}` };
  }
  return found('not-healthy', `found: ${way.done}${what}${when}, but not healthy: ${ill}`, runs);
};
