/** The selected row as one plain line, for the clipboard. */
import { formatClock } from '../core/format.ts';
import { operationName } from '../core/operation-words.ts';
import { bootText } from './boot.ts';
import { impactText } from './impact.ts';
import { selectedOperation } from './operations.ts';
import {
  eventRowId,
  eventRowsOf,
  eventSubject,
  instanceOfSubject,
  jobRowId,
  selectedRow,
  selectedStep,
  selectedSubject,
} from './rows.ts';
import { type AppState, shown, topFrame } from './state.ts';
import { stopOf, whatIfOf } from './what-if.ts';

const joined = (...words: readonly (string | undefined)[]): string =>
  words.filter((word) => word !== undefined && word !== '').join(' ');

/** "chainfire@node02 down exit 3, 5 restarts"; undefined when nothing is selected. */
export const rowText = (state: AppState): string | undefined => {
  const id = selectedRow(state);
  const { view } = topFrame(state.ui);
  switch (view) {
    case 'events': {
      const event = eventRowsOf(state).find((other) => eventRowId(other) === id);
      return event === undefined
        ? undefined
        : joined(
            formatClock(event.atMs, state.utcOffsetMinutes),
            eventSubject(event),
            event.from,
            event.from === undefined ? undefined : '→',
            event.to,
            event.reason,
          );
    }
    case 'jobs': {
      const job = state.jobs.find((other) => jobRowId(other) === id);
      if (job !== undefined) return `${job.plan.commandLines.join(' && ')}  # ${job.words}`;
      const operation = selectedOperation(state);
      return operation && joined(operationName(operation.plan), '#', operation.words);
    }
    case 'first-boot':
      return bootText(state, id);
    case 'impact':
      return impactText(state);
    case 'steps': {
      const step = selectedStep(state);
      return step && joined(step.words, ' # ', step.why);
    }
    case 'what-if': {
      const subject = selectedSubject(state);
      const stop = stopOf(state, subject);
      const name = subject?.slice(subject.indexOf(':') + 1);
      return stop === undefined ? undefined : `if ${name} stops: ${whatIfOf(state, stop).sentence}`;
    }
    case 'tree':
    case 'nodes':
    case 'detail':
    case 'logs':
    case 'help':
      return subjectText(state, selectedSubject(state));
    default:
      return view satisfies never;
  }
};

const subjectText = (state: AppState, id: string | undefined): string | undefined => {
  if (id === undefined) return undefined;
  if (id.startsWith('step:')) return bootText(state, id);
  const now = shown(state);
  const instance = instanceOfSubject(now, id);
  if (instance !== undefined) return joined(instance.id, instance.verdict, instance.reason);
  const name = id.slice(id.indexOf(':') + 1);
  const service = now.cluster.services.get(name);
  if (id.startsWith('service:') && service) return joined(name, service.verdict, service.reason);
  const node = now.cluster.nodes.get(name);
  if (id.startsWith('node:') && node) return joined(name, node.verdict, node.reason);
  const level = now.cluster.levels.find((other) => id === `level:${other.number}`);
  return level === undefined ? undefined : joined(`level ${level.number}`, level.title, level.verdict);
};
