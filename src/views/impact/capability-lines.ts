/** The table of capabilities: whole, with what is alike folded into a line, and as the short list of what is wrong. */
import { capabilityWord } from '../../core/impact/words.ts';
import type { CapabilityStanding, CapabilityState } from '../../core/model/cluster.ts';
import type { ServiceName } from '../../core/model/topology.ts';
import { type AppState, shown } from '../../store/state.ts';
import { field, gap, type Line, seg } from '../paint.ts';
import { width, wrap } from '../text.ts';
import type { Theme } from '../theme.ts';
import { capabilityVerdict } from '../verdict-words.ts';
import { firstFitting, shorter } from './fit.ts';

type TitleOf = (service: ServiceName) => string;

const titlesIn =
  ({ topology }: AppState): TitleOf =>
  (name) =>
    topology.services.find((service) => service.name === name)?.title ?? name;

type Columns = {
  readonly title: number;
  readonly because: number;
  readonly helps: number;
};

const STATE_COLUMNS = 9;
/** Before the title: a blank, the mark, a blank. */
const MARK_COLUMNS = 3;
const TITLE_MAX = 30;
/** What helps in the words of most documents: "Raft quorum: 2 of 3". */
const HELPS_MIN = 19;
const HELPS_SHARE = 0.38;

const columnsFor = (capabilities: readonly CapabilityState[], columns: number): Columns => {
  const longest = Math.max(10, ...capabilities.map((one) => width(one.title)));
  const title = Math.min(longest, TITLE_MAX) + 1;
  const rest = columns - MARK_COLUMNS - title - STATE_COLUMNS;
  const helps = Math.max(HELPS_MIN, Math.floor(rest * HELPS_SHARE));
  return { title, because: Math.max(8, rest - helps), helps };
};

export const capabilityHeading = (capabilities: readonly CapabilityState[], columns: number): Line => {
  const { title, because } = columnsFor(capabilities, columns);
  return [
    gap(MARK_COLUMNS),
    field('CAPABILITY', title, 'column'),
    field('STATE', STATE_COLUMNS, 'column'),
    field('BECAUSE', because, 'column'),
    seg('WHAT HELPS', 'column'),
  ];
};

const becauseWords = ({ causes }: CapabilityState, titleOf: TitleOf, columns: number): string => {
  const [first] = causes;
  if (first === undefined) return '';
  const all = (size: number): string =>
    causes.map((cause) => `${titleOf(cause.service)}: ${shorter(cause.words)[size]}`).join(' · ');
  const alone = shorter(first.words).map((words) => `${titleOf(first.service)}: ${words}`);
  const more = causes.length === 1 ? '' : ` +${causes.length - 1}`;
  return firstFitting([all(0), all(1), ...alone.map((words) => `${words}${more}`), ...alone], columns);
};

const helpWords = ({ mitigation = '' }: CapabilityState, columns: number): string =>
  firstFitting(
    [mitigation, mitigation.replace(/ (?:hold|works?)$/u, ''), mitigation.split(':')[0] ?? ''],
    columns,
  );

const capabilityLine = (one: CapabilityState, titleOf: TitleOf, columns: Columns, theme: Theme): Line => {
  const verdict = capabilityVerdict(one.state);
  const isWell = one.state === 'works';
  return [
    gap(1),
    seg(theme.glyph(verdict), verdict),
    gap(1),
    field(one.title, columns.title, isWell ? 'plain' : 'strong'),
    field(capabilityWord(one.state), STATE_COLUMNS, isWell ? 'faint' : verdict),
    field(becauseWords(one, titleOf, columns.because - 1), columns.because - 1),
    gap(1),
    seg(helpWords(one, columns.helps), isWell ? 'faint' : 'plain'),
  ];
};

/** One line each. */
export const capabilityLines = (state: AppState, columns: number, theme: Theme): readonly Line[] => {
  const { capabilities } = shown(state).cluster;
  const widths = columnsFor(capabilities, columns);
  return capabilities.map((one) => capabilityLine(one, titlesIn(state), widths, theme));
};

/** What there is nothing to say of but its state: one paragraph for all of them. */
const FOLDED: readonly CapabilityStanding[] = ['starting', 'unknown', 'works'];

/** Nothing has a line of its own once it is folded. */
export const isAllFolded = (capabilities: readonly CapabilityState[]): boolean =>
  capabilities.every((one) => FOLDED.includes(one.state));

/** A line for each that is touched; the others together, below. */
export const foldedLines = (state: AppState, columns: number, theme: Theme): readonly Line[] => {
  const { capabilities } = shown(state).cluster;
  const widths = columnsFor(capabilities, columns);
  const told = capabilities.filter((one) => !FOLDED.includes(one.state));
  const paragraphs = FOLDED.flatMap((standing): Line[] => {
    const titles = capabilities.filter((one) => one.state === standing).map((one) => one.title);
    if (titles.length === 0) return [];
    const verdict = capabilityVerdict(standing);
    const word = capabilityWord(standing);
    const lead = MARK_COLUMNS + STATE_COLUMNS;
    return wrap(titles.join(', '), columns - lead - 1).map((text, index) => [
      gap(1),
      index === 0 ? seg(theme.glyph(verdict), verdict) : gap(1),
      gap(1),
      field(index === 0 ? word : '', STATE_COLUMNS, standing === 'works' ? 'faint' : verdict),
      seg(text),
    ]);
  });
  return [...told.map((one) => capabilityLine(one, titlesIn(state), widths, theme)), ...paragraphs];
};

const SHORT_TITLE_MAX = 22;

/** For few columns: what does not simply work, with the services behind it. */
export const shortLines = (state: AppState, columns: number, theme: Theme): readonly Line[] => {
  const { capabilities } = shown(state).cluster;
  const told = capabilities.filter((one) => one.state !== 'works');
  // Nothing can be told apart where all are the same.
  if (told.every((one) => one.state === 'unknown')) return [];
  const title = Math.min(SHORT_TITLE_MAX, Math.max(0, ...told.map((one) => width(one.title)))) + 1;
  return told.map((one) => {
    const verdict = capabilityVerdict(one.state);
    const room = columns - MARK_COLUMNS - title;
    const titles = one.because.map(titlesIn(state));
    return [
      gap(1),
      seg(theme.glyph(verdict), verdict),
      gap(1),
      field(one.title, title),
      seg(firstFitting([titles.join(', '), `${titles[0]} +${titles.length - 1}`], room), verdict),
    ];
  });
};

const SHORT_ORDER: readonly CapabilityStanding[] = ['lost', 'degraded', 'starting', 'at-risk', 'unknown'];

/** `5 lost, 1 at risk, 7 work`. */
export const shortSummary = (capabilities: readonly CapabilityState[], theme: Theme): Line => {
  const count = (state: CapabilityStanding): number =>
    capabilities.filter((one) => one.state === state).length;
  const told = SHORT_ORDER.filter((state) => count(state) > 0);
  const works = count('works');
  const parts = told.map((state) => `${count(state)} ${capabilityWord(state)}`);
  const verdict = capabilityVerdict(told[0] ?? 'works');
  const rest = works === 0 ? [] : [`${works} work`];
  const text = told.length === 0 ? `All ${works} capabilities work.` : [...parts, ...rest].join(', ');
  return [gap(1), seg(theme.glyph(verdict), verdict), gap(1), seg(text, 'strong')];
};
