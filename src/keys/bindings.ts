/** THE key table. Dispatch, footer, help and docs/keys.md all come from it; no other file names a key. */

import type { Command } from '../store/events.ts';
import { type AppState, topFrame, type ViewId } from '../store/state.ts';
import type { Chord } from './chords.ts';
import {
  confirmable,
  needsDead,
  needsFailure,
  needsInstance,
  needsNoRunningJob,
  needsOwnStep,
  needsRow,
  needsRunningJob,
  needsStop,
  needsTimeline,
} from './conditions.ts';

/** Where a key works. `view` is every view; the inputs and the dialog hide it. */
export type Scope = 'view' | ViewId | 'filter' | 'confirm' | 'confirm-typed';

export type Binding = {
  readonly chords: readonly Chord[];
  readonly command: Command;
  readonly scopes: readonly Scope[];
  /** For the footer: two words. */
  readonly title: string;
  /** For the footer of a narrow terminal: one word. */
  readonly short?: string;
  /** For help: one sentence. */
  readonly help: string;
  /** It changes the cluster: read-only switches it off. */
  readonly danger?: true;
  /** Shown in the footer, in the table's order; `live`: only while it may act. */
  readonly footer?: true | 'live';
  /** True, or why not now. */
  readonly enabled?: (state: AppState) => true | string;
};

const LISTS = ['tree', 'nodes', 'events', 'jobs'] as const;

const NUMBERED: readonly (readonly [string, Command, string, string])[] = [
  ['1', 'view-tree', 'tree', 'Home: levels, services and what is wrong with them.'],
  ['2', 'view-nodes', 'nodes', 'Nodes: every service on every node, and the ssh links.'],
  ['3', 'view-events', 'events', 'Events: every change of a verdict, newest first.'],
  ['4', 'view-jobs', 'jobs', 'Jobs: the actions sent from here and how they ended.'],
  [
    '5',
    'view-first-boot',
    'first boot',
    'First boot: how far each node is, what holds it, and when it is ready.',
  ],
  ['6', 'view-impact', 'impact', 'Impact: what users have now and why, and how far a request gets.'],
];

