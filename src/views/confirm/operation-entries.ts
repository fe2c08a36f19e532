/** What the confirmation says of one verb over several targets: the order, what runs, the gate, the worst of it. */
import { targetName } from '../../core/action-name.ts';
import { formatAge, formatElapsed, plural, sentenceList } from '../../core/format.ts';
import type { OperationPlan, PlannedStep, StepRole } from '../../core/model/operation.ts';
import type { Topology } from '../../core/model/topology.ts';
import { stepLabel } from '../../core/operation-words.ts';
import { saferThanAll } from '../../core/safer.ts';
import type { AppState, OperationDialog } from '../../store/state.ts';
import { forecastEntry, rivalEntries } from './confirm-entries.ts';
import { type Detail, type Entry, LABEL_COLUMNS, listed, NARROW, plainWhen, unitsText } from './entry.ts';

const NAMED_MAX = 12;

const ROLES: Readonly<Record<StepRole, string>> = {
  down: ' down',
  alone: ' leads alone',
  follower: ' follower',
  leader: ' leader',
  plain: '',
};

/** "1 node02 follower  2 node03 follower  3 node01 leader, last"; what runs side by side has one number. */
const orderText = (plan: OperationPlan): string => {
  const { steps, gated, batch } = plan;
  const named = steps.slice(0, NAMED_MAX);
  const one = ({ plan: { target }, role }: PlannedStep, index: number): string => {
    const number = gated ? `${Math.floor(index / batch) + 1} ` : '';
    const last = gated && role === 'leader' && index === steps.length - 1 ? ', last' : '';
    return `${number}${stepLabel(plan, target)}${ROLES[role]}${last}`;
  };
  const more = steps.length - named.length;
  const all = [...named.map(one), ...(more > 0 ? [`${more} more`] : [])];
  return all.join(gated ? '  ' : ', ');
};

const runsEntries = (plan: OperationPlan, isBrief: boolean): readonly Entry[] => {
  const [first, ...others] = plan.steps;
  if (first === undefined) return [];
  const isAlike = others.every((step) => step.plan.unit === first.plan.unit);
  const names = others.map((step) => (isAlike ? step.plan.target.node : targetName(step.plan.target)));
  const shown = names.length > NAMED_MAX || isBrief ? plural(names.length, 'other') : sentenceList(names);
  return [
    ...first.plan.commandLines.map(
      (text, index): Entry => ({ label: index === 0 ? 'runs' : 'then', text, tone: 'strong' }),
    ),
    ...(others.length === 0 ? [] : [{ label: '', text: `the same on ${shown}`, tone: 'plain' } as const]),
  ];
};

const batchWords = ({ gated, batch, expectedMs, steps }: OperationPlan): string => {
  const about = expectedMs === 0 ? '' : `; about ${formatElapsed(expectedMs)} in all`;
  if (!gated) return `all at once${about}`;
  return `${batch === 1 ? 'one' : Math.min(batch, steps.length)} at a time${about}`;
};

const alongEntry = ({ steps }: OperationPlan, topology: Topology, room: number): readonly Entry[] => {
  const units = [...new Set(steps.flatMap(({ plan }) => plan.takesAlong))];
  const tail = ' there, because they require it';
  return units.length === 0
    ? []
    : [
        {
          label: 'takes along',
          text: `${unitsText(units, topology, room - tail.length)}${tail}`,
          tone: 'plain',
        },
      ];
};

/** In the order in which they are read; what must not be missed comes first where room is short. */
export const operationEntries = (
  { plan, recent: acts = [] }: Pick<OperationDialog, 'plan' | 'recent'>,
  { topology, cluster }: Pick<AppState, 'topology' | 'cluster'>,
  detail: Detail,
  columns: number,
): readonly Entry[] => {
  const isBrief = detail === 'brief';
  const refused = listed('refused', plan.refusals, 'down');
  const recent = listed('recent', acts.slice(0, isBrief ? 1 : 2), 'degraded');
  const order: Entry = { label: 'order', text: orderText(plan), tone: 'plain' };
  const pace: Entry = {
    label: 'pace',
    text: plan.why === '' ? batchWords(plan) : `${batchWords(plan)}; ${plan.why}`,
    tone: 'plain',
  };
  const gate = listed(
    'gate',
    plan.gated && plan.steps.length > 1
      ? [
          detail === 'full'
            ? `the next one goes when the one before is healthy, all quorums have their votes and nothing new is broken; stops at the first that fails, or after ${formatAge(plan.gateMs)} of waiting`
            : isBrief
              ? 'stops at the first that fails'
              : 'each waits for health and every vote; stops at the first that fails',
        ]
      : [],
    'plain',
  );
  const out = listed(
    'leaves out',
    plan.leftOut.map(({ target, why }) => `${targetName(target)}: ${why}`),
    'degraded',
  );
  const quorum = [
    ...plan.quorum.map(
      (forecast, index): Entry => ({
        label: index === 0 ? 'quorum' : '',
        ...forecastEntry(forecast, plan.verb, isBrief || columns < NARROW),
      }),
    ),
    ...rivalEntries(plan.quorum, cluster),
  ];
  const plans = plan.steps.map((step) => step.plan);
  const safer = plainWhen('safer', saferThanAll(plans, cluster), 'degraded');
  const label = plan.gated ? 'meanwhile' : 'users';
  const users = listed(
    label,
    plan.users.length > 0 || isBrief ? plan.users : ['nothing that works now stops for users'],
    'plain',
  );
  const along = alongEntry(plan, topology, columns - LABEL_COLUMNS);
  const runs = runsEntries(plan, isBrief);
  return isBrief
    ? [...refused, order, ...runs.slice(0, 1), ...quorum, ...recent, ...safer, ...users, ...gate, ...out]
    : [
        ...refused,
        order,
        ...(detail === 'full' ? [pace] : []),
        ...runs,
        ...recent,
        ...out,
        ...along,
        ...quorum,
        ...users,
        ...safer,
        ...gate,
      ];
};
