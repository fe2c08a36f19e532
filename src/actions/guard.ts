/** The reasons for which an action may not run, in the operator's words. Pure. Read-only is not here: the runner holds it. */
import type { Job } from '../core/model/action.ts';
import type { ClusterState } from '../core/model/cluster.ts';
import { type Inventory, instanceId, type NodeName } from '../core/model/inventory.ts';
import type { LinkState } from '../core/model/observation.ts';
import type { ServiceName, UnitName } from '../core/model/topology.ts';

export type GuardInput = {
  readonly inventory: Inventory;
  readonly cluster: ClusterState;
  readonly service: ServiceName;
  readonly node: NodeName;
  readonly unit: UnitName;
  /** Actions that have not ended yet. */
  readonly running: readonly Job[];
};

const linkRefusal = (node: NodeName, link: LinkState): string[] => {
  switch (link.state) {
    case 'up':
      return [];
    case 'none':
      return [`there is no ssh connection to ${node} yet`];
    case 'connecting':
      return [`ssh to ${node} is still connecting`];
    case 'failed':
      return [`no ssh to ${node}: ${link.failure.detail} – ${link.failure.remedy}`];
    default: {
      const unknown: never = link;
      return unknown;
    }
  }
};

const unitRefusal = ({ cluster, service, node, unit }: GuardInput): string[] => {
  switch (cluster.instances.get(instanceId(service, node))?.unit?.load) {
    case 'not-found':
      return [`${unit} does not exist on ${node}`];
    case 'masked':
      return [`${unit} is masked on ${node}: systemctl unmask it first`];
    default:
      return [];
  }
};

/** Every reason at once; none means that it may run. A dark node is refused only where ssh does not reach it either. */
export const refusalsFor = (input: GuardInput): string[] => {
  const { inventory, cluster, service, node, running } = input;
  const known = inventory.nodes.find((candidate) => candidate.name === node);
  if (known === undefined) return [`there is no node ${node}`];
  if (!known.services.includes(service)) return [`${service} does not run on ${node}`];
  if (known.ssh === undefined) return [`${node} has no ssh name in the configuration`];

  const state = cluster.nodes.get(node);
  const link: LinkState = state?.link ?? { state: 'none' };
  const dark = state?.reachable === false && link.state !== 'up';
  const busy = running.find((job) => job.plan.node === node && job.phase !== 'done');
  return [
    ...(dark ? [`${node} is unreachable`] : []),
    ...linkRefusal(node, link),
    ...unitRefusal(input),
    ...(busy === undefined ? [] : [`${busy.plan.verb} ${busy.plan.service} on ${node} is still running`]),
  ];
};
