/** What the confirmation says of each action: entries with a label, as many as the detail allows. */
import { unitWord } from '../../core/action-name.ts';
import { formatElapsed, plural, sentenceList } from '../../core/format.ts';
import type { Plan, QuorumForecast } from '../../core/model/action.ts';
import { instanceId } from '../../core/model/inventory.ts';
import type { Topology } from '../../core/model/topology.ts';
import { saferThan } from '../../core/safer.ts';
import { bootOf } from '../../store/boot.ts';
import type { AppState, Dialog } from '../../store/state.ts';
import { bootTone } from '../first-boot/boot-words.ts';
import type { Tone } from '../theme.ts';

export const LABEL_COLUMNS = 12;
/** Narrower than this there are no labels, and votes are told in few words. */
export const NARROW = 54;

const TWO_LEADERS = 'two leaders: these votes are not those of one cluster';
const NOTHING_LOST = 'nothing that works now stops for users';

export type Entry = { readonly label: string; readonly text: string; readonly tone: Tone };

/** How much is said: all; less where rows are few; the least, and what must not be missed first. */
export type Detail = 'full' | 'short' | 'brief';

/** Services by name; first-boot steps, which have done their work, by name only while the line has room. */
const unitsText = (units: readonly string[], topology: Topology, columns: number): string => {
  const all = sentenceList(units.map(unitWord));
  const services = units.filter((unit) => topology.services.some((service) => service.unit === unit));
  const steps = units.length - services.length;
  if (all.length <= columns || steps === 0) return all;
  return sentenceList([...services.map(unitWord), plural(steps, 'first-boot step')]);
};

/** Nothing is documented for most steps: they are quick. */
const backWords = ({ expectedMs }: Plan): string =>
  expectedMs === 0 ? '' : `; back in about ${formatElapsed(expectedMs)}`;

const takesAlong = (plan: Plan, topology: Topology, detail: Detail, columns: number): string => {
  const { length } = plan.takesAlong;
  const back = backWords(plan);
  if (length === 0) return `${detail === 'brief' ? 'takes nothing along' : 'nothing else'}${back}`;
  if (detail === 'brief') return `${plural(length, 'unit')} must go along${back}`;
  const why = length === 1 ? 'because it requires it' : 'because they require it';
  const tail = `, ${why}${back}`;
  return `${unitsText(plan.takesAlong, topology, columns - tail.length)}${tail}`;
};

const forecastEntry = (forecast: QuorumForecast, isBrief: boolean): Omit<Entry, 'label'> => {
  const { service, expected, needed, now, during, after, breaks, away = [] } = forecast;
  const of = (votes: number): string => `${votes}/${expected}`;
  const isLost = now < needed;
  const how = !breaks ? 'holds' : isLost ? 'lost already' : `BELOW ${needed}`;
  const elsewhere = away.length === 0 ? '' : `; ${sentenceList(away)} restarting too`;
  const said = isBrief
    ? `${service} ${of(now)} to ${of(during)}: ${how}`
    : `${service}${isLost ? ' lost:' : ''} now ${of(now)} · during ${of(during)}${isLost ? '' : ` ${how}`} · after ${of(after)}, ${needed} needed`;
  return { text: `${said}${elsewhere}`, tone: breaks && during < now ? 'down' : 'plain' };
};

const listed = (label: string, texts: readonly string[], tone: Tone): readonly Entry[] =>
  texts.map((text, index) => ({ label: index === 0 ? label : '', text, tone }));

type Standing = { readonly words: readonly string[]; readonly tone: Tone };

/** How what the action is about stands before it. */
const standing = ({ plan }: Dialog, state: AppState): Standing => {
  const { target } = plan;
  switch (target.kind) {
    case 'instance': {
      const instance = state.cluster.instances.get(instanceId(target.service, target.node));
      const tone = instance?.verdict ?? 'unknown';
      return { words: [tone, instance?.raft ?? '', instance?.reason ?? ''], tone };
    }
    case 'step': {
      const boot = bootOf(state).nodes.find((one) => one.node === target.node);
      const entry = boot?.entries.find((one) => one.unit === plan.unit);
      if (entry === undefined) return { words: ['unknown'], tone: 'unknown' };
      const isSaid = entry.words.startsWith(entry.state) || entry.state === 'left-behind';
      return { words: [isSaid ? '' : entry.state, entry.words], tone: bootTone(entry.state) };
    }
    case 'node': {
      const node = state.cluster.nodes.get(target.node);
      const tone = node?.verdict ?? 'unknown';
      const down = plan.starts.length + plan.leftDown.length;
      return { words: [`${plural(down, 'unit')} down`], tone };
    }
    default:
      return target satisfies never;
  }
};

