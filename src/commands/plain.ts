/** The console where there is no terminal: one line per change, no escape codes, until stopped. */
import type { ClusterEvent, ClusterState } from '../core/model/cluster.ts';

const subjectWords = ({ subject }: ClusterEvent): string => {
  switch (subject.kind) {
    case 'instance':
      return subject.id;
    case 'node':
    case 'service':
      return subject.name;
    case 'cluster':
      return 'cluster';
    default:
      return subject satisfies never;
  }
};

/** `2026-11-23 14:02:31`: a stream is read the day after, too. */
const formatDateTime = (atMs: number, utcOffsetMinutes: number): string =>
  new Date(atMs + utcOffsetMinutes * 60_000).toISOString().slice(0, 19).replace('T', ' ');

/** `2026-11-23 14:02:31  chainfire@node02  ok → down  refused` */
export const eventLine = (event: ClusterEvent, utcOffsetMinutes: number): string =>
  [
    formatDateTime(event.atMs, utcOffsetMinutes),
    subjectWords(event),
    event.from ? `${event.from} → ${event.to}` : event.to,
    event.reason,
  ]
    .filter(Boolean)
    .join('  ');

/** What became of a changed configuration, in one line: the words of the screen. */
export const configurationLine = (words: string, atMs: number, utcOffsetMinutes: number): string =>
  [formatDateTime(atMs, utcOffsetMinutes), 'configuration', words].join('  ');

/** The headline in one line, for a stream: what, users, cause. */
export const headlineLine = (cluster: ClusterState, utcOffsetMinutes: number): string => {
  const { sentence, users, cause } = cluster.headline;
  return [
    formatDateTime(cluster.atMs, utcOffsetMinutes),
    cluster.verdict,
    sentence,
    users,
    cause ? `cause: ${cause}` : undefined,
  ]
    .filter(Boolean)
    .join('  ');
};
