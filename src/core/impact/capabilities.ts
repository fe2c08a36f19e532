/** The failure impact matrix applied to what there is now: what users have of each capability, why, and what helps. */
import type { CapabilityCause, CapabilityStanding, CapabilityState } from '../model/cluster.ts';
import type { CapabilityId, ImpactRow, Service, ServiceName, Topology } from '../model/topology.ts';
import { mitigationInForce } from './mitigation.ts';
import { outWords, type ServiceStanding, type Standings, standingsOf } from './standing.ts';

/** Worst first. What passes by waiting is better than what does not; what is not seen hides what is merely at risk. */
const WORST: readonly CapabilityStanding[] = ['lost', 'degraded', 'starting', 'unknown', 'at-risk', 'works'];

/** True when users have less of a capability that is `a` than of one that is `b`. */
export const isWorse = (a: CapabilityStanding, b: CapabilityStanding): boolean =>
  WORST.indexOf(a) < WORST.indexOf(b);

/** Lost and degraded are told together: what only makes it worse is a cause, too. */
const isTold = (one: CapabilityStanding, sum: CapabilityStanding): boolean =>
  one === sum || (sum === 'lost' && one === 'degraded');

const byStanding = (row: ImpactRow, standing: ServiceStanding): CapabilityStanding => {
  switch (standing.kind) {
    case 'lost':
      return row.severity;
    case 'failing':
      return 'degraded';
    case 'starting':
    case 'at-risk':
      return standing.kind;
    case 'unseen':
      return 'unknown';
    case 'works':
      return 'works';
    default:
      return standing.kind satisfies never;
  }
};

/** What one row of the matrix does to its capabilities now. */
const effectOf = (row: ImpactRow, standing: ServiceStanding): CapabilityStanding => {
  if (row.severity === 'works') return 'works';
  const effect = byStanding(row, standing);
  const isNodeFailed = row.perNode === true && standing.out.length > 0;
  return isNodeFailed && isWorse(row.severity, effect) ? row.severity : effect;
};

/** Its failure would be felt: a ✓ row says that it would not. */
const hasSay = (service: Service, id: CapabilityId): boolean =>
  service.impact.some((row) => row.severity !== 'works' && row.capabilities.includes(id));

type Share = {
  readonly service: Service;
  readonly standing: ServiceStanding;
  readonly effect: CapabilityStanding;
};

const sharesIn = (
  id: CapabilityId,
  topology: Topology,
  standings: ReadonlyMap<ServiceName, ServiceStanding>,
): readonly Share[] =>
  topology.services.flatMap((service): Share[] => {
    const standing = standings.get(service.name);
    if (standing === undefined) return [];
    const effects = service.impact
      .filter((row) => row.capabilities.includes(id))
      .map((row) => effectOf(row, standing));
    const effect = WORST.find((one) => effects.includes(one));
    return effect === undefined ? [] : [{ service, standing, effect }];
  });

const causeOf = ({ service, standing }: Share, state: Standings): CapabilityCause => {
  const isByNode = standing.kind === 'works' || standing.kind === 'at-risk';
  // At work on other nodes: those on which it is not are the cause.
  const nodes = isByNode && service.impact.some((row) => row.perNode) ? outWords(standing, state) : '';
  return {
    service: service.name,
    words: nodes === '' ? standing.words : nodes,
    ...(standing.risk === undefined ? {} : { risk: standing.risk }),
  };
};

/** Every capability that a placed service has a say in, in the topology's order. */
export const judgeCapabilities = (topology: Topology, state: Standings): readonly CapabilityState[] => {
  const standings = standingsOf(topology, state);
  const isBlind = [...standings.values()].every((standing) => standing.kind === 'unseen');
  return topology.capabilities.flatMap(({ id, title }): CapabilityState[] => {
    const shares = sharesIn(id, topology, standings);
    if (shares.length === 0) return [];
    const effects = shares.map((share) => share.effect);
    const sum = WORST.find((one) => effects.includes(one)) ?? 'works';
    // What works whatever happens to a service may still be down with all of them, as far as anybody can see.
    const standing = isBlind ? 'unknown' : sum;
    const causes = standing === 'works' ? [] : shares.filter((share) => isBlind || isTold(share.effect, sum));
    const mitigation = shares
      .filter((share) => share.effect === sum && hasSay(share.service, id))
      .map((share) => mitigationInForce(share.service, share.standing, id, state.services))
      .find((words) => words !== undefined);
    return [
      {
        id,
        title,
        state: standing,
        because: causes.map((share) => share.service.name),
        causes: causes.map((share) => causeOf(share, state)),
        ...(mitigation === undefined ? {} : { mitigation }),
      },
    ];
  });
};