const nowEntry = (dialog: Dialog, state: AppState): Entry => {
  const { words, tone } = standing(dialog, state);
  const now = words.filter((word) => word !== '').join(', ');
  return { label: 'now', text: dialog.chosen === undefined ? now : `${now} · ${dialog.chosen}`, tone };
};

const plainWhen = (label: string, text: string | undefined, tone: Tone = 'plain'): readonly Entry[] =>
  text === undefined ? [] : [{ label, text, tone }];

/** What a restart of a unit does to those that require it. */
const alongEntries = (plan: Plan, topology: Topology, detail: Detail, columns: number): readonly Entry[] => {
  const room = columns - LABEL_COLUMNS;
  const names = (units: readonly string[], rest: number): string => unitsText(units, topology, room - rest);
  const { leavesStopped, verb } = plan;
  // A restart of this unit is not the end of it then; that is worth more than the name of every step.
  const next = verb === 'restart' ? 'restart next' : 'bring up the node next';
  // Only a restart is waited for by systemd: those that require a unit that fails are not started again.
  const isRisky = verb === 'rerun' && plan.takesAlong.length > 0;
  return [
    { label: 'takes along', text: takesAlong(plan, topology, detail, room), tone: 'plain' },
    ...plainWhen(
      'if it fails',
      isRisky
        ? `${names(plan.takesAlong, 38)} ${plan.takesAlong.length === 1 ? 'stays' : 'stay'} stopped: bring up the node then`
        : undefined,
    ),
    ...plainWhen(
      'leaves',
      leavesStopped.length === 0 ? undefined : `${names(leavesStopped, next.length + 10)} stopped: ${next}`,
      'degraded',
    ),
  ];
};

const quorumEntries = (plan: Plan, state: AppState, isBrief: boolean): readonly Entry[] => {
  const hasRivals = plan.quorum.some(({ service }) =>
    state.cluster.services.get(service)?.quorum?.faults.some((fault) => fault.kind === 'two-leaders'),
  );
  const forecasts = plan.quorum.map(
    (forecast, index): Entry => ({
      label: index === 0 ? 'quorum' : '',
      ...forecastEntry(forecast, isBrief),
    }),
  );
  return [...forecasts, ...listed('', hasRivals ? [TWO_LEADERS] : [], 'degraded')];
};

const usersEntries = (plan: Plan, isBrief: boolean): readonly Entry[] => {
  // A step serves nobody: only what goes along with it could be missed.
  const isQuiet = isBrief || plan.target.kind === 'step';
  return listed('meanwhile', plan.users.length > 0 || isQuiet ? plan.users : [NOTHING_LOST], 'plain');
};

const bringUpEntries = (plan: Plan, topology: Topology, columns: number): readonly Entry[] => {
  const tail = backWords(plan);
  const names = unitsText(plan.starts, topology, columns - LABEL_COLUMNS - tail.length);
  return [
    ...plainWhen('starts', plan.starts.length === 0 ? undefined : `${names}${tail}`),
    ...listed(
      'not',
      plan.leftDown.map(({ unit, why }) => `${unitWord(unit)} ${why}`),
      'degraded',
    ),
  ];
};

/** In the order in which they are read. */
export const entriesOf = (
  dialog: Dialog,
  state: AppState,
  detail: Detail,
  columns: number,
): readonly Entry[] => {
  const { plan } = dialog;
  const { topology } = state;
  const isBrief = detail === 'brief';
  const now = nowEntry(dialog, state);
  const runs = plan.commandLines.map(
    (text, index): Entry => ({ label: index === 0 ? 'runs' : 'then', text, tone: 'strong' }),
  );
  const refused = listed('refused', plan.refusals, 'down');
  const isKept = detail === 'full' || (detail === 'short' && dialog.chosen !== undefined);
  const first = [...(isKept ? [now] : []), ...runs, ...refused];
  if (plan.verb === 'bring-up') return [...first, ...bringUpEntries(plan, topology, columns)];
  const along = alongEntries(plan, topology, detail, columns);
  const quorum = quorumEntries(plan, state, isBrief || columns < NARROW);
  const users = usersEntries(plan, isBrief);
  const safer = plainWhen('safer', saferThan(plan, state.cluster), 'degraded');
  return isBrief
    ? [...first, ...quorum, ...safer, ...along, ...users]
    : [...first, ...along, ...quorum, ...users, ...safer];
};
