/** The selected action as plain text, with every line kept of its runs: for a pager, and for a ticket from there. */
import { actionName, unitWord } from '../core/action-name.ts';
import { formatClock } from '../core/format.ts';
import type { Job } from '../core/model/action.ts';
import { runLog } from '../core/run-log.ts';
import { selectedRow } from './rows.ts';
import { type AppState, shown } from './state.ts';

export const selectedJob = (state: AppState): Job | undefined =>
  state.jobs.find((job) => `job:${job.id}` === selectedRow(state));

/** Undefined without a selected action. */
export const jobPage = (state: AppState): { readonly title: string; readonly text: string } | undefined => {
  const job = selectedJob(state);
  if (job === undefined) return undefined;
  const { plan, startedAtMs, endedAtMs, runs, words, outcome } = job;
  const clock = (atMs: number): string => formatClock(atMs, state.utcOffsetMinutes);
  const log = runLog(shown(state).facts, plan.target.node, runs ?? new Map());
  const lines = [
    actionName(plan),
    '',
    ...plan.commandLines.map((line) => `ran      ${line}`),
    `sent     ${clock(startedAtMs)}`,
    ...(endedAtMs === undefined ? [] : [`ended    ${clock(endedAtMs)}`]),
    `${outcome === undefined ? 'now    ' : 'outcome'}  ${words}`,
    '',
    ...(log.length === 0 ? ['No log line of its runs was heard.'] : []),
    ...log.map(({ atMs, unit, text }) => `${clock(atMs)}  ${unitWord(unit)}  ${text}`),
  ];
  return { title: actionName(plan), text: `${lines.join('\n')}\n` };
};
