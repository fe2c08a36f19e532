/** The cluster's state as plain text and as JSON, for scripts and pipes. Pure. */

import { evidenceOf } from '../core/cause/evidence.ts';
import { explainsWords, giveOf } from '../core/cause/words.ts';
import { findDrift } from '../core/dependency-drift/drift.ts';
import { driftLine } from '../core/dependency-drift/words.ts';
import { formatAge, formatElapsed } from '../core/format.ts';
import { capabilityWord } from '../core/impact/words.ts';
import type { RootCause } from '../core/model/cause.ts';
import type { ClusterFacts, ClusterState, Verdict } from '../core/model/cluster.ts';
import type { Inventory } from '../core/model/inventory.ts';
import type { Topology } from '../core/model/topology.ts';
import { nextSteps } from '../core/next-steps/next-steps.ts';
import { requestPath } from '../core/request-path.ts';
import { exitCode } from './context.ts';

/** A cause may explain thousands; a few show what kind they are. */
const CHAINS_COMPARED = 12;

/** Exit code of `plasmatop status`: blocked and late count with what they are part of. */
export const verdictExit = (verdict: Verdict): number => {
  switch (verdict) {
    case 'ok':
      return exitCode.ok;
    case 'degraded':
    case 'starting':
    case 'late':
      return exitCode.degraded;
    case 'down':
    case 'blocked':
      return exitCode.down;
    case 'unknown':
      return exitCode.unknown;
    default:
      return verdict satisfies never;
  }
};

/** `  New VMs  lost  chainfire: quorum lost, 1 of 3 votes  Existing VMs run`, for all that does not simply work. */
const impactLines = (cluster: ClusterState, topology: Topology): readonly string[] => {
  const touched = cluster.capabilities.filter(({ state }) => state !== 'works');
  const [first] = touched;
  // Where all are alike there is nothing to tell apart.
  const isBlind = touched.length === cluster.capabilities.length && first?.state === 'unknown';
  if (first === undefined || (isBlind && touched.every(({ state }) => state === 'unknown'))) return [];
  const rows = touched.map(({ title, state, causes, mitigation }) => [
    `  ${title}`,
    capabilityWord(state),
    `${causes.map(({ service, words }) => `${service}: ${words}`).join('; ')}${mitigation === undefined ? '' : `  (${mitigation})`}`,
  ]);
  const { sentence } = requestPath(topology, cluster);
  return ['', 'Impact', ...aligned(rows), ...(sentence === '' ? [] : [`  ${sentence}`])];
};

/** The longest chain of those that a cause explains says most about it. */
const chainText = (
  cause: RootCause,
  cluster: ClusterState,
  topology: Topology,
  facts: ClusterFacts,
): string => {
  const chains = cause.explains
    .slice(0, CHAINS_COMPARED)
    .map((id) => evidenceOf({ topology, cluster, facts }, id));
  const [longest = []] = chains.toSorted((a, b) => b.length - a.length);
  return longest.map(({ subject, words }) => `${subject}: ${words}`).join(' <- ');
};

const causeLines = (cluster: ClusterState, topology: Topology, facts: ClusterFacts): readonly string[] => {
  const { causes, contradictions, atMs } = cluster;
  const told = causes.flatMap((cause) => {
    const { changed, where, why } = cause;
    const age = formatAge(atMs - (changed.fromMs + changed.toMs) / 2);
    const explains = explainsWords(cause);
    const chain = chainText(cause, cluster, topology, facts);
    return [
      `  ${where}: ${why}, changed ${age} ago, ± ${giveOf(changed)} s`,
      ...(explains === '' ? [] : [`    explains ${explains}`]),
      ...(chain === '' ? [] : [`    ${chain}`]),
    ];
  });
  const against = contradictions.map(({ words }) => `  ${words}`);
  return [
    ...(told.length === 0 ? [] : ['', 'Causes', ...told]),
    ...(against.length === 0 ? [] : ['', 'Contradictions', ...against]),
  ];
};

/** `  1  rerun chainfire on node02  0:10  clears 7  failed, exit 3`, in the order in which it helps. */
const nextLines = (
  cluster: ClusterState,
  inventory: Inventory,
  topology: Topology,
  facts: ClusterFacts,
): readonly string[] => {
  const steps = nextSteps({ topology, inventory, cluster, facts });
  if (steps.length === 0) return [];
  const rows = steps.map(({ action, words, why, expectedMs, clears, lastResort }, index) => [
    `  ${index + 1}`,
    words,
    action === undefined ? 'by hand' : expectedMs ? formatElapsed(expectedMs) : '-',
    clears === 0 ? '-' : `clears ${clears}`,
    lastResort ? `${why}; last resort` : why,
  ]);
  return ['', 'Next', ...aligned(rows)];
};

