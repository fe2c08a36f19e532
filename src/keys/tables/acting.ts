/** What changes the cluster, after a question. */
import { type Binding, LISTS } from '../binding.ts';
import { needsDead, needsFailure, needsInstance, needsOwnStep } from '../conditions.ts';

export const ACTING_KEYS: readonly Binding[] = [
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
];
