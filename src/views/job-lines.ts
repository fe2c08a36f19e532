/** The lines at the bottom about the newest action: what it does now, then how it ended, until that is taken note of. */
import { actionName } from '../core/action-name.ts';
import { formatElapsed } from '../core/format.ts';
import type { Verdict } from '../core/model/cluster.ts';
import { operationName, operationWords, progressWords } from '../core/operation-words.ts';
import { type Entry, openEntries } from '../store/jobs.ts';
import { type AppState, topFrame } from '../store/state.ts';
import { keyHint } from './empty.ts';
import { clipLine, gap, type Line, lineWidth, type Segment, seg } from './paint.ts';
import { wrap } from './text.ts';
import type { Theme, Tone } from './theme.ts';
import { jobTone, jobVerdict, operationTone, operationVerdict } from './verdict-words.ts';

/** What the lines say of an action or an operation. */
type Told = {
  readonly verdict: Verdict;
  readonly tone: Tone;
  readonly name: string;
  readonly progress: string;
  readonly words: string;
  readonly isEnded: boolean;
};

const elapsed = (startedAtMs: number, expectedMs: number, nowMs: number): string =>
  `  ${formatElapsed(nowMs - startedAtMs)}${expectedMs === 0 ? '' : ` of about ${formatElapsed(expectedMs)}`}`;

const told = (entry: Entry, nowMs: number): Told => {
  if (entry.kind === 'job') {
    const { job } = entry;
    const isEnded = job.outcome !== undefined;
    return {
      verdict: jobVerdict(job),
      tone: jobTone(job),
      name: actionName(job.plan),
      progress: isEnded ? '' : elapsed(job.startedAtMs, job.plan.expectedMs, nowMs),
      // The command is in the dialog that was confirmed, and in the jobs view.
      words: job.phase === 'running' ? 'the command runs' : job.words,
      isEnded,
    };
  }
  const { operation } = entry;
  return {
    verdict: operationVerdict(operation),
    tone: operationTone(operation),
    name: operationName(operation.plan),
    progress: `  ${progressWords(operation)}`,
    words: operationWords(operation),
    isEnded: operation.endedAtMs !== undefined,
  };
};

const hint = (state: AppState, { isEnded }: Told, others: number, theme: Theme): Line => {
  const isEnd = isEnded && state.ui.stack.length === 1;
  const more = others === 0 ? '' : `+${others} more  `;
  return [
    gap(1),
    seg(more, 'faint'),
    ...(isEnd ? keyHint(state, 'back', ' dismisses  ', theme) : []),
    ...keyHint(state, 'view-jobs', ' jobs', theme),
    gap(1),
  ];
};

/** More is in the jobs view; a small terminal has fewer lines to spare. */
const WORDS_MAX_LINES = 3;
const WORDS_MAX_LINES_SMALL = 2;

const wordLines = ({ words: all, tone }: Told, columns: number, isRule: boolean): readonly Line[] =>
  wrap(all, columns - 4)
    .slice(0, isRule ? WORDS_MAX_LINES : WORDS_MAX_LINES_SMALL)
    .map((words): Line => [gap(3), seg(words, tone)]);

/**
 * Nothing when there is nothing to tell, and in the view that tells it all. `isRule`: the first line stands in a rule,
 * which fills what is left of it. What is said has lines of its own where there is too little room beside the action.
 */
export const jobLines = (
  state: AppState,
  columns: number,
  isRule: boolean,
  theme: Theme,
): readonly Line[] => {
  const [entry, ...others] = openEntries(state);
  if (entry === undefined || topFrame(state.ui).view === 'jobs') return [];
  const job = told(entry, state.nowMs);
  const { verdict } = job;
  const rule = (count: number): Segment => seg(theme.symbols.rule.repeat(Math.max(0, count)), 'faint');
  const what: Line = [
    ...(isRule ? [rule(1)] : []),
    gap(1),
    seg(theme.glyph(verdict), verdict),
    gap(1),
    seg(job.name, 'strong'),
    seg(job.progress),
  ];
  const words: Line = [gap(2), seg(job.words, job.tone)];
  const right = isRule ? [...hint(state, job, others.length, theme), rule(1)] : [];
  const room = columns - lineWidth(right);
  const fits = lineWidth(what) + lineWidth(words) <= room;
  const left = clipLine(fits ? [...what, ...words] : what, room);
  const rest = room - lineWidth(left);
  const filled = isRule && rest > 1 ? [gap(1), rule(rest - 1)] : [gap(rest)];
  return [[...left, ...filled, ...right], ...(fits ? [] : wordLines(job, columns, isRule))];
};
