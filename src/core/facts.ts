/** The reducer: folds observations into what is remembered about a cluster. No verdicts here. */
import type { CheckFacts, ClockReading, ClusterFacts, NodeNews, Sample } from './model/cluster.ts';
import type { CheckTarget, NodeName } from './model/inventory.ts';
import type {
  LinkState,
  NodeRights,
  NodeUnits,
  Observation,
  ProbeResult,
  UnitRelations,
} from './model/observation.ts';
import { keepPushed, NO_NEWS, withNews, withUnit } from './news.ts';
import { reuse } from './reuse.ts';
import { clockSetBack } from './set-back.ts';

/** Looks kept per check and per node: two minutes at the default interval. */
export const HISTORY_LENGTH = 60;

/** Memory before the first look; `targets` and `nodes` are all that `observe` will ever accept facts about. */
export const emptyFacts = (
  targets: readonly CheckTarget[],
  nodes: readonly { readonly name: NodeName }[],
  startedAtMs: number,
): ClusterFacts => ({
  startedAtMs,
  checks: new Map(
    targets.map((target) => [target.id, { target, failuresInRow: 0, passesInRow: 0, history: [] }]),
  ),
  units: new Map(),
  clocks: new Map(),
  links: new Map(nodes.map((node) => [node.name, { state: 'none' }])),
  news: new Map(),
  relations: new Map(),
  rights: new Map(),
});

/** A node as ssh knows it: whoever has moved is somebody else. */
type Known = { readonly name: NodeName; readonly ssh?: string };

type Changed = { readonly before: readonly Known[]; readonly now: readonly Known[] };

/** The nodes that stay as they were. */
export const stayingNodes = ({ before, now }: Changed): ReadonlySet<NodeName> =>
  new Set(
    now.flatMap(({ name, ssh }) => {
      const known = before.find((node) => node.name === name);
      return known !== undefined && known.ssh === ssh ? [name] : [];
    }),
  );

/** What is asked and where, without how often and how it is judged. */
const askedOf = ({ spec, ...target }: CheckTarget) => {
  const {
    slowMs: _slow,
    intervalMs: _interval,
    timeoutMs: _timeout,
    fall: _fall,
    rise: _rise,
    ...asked
  } = spec;
  return { ...target, spec: asked };
};

/** What is remembered, for other targets and nodes: of those that stay as they were all of it, of others nothing. */
export const carriedFacts = (
  facts: ClusterFacts,
  targets: readonly CheckTarget[],
  nodes: Changed,
): ClusterFacts => {
  const staying = stayingNodes(nodes);
  const kept = <T>(of: ReadonlyMap<NodeName, T>): ReadonlyMap<NodeName, T> =>
    new Map([...of].filter(([name]) => staying.has(name)));
  const fresh = emptyFacts(targets, nodes.now, facts.startedAtMs);
  return {
    startedAtMs: facts.startedAtMs,
    checks: new Map(
      [...fresh.checks].map(([id, empty]) => {
        const known = facts.checks.get(id);
        if (known === undefined) return [id, empty];
        if (reuse(known.target, empty.target) === known.target) return [id, known];
        // Another pace or threshold judges the same looks anew.
        const asks = askedOf(known.target);
        return [id, reuse(asks, askedOf(empty.target)) === asks ? { ...known, target: empty.target } : empty];
      }),
    ),
    units: kept(facts.units),
    clocks: kept(facts.clocks),
    links: new Map([...fresh.links, ...kept(facts.links)]),
    news: kept(facts.news),
    relations: kept(facts.relations),
    rights: kept(facts.rights),
  };
};

const sampleOf = (result: ProbeResult): Sample => {
  const sample = { atMs: result.atMs, ok: result.ok, totalMs: result.phases.totalMs };
  return result.ok ? sample : { ...sample, failure: result.failure.kind };
};

const append = <T>(kept: readonly T[], next: T): readonly T[] => [
  ...(kept.length < HISTORY_LENGTH ? kept : kept.slice(1 - HISTORY_LENGTH)),
  next,
];

const remember = (facts: CheckFacts, result: ProbeResult): CheckFacts => {
  const next = { ...facts, last: result, history: append(facts.history, sampleOf(result)) };
  if (result.ok) return { ...next, lastOk: result, failuresInRow: 0, passesInRow: facts.passesInRow + 1 };
  return {
    ...next,
    failuresInRow: facts.failuresInRow + 1,
    passesInRow: 0,
    firstFailure: facts.failuresInRow === 0 ? result : (facts.firstFailure ?? result),
    lastFailure: result,
  };
};

