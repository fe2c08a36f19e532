/** What goes down or comes up with what an action is about, and what does not. */
import { unitWord } from '../../core/action-name.ts';
import { plural } from '../../core/format.ts';
import type { Plan } from '../../core/model/action.ts';
import type { Topology } from '../../core/model/topology.ts';
import type { AppState } from '../../store/state.ts';
import { backWords, type Detail, type Entry, LABEL_COLUMNS, plainWhen, unitsText } from './entry.ts';

const takesAlong = (plan: Plan, topology: Topology, detail: Detail, columns: number): string => {
  const { length } = plan.takesAlong;
  const back = backWords(plan);
  if (length === 0) return `${detail === 'brief' ? 'takes nothing along' : 'nothing else'}${back}`;
  if (detail === 'brief') return `${plural(length, 'unit')} must go along${back}`;
  const what = plan.units.length > 1 ? 'these' : 'it';
  const why = length === 1 ? `because it requires ${what}` : `because they require ${what}`;
  const tail = `, ${why}${back}`;
  return `${unitsText(plan.takesAlong, topology, columns - tail.length)}${tail}`;
};

type AlongOf = {
  readonly plan: Plan;
  readonly topology: Topology;
  readonly detail: Detail;
  /** The room that units have with what is said of them, besides `rest` characters. */
  readonly names: (units: readonly string[], rest: number) => string;
  readonly room: number;
};

const isOne = (units: readonly string[]): boolean => units.length === 1;

/** Those that require these and are down: what the action does not bring back. */
const leavesEntries = ({ plan, names }: AlongOf): readonly Entry[] => {
  const { leavesStopped, verb } = plan;
  // A restart of this unit is not the end of it then; that is worth more than the name of every step.
  const next = verb === 'restart' ? 'restart next' : 'bring up the node next';
  return plainWhen(
    'leaves',
    leavesStopped.length === 0 ? undefined : `${names(leavesStopped, next.length + 10)} stopped: ${next}`,
    'degraded',
  );
};

/** What a restart of a unit does to those that require it. */
const restartEntries = (of: AlongOf): readonly Entry[] => {
  const { plan, topology, detail, names, room } = of;
  // Only a restart is waited for by systemd: those that require a unit that fails are not started again.
  const isRisky = plan.verb === 'rerun' && plan.takesAlong.length > 0;
  return [
    { label: 'takes along', text: takesAlong(plan, topology, detail, room), tone: 'plain' },
    ...plainWhen(
      'if it fails',
      isRisky
        ? `${names(plan.takesAlong, 38)} ${isOne(plan.takesAlong) ? 'stays' : 'stay'} stopped: bring up the node then`
        : undefined,
    ),
    ...leavesEntries(of),
  ];
};

/** A stop is over when its units are down: the way back is another action. */
const stopEntries = ({ plan, names }: AlongOf): readonly Entry[] => {
  const { takesAlong: along, target } = plan;
  const isWhole = target.kind === 'node' || along.length > 0;
  const alone = target.kind === 'node' ? '' : `, a start for ${unitWord(plan.unit)} alone`;
  const why = isOne(along) ? ', which requires it' : ', which require it';
  const tail = target.kind === 'node' ? '' : why;
  return [
    ...plainWhen('stops too', along.length === 0 ? undefined : `${names(along, tail.length)}${tail}`),
    {
      label: 'way back',
      text: isWhole ? `bring up ${target.node} for all of it${alone}` : 'a start: it does not come by itself',
      tone: 'plain',
    },
  ];
};

const startEntries = (of: AlongOf, isLimited: boolean): readonly Entry[] => {
  const { plan, names } = of;
  const tail = backWords(plan).replace('; back', '; up');
  const why = ', which it needs';
  return [
    ...plainWhen(
      'first',
      isLimited ? 'its start limit is hit: forgotten first, else systemd refuses' : undefined,
    ),
    plan.starts.length === 0
      ? { label: 'starts too', text: `nothing else${tail}`, tone: 'plain' }
      : {
          label: 'starts too',
          text: `${names(plan.starts, why.length + tail.length)}${why}${tail}`,
          tone: 'plain',
        },
    ...leavesEntries(of),
  ];
};

const bringUpEntries = (plan: Plan, topology: Topology, columns: number): readonly Entry[] => {
  const tail = backWords(plan);
  const names = unitsText(plan.starts, topology, columns - LABEL_COLUMNS - tail.length);
  return plainWhen('starts', plan.starts.length === 0 ? undefined : `${names}${tail}`);
};

/** What else goes down or comes up, and what does not. */
export const alongEntries = (
  plan: Plan,
  state: AppState,
  detail: Detail,
  columns: number,
): readonly Entry[] => {
  const { topology } = state;
  const room = columns - LABEL_COLUMNS;
  const names = (units: readonly string[], rest: number): string => unitsText(units, topology, room - rest);
  const of: AlongOf = { plan, topology, detail, names, room };
  switch (plan.verb) {
    case 'restart':
    case 'rerun':
      return restartEntries(of);
    case 'stop':
      return stopEntries(of);
    case 'start':
      return startEntries(of, isStartLimited(plan, state));
    case 'reset-failed':
      return [{ label: 'then', text: 'it may be started again: nothing starts by itself', tone: 'plain' }];
    case 'bring-up':
      return bringUpEntries(plan, topology, columns);
    default:
      return plan.verb satisfies never;
  }
};

/** systemd says that it refused a start for it: any other would be refused as well. */
const isStartLimited = ({ target, units, starts }: Plan, { facts }: AppState): boolean =>
  (facts.units.get(target.node)?.units ?? []).some(
    ({ unit, result }) => result === 'start-limit-hit' && [...units, ...starts].includes(unit),
  );
