/** A cluster's boot, told from what systemd says on each node: how far, what holds it, and when it is ready. */
import type { ClusterFacts, ClusterState } from '../model/cluster.ts';
import type { ClusterNode, Inventory } from '../model/inventory.ts';
import type { Topology } from '../model/topology.ts';
import { driftOf } from './drift.ts';
import { readNode } from './entries.ts';
import { forecastOf } from './forecast.ts';
import type { BootEntry, BootPhase, BootProgress, BootQuorum, DriftRow, Holder, NodeBoot } from './model.ts';
import { buildEntries } from './waits.ts';

/** Nodes this close to each other are not told apart. */
const SAME_MS = 1000;
/** Nodes that began to boot within this are one boot; those before it booted earlier. */
const ONE_BOOT_MS = 10 * 60_000;
const LONG_AGO_MS = 60 * 60_000;

export type BootInput = {
  readonly topology: Topology;
  readonly inventory: Inventory;
  readonly facts: ClusterFacts;
  readonly cluster: ClusterState;
  readonly nowMs: number;
};

type Draft = Omit<NodeBoot, 'earlier' | 'same' | 'last' | 'behindMs'>;

const nodeDraft = (node: ClusterNode, { topology, facts, cluster, nowMs }: BootInput): Draft => {
  const look = facts.units.get(node.name);
  const { over, readings, begunMs } = readNode(topology, node, look, cluster, nowMs);
  const elapsedMs =
    look?.monotonicMs === undefined || begunMs === undefined
      ? undefined
      : Math.max(0, look.monotonicMs + (nowMs - look.atMs) - begunMs);
  const forecasts = forecastOf(topology, readings);
  const entries = buildEntries(readings, forecasts, elapsedMs);
  const ready = entries.find((entry) => entry.unit === topology.firstBoot.ready.unit);
  const forecast = ready === undefined ? undefined : forecasts.get(ready.unit);
  const at =
    ready?.state === 'done' ? undefined : entries.find((entry) => entry.unit === forecast?.holder.unit);
  const isKnown = entries.every((entry) => entry.state !== 'unknown');
  const remainingMs = isKnown && Number.isFinite(forecast?.endsInMs) ? forecast?.endsInMs : undefined;
  // Our clock, by the node's own account of how long ago it was: the node's wall clock is never asked.
  const begunAtMs = elapsedMs === undefined ? undefined : nowMs - elapsedMs;
  const readyAtMs =
    begunAtMs === undefined || remainingMs === undefined
      ? undefined
      : ready?.state === 'done'
        ? begunAtMs + (ready.endMs ?? 0)
        : nowMs + remainingMs;
  return {
    node: node.name,
    seen: look !== undefined,
    over,
    entries,
    done: entries.filter((entry) => entry.state === 'done').length,
    ...(at === undefined ? {} : { at }),
    ...(elapsedMs === undefined ? {} : { elapsedMs }),
    ...(remainingMs === undefined ? {} : { remainingMs }),
    ...(begunAtMs === undefined ? {} : { begunAtMs }),
    ...(readyAtMs === undefined ? {} : { readyAtMs }),
    ...(look === undefined ? {} : { lookAgeMs: Math.max(0, nowMs - look.atMs) }),
  };
};

/** What is told of a node when it stands where another one stands. */
const standing = ({ entries }: Draft): string =>
  entries.map((entry) => `${entry.unit} ${entry.state}`).join('\n');

/** Puts the nodes beside each other: which are of this boot, which are alike, and which is the last. */
const compared = (drafts: readonly Draft[]): NodeBoot[] => {
  const newest = Math.max(...drafts.map((draft) => draft.begunAtMs ?? -Infinity));
  const isEarlier = ({ begunAtMs }: Draft): boolean =>
    begunAtMs !== undefined && begunAtMs < newest - ONE_BOOT_MS;
  const here = drafts.filter((draft) => draft.readyAtMs !== undefined && !isEarlier(draft));
  const ordered = here.toSorted((a, b) => (b.readyAtMs ?? 0) - (a.readyAtMs ?? 0));
  const lead = (ordered[0]?.readyAtMs ?? 0) - (ordered[1]?.readyAtMs ?? Infinity);
  // While something fails, nobody knows which is the last.
  const isAllKnown = drafts.every(
    (draft) => !draft.seen || isEarlier(draft) || draft.readyAtMs !== undefined,
  );
  const last = isAllKnown && lead >= SAME_MS ? ordered[0] : undefined;
  const [first] = here;
  return drafts.map((draft): NodeBoot => {
    const behindMs =
      first?.readyAtMs === undefined || draft.readyAtMs === undefined || isEarlier(draft)
        ? undefined
        : draft.readyAtMs - first.readyAtMs;
    return {
      ...draft,
      earlier: isEarlier(draft),
      last: draft === last,
      same:
        behindMs !== undefined &&
        draft !== first &&
        first !== undefined &&
        standing(draft) === standing(first),
      ...(behindMs === undefined ? {} : { behindMs }),
    };
  });
};

const quorumsOf = ({ topology, cluster }: BootInput): BootQuorum[] =>
  topology.services.flatMap((service) => {
    const quorum = cluster.services.get(service.name)?.quorum;
    if (quorum === undefined) return [];
    const { votes, expected, needed, standing: held, leader } = quorum;
    return [
      {
        service: service.name,
        votes,
        expected,
        needed,
        standing: held,
        ...(leader === undefined ? {} : { leader }),
      },
    ];
  });

