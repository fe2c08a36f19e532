/** Logs of several nodes as one: what comes from each, and the merged rows that are kept of it. */
import type { NodeName } from '../model/inventory.ts';
import type { LogLine } from '../model/observation.ts';
import type { UnitName } from '../model/topology.ts';

/** One entry of a journal with what tells its place among those of other nodes. */
export type LogEntry = {
  readonly line: LogLine;
  /** The node's wall clock, µs since the epoch. */
  readonly atUs: number;
  /** The node's monotonic clock since `boot` began, µs. */
  readonly monotonicUs?: number;
  /** 32 hex digits. */
  readonly boot?: string;
};

/** What one node sent since the last batch, in its journal's order. */
export type LogBatch = {
  readonly node: NodeName;
  readonly entries: readonly LogEntry[];
  /** So many more came, too fast to be taken in. */
  readonly shed: number;
  /** The journal was opened anew, and nothing shows that the entries follow on those before. */
  readonly gap?: boolean;
};

/** What stands between two lines. */
export type LogMark =
  | { readonly kind: 'rebooted' }
  | { readonly kind: 'gap' }
  | { readonly kind: 'shed'; readonly count: number };

type Placed = {
  /** Names the row as long as its buffer lives; of one node, later ones have greater numbers. */
  readonly seq: number;
  /** Where it stands among all, µs since the epoch. */
  readonly keyUs: number;
  readonly node: NodeName;
};

export type LogRow =
  | (Placed & { readonly kind: 'line'; readonly line: LogLine })
  | (Placed & { readonly kind: 'mark'; readonly mark: LogMark });

/** What a node's looks tell of its clock: its monotonic time at a moment of ours, both in ms. */
export type NodeClock = {
  readonly atMs: number;
  readonly monotonicMs?: number | undefined;
  readonly bootId?: string | undefined;
};

/** The account of one node: all that came is kept, evicted or shed. */
export type LogTally = {
  /** Rows in the buffer, marks among them. */
  readonly kept: number;
  /** The oldest rows, gone to make room. */
  readonly evicted: number;
  /** Lines that came too fast to be taken in. */
  readonly shed: number;
  /** Lines that were taken in. */
  readonly came: number;
  readonly lastKeyUs: number;
  readonly boot?: string;
  /** How far the node's wall clock is ahead of ours, ms; 0 where they agree as far as can be told. */
  readonly skewMs: number;
};

export type LogBuffer = {
  /** Merged by time; of one node, in its journal's order. */
  readonly rows: readonly LogRow[];
  readonly tallies: ReadonlyMap<NodeName, LogTally>;
  readonly nextSeq: number;
};

/** `boot`: of this boot, and followed. `previous`: the boot before, read once. `run`: of the present runs, followed. */
export type LogMode = 'boot' | 'previous' | 'run';

/** What is read of one node. */
export type LogPart = {
  readonly node: NodeName;
  readonly units: readonly UnitName[];
  /** For the mode `run`: InvocationIDs, 32 hex digits each. */
  readonly runs?: readonly string[];
};

export type LogRequest = {
  /** Tells what comes for this request from what still came for the one before. */
  readonly session: number;
  readonly mode: LogMode;
  readonly parts: readonly LogPart[];
};

/** How it stands with one node's journal. */
export type LogSource =
  | { readonly state: 'opening' }
  | { readonly state: 'live' }
  /** Read to its end: nothing more comes. */
  | { readonly state: 'read' }
  | { readonly state: 'failed'; readonly detail: string; readonly remedy: string };

export type LogNews = {
  readonly session: number;
  readonly batches: readonly LogBatch[];
  /** Of the nodes for which it has changed. */
  readonly sources: ReadonlyMap<NodeName, LogSource>;
};
