/** What `plasmatop restart …` writes: the plan, a line per change and the end; one JSON object per line for programs. Pure. */
import { targetName } from '../core/action-name.ts';
import { formatClock, formatElapsed } from '../core/format.ts';
import type { ActionTarget, Job, JobOutcome, JobPhase, Verb } from '../core/model/action.ts';
import { sanitiseLine } from '../core/sanitise.ts';

/**
 * How the command ended: as its action did, or before there was one. `incomplete`: of several not all; `could-run`: a dry run without objections;
 * `unconfirmed`: nobody said yes; `unseen`: too little could be seen to plan; `stopped`: by a signal before anything ran.
 */
export type ActOutcome =
  | JobOutcome
  | 'incomplete'
  | 'could-run'
  | 'unconfirmed'
  | 'read-only'
  | 'unseen'
  | 'stopped';

export type ActEnd = {
  readonly outcome: ActOutcome;
  readonly words: string;
  readonly exitCode: number;
  /** Since the action began, ms; absent when none did. */
  readonly afterMs?: number;
  /** Of each target how it ended, in the order in which they ended. */
  readonly jobs: readonly Job[];
};

/** One line of the plan; the first of several alike has the label. */
export type PlanEntry = { readonly label: string; readonly text: string };

export type ActWriter = {
  /** `fields`: the same for programs. */
  readonly plan: (title: string, fields: object, entries: readonly PlanEntry[], atMs: number) => string;
  readonly change: (job: Job, atMs: number) => string;
  /** What several wait for. */
  readonly waits: (words: string, atMs: number) => string;
  readonly end: (end: ActEnd, atMs: number) => string;
};

export type ActWriterOptions = {
  readonly verb: Verb;
  /** "chainfire@node02", "chainfire on 3 nodes". */
  readonly title: string;
  readonly targets: readonly ActionTarget[];
  readonly utcOffsetMinutes: (atMs: number) => number;
  readonly ascii: boolean;
};

const LINE_CHARS = 1000;
const LABEL_WIDTH = 'takes along'.length;
/** The longest word of a phase. */
const PHASE_WIDTH = 'not-healthy'.length;

/** Where the job is: its outcome once it has one. */
const phaseOf = ({ phase, outcome }: Job): JobPhase | JobOutcome => outcome ?? phase;

/** What stays the same while only figures move: a countdown is not a change. */
export const changeKey = (job: Job): string => `${phaseOf(job)} ${job.words.replace(/\d+/gu, '#')}`;

/** Lines for people: `09:41:07  chainfire@node02  watching     active, health not green yet`. */
export const textWriter = (options: ActWriterOptions): ActWriter => {
  const { verb, title: about, targets, utcOffsetMinutes, ascii } = options;
  const width = Math.max(...targets.map((target) => targetName(target).length));
  const line = (text: string): string => {
    const clean = sanitiseLine(text, LINE_CHARS).trimEnd();
    return `${ascii ? clean.replace(/[^\x20-\x7e]/gu, '?') : clean}\n`;
  };
  return {
    plan: (title, _fields, entries) =>
      [
        line(title),
        ...entries.map(({ label, text }) => `  ${label.padEnd(LABEL_WIDTH)}  ${line(text)}`),
      ].join(''),
    change: (job, atMs) =>
      line(
        [
          formatClock(atMs, utcOffsetMinutes(atMs)),
          targetName(job.plan.target).padEnd(width),
          phaseOf(job).padEnd(PHASE_WIDTH),
          job.words,
        ].join('  '),
      ),
    waits: (words, atMs) =>
      line(
        [
          formatClock(atMs, utcOffsetMinutes(atMs)),
          '-'.padEnd(width),
          'waiting'.padEnd(PHASE_WIDTH),
          words,
        ].join('  '),
      ),
    end: ({ outcome, words, afterMs }) => {
      const after = afterMs === undefined ? '' : ` after ${formatElapsed(afterMs)}`;
      return line(`${outcome}${after}: ${verb} ${about}: ${words}`);
    },
  };
};

const jobJson = ({ id, plan, outcome, words, startedAtMs, endedAtMs, runs }: Job) => ({
  id,
  target: targetName(plan.target),
  node: plan.target.node,
  outcome,
  words,
  tookMs: endedAtMs === undefined ? undefined : endedAtMs - startedAtMs,
  runs: runs === undefined ? undefined : Object.fromEntries(runs),
});

/** Lines for programs; the field `v` counts breaking changes. Described in docs/act.md. */
export const jsonWriter = ({ verb, title: about }: ActWriterOptions): ActWriter => {
  const line = (kind: 'plan' | 'change' | 'end', atMs: number, more: object): string =>
    `${JSON.stringify({ v: 1, ts: new Date(atMs).toISOString(), kind, verb, ...more })}\n`;
  return {
    plan: (_title, fields, _entries, atMs) => line('plan', atMs, { about, ...fields }),
    change: (job, atMs) =>
      line('change', atMs, {
        target: targetName(job.plan.target),
        node: job.plan.target.node,
        id: job.id,
        state: phaseOf(job),
        words: job.words,
      }),
    waits: (words, atMs) => line('change', atMs, { state: 'waiting', words }),
    end: ({ outcome, words, exitCode, afterMs, jobs }, atMs) =>
      line('end', atMs, {
        about,
        outcome,
        exitCode,
        words,
        afterMs: afterMs === undefined ? undefined : Math.round(afterMs),
        jobs: jobs.map(jobJson),
      }),
  };
};
