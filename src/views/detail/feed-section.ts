/** What a node says of itself over ssh: its job queue, what it sends unasked, and what of that is missing. */
import { plural } from '../../core/format.ts';
import type { NodeState } from '../../core/model/cluster.ts';
import type { FeedName, FeedState, QueuedJob } from '../../core/model/observation.ts';
import { rightsWords } from '../../core/rights.ts';
import { type AppState, shown } from '../../store/state.ts';
import type { Line } from '../paint.ts';
import { labelled, paragraph } from './page.ts';

const FEEDS: readonly FeedName[] = ['bus', 'journal'];
const TITLES: Readonly<Record<FeedName, string>> = { bus: 'signals', journal: 'journal' };
const JOBS_NAMED = 4;

const feedLines = (
  name: FeedName,
  feed: FeedState | undefined,
  everyMs: number,
  columns: number,
): readonly Line[] => {
  if (feed?.state !== 'failed') return [];
  const polled = name === 'bus' ? `; polled every ${Number((everyMs / 1000).toFixed(1))} s` : '';
  return [
    ...labelled(TITLES[name], `${feed.detail}${polled}`, columns, 'degraded'),
    ...(feed.remedy === '' ? [] : labelled('', feed.remedy, columns)),
  ];
};

const jobName = ({ unit, type }: QueuedJob): string => `${type} ${unit.replace(/\.service$/u, '')}`;

/** "2 running: start flaredb, start fiberlb; 9 wait" */
const jobWords = (jobs: readonly QueuedJob[]): string => {
  const running = jobs.filter((job) => job.state === 'running');
  const waiting = jobs.length - running.length;
  const more = running.length > JOBS_NAMED ? ` and ${running.length - JOBS_NAMED} more` : '';
  const names = running.slice(0, JOBS_NAMED).map(jobName).join(', ');
  const runs = running.length === 0 ? '' : `${running.length} running: ${names}${more}`;
  const waits = waiting === 0 ? '' : plural(waiting, 'waits', 'wait');
  return [runs, waits].filter((part) => part !== '').join('; ');
};

/** Nothing for a node with an empty queue of which nothing is missing. */
export const feedSection = (state: AppState, node: NodeState, columns: number): readonly Line[] => {
  const { facts } = shown(state);
  if (node.link.state === 'none') {
    return paragraph('No ssh: join steps and units unseen.', columns, 'faint');
  }
  const { feeds, logsDropped = 0 } = facts.news.get(node.name) ?? {};
  const everyMs = state.options.intervalMs;
  const isUp = node.link.state === 'up';
  const rights = facts.rights.get(node.name);
  return [
    ...labelled('jobs', isUp ? jobWords(facts.units.get(node.name)?.jobs ?? []) : '', columns),
    // Without a connection that is all there is to say.
    ...(isUp ? FEEDS.flatMap((name) => feedLines(name, feeds?.[name], everyMs, columns)) : []),
    ...labelled('rights', isUp && rights !== undefined ? rightsWords(rights) : '', columns, 'degraded'),
    ...labelled(
      'log',
      logsDropped === 0 ? '' : `${plural(logsDropped, 'line')} came too fast to be kept`,
      columns,
      'faint',
    ),
  ];
};