/** A reboot sets the clock back: readings from before it say nothing about times after it. */
const readClock = (
  readings: readonly ClockReading[] = [],
  known: NodeUnits | undefined,
  look: NodeUnits,
): readonly ClockReading[] => {
  const { atMs, monotonicMs } = look;
  if (monotonicMs === undefined) return [];
  const isSameBoot = known?.bootId === look.bootId && monotonicMs >= (readings.at(-1)?.monotonicMs ?? 0);
  return append(isSameBoot ? readings : [], { atMs, monotonicMs });
};

/** A link that tries again still says why it had to. */
const retried = (known: LinkState | undefined, link: LinkState): LinkState => {
  if (link.state !== 'connecting') return link;
  if (known?.state === 'failed') return { ...link, after: known.failure };
  return known?.state === 'connecting' && known.after !== undefined ? { ...link, after: known.after } : link;
};

/**
 * Folds a batch into the facts: one copy of each map that changes, the same object back when none does.
 * Facts about unknown checks or nodes are ignored. A look that is older than the last one of its check or node counts
 * all the same: the wall clock was set back, and what was seen before counts as seen just now.
 */
export const observe = (facts: ClusterFacts, observations: readonly Observation[]): ClusterFacts => {
  let checks: Map<string, CheckFacts> | undefined;
  let units: Map<NodeName, NodeUnits> | undefined;
  let clocks: Map<NodeName, readonly ClockReading[]> | undefined;
  let links: Map<NodeName, LinkState> | undefined;
  let news: Map<NodeName, NodeNews> | undefined;
  let relations: Map<NodeName, readonly UnitRelations[]> | undefined;
  let rights: Map<NodeName, NodeRights> | undefined;

  const folded = (): ClusterFacts => ({
    startedAtMs: facts.startedAtMs,
    checks: (checks as ClusterFacts['checks'] | undefined) ?? facts.checks,
    units: units ?? facts.units,
    clocks: clocks ?? facts.clocks,
    links: links ?? facts.links,
    news: news ?? facts.news,
    relations: relations ?? facts.relations,
    rights: rights ?? facts.rights,
  });
  // Looks at one thing come in the order in which they were taken.
  const afterSetBack = (atMs: number, index: number): ClusterFacts =>
    observe(clockSetBack(folded(), atMs), observations.slice(index));

  for (const [index, observation] of observations.entries()) {
    switch (observation.kind) {
      case 'probe': {
        const known = (checks ?? facts.checks).get(observation.check);
        if (known === undefined) break;
        const { atMs } = observation.result;
        if (atMs < (known.last?.atMs ?? -Infinity)) return afterSetBack(atMs, index);
        checks ??= new Map(facts.checks);
        checks.set(observation.check, remember(known, observation.result));
        break;
      }
      case 'units': {
        if (!facts.links.has(observation.node)) break;
        const known = (units ?? facts.units).get(observation.node);
        const { atMs } = observation.look;
        if (atMs < (known?.atMs ?? -Infinity)) return afterSetBack(atMs, index);
        units ??= new Map(facts.units);
        units.set(observation.node, keepPushed(observation.look, known));
        clocks ??= new Map(facts.clocks);
        clocks.set(observation.node, readClock(clocks.get(observation.node), known, observation.look));
        break;
      }
      case 'link': {
        const known = (links ?? facts.links).get(observation.node);
        if (known === undefined) break;
        links ??= new Map(facts.links);
        links.set(observation.node, retried(known, observation.link));
        break;
      }
      case 'relations': {
        if (!facts.links.has(observation.node)) break;
        // Hardly ever anything else than before: then nothing is compared with the topology anew.
        const known = (relations ?? facts.relations).get(observation.node);
        if (reuse(known, observation.units) === known) break;
        relations ??= new Map(facts.relations);
        relations.set(observation.node, observation.units);
        break;
      }
      case 'rights': {
        if (!facts.links.has(observation.node)) break;
        // What was known does not become less by a question that went unanswered.
        if (observation.rights.by === 'unknown' && (rights ?? facts.rights).has(observation.node)) break;
        rights ??= new Map(facts.rights);
        rights.set(observation.node, observation.rights);
        break;
      }
      case 'unit': {
        const known = (units ?? facts.units).get(observation.node);
        const next = known && withUnit(known, observation.unit, observation.atMs);
        if (next === undefined || next === known) break;
        units ??= new Map(facts.units);
        units.set(observation.node, next);
        break;
      }
      case 'job-end':
      case 'log':
      case 'feed': {
        if (!facts.links.has(observation.node)) break;
        news ??= new Map(facts.news);
        news.set(observation.node, withNews(news.get(observation.node) ?? NO_NEWS, observation));
        break;
      }
      default: {
        const never: never = observation;
        return never;
      }
    }
  }

  const isUnchanged = [checks, units, links, news, relations, rights].every(
    (changed) => changed === undefined,
  );
  return isUnchanged ? facts : folded();
};
