/** What `plasmatop wait` writes: fixed columns for people, one JSON object per line for programs. Pure. */
import { formatClock, formatElapsed, formatTook, plural } from '../core/format.ts';
import type { Inventory } from '../core/model/inventory.ts';
import type { Topology } from '../core/model/topology.ts';
import { sanitiseLine } from '../core/sanitise.ts';
import type { WaitChange } from '../core/wait/changes.ts';
import type { FinalFailure, WaitGoal, WaitHolder, WaitItem } from '../core/wait/model.ts';

/** How the waiting ended. `stopped`: by a signal. */
export type WaitEnd = {
  readonly outcome: 'holds' | 'timeout' | 'failed' | 'stopped';
  /** Since the waiting began, ms. */
  readonly afterMs: number;
  readonly missing: readonly WaitItem[];
  readonly heldBy?: WaitHolder;
  readonly failed?: FinalFailure & { readonly remedy: string };
  /** The entry of the boot furthest beyond its documented time. */
  readonly slowest?: { readonly name: string; readonly node: string; readonly tookMs: number };
};

export type WaitWriter = {
  readonly change: (change: WaitChange, atMs: number) => string;
  readonly end: (end: WaitEnd, atMs: number) => string;
};

export type WriterOptions = {
  /** As typed, in full names. */
  readonly title: string;
  readonly goal: WaitGoal;
  readonly topology: Topology;
  readonly inventory: Inventory;
  readonly utcOffsetMinutes: (atMs: number) => number;
  readonly ascii: boolean;
};

/** So many of what is missing are named in the last line. */
const NAMED = 3;
const LINE_CHARS = 1000;
/** The longest word of a state. */
const STATE_WIDTH = 'left-behind'.length;

const onNode = ({ name, node, what }: Pick<WaitItem, 'name' | 'node' | 'what'>): string => {
  if (what === 'node') return node ?? '';
  if (what === 'quorum') return `the quorum of ${name}`;
  return node === undefined ? name : `${name} on ${node}`;
};

const missingWords = (item: WaitItem): string =>
  `${onNode(item)} (${[item.state, item.words].filter((part) => part !== '').join(' ')})`;

const missingLine = (missing: readonly WaitItem[]): string => {
  const named = missing.slice(0, NAMED).map(missingWords).join(', ');
  const more = missing.length - NAMED;
  return more > 0 ? `${named} and ${more} more` : named;
};

const isFirst = (holder: WaitHolder, missing: readonly WaitItem[]): boolean =>
  missing[0]?.name === holder.name && missing[0]?.node === holder.node;

const holderLine = ({ heldBy, missing }: WaitEnd): string => {
  if (heldBy === undefined || isFirst(heldBy, missing)) return '';
  const { name, node, words } = heldBy;
  return `, held by ${name}${node === undefined ? '' : ` on ${node}`}${words === '' ? '' : ` (${words})`}`;
};

const holdsWords = ({ goal, inventory }: WriterOptions, { slowest }: WaitEnd): string => {
  switch (goal.kind) {
    case 'ready': {
      const nodes = plural(goal.nodes.length, 'node');
      return slowest === undefined
        ? nodes
        : `${nodes}, slowest ${slowest.name} on ${slowest.node} ${formatTook(slowest.tookMs)}`;
    }
    case 'healthy':
      return plural(inventory.nodes.length, 'node');
    case 'service':
      return `ok on ${plural(goal.nodes.length, 'node')}`;
    case 'step':
      return `done on ${plural(goal.nodes.length, 'node')}`;
    default:
      return goal satisfies never;
  }
};

const endWords = (options: WriterOptions, end: WaitEnd): string => {
  const after = `after ${formatElapsed(end.afterMs)}`;
  const missing = `missing ${missingLine(end.missing)}${holderLine(end)}`;
  switch (end.outcome) {
    case 'holds':
      return `${options.title} ${after}: ${holdsWords(options, end)}`;
    case 'failed': {
      const { failed } = end;
      return failed === undefined
        ? `failed ${after}: ${missing}`
        : `failed ${after}: ${failed.name} on ${failed.node}, ${failed.words}: ${failed.remedy}`;
    }
    case 'timeout':
    case 'stopped':
      return `${end.outcome} ${after}: ${missing}`;
    default:
      return end.outcome satisfies never;
  }
};

/** Lines for people: `09:41:07  node03  flaredb  starting  0:07 of 0:15`. */
export const textWriter = (options: WriterOptions): WaitWriter => {
  const { topology, inventory, utcOffsetMinutes, ascii } = options;
  const width = (names: readonly string[]): number => Math.max(...names.map((name) => name.length));
  const nodeWidth = width(['-', ...inventory.nodes.map(({ name }) => name)]);
  const nameWidth = width([
    'cluster',
    ...[...topology.services, ...topology.firstBoot.steps].map(({ name }) => name),
  ]);
  const line = (text: string): string => {
    const clean = sanitiseLine(text, LINE_CHARS);
    return `${ascii ? clean.replace(/[^\x20-\x7e]/gu, '?') : clean}\n`;
  };
  return {
    change: ({ what, node = '-', name, state, words }, atMs) =>
      line(
        [
          formatClock(atMs, utcOffsetMinutes(atMs)),
          node.padEnd(nodeWidth),
          (what === 'quorum' ? `${name} quorum` : name).padEnd(nameWidth),
          state.padEnd(STATE_WIDTH),
          words,
        ].join('  '),
      ),
    end: (end) => line(endWords(options, end)),
  };
};

const itemJson = ({ what, node, name, unit, state, words, elapsedMs, documentedMs }: WaitItem) => ({
  what,
  node,
  name,
  unit,
  state,
  words,
  elapsedMs,
  documentedMs,
});

/** Lines for programs; the field `v` counts breaking changes. Described in docs/wait.md. */
export const jsonWriter = ({ title }: WriterOptions): WaitWriter => {
  const line = (kind: 'change' | 'end', atMs: number, more: object): string =>
    `${JSON.stringify({ v: 1, ts: new Date(atMs).toISOString(), kind, ...more })}\n`;
  return {
    change: (change, atMs) => line('change', atMs, { ...itemJson(change), from: change.from }),
    end: ({ outcome, afterMs, missing, heldBy, failed, slowest }, atMs) =>
      line('end', atMs, {
        for: title,
        outcome,
        afterMs: Math.round(afterMs),
        missing: missing.map(itemJson),
        heldBy,
        failed,
        slowest,
      }),
  };
};
