/** The first lines of the first-boot view: how far, when ready, what holds it, and how the quorums form. */
import type { BootProgress, BootQuorum } from '../../core/first-boot/model.ts';
import { formatAge, formatClock, formatElapsed, formatTook, plural } from '../../core/format.ts';
import type { Verdict } from '../../core/model/cluster.ts';
import { type AppState, shown } from '../../store/state.ts';
import { gap, type Line, seg } from '../paint.ts';
import type { Room } from '../painter.ts';
import { wrap } from '../text.ts';
import type { Theme } from '../theme.ts';

type Answer = {
  readonly verdict: Verdict;
  readonly sentence: string;
  /** For few columns. */
  readonly short: string;
  readonly second: string;
};

/** What holds it does not pass by waiting. */
const isStuck = ({ nodes, heldBy }: BootProgress): boolean => {
  const state = nodes.find((node) => node.node === heldBy?.node)?.at?.state;
  return state === 'failed' || state === 'left-behind';
};

const bootingAnswer = (progress: BootProgress, clock: (inMs: number) => string): Answer => {
  const { done, total, etaMs, heldBy } = progress;
  const count = `${done} of ${total}`;
  const second = heldBy === undefined ? '' : `held by ${heldBy.words}`;
  if (etaMs !== undefined) {
    const left = formatElapsed(etaMs);
    const sentence = `${count} steps done, ready in about ${left} (${clock(etaMs)}).`;
    return { verdict: 'starting', sentence, short: `${count}, ready in about ${left}.`, second };
  }
  return isStuck(progress)
    ? {
        verdict: 'down',
        sentence: `${count} steps done; not ready before what fails is put right.`,
        short: `${count}, and something fails.`,
        second,
      }
    : { verdict: 'starting', sentence: `${count} steps done.`, short: `${count} steps done.`, second };
};

const unfinishedAnswer = (progress: BootProgress): Answer => {
  const { done, total, heldBy, nodes } = progress;
  const unseen = nodes.filter((node) => !node.seen);
  if (nodes.every((node) => !node.seen || node.at === undefined)) {
    const names = unseen.map((node) => node.node);
    const sentence = `${nodes.length - unseen.length} of ${nodes.length} nodes are ready.`;
    const few = names.length > 3 ? plural(names.length, 'node') : names.join(', ');
    return { verdict: 'unknown', sentence, short: sentence, second: `not seen over ssh: ${few}` };
  }
  const left = `${total - done} of ${total} steps`;
  const second = heldBy?.words ?? '';
  // What was restarted, and what goes along with it, was done before.
  return isStuck(progress)
    ? {
        verdict: 'down',
        sentence: `The boot is over, yet ${left} are not done.`,
        short: `${left} are not done.`,
        second,
      }
    : {
        verdict: 'starting',
        sentence: `The boot is over; ${left} start again.`,
        short: `${left} start again.`,
        second,
      };
};

/** "3 d ago", of a boot that was over before anybody looked. */
const whenWords = ({ past, nodes }: BootProgress, nowMs: number): string => {
  const ready = nodes.flatMap((node) => node.readyAtMs ?? []);
  return past && ready.length > 0 ? `, ${formatAge(nowMs - Math.max(...ready))} ago` : '';
};

const readyAnswer = (progress: BootProgress, nowMs: number): Answer => {
  const { nodes, tookMs, slowest } = progress;
  const last = nodes.find((node) => node.last)?.node;
  const took = `Ready${tookMs === undefined ? '' : ` after ${formatTook(tookMs)}`}${whenWords(progress, nowMs)}`;
  return {
    verdict: 'ok',
    sentence: last === undefined ? `${took}.` : `${took}; ${last} was the last.`,
    short: `${took}.`,
    second:
      slowest === undefined
        ? ''
        : `slowest ${slowest.name} on ${slowest.node}: ${formatTook(slowest.tookMs)}, documented ${formatTook(slowest.documentedMs)}`,
  };
};

const answerOf = (state: AppState, progress: BootProgress): Answer => {
  switch (progress.phase) {
    case 'unseen':
      return {
        verdict: 'unknown',
        sentence: "No node's systemd was seen yet.",
        short: 'No systemd was seen yet.',
        second: 'a boot is told by what systemd says over ssh',
      };
    case 'booting':
      return bootingAnswer(progress, (inMs) =>
        formatClock(shown(state).nowMs + inMs, state.utcOffsetMinutes),
      );
    case 'unfinished':
      return unfinishedAnswer(progress);
    case 'ready':
      return readyAnswer(progress, shown(state).nowMs);
    default:
      return progress.phase satisfies never;
  }
};

const quorumWords = ({ service, votes, expected, standing, leader }: BootQuorum): string => {
  const word = standing === 'held' ? (leader === undefined ? '' : `, leader ${leader}`) : ` ${standing}`;
  return `${service} ${votes}/${expected}${word}`;
};

/** The answer and what holds it. */
export const summaryLines = (
  state: AppState,
  progress: BootProgress,
  { columns, compact }: Room,
  theme: Theme,
): readonly Line[] => {
  const { verdict, sentence, short, second } = answerOf(state, progress);
  const lead: Line = [gap(1), seg(theme.glyph(verdict), verdict), gap(1)];
  if (compact) {
    const rest = second === '' ? [] : wrap(second, columns - 4).slice(0, 2);
    return [[...lead, seg(short, 'strong')], ...rest.map((text): Line => [gap(3), seg(text)])];
  }
  return [
    [...lead, seg(sentence, 'strong')],
    [gap(3), seg(second)],
  ];
};

/** How the quorums form; few columns have no room for it. */
export const quorumLine = ({ quorums, phase }: BootProgress, { compact }: Room): readonly Line[] => {
  if (compact || quorums.length === 0 || phase === 'unseen') return [];
  const isLost = quorums.some(({ standing }) => standing === 'lost');
  const words = quorums.map(quorumWords).join(' · ');
  return [[gap(3), seg('quorum', 'faint'), gap(2), seg(words, isLost ? 'down' : 'plain')]];
};
