/** Lines of a unit's log, and why there are none, for every view alike. */
import { formatClock } from '../core/format.ts';
import type { NodeName } from '../core/model/inventory.ts';
import type { FeedState, LogLine } from '../core/model/observation.ts';
import type { UnitName } from '../core/model/topology.ts';
import { type AppState, shown } from '../store/state.ts';
import type { Tone } from './theme.ts';

const ERROR = 3;
const WARNING = 4;

/** Errors and warnings stand out; the rest is quiet. */
export const logTone = ({ priority }: LogLine): Tone =>
  priority <= ERROR ? 'down' : priority === WARNING ? 'degraded' : 'plain';

/** By the node's own wall clock, on the operator's dial. */
export const logTime = (state: AppState, { atMs }: LogLine): string =>
  formatClock(atMs, state.utcOffsetMinutes);

export const logOf = (state: AppState, node: NodeName, unit: UnitName): readonly LogLine[] =>
  shown(state).facts.news.get(node)?.logs.get(unit) ?? [];

export const journalOf = (state: AppState, node: NodeName): FeedState | undefined =>
  shown(state).facts.news.get(node)?.feeds.journal;

export const isLinkUp = (state: AppState, node: NodeName): boolean =>
  shown(state).facts.links.get(node)?.state === 'up';
