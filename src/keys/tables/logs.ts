/** The logs view, and what opens it. */
import { canReadRuns, hasLines } from '../../store/logs/reduce.ts';
import { logSubjectOf } from '../../store/logs/subject.ts';
import type { AppState } from '../../store/state.ts';
import { type Binding, LISTS } from '../binding.ts';

const needsLog = (state: AppState): true | string => {
  const subject = logSubjectOf(state);
  return typeof subject === 'string' ? subject : true;
};

const needsSearch = (state: AppState): true | string =>
  state.logs === undefined || state.logs.search.text !== '' ? true : 'search for something first';

export const LOGS_KEYS: readonly Binding[] = [
  {
    chords: ['L'],
    command: 'logs',
    scopes: [...LISTS, 'first-boot', 'steps', 'detail', 'what-if'],
    title: 'logs',
    help: 'Follow the journal of the selected service, step or node; of a service, on all of its nodes at once.',
    footer: 'live',
    enabled: needsLog,
  },
  {
    chords: ['f', 'p'],
    command: 'logs-follow',
    scopes: ['logs'],
    title: 'pause',
    help: 'Let the lines stand, or follow them again; what comes meanwhile is kept.',
    footer: true,
  },
  {
    chords: ['l'],
    command: 'logs-level',
    scopes: ['logs'],
    title: 'level',
    help: 'Show all lines; then only info, notice, warning, error and what is worse; then all again.',
    footer: true,
  },
  {
    chords: ['/'],
    command: 'logs-search',
    scopes: ['logs'],
    title: 'search',
    help: 'Mark a text wherever it stands, and go to the last line that has it.',
    footer: true,
  },
  {
    chords: ['n'],
    command: 'logs-older',
    scopes: ['logs'],
    title: 'older match',
    short: 'older',
    help: 'To the next line further up that has the text.',
    footer: 'live',
    enabled: needsSearch,
  },
  {
    chords: ['N'],
    command: 'logs-newer',
    scopes: ['logs'],
    title: 'newer match',
    short: 'newer',
    help: 'To the next line further down that has the text.',
    enabled: needsSearch,
  },
  {
    chords: ['&'],
    command: 'logs-only',
    scopes: ['logs'],
    title: 'only matches',
    short: 'only',
    help: 'Show only the lines that have the text, or all again.',
    footer: 'live',
    enabled: needsSearch,
  },
  {
    chords: ['b'],
    command: 'logs-previous',
    scopes: ['logs'],
    title: 'boot before',
    short: 'boot',
    help: 'Read the end of the boot before this one, or follow this one again.',
    footer: true,
  },
  {
    chords: ['i'],
    command: 'logs-run',
    scopes: ['logs'],
    title: 'this run',
    short: 'run',
    help: 'Only what the present run of each unit wrote and what systemd says of it, or everything again.',
    footer: true,
    enabled: canReadRuns,
  },
  {
    chords: ['w'],
    command: 'logs-wrap',
    scopes: ['logs'],
    title: 'wrap',
    help: 'Show long lines whole, or cut them again.',
    footer: true,
  },
  {
    chords: ['s'],
    command: 'logs-save',
    scopes: ['logs'],
    title: 'save',
    help: 'Write the lines that are shown to a new file; its name is said above them.',
    footer: true,
  },
  {
    chords: ['o'],
    command: 'logs-page',
    scopes: ['logs'],
    title: 'in pager',
    help: 'Show the lines that are shown, whole, in $PAGER.',
    footer: 'live',
    enabled: hasLines,
  },
  {
    chords: ['G', 'end'],
    command: 'move-last',
    scopes: ['logs'],
    title: 'newest',
    help: 'To the newest line, and follow.',
  },
  {
    chords: ['g', 'home'],
    command: 'move-first',
    scopes: ['logs'],
    title: 'oldest',
    help: 'To the oldest line that is kept.',
  },
  {
    chords: ['enter'],
    command: 'search-keep',
    scopes: ['logs-search'],
    title: 'find',
    help: 'Go to the last line that has the text of a search.',
    footer: true,
  },
  {
    chords: ['esc'],
    command: 'search-drop',
    scopes: ['logs-search'],
    title: 'clear',
    help: 'Drop the search.',
    footer: true,
  },
];