/** Columns as wide as their widest cell. */
const aligned = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = rows[0]?.map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
};

/**
 * Several lines without colour or escape codes: the headline, a row per service with a column per node, and what
 * users have left.
 */
export const statusText = (
  cluster: ClusterState,
  inventory: Inventory,
  topology: Topology,
  facts: ClusterFacts,
): string => {
  const { headline } = cluster;
  const head = [`${inventory.cluster}: ${headline.sentence}`];
  if (headline.users) head.push(`  users  ${headline.users}`);
  if (headline.cause) head.push(`  cause  ${headline.cause}`);
  const nodes = inventory.nodes.length <= 12 ? inventory.nodes : [];
  const rows = [['SERVICE', 'STATE', 'REASON', ...nodes.map(({ name }) => name)]];
  for (const service of cluster.services.values()) {
    const cells = nodes.map((node) => cluster.instances.get(`${service.name}@${node.name}`)?.verdict ?? '-');
    rows.push([service.name, service.verdict, service.reason || '-', ...cells]);
  }
  const failing = [...cluster.instances.values()]
    .filter(({ verdict }) => verdict !== 'ok' && verdict !== 'blocked' && verdict !== 'unknown')
    .map(({ id, verdict, reason }) => [`  ${id}`, verdict, reason]);
  const links = [...cluster.nodes.values()].flatMap(({ name, link }) =>
    link.state === 'failed'
      ? [`  ${name}  ${link.failure.detail}\n    ${link.failure.remedy}`]
      : link.state === 'connecting'
        ? [`  ${name}  not connected in time`]
        : [],
  );
  const { relations } = facts;
  const drift = findDrift({ topology, inventory, relations }).map((one) => `  ${driftLine(one)}`);
  return [
    ...head,
    '',
    ...aligned(rows),
    ...impactLines(cluster, topology),
    ...causeLines(cluster, topology, facts),
    ...(failing.length > 0 ? ['', 'Failing', ...aligned(failing)] : []),
    ...nextLines(cluster, inventory, topology, facts),
    ...(drift.length > 0 ? ['', 'Drift from the topology', ...drift] : []),
    ...(links.length > 0 ? ['', 'Without ssh, so without facts from systemd', ...links] : []),
    '',
  ].join('\n');
};

/** The way of a request, flat: a hop says from where to where, and how it is. */
const pathJson = (cluster: ClusterState, topology: Topology): object => {
  const { hops, verdict: _, ...path } = requestPath(topology, cluster);
  return {
    ...path,
    hops: hops.map(({ hop: { from, to, kind, label }, state, why, reached }) => ({
      from,
      to,
      kind,
      label,
      state,
      why,
      reached,
    })),
  };
};

/** The same for machines. Times are ms since the epoch; durations are ms. The field `schema` counts breaking changes. */
export const statusJson = (
  cluster: ClusterState,
  inventory: Inventory,
  topology: Topology,
  facts: ClusterFacts,
): string =>
  `${JSON.stringify(
    {
      schema: 1,
      cluster: inventory.cluster,
      atMs: cluster.atMs,
      verdict: cluster.verdict,
      headline: cluster.headline,
      counts: cluster.counts,
      insecure: cluster.insecure,
      capabilities: cluster.capabilities,
      path: pathJson(cluster, topology),
      causes: cluster.causes,
      contradictions: cluster.contradictions,
      services: [...cluster.services.values()].map(({ quorum, ...service }) => ({
        ...service,
        ...(quorum && {
          quorum: {
            ...quorum,
            faults: quorum.faults.map((fault) =>
              fault.kind === 'size-disagreement'
                ? { ...fault, sizes: Object.fromEntries(fault.sizes) }
                : fault,
            ),
          },
        }),
      })),
      instances: [...cluster.instances.values()],
      nodes: [...cluster.nodes.values()],
      next: nextSteps({ topology, inventory, cluster, facts }),
      drift: findDrift({ topology, inventory, relations: facts.relations }),
    },
    undefined,
    2,
  )}\n`;
