/** What `plasmatop restart --help` says besides the flags: targets, examples, exit codes. Pure. */
import { verbs } from '../actions/verbs.ts';
import type { ActionTarget, Verb } from '../core/model/action.ts';

type Row = readonly [string, string];

const TARGETS: Readonly<Record<ActionTarget['kind'], readonly Row[]>> = {
  instance: [
    ['SERVICE@NODE', 'a service on one node; unit names do as well'],
    ['SERVICE', 'wherever it runs, or on the nodes of --node'],
  ],
  step: [['STEP@NODE', 'a first-boot step; likewise STEP']],
  node: [['NODE', 'a whole node']],
};

const EXAMPLES: Readonly<Record<Verb, readonly string[]>> = {
  restart: [
    'restart chainfire@node02 --dry-run',
    'restart chainfire --rolling --reason "new certificate"',
    `restart iam@node02 -y --json | jq -r 'select(.kind == "end").words'`,
  ],
  start: ['start iam@node02', 'start node02 --yes --timeout 5m'],
  stop: ['stop fiberlb@node02 --dry-run', 'stop chainfire@node02 --confirm chainfire'],
  'reset-failed': ['reset-failed flaredb-cluster-join@node03', 'reset-failed node03 --yes'],
  rerun: ['rerun flaredb-cluster-join@node03', 'rerun flaredb-cluster-join@node03 --yes --timeout 5m'],
  'bring-up': ['bring-up node02 --dry-run', 'bring-up node02 --yes'],
};

const EXITS: readonly Row[] = [
  ['0', 'done, and healthy; with --dry-run: it could run'],
  ['1', 'it ran, and failed or is not healthy; of several not all are done'],
  ['2', 'refused, and nothing was sent'],
  ['3', 'nobody knows: the connection was lost, or watching ended before'],
  ['64', 'wrong usage'],
  ['77', 'read-only, or nobody said yes: nothing was sent'],
  ['78', 'wrong configuration'],
  ['130, 143', 'a signal ended the watching; what was sent goes on'],
];

const column = (rows: readonly Row[]): string => {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
};

/** The part of `plasmatop VERB --help` about targets, with examples and exit codes. */
export const actHelp = (verb: Verb): string => `
What it takes
${column(verbs[verb].targets.flatMap((kind) => TARGETS[kind]))}

It shows what would run, where, and what that costs, and asks; the default is
no. What is dangerous wants a name typed, or given with --confirm: --yes does
not answer that.

Examples
${EXAMPLES[verb].map((words) => `  plasmatop ${words}`).join('\n')}

Exit codes here
${column(EXITS)}
`;
