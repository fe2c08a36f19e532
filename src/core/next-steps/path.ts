/** What a person does about nodes that ssh reaches and no check does in time: measure, look for a filter, wait longer. */
import { isEverywhere, portsOf, portWords } from '../cause/path.ts';
import { formatLatency } from '../format.ts';
import { listNodes } from '../line-words.ts';
import type { RootCause } from '../model/cause.ts';
import type { Candidate, NextStepsInput } from './candidate.ts';

/** Whatever is wrong with the way, measuring finds it: that step brings back what can be, the others follow from it. */
export const pathCandidates = (
  { cluster, facts }: NextStepsInput,
  cause: RootCause,
): readonly Candidate[] => {
  const { nodes, overdue } = cause;
  const isAll = isEverywhere(nodes, cluster);
  const where = isAll ? `all ${nodes.length} nodes` : listNodes(nodes);
  const targets = [...facts.checks.values()].flatMap(({ target }) =>
    nodes.includes(target.node) ? target : [],
  );
  const now = overdue === undefined ? '' : `, now ${formatLatency(overdue.withinMs)}`;
  const step = (id: string, words: string, why: string): Candidate => ({
    ...{ id: `path ${id} ${nodes[0] ?? ''}`, cause: cause.id, words, why, nodes },
    ...{ lastResort: false, place: 0, brings: [] },
  });
  const link = step(
    'link',
    `measure the link to ${where}: ping, mtr`,
    isAll ? 'all have this host in common' : 'load and disks there, too: a node that hangs looks the same',
  );
  return [
    { ...link, brings: nodes.flatMap((node) => cluster.nodes.get(node)?.overdue?.instances ?? []) },
    step('ports', `look for a firewall before ${where}`, `open to this host: ${portWords(portsOf(targets))}`),
    {
      ...step('limit', `raise poll.timeout${now}, if that link is known to be slow`, 'in the configuration'),
      lastResort: true,
    },
  ];
};
