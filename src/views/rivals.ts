/** Members of a group that each say they lead it: well by themselves, and what is wrong with the group. */
import type { ClusterState, InstanceState, ServiceState, Verdict } from '../core/model/cluster.ts';
import type { NodeName } from '../core/model/inventory.ts';

/** The nodes of which more than one claims to lead. */
export const rivalsOf = ({ quorum }: Pick<ServiceState, 'quorum'>): readonly NodeName[] =>
  quorum?.faults.flatMap((fault) => (fault.kind === 'two-leaders' ? fault.nodes : [])) ?? [];

/** A rival that is well shows as the service whose fault it is; all others as what they are. */
export const shownVerdict = (
  { node, verdict }: Pick<InstanceState, 'node' | 'verdict'>,
  service: ServiceState | undefined,
): Verdict =>
  verdict === 'ok' && service !== undefined && rivalsOf(service).includes(node) ? service.verdict : verdict;

/** How many there are of each, as their rows show them. */
export const shownCounts = ({
  counts,
  services,
  instances,
}: Pick<ClusterState, 'counts' | 'services' | 'instances'>): Readonly<Record<Verdict, number>> => {
  const shown = { ...counts };
  for (const service of services.values()) {
    for (const node of rivalsOf(service)) {
      const instance = instances.get(`${service.name}@${node}`);
      if (instance === undefined) continue;
      shown[instance.verdict] -= 1;
      shown[shownVerdict(instance, service)] += 1;
    }
  }
  return shown;
};
