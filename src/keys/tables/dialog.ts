/** Answers to a question. */
import { reasonGiven } from '../../store/dialog.ts';
import type { Binding } from '../binding.ts';
import { confirmable } from '../conditions.ts';

export const DIALOG_KEYS: readonly Binding[] = [
  {
    chords: ['enter'],
    command: 'give-reason',
    scopes: ['confirm-reason'],
    title: 'go on',
    help: 'Go on to the question once a reason is typed; a shell opens with it.',
    danger: true,
    footer: true,
    enabled: reasonGiven,
  },
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
    scopes: ['confirm-typed', 'confirm-reason'],
    title: 'cancel (default)',
    help: 'Close the dialog; nothing runs.',
    footer: true,
  },
  {
    chords: ['down', 'pagedown'],
    command: 'dialog-more',
    scopes: ['confirm', 'confirm-typed', 'confirm-reason'],
    title: 'more',
    help: 'The next lines of the dialog, where the terminal has too few rows for all of it.',
  },
  {
    chords: ['up', 'pageup'],
    command: 'dialog-less',
    scopes: ['confirm', 'confirm-typed', 'confirm-reason'],
    title: 'before',
    help: 'The lines before.',
  },
];
