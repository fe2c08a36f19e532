/** What edits typed text. */
import type { Binding } from '../binding.ts';

export const TYPING_KEYS: readonly Binding[] = [
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
    chords: ['enter'],
    command: 'text-keep',
    scopes: ['help-search'],
    title: 'keep',
    help: 'Keep what is found in the help and go back to its lines.',
    footer: true,
  },
  {
    chords: ['esc'],
    command: 'text-drop',
    scopes: ['help-search'],
    title: 'clear',
    help: 'Show all of the help again.',
    footer: true,
  },
  {
    chords: ['backspace', 'delete'],
    command: 'text-erase',
    scopes: ['filter', 'palette', 'logs-search', 'help-search', 'confirm-typed', 'confirm-reason'],
    title: 'erase',
    help: 'Erase the last character.',
  },
  {
    chords: ['ctrl-u'],
    command: 'text-clear',
    scopes: ['filter', 'palette', 'logs-search', 'help-search', 'confirm-typed', 'confirm-reason'],
    title: 'erase all',
    help: 'Erase the whole input.',
  },
];
