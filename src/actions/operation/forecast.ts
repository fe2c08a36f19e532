/** What the steps of an operation cost, given that each batch finds well again what the ones before it mended. Pure. */
import { bothDangers, dangerRank, isGraver } from '../../core/danger.ts';
import type { Plan, QuorumForecast } from '../../core/model/action.ts';
import type { PlannedStep } from '../../core/model/operation.ts';
import type { ServiceName, Topology } from '../../core/model/topology.ts';

/** The groups in which a step brings back a vote that is missing now. */
const mends = (topology: Topology, { plan, role }: PlannedStep): readonly ServiceName[] =>
  role === 'down'
    ? topology.services
        .filter(({ unit, quorum }) => quorum !== undefined && plan.units.includes(unit))
        .map(({ name }) => name)
    : [];

const mended = (forecast: QuorumForecast, votes: number): QuorumForecast => {
  const { expected, needed } = forecast;
  const more = (of: number): number => Math.min(expected, of + votes);
  const during = Math.min(more(forecast.now), forecast.during + votes);
  return {
    ...forecast,
    now: more(forecast.now),
    during,
    after: more(forecast.after),
    breaks: during < needed,
  };
};

/**
 * The plan as it will be once the batches before it have mended what is down. What it then would not break needs no
 * name typed: should it break it all the same, the guard of the step refuses it when its turn comes.
 */
export const afterMending = (topology: Topology, plan: Plan, before: readonly PlannedStep[]): Plan => {
  const healed = before.flatMap((step) => mends(topology, step));
  if (healed.length === 0) return plan;
  const quorum = plan.quorum.map((forecast) =>
    mended(forecast, healed.filter((service) => service === forecast.service).length),
  );
  const broke = plan.quorum.some(({ breaks }) => breaks);
  if (!broke || quorum.some(({ breaks }) => breaks)) return { ...plan, quorum };
  const { typed: _, danger: __, ...rest } = plan;
  return { ...rest, quorum, users: [] };
};

/** What is said yes to for one of those that run side by side is for each: they are judged with the others gone. */
export const together = (steps: readonly PlannedStep[]): readonly PlannedStep[] => {
  const worst = worstDanger(steps.map(({ plan }) => plan));
  return steps.map((step) =>
    isGraver(worst.danger, step.plan.danger) ? { ...step, plan: { ...step.plan, ...worst } } : step,
  );
};

/** The heaviest danger of them all, with all that it takes away, and the word to type for it. */
export const worstDanger = (plans: readonly Plan[]): Pick<Plan, 'typed' | 'danger'> => {
  const [worst] = plans
    .filter(({ typed }) => typed !== undefined)
    .toSorted((a, b) => dangerRank(a.danger) - dangerRank(b.danger));
  const dangers = plans.flatMap(({ danger }) => danger ?? []);
  const [first, ...others] = worst?.danger === undefined ? [] : dangers;
  return {
    ...(worst?.typed === undefined ? {} : { typed: worst.typed }),
    ...(first === undefined ? {} : { danger: others.reduce(bothDangers, first) }),
  };
};

/** The votes that an action adds for good, or takes: what others take away meanwhile is not its own. */
const gainOf = ({ now, after, away = [] }: QuorumForecast): number => after - (now - away.length);

/**
 * Of each group the forecast of the step that leaves it the fewest votes, from how it stands now to how it stands once
 * all is over. `alone`: each action as it would be without the others. `interrupts`: it is then, and not after it, that
 * votes are missing.
 */
export const worstOf = (
  plans: readonly Plan[],
  alone: readonly Plan[],
  interrupts: boolean,
): readonly QuorumForecast[] => {
  const worst = new Map<ServiceName, QuorumForecast>();
  for (const forecast of plans.flatMap(({ quorum }) => quorum)) {
    const known = worst.get(forecast.service);
    if (known === undefined || forecast.during < known.during) worst.set(forecast.service, forecast);
  }
  return [...worst.values()].map((forecast) => {
    const { service, expected, needed } = forecast;
    // What goes along with another on its node is one vote with it.
    const byNode = new Map(
      alone.flatMap(({ target, quorum }) =>
        quorum.filter((one) => one.service === service).map((one) => [target.node, one] as const),
      ),
    );
    const own = [...byNode.values()];
    const now = Math.min(forecast.now, ...own.map((one) => one.now));
    const away = Math.max(0, ...own.map((one) => one.away?.length ?? 0));
    const sum = own.reduce((votes, one) => votes + gainOf(one), now - away);
    const after = Math.min(expected, Math.max(0, sum));
    return { ...forecast, now, after, breaks: interrupts ? forecast.breaks : after < needed };
  });
};
