/** The commands that change the cluster: one for each verb. */
import type { Verb } from '../core/model/action.ts';
import type { Command, Row } from './command.ts';
import { acting } from './flags.ts';

const ACTION_EXITS: readonly Row[] = [
  ['0', 'done, and healthy; with --dry-run: it could run'],
  ['1', 'it ran, and failed or is not healthy; of several not all are done'],
  ['2', 'refused, and nothing was sent'],
  ['3', 'nobody knows: the connection was lost, or watching ended before'],
  ['64', 'wrong usage'],
  ['77', 'read-only, or nobody said yes: nothing was sent'],
  ['78', 'wrong configuration'],
  ['130, 143', 'a signal ended the watching; what was sent goes on'],
];

const act = <V extends Verb>(verb: V, help: string, examples: Command['examples']) => ({
  usage: `plasmatop ${verb} ${verb === 'bring-up' ? 'NODE' : 'TARGET'}…`,
  help,
  flags: acting,
  words: Number.POSITIVE_INFINITY,
  offers: 'targets' as const,
  examples,
  exits: ACTION_EXITS,
});

/** The verbs as commands. */
export const actions = {
  restart: act('restart', 'restart a service or node, watch it recover', [
    ['plasmatop restart chainfire@node02 --dry-run', 'what would run, and what it costs'],
    ['plasmatop restart chainfire --rolling --reason "new certificate"', 'one node after the other'],
    [
      `plasmatop restart iam@node02 -y --json | jq -r 'select(.kind == "end").words'`,
      'from a script: do not ask, tell how it ended',
    ],
  ]),
  start: act('start', 'start what is stopped, and watch it get well', [
    ['plasmatop start iam@node02', 'one service on one node'],
    ['plasmatop start node02 --yes --timeout 5m', 'all of a node, watched for five minutes'],
  ]),
  stop: act('stop', 'stop it; nothing comes back by itself', [
    ['plasmatop stop fiberlb@node02 --dry-run', 'what would go down with it'],
    ['plasmatop stop chainfire@node02 --confirm chainfire', 'one that costs a vote, without being asked'],
  ]),
  'reset-failed': act('reset-failed', 'forget that it failed, without a start', [
    ['plasmatop reset-failed flaredb-cluster-join@node03', 'one first-boot step'],
    ['plasmatop reset-failed node03 --yes', 'whatever has failed on a node'],
  ]),
  rerun: act('rerun', 'run a failed first-boot step or service again', [
    ['plasmatop rerun flaredb-cluster-join@node03', 'it shows both commands, and asks'],
    ['plasmatop rerun flaredb-cluster-join@node03 --yes --timeout 5m', 'from a script'],
  ]),
  'bring-up': act('bring-up', 'start what is down on a node and should not be', [
    ['plasmatop bring-up node02 --dry-run', 'which units that would be'],
    ['plasmatop bring-up node02 --yes', 'start them, and watch until they are up'],
  ]),
} as const satisfies Record<Verb, Command>;
