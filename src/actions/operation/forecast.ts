/** What the steps of an operation cost, given that each batch finds well again what the ones before it mended. Pure. */
import type { Plan, QuorumForecast } from '../../core/model/action.ts';
import type { PlannedStep } from '../../core/model/operation.ts';
import type { ServiceName, Topology } from '../../core/model/topology.ts';

/** The groups in which a step brings back a vote that is missing now. */
const mends = (topology: Topology, { plan, role }: PlannedStep): readonly ServiceName[] =>
  role === 'down'
    ? topology.services
        .filter(({ unit, quorum }) => quorum !== undefined && unit === plan.unit)
        .map(({ name }) => name)
    : [];

const mended = (forecast: QuorumForecast, votes: number): QuorumForecast => {
  const { expected, needed } = forecast;
  const more = (of: number): number => Math.min(expected, of + votes);
  const during = Math.min(more(forecast.now), forecast.during + votes);
  return { ...forecast, now: more(forecast.now), during, breaks: during < needed };
};

/**
 * The plan as it will be once the batches before it have mended what is down. What it then would not break needs no
 * name typed: should it break it all the same, the guard of the step refuses it when its turn comes.
 */
export const afterMending = (
  topology: Topology,
  plan: Plan,
  before: readonly PlannedStep[],
): { readonly plan: Plan; readonly isSafer: boolean } => {
  const healed = before.flatMap((step) => mends(topology, step));
  if (healed.length === 0) return { plan, isSafer: false };
  const quorum = plan.quorum.map((forecast) =>
    mended(forecast, healed.filter((service) => service === forecast.service).length),
  );
  const broke = plan.quorum.some(({ breaks }) => breaks);
  const isSafer = broke && !quorum.some(({ breaks }) => breaks);
  const { typed, ...rest } = plan;
  return isSafer
    ? { plan: { ...rest, quorum, users: [] }, isSafer }
    : { plan: { ...rest, quorum, ...(typed === undefined ? {} : { typed }) }, isSafer };
};

/** Of each group the forecast that leaves it the fewest votes, as it stands now. */
export const worstOf = (plans: readonly Plan[]): readonly QuorumForecast[] => {
  const worst = new Map<ServiceName, QuorumForecast>();
  const now = new Map<ServiceName, number>();
  for (const forecast of plans.flatMap(({ quorum }) => quorum)) {
    const known = worst.get(forecast.service);
    now.set(forecast.service, Math.min(now.get(forecast.service) ?? forecast.now, forecast.now));
    if (known === undefined || forecast.during < known.during) worst.set(forecast.service, forecast);
  }
  return [...worst.values()].map((forecast) => ({
    ...forecast,
    now: now.get(forecast.service) ?? forecast.now,
  }));
};
