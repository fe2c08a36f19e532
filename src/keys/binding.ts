/** One row of the key table. */
import type { Command } from '../store/events.ts';
import type { AppState, ViewId } from '../store/state.ts';
import type { Chord } from './chords.ts';

/** Where a key works. `view` is every view; the inputs and the dialog hide it. */
export type Scope =
  | 'view'
  | ViewId
  | 'filter'
  | 'palette'
  | 'logs-search'
  | 'help-search'
  | 'confirm'
  | 'confirm-typed'
  | 'confirm-reason';

export type Binding = {
  readonly chords: readonly Chord[];
  readonly command: Command;
  readonly scopes: readonly Scope[];
  /** For the footer: two words. */
  readonly title: string;
  /** For the footer of a narrow terminal: one word. */
  readonly short?: string;
  /** For help: one sentence; `{restart}` stands for the key of that command. */
  readonly help: string;
  /** It changes the cluster: read-only switches it off. */
  readonly danger?: true;
  /** Shown in the footer, in the table's order; `live`: only while it may act. */
  readonly footer?: true | 'live';
  /** True, or why not now, with keys as in `help`. */
  readonly enabled?: (state: AppState) => true | string;
};

export const LISTS = ['tree', 'nodes', 'events', 'jobs'] as const;
