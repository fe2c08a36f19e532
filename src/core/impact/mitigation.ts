/** Which of a service's mitigations is in force: the one that fits how the service fails, not the first in its list. */
import type { ServiceState } from '../model/cluster.ts';
import type { CapabilityId, Mitigation, Service, ServiceName } from '../model/topology.ts';
import type { ServiceStanding } from './standing.ts';

/** "Raft quorum (3/5)" → "Raft quorum": the numbers of this cluster follow. */
const bare = (text: string): string => text.replace(/ \([^()]*\)$/u, '');

const fitting = (service: Service, when: Mitigation['when'], id: CapabilityId): string | undefined =>
  service.mitigations.find(
    (one) => one.when === when && (one.capabilities === undefined || one.capabilities.includes(id)),
  )?.text;

/**
 * In words, with the numbers that hold now: "Raft quorum: 2 of 3 hold", "Multiple instances: 1 of 3 works", "Token
 * cache (TTL)". Undefined while nothing fails, and where nothing helps.
 */
export const mitigationInForce = (
  service: Service,
  standing: ServiceStanding,
  id: CapabilityId,
  services: ReadonlyMap<ServiceName, ServiceState>,
): string | undefined => {
  const { kind, working, total, out } = standing;
  if (kind === 'lost' || kind === 'failing') return fitting(service, 'loss', id);
  if (kind === 'starting' || kind === 'unseen' || standing.risk?.kind === 'split') return undefined;
  if (out.length === 0) return undefined;
  const quorum = services.get(service.name)?.quorum;
  if (quorum !== undefined) {
    const text = fitting(service, 'quorum', id);
    if (text === undefined || quorum.votes >= quorum.expected) return undefined;
    return `${bare(text)}: ${quorum.votes} of ${quorum.expected} hold`;
  }
  const text = fitting(service, 'instances', id);
  return text === undefined
    ? undefined
    : `${text}: ${working} of ${total} ${working === 1 ? 'works' : 'work'}`;
};
