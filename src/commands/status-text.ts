/** The cluster's state as plain text and as JSON, for scripts and pipes. Pure. */
import type { ClusterState, Verdict } from '../core/model/cluster.ts';
import type { Inventory } from '../core/model/inventory.ts';
import { exitCode } from './context.ts';

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

/** Several lines without colour or escape codes: the headline, then a row per service with a column per node. */
export const statusText = (cluster: ClusterState, inventory: Inventory): string => {
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
  const widths = rows[0]?.map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0))) ?? [];
  const table = rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const failing = [...cluster.instances.values()]
    .filter(({ verdict }) => verdict !== 'ok' && verdict !== 'blocked' && verdict !== 'unknown')
    .map(({ id, verdict, reason }) => `  ${id}  ${verdict}  ${reason}`.trimEnd());
  const links = [...cluster.nodes.values()].flatMap(({ name, link }) =>
    link.state === 'failed'
      ? [`  ${name}  ${link.failure.detail}\n    ${link.failure.remedy}`]
      : link.state === 'connecting'
        ? [`  ${name}  not connected in time`]
        : [],
  );
  return [
    ...head,
    '',
    ...table,
    ...(failing.length > 0 ? ['', 'Failing', ...failing] : []),
    ...(links.length > 0 ? ['', 'Without ssh, so without facts from systemd', ...links] : []),
    '',
  ].join('\n');
};

/** The same for machines. Times are ms since the epoch; durations are ms. The field `schema` counts breaking changes. */
export const statusJson = (cluster: ClusterState, inventory: Inventory): string =>
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
    },
    undefined,
    2,
  )}\n`;
