/** The merged log: bounded per node, so that one node's flood displaces nothing of another's. */
import type { NodeName } from '../model/inventory.ts';
import type { LogBatch, LogBuffer, LogMark, LogRow, LogTally, NodeClock } from './model.ts';
import { placeEntries } from './place.ts';

export const EMPTY_LOG: LogBuffer = { rows: [], tallies: new Map(), nextSeq: 1 };

const NOTHING: LogTally = {
  kept: 0,
  evicted: 0,
  shed: 0,
  came: 0,
  lastKeyUs: Number.NEGATIVE_INFINITY,
  skewMs: 0,
};

type Fresh = { readonly rows: readonly LogRow[]; readonly tally: LogTally };

const rowsOf = (batch: LogBatch, before: LogTally, clock: NodeClock | undefined, firstSeq: number): Fresh => {
  const { node, entries, shed } = batch;
  const { keysUs, skewMs } = placeEntries(entries, clock, before.lastKeyUs, before.skewMs);
  const rows: LogRow[] = [];
  const startUs = keysUs[0] ?? before.lastKeyUs;
  const mark = (keyUs: number, kind: LogMark): void => {
    // Before the first line of all there is nothing that it could stand after.
    if (Number.isFinite(keyUs))
      rows.push({ kind: 'mark', seq: firstSeq + rows.length, keyUs, node, mark: kind });
  };
  if (batch.gap === true && before.came > 0) mark(startUs, { kind: 'gap' });
  if (shed > 0) mark(startUs, { kind: 'shed', count: shed });
  let { boot } = before;
  for (const [index, entry] of entries.entries()) {
    const keyUs = keysUs[index] ?? startUs;
    if (entry.boot !== undefined && boot !== undefined && entry.boot !== boot)
      mark(keyUs, { kind: 'rebooted' });
    boot = entry.boot ?? boot;
    rows.push({ kind: 'line', seq: firstSeq + rows.length, keyUs, node, line: entry.line });
  }
  const tally: LogTally = {
    kept: before.kept + rows.length,
    evicted: before.evicted,
    shed: before.shed + shed,
    came: before.came + entries.length,
    lastKeyUs: keysUs.at(-1) ?? before.lastKeyUs,
    ...(boot === undefined ? {} : { boot }),
    skewMs,
  };
  return { rows, tally };
};

/** By time; of the same moment, what came first. Of one node that is its journal's order. */
export const inOrder = (a: LogRow, b: LogRow): number => a.keyUs - b.keyUs || a.seq - b.seq;

const merged = (old: readonly LogRow[], fresh: readonly LogRow[]): readonly LogRow[] => {
  const [first] = fresh;
  const last = old.at(-1);
  if (first === undefined) return old;
  if (last === undefined || inOrder(last, first) <= 0) return [...old, ...fresh];
  const from = old.findLastIndex((row) => inOrder(row, first) <= 0) + 1;
  return [...old.slice(0, from), ...[...old.slice(from), ...fresh].sort(inOrder)];
};

/** Lets the oldest rows of each node go that has more than `capacity`. */
const bounded = (
  rows: readonly LogRow[],
  tallies: ReadonlyMap<NodeName, LogTally>,
  capacity: number,
): Pick<LogBuffer, 'rows' | 'tallies'> => {
  const surplus = new Map([...tallies].map(([node, { kept }]) => [node, Math.max(0, kept - capacity)]));
  if ([...surplus.values()].every((count) => count === 0)) return { rows, tallies };
  const next = new Map(
    [...tallies].map(([node, tally]): [NodeName, LogTally] => {
      const gone = surplus.get(node) ?? 0;
      return [node, { ...tally, kept: tally.kept - gone, evicted: tally.evicted + gone }];
    }),
  );
  const left = rows.filter(({ node }) => {
    const more = surplus.get(node) ?? 0;
    if (more > 0) surplus.set(node, more - 1);
    return more === 0;
  });
  return { rows: left, tallies: next };
};

/** Adds what came; each node keeps at most `capacity` rows. */
export const appendBatches = (
  buffer: LogBuffer,
  batches: readonly LogBatch[],
  clockOf: (node: NodeName) => NodeClock | undefined,
  capacity: number,
): LogBuffer => {
  const tallies = new Map(buffer.tallies);
  const fresh: LogRow[] = [];
  let { nextSeq } = buffer;
  for (const batch of batches) {
    const { rows, tally } = rowsOf(batch, tallies.get(batch.node) ?? NOTHING, clockOf(batch.node), nextSeq);
    for (const row of rows) fresh.push(row);
    nextSeq += rows.length;
    tallies.set(batch.node, tally);
  }
  return { ...bounded(merged(buffer.rows, fresh.sort(inOrder)), tallies, capacity), nextSeq };
};

/** Lines of all nodes that came too fast to be taken in. */
export const shedOf = ({ tallies }: LogBuffer): number =>
  [...tallies.values()].reduce((sum, { shed }) => sum + shed, 0);

/** Rows of all nodes that have gone to make room. */
export const evictedOf = ({ tallies }: LogBuffer): number =>
  [...tallies.values()].reduce((sum, { evicted }) => sum + evicted, 0);
