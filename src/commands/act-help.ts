/** What `plasmatop restart --help` says besides flags and examples: the targets. Pure. */
import { verbs } from '../actions/verbs.ts';
import type { ActionTarget, Verb } from '../core/model/action.ts';
import type { Row } from './command.ts';
import type { HelpSection } from './help-text.ts';

const TARGETS: Readonly<Record<ActionTarget['kind'], readonly Row[]>> = {
  instance: [
    ['SERVICE@NODE', 'a service on one node; unit names do as well'],
    ['@TAG', 'in place of NODE: all nodes with that tag'],
    ['SERVICE', 'wherever it runs, or on the nodes of --node'],
  ],
  step: [['STEP@NODE', 'a first-boot step; likewise STEP']],
  node: [['NODE', 'a whole node']],
};

/** The part of `plasmatop VERB --help` about targets. */
export const actHelp = (verb: Verb): readonly HelpSection[] => [
  {
    title: 'What it takes',
    rows: verbs[verb].targets.flatMap((kind) => TARGETS[kind]),
    after:
      'It shows what would run, where, and what that costs, and asks; the default is no. What is dangerous wants a ' +
      'name typed, or given with --confirm: --yes does not answer that.',
  },
];