export const BINDINGS: readonly Binding[] = [
  {
    chords: ['y'],
    command: 'confirm',
    scopes: ['confirm'],
    title: 'yes, run it',
    help: 'Run the command that the dialog shows.',
    danger: true,
    footer: true,
    enabled: confirmable,
  },
  {
    chords: ['enter'],
    command: 'confirm',
    scopes: ['confirm-typed'],
    title: 'confirm',
    help: "Run the command, once the service's name is typed.",
    danger: true,
    footer: true,
    enabled: confirmable,
  },
  {
    chords: ['n', 'esc', 'enter', 'q'],
    command: 'cancel',
    scopes: ['confirm'],
    title: 'no (default)',
    help: 'Close the dialog; nothing runs.',
    footer: true,
  },
  {
    chords: ['esc'],
    command: 'cancel',
    scopes: ['confirm-typed'],
    title: 'cancel (default)',
    help: 'Close the dialog; nothing runs.',
    footer: true,
  },
  {
    chords: ['r'],
    command: 'restart',
    scopes: [...LISTS, 'detail'],
    title: 'restart',
    help: 'Restart the selected service on its node; on a row that stands for several, the one that is not well. Asks first.',
    danger: true,
    footer: true,
    enabled: needsInstance,
  },
  {
    chords: ['r'],
    command: 'restart',
    scopes: ['first-boot'],
    title: 'restart',
    help: 'Restart the selected service on its node; on the row of a node, the one there that is not well. Asks first.',
    danger: true,
    footer: 'live',
    enabled: needsInstance,
  },
  {
    chords: ['R'],
    command: 'rerun',
    scopes: [...LISTS, 'first-boot', 'detail'],
    title: 'rerun',
    help: 'Run the selected first-boot step again, or what has failed: its failure is forgotten, then it is restarted. Asks first.',
    danger: true,
    footer: 'live',
    enabled: needsFailure,
  },
  {
    chords: ['u'],
    command: 'bring-up',
    scopes: [...LISTS, 'first-boot', 'detail'],
    title: 'bring up',
    short: 'bring up',
    help: "Start all that is down on the row's node and should not be. Asks first.",
    danger: true,
    footer: 'live',
    enabled: needsDead,
  },
  {
    chords: ['enter'],
    command: 'take-step',
    scopes: ['steps'],
    title: 'do it',
    help: 'Show what the selected step would run, and ask. Nothing runs by itself.',
    danger: true,
    footer: true,
    enabled: needsOwnStep,
  },
  {
    chords: ['enter'],
    command: 'open',
    scopes: LISTS,
    title: 'open',
    help: 'Everything known about the selected row, as a page.',
    footer: true,
    enabled: needsRow,
  },
  {
    chords: ['enter'],
    command: 'toggle',
    scopes: ['first-boot'],
    title: 'unfold',
    help: "Show the steps of the selected node's boot, or hide them; on one of its services or steps: its page.",
    footer: true,
    enabled: needsTimeline,
  },
  {
    chords: ['esc', 'q'],
    command: 'back',
    scopes: ['detail', 'what-if', 'help'],
    title: 'back',
    help: 'Back to the view before.',
    footer: true,
  },
  {
    chords: ['n'],
    command: 'next-problem',
    scopes: ['tree', 'nodes'],
    title: 'next problem',
    short: 'next',
    help: 'Move to the next row that is not ok; starts over at the end.',
    footer: true,
  },
  {
    chords: ['!'],
    command: 'only-broken',
    scopes: ['tree', 'nodes', 'events'],
    title: 'only broken',
    short: 'broken',
    help: 'Hide what is ok, or show it again.',
    footer: true,
  },
  {
    chords: ['/'],
    command: 'filter',
    scopes: ['tree', 'nodes', 'events'],
    title: 'filter',
    help: 'Show only rows that contain every typed word.',
    footer: true,
  },
  {
    chords: ['c'],
    command: 'cancel-job',
    scopes: ['jobs'],
    title: 'stop watching',
    help: 'Stop watching the selected action; what systemd has begun goes on.',
    footer: true,
    enabled: needsRunningJob,
  },
  {
    chords: ['l', 'right'],
    command: 'unfold',
    scopes: ['tree'],
    title: 'unfold',
    help: 'Show the nodes of the selected service; again: step into them.',
    footer: true,
  },
  {
    chords: ['h', 'left'],
    command: 'fold',
    scopes: ['tree'],
    title: 'fold',
    help: 'Hide the nodes of the selected service; again: step out.',
  },
  {
    chords: ['t'],
    command: 'tree-mode',
    scopes: ['tree'],
    title: 'by dependency',
    help: 'Arrange the tree by levels or by systemd dependencies.',
    footer: true,
  },
  {
    chords: ['l', 'right'],
    command: 'column-right',
    scopes: ['nodes'],
    title: 'next service',
    help: "Move to the next service of the selected node; enter and r then mean that node's service.",
    footer: true,
  },
  {
    chords: ['h', 'left'],
    command: 'column-left',
    scopes: ['nodes'],
    title: 'service before',
    help: 'Move to the service before; left of the first is the node itself.',
  },
  {
    chords: ['esc'],
    command: 'back',
    scopes: ['tree'],
    title: 'back',
    help: 'Dismiss how an action ended; else show every row again.',
  },
  {
    chords: ['esc'],
    command: 'back',
    scopes: ['nodes', 'events', 'jobs', 'first-boot', 'impact', 'steps'],
    title: 'back',
    help: 'Back home.',
    footer: true,
  },
  {
    chords: ['w'],
    command: 'what-if',
    scopes: ['tree', 'nodes', 'detail'],
    title: 'what if',
    help: 'What a stop of the selected service or node would do: what stops with it, votes, users. Asks no node.',
    footer: true,
    enabled: needsStop,
  },
  {
    chords: ['p'],
    command: 'pause',
    scopes: ['view'],
    title: 'pause',
    help: 'Hold the screen still, or go on; facts are collected all the while.',
    footer: true,
  },
  {
    chords: ['y'],
    command: 'copy',
    scopes: [...LISTS, 'first-boot', 'impact', 'steps', 'detail', 'what-if'],
    title: 'copy',
    help: "Copy the selected row's text to the clipboard, through ssh and tmux too (OSC 52).",
    footer: true,
  },
  {
    chords: ['N'],
    command: 'next-steps',
    scopes: ['view'],
    title: 'next steps',
    help: 'Next steps: what would mend what is broken, in the order in which it helps.',
  },
  ...NUMBERED.map(
    ([chord, command, title, help]): Binding => ({
      chords: [chord],
      command,
      scopes: ['view'],
      title,
      help,
    }),
  ),
  {
    chords: ['j', 'down'],
    command: 'move-down',
    scopes: ['view'],
    title: 'down',
    help: 'One row or line down.',
  },
  { chords: ['k', 'up'], command: 'move-up', scopes: ['view'], title: 'up', help: 'One row or line up.' },
  {
    chords: ['g', 'home'],
    command: 'move-first',
    scopes: ['view'],
    title: 'first',
    help: 'To the first row; in events: follow the newest.',
  },
  { chords: ['G', 'end'], command: 'move-last', scopes: ['view'], title: 'last', help: 'To the last row.' },
  {
    chords: ['pageup'],
    command: 'page-up',
    scopes: ['view'],
    title: 'page up',
    help: 'One page up.',
  },
  {
    chords: ['pagedown'],
    command: 'page-down',
    scopes: ['view'],
    title: 'page down',
    help: 'One page down.',
  },
  {
    chords: ['enter'],
    command: 'text-keep',
    scopes: ['filter'],
    title: 'keep',
    help: 'Keep the filter and go back to the rows.',
    footer: true,
  },
  {
    chords: ['esc'],
    command: 'text-drop',
    scopes: ['filter'],
    title: 'clear',
    help: 'Drop the filter.',
    footer: true,
  },
  {
    chords: ['backspace', 'delete'],
    command: 'text-erase',
    scopes: ['filter', 'confirm-typed'],
    title: 'erase',
    help: 'Erase the last character.',
  },
  {
    chords: ['ctrl-u'],
    command: 'text-clear',
    scopes: ['filter', 'confirm-typed'],
    title: 'erase all',
    help: 'Erase the whole input.',
  },
  {
    chords: ['?'],
    command: 'help',
    scopes: ['view'],
    title: 'help',
    help: 'All keys, and why some are off right now.',
    footer: true,
  },
  {
    chords: ['q'],
    command: 'quit',
    scopes: ['view'],
    title: 'quit',
    help: 'Leave the console, while no action runs.',
    enabled: needsNoRunningJob,
  },
  {
    chords: ['ctrl-c'],
    command: 'quit',
    scopes: ['view', 'filter', 'confirm', 'confirm-typed'],
    title: 'quit',
    help: 'Leave the console from anywhere; what systemd has begun goes on.',
  },
];

/** The scopes that are live, the nearest first. An open input or dialog hides the view beneath it. */
export const liveScopes = (state: AppState): readonly Scope[] => {
  const { dialog, filter } = state.ui;
  if (dialog !== undefined) return [dialog.plan.typed === undefined ? 'confirm' : 'confirm-typed'];
  return filter.editing ? ['filter'] : [topFrame(state.ui).view, 'view'];
};

/** The bindings that work here, nearest scope first; a chord bound nearer hides the farther one. */
export const liveBindings = (state: AppState): readonly Binding[] => {
  const scopes = liveScopes(state);
  return BINDINGS.filter((binding) => binding.scopes.some((scope) => scopes.includes(scope)));
};
