/** The pace of one check: its own where this cluster has one for it, else that of all. */
import type { CheckFacts, ClusterFacts, Pace } from './model/cluster.ts';
import type { CheckId } from './model/inventory.ts';
import type { CheckSpec, Service, ServiceName, Topology } from './model/topology.ts';

/** The very same object where nothing is its own: this is asked for every check at every judgement. */
export const paceOf = (spec: CheckSpec, common: Pace): Pace => {
  const { fall, rise, intervalMs, timeoutMs } = spec;
  if ((fall ?? rise ?? intervalMs ?? timeoutMs) === undefined) return common;
  return {
    fall: fall ?? common.fall,
    rise: rise ?? common.rise,
    intervalMs: intervalMs ?? common.intervalMs,
    timeoutMs: timeoutMs ?? common.timeoutMs,
  };
};

/** It has passed, or failed, as often in a row as its pace asks. */
export const isSure = ({ target, passesInRow, failuresInRow }: CheckFacts, common: Pace): boolean => {
  const { fall, rise } = paceOf(target.spec, common);
  return passesInRow >= rise || failuresInRow >= fall;
};

/** How often something new may be seen of a service: at the pace of the check that is made most often, ms. */
export const newsEveryMs = ({ checks }: Pick<Service, 'checks'>, { intervalMs }: Pace): number => {
  let leastMs: number | undefined;
  for (const spec of checks) {
    const ownMs = spec.intervalMs ?? intervalMs;
    if (leastMs === undefined || ownMs < leastMs) leastMs = ownMs;
  }
  return leastMs ?? intervalMs;
};

/** How often something new may be seen of the whole cluster, ms. `ssh`: its systemd is looked at as well. */
export const anyNewsEveryMs = ({ services }: Topology, common: Pace, ssh: boolean): number => {
  const paced = services.filter(({ checks }) => checks.length > 0);
  if (ssh || paced.length === 0)
    return Math.min(common.intervalMs, ...paced.map((one) => newsEveryMs(one, common)));
  return Math.min(...paced.map((one) => newsEveryMs(one, common)));
};

/** The longest time between two looks of any of these checks, ms. */
export const slowestMs = (
  checks: readonly { readonly id: CheckId }[],
  facts: ClusterFacts,
  { intervalMs }: Pace,
): number =>
  checks.reduce(
    (mostMs, { id }) => Math.max(mostMs, facts.checks.get(id)?.target.spec.intervalMs ?? intervalMs),
    checks.length === 0 ? intervalMs : 0,
  );

/** Within this none of these checks has had an answer, where each waited for it in vain, ms. */
export const leastTimeoutMs = (
  checks: readonly { readonly id: CheckId }[],
  facts: ClusterFacts,
  { timeoutMs }: Pace,
): number =>
  checks.length === 0
    ? timeoutMs
    : Math.min(...checks.map(({ id }) => facts.checks.get(id)?.target.spec.timeoutMs ?? timeoutMs));

/** What recovered must stay well for at least this many looks. */
const MIN_STABLE_LOOKS = 2;

/**
 * As long as it would take to tell that these services are not well, ms; two looks at least. What is asked more seldom
 * than most counts as most do: whoever watches it asks for looks.
 */
export const stableMs = (topology: Topology, common: Pace, services: readonly ServiceName[]): number => {
  const checks = topology.services.flatMap((one) => (services.includes(one.name) ? one.checks : []));
  const paces = checks.length === 0 ? [common] : checks.map((spec) => paceOf(spec, common));
  return Math.max(
    ...paces.map(
      ({ fall, rise, intervalMs }) =>
        Math.max(MIN_STABLE_LOOKS, fall, rise) * Math.min(intervalMs, common.intervalMs),
    ),
  );
};
