/** What works in every view. */
import type { Command } from '../../store/events.ts';
import { type Binding, LISTS } from '../binding.ts';
import { needsConfigFile, needsNoRunningJob } from '../conditions.ts';

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

const EVERY_SCOPE = [
  'view',
  'filter',
  'palette',
  'logs-search',
  'help-search',
  'confirm',
  'confirm-typed',
  'confirm-reason',
] as const;

export const EVERYWHERE_KEYS: readonly Binding[] = [
  {
    chords: [':'],
    command: 'palette',
    scopes: ['view'],
    title: 'palette',
    help: 'Palette: look for any action, view, service, node or step by a few of its letters, and do it or go there.',
    footer: true,
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
    chords: ['?'],
    command: 'help',
    scopes: ['view'],
    title: 'help',
    help: 'All keys, and why some are off right now.',
    footer: true,
  },
  {
    // Its files are watched anyway: it is for where a watch sees nothing, or to be told.
    chords: [],
    command: 'reload',
    scopes: ['view'],
    title: 'reload configuration',
    help: 'Read the configuration now, and say whether it holds; by its name in the palette ({palette}).',
    enabled: needsConfigFile,
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
    scopes: EVERY_SCOPE,
    title: 'quit',
    help: 'Leave the console from anywhere; what systemd has begun goes on.',
  },
  {
    chords: ['ctrl-z'],
    command: 'suspend',
    scopes: EVERY_SCOPE,
    title: 'to the shell',
    help: 'Stop the console and go back to the shell; `fg` there goes on. Nothing is watched meanwhile.',
  },
];
