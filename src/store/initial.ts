/** The state before the first fact. */
import { emptyFacts } from '../core/facts.ts';
import { expectedTargets } from '../core/graph.ts';
import { judge } from '../core/judge.ts';
import type { JudgeOptions } from '../core/model/cluster.ts';
import type { Inventory } from '../core/model/inventory.ts';
import type { Topology } from '../core/model/topology.ts';
import { type AppState, frameOf, type Mode } from './state.ts';

export type AppInit = {
  readonly topology: Topology;
  readonly inventory: Inventory;
  readonly options: JudgeOptions;
  readonly mode: Mode;
  /** Wall time, ms since the epoch. */
  readonly nowMs: number;
  /** Minutes east of UTC. */
  readonly utcOffsetMinutes: number;
};

/** Nothing seen, nothing selected, everything unknown. */
export const initialState = (init: AppInit): AppState => {
  const { topology, inventory, options, nowMs } = init;
  const facts = emptyFacts(expectedTargets(topology, inventory), inventory.nodes, nowMs);
  return {
    topology,
    inventory,
    options,
    facts,
    cluster: judge({ topology, inventory, facts, options, nowMs }),
    events: [],
    jobs: [],
    operations: [],
    logs: undefined,
    logSessions: 0,
    nowMs,
    mode: init.mode,
    config: undefined,
    utcOffsetMinutes: init.utcOffsetMinutes,
    held: undefined,
    ui: {
      stack: [frameOf('tree')],
      remembered: new Map(),
      unfolded: new Set(),
      filter: { text: '', editing: false },
      helpSearch: { text: '', editing: false },
      onlyBroken: false,
      marks: new Set(),
      treeMode: 'levels',
      byTag: false,
      dialog: undefined,
      palette: undefined,
      notice: undefined,
      hint: false,
      noted: new Set(),
      away: false,
      bodyRows: 16,
      compact: false,
      pageLines: 0,
    },
  };
};