/** A node that was not seen will be, unless there is no way to it. */
const isExpected = (node: ClusterNode, facts: ClusterFacts): boolean => {
  const link = facts.links.get(node.name);
  const isFailing = link?.state === 'failed' || (link?.state === 'connecting' && link.after !== undefined);
  return node.ssh !== undefined && !isFailing;
};

const holderOf = ({ node }: NodeBoot, entry: BootEntry): Holder => ({
  node,
  unit: entry.unit,
  words: `${entry.name} on ${node}: ${entry.words}`,
});

/** What is stuck comes first, then the longest path, then what was never seen. */
const heldBy = (nodes: readonly NodeBoot[]): Holder | undefined => {
  for (const state of ['failed', 'left-behind'] as const) {
    for (const node of nodes) {
      if (node.at?.state === state) return holderOf(node, node.at);
    }
  }
  const slowest = nodes
    .filter((node) => node.at !== undefined && node.remainingMs !== undefined)
    .toSorted((a, b) => (b.remainingMs ?? 0) - (a.remainingMs ?? 0))[0];
  if (slowest?.at !== undefined) return holderOf(slowest, slowest.at);
  const unseen = nodes.find((node) => node.done < node.entries.length);
  const entry = unseen?.entries.find((one) => one.state !== 'done');
  return unseen === undefined || entry === undefined ? undefined : holderOf(unseen, entry);
};

const etaOf = (nodes: readonly NodeBoot[], input: BootInput): number | undefined => {
  const seen = nodes.filter((node) => node.seen);
  if (seen.length === 0 || seen.some((node) => node.remainingMs === undefined)) return undefined;
  const etaMs = Math.max(...seen.map((node) => node.remainingMs ?? 0));
  const coming = input.inventory.nodes.filter(
    (node) => !input.facts.units.has(node.name) && isExpected(node, input.facts),
  );
  const whole = coming.map((node) => {
    const { readings } = readNode(input.topology, node, undefined, input.cluster, input.nowMs);
    return forecastOf(input.topology, readings).get(input.topology.firstBoot.ready.unit)?.endsInMs ?? 0;
  });
  const isSeenReady = seen.every((node) => node.done === node.entries.length);
  // Nothing is known of when a node comes that the others have not waited for.
  return isSeenReady ? undefined : Math.max(etaMs, ...whole);
};

const phaseOf = (nodes: readonly NodeBoot[]): BootPhase => {
  const seen = nodes.filter((node) => node.seen);
  if (seen.length === 0) return 'unseen';
  if (seen.some((node) => !node.over)) return 'booting';
  return nodes.every((node) => node.done === node.entries.length) ? 'ready' : 'unfinished';
};

/** Ended before we began to look, and long ago; where nodes give no clock, whatever is over is past. */
const isPast = (nodes: readonly NodeBoot[], { facts, nowMs }: BootInput): boolean =>
  nodes.every((node) => {
    if (!node.seen) return true;
    if (!node.over) return false;
    if (node.begunAtMs === undefined) return true;
    const ends = node.entries.map((entry) => entry.endMs ?? entry.beginMs ?? 0);
    const endedAtMs = node.begunAtMs + Math.max(0, ...ends);
    return endedAtMs < facts.startedAtMs && endedAtMs < nowMs - LONG_AGO_MS;
  });

const tookOf = (nodes: readonly NodeBoot[]): number | undefined => {
  const here = nodes.filter((node) => !node.earlier);
  const begun = here.flatMap((node) => node.begunAtMs ?? []);
  const ready = here.flatMap((node) => node.readyAtMs ?? []);
  if (begun.length === 0 || ready.length < begun.length) return undefined;
  return Math.max(0, Math.max(...ready) - Math.min(...begun));
};

/** The entry furthest beyond its documented time; when none is, the one that took longest. */
const slowestOf = (drift: readonly DriftRow[]): BootProgress['slowest'] => {
  const taken = drift.flatMap(({ name, slowest, documentedMs }) =>
    slowest === undefined || documentedMs === undefined ? [] : [{ name, ...slowest, documentedMs }],
  );
  const late = taken.filter((entry) => entry.tookMs > entry.documentedMs);
  const weight = (entry: (typeof taken)[number]): number =>
    late.length > 0 ? entry.tookMs - entry.documentedMs : entry.tookMs;
  return taken.toSorted((a, b) => weight(b) - weight(a))[0];
};

/** The boot as of `nowMs`. Pure and total; ETA is never negative, and what holds it is never done. */
export const bootProgress = (input: BootInput): BootProgress => {
  const nodes = compared(input.inventory.nodes.map((node) => nodeDraft(node, input)));
  const phase = phaseOf(nodes);
  const done = nodes.reduce((sum, node) => sum + node.done, 0);
  const drift = driftOf(nodes);
  const etaMs = phase === 'ready' || phase === 'unseen' ? undefined : etaOf(nodes, input);
  const holder = phase === 'ready' || phase === 'unseen' ? undefined : heldBy(nodes);
  const tookMs = phase === 'ready' ? tookOf(nodes) : undefined;
  const slowest = slowestOf(drift);
  return {
    phase,
    nodes,
    done,
    total: nodes.reduce((sum, node) => sum + node.entries.length, 0),
    quorums: quorumsOf(input),
    past: phase !== 'booting' && phase !== 'unseen' && isPast(nodes, input),
    ...(etaMs === undefined ? {} : { etaMs }),
    ...(holder === undefined ? {} : { heldBy: holder }),
    ...(tookMs === undefined ? {} : { tookMs }),
    ...(slowest === undefined ? {} : { slowest }),
    drift,
  };
};
