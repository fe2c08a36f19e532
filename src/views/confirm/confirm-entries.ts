/** What the confirmation says of each action: entries with a label, as many as the detail allows. */
import { unitWord } from '../../core/action-name.ts';
import { plural, sentenceList } from '../../core/format.ts';
import type { Plan, QuorumForecast, Verb } from '../../core/model/action.ts';
import type { ClusterState } from '../../core/model/cluster.ts';
import { instanceId } from '../../core/model/inventory.ts';
import { pendingWords } from '../../core/pending-words.ts';
import { rightsDoubt } from '../../core/rights.ts';
import { saferThan } from '../../core/safer.ts';
import { leadersWord, rivalsOf } from '../../core/split.ts';
import { bootOf } from '../../store/boot.ts';
import type { ActionDialog, AppState } from '../../store/state.ts';
import { bootTone } from '../first-boot/boot-words.ts';
import type { Tone } from '../theme.ts';
import { alongEntries } from './confirm-along.ts';
import { type Detail, type Entry, listed, NARROW, plainWhen } from './entry.ts';

/** More units than these fill a small screen. */
const MANY = 3;

const NOTHING_LOST = 'nothing that works now stops for users';

export const forecastEntry = (
  forecast: QuorumForecast,
  verb: Verb,
  isBrief: boolean,
): Omit<Entry, 'label'> => {
  const { service, expected, needed, now, during, after, breaks, away = [] } = forecast;
  const of = (votes: number): string => `${votes}/${expected}`;
  const isLost = now < needed;
  const elsewhere =
    away.length === 0 ? '' : `; ${sentenceList(away)} ${away.length === 1 ? 'goes' : 'go'} too`;
  const tone = breaks && during < now ? 'down' : 'plain';
  if (verb === 'start') {
    const holds = after < needed ? `still BELOW ${needed}` : isLost ? 'regained' : 'holds';
    const said = isBrief
      ? `${service} ${of(now)} to ${of(after)}: ${holds}`
      : `${service}${isLost ? ' lost:' : ''} now ${of(now)} · after ${of(after)} ${holds}, ${needed} needed`;
    return { text: `${said}${elsewhere}`, tone };
  }
  const how = !breaks ? 'holds' : isLost ? 'lost already' : `BELOW ${needed}`;
  const said = isBrief
    ? `${service} ${of(now)} to ${of(during)}: ${how}`
    : `${service}${isLost ? ' lost:' : ''} now ${of(now)} · during ${of(during)}${isLost ? '' : ` ${how}`} · after ${of(after)}, ${needed} needed`;
  return { text: `${said}${elsewhere}`, tone };
};

type Standing = { readonly words: readonly string[]; readonly tone: Tone };

/** How what the action is about stands before it. */
const standing = ({ plan }: ActionDialog, state: AppState): Standing => {
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
      if (plan.verb !== 'bring-up') return { words: [tone, node?.reason ?? ''], tone };
      const down = plan.starts.length + plan.leftDown.length;
      return { words: [`${plural(down, 'unit')} down`], tone };
    }
    default:
      return target satisfies never;
  }
};

const nowEntry = (dialog: ActionDialog, state: AppState): Entry => {
  const { words, tone } = standing(dialog, state);
  const now = words.filter((word) => word !== '').join(', ');
  return { label: 'now', text: dialog.chosen === undefined ? now : `${now} · ${dialog.chosen}`, tone };
};

const leftDownEntries = (plan: Plan): readonly Entry[] =>
  listed(
    'not',
    plan.leftDown.map(({ unit, why }) => `${unitWord(unit)} ${why}`),
    'degraded',
  );

/** What the votes of a group are worth while more than one leads it. */
export const rivalEntries = (
  quorum: readonly QuorumForecast[],
  { services }: ClusterState,
): readonly Entry[] => {
  const rivals = quorum
    .map(({ service }) => rivalsOf(services.get(service) ?? {}))
    .find((nodes) => nodes.length > 0);
  const said = rivals && `${leadersWord(rivals)}: these votes are not those of one cluster`;
  return listed('', said === undefined ? [] : [said], 'degraded');
};

const quorumEntries = (plan: Plan, state: AppState, isBrief: boolean): readonly Entry[] => {
  const forecasts = plan.quorum.map(
    (forecast, index): Entry => ({
      label: index === 0 ? 'quorum' : '',
      ...forecastEntry(forecast, plan.verb, isBrief),
    }),
  );
  return [...forecasts, ...rivalEntries(plan.quorum, state.cluster)];
};

const usersEntries = (plan: Plan, isBrief: boolean): readonly Entry[] => {
  if (plan.verb === 'start' || plan.verb === 'reset-failed' || plan.verb === 'bring-up') return [];
  // A step serves nobody: only what goes along with it could be missed.
  const isQuiet = isBrief || plan.target.kind === 'step';
  const label = plan.verb === 'stop' ? 'afterwards' : 'meanwhile';
  return listed(label, plan.users.length > 0 || isQuiet ? plan.users : [NOTHING_LOST], 'plain');
};

/** In the order in which they are read: that it may not run at all comes before what would run. */
export const entriesOf = (
  dialog: ActionDialog,
  state: AppState,
  detail: Detail,
  columns: number,
): readonly Entry[] => {
  const { plan } = dialog;
  const isBrief = detail === 'brief';
  const now = nowEntry(dialog, state);
  const runs = plan.commandLines.map(
    (text, index): Entry => ({ label: index === 0 ? 'runs' : 'then', text, tone: 'strong' }),
  );
  const refused = listed('refused', plan.refusals, 'down');
  const pending = listed('pending', plan.pending.map(pendingWords), 'degraded');
  const isKept = detail === 'full' || (detail === 'short' && dialog.chosen !== undefined);
  const along = [...alongEntries(plan, state, detail, columns), ...leftDownEntries(plan)];
  // Two who mend the same at once do it to each other.
  const recent = listed('recent', (dialog.recent ?? []).slice(0, isBrief ? 1 : 2), 'degraded');
  const quorum = quorumEntries(plan, state, isBrief || columns < NARROW);
  const users = usersEntries(plan, isBrief);
  const { node } = plan.target;
  const doubt = plainWhen('rights', rightsDoubt(node, state.facts.rights.get(node)), 'degraded');
  const safer = plainWhen('safer', saferThan(plan, state.cluster), 'degraded');
  if (!isBrief) {
    return [
      ...refused,
      ...(isKept ? [now] : []),
      ...runs,
      ...doubt,
      ...pending,
      ...recent,
      ...along,
      ...quorum,
      ...users,
      ...safer,
    ];
  }
  const matters = [...pending, ...quorum, ...recent, ...safer];
  // The names of many units would hide what becomes of votes and users.
  return plan.units.length > MANY
    ? [...refused, ...matters, ...users, ...along, ...runs]
    : [...refused, ...runs, ...matters, ...along, ...users];
};
