/** The failure impact matrix applied to what is lost for the whole cluster; while redundancy holds, nothing is. */
import type { CapabilityState } from './model/cluster.ts';
import type { CapabilityId, ServiceName, Severity, Topology } from './model/topology.ts';

const RANK: Readonly<Record<Severity, number>> = { lost: 2, degraded: 1, works: 0 };

/** Every capability of the topology, in its order, with the worst that the lost services do to it. */
export const judgeCapabilities = (
  topology: Topology,
  lost: ReadonlySet<ServiceName>,
): readonly CapabilityState[] => {
  const found = new Map<CapabilityId, { severity: Severity; because: Set<ServiceName> }>();
  for (const service of topology.services) {
    if (!lost.has(service.name)) continue;
    for (const row of service.impact) {
      if (row.severity === 'works') continue;
      for (const id of row.capabilities) {
        const known = found.get(id);
        if (known === undefined) {
          found.set(id, { severity: row.severity, because: new Set([service.name]) });
          continue;
        }
        if (RANK[row.severity] > RANK[known.severity]) known.severity = row.severity;
        known.because.add(service.name);
      }
    }
  }
  return topology.capabilities.map(({ id, title }) => {
    const hit = found.get(id);
    return hit === undefined
      ? { id, title, state: 'works', because: [] }
      : { id, title, state: hit.severity, because: [...hit.because] };
  });
};
