/** The reasons for which an action may not run, in the operator's words. Pure. Read-only is not here: the runner holds it. */
import { actionName } from '../core/action-name.ts';
import { nothingToStart } from '../core/dead-units.ts';
import { serviceByName, stepByName } from '../core/graph.ts';
import type { ActionRequest, ActionTarget, Job, LeftDown } from '../core/model/action.ts';
import type { ClusterState } from '../core/model/cluster.ts';
import type { ClusterNode, Inventory, NodeName } from '../core/model/inventory.ts';
import type { LinkState, NodeUnits, UnitFacts } from '../core/model/observation.ts';
import type { Topology, UnitName } from '../core/model/topology.ts';
import { rerunRefusals } from './rerun-guard.ts';

export type GuardInput = ActionRequest & {
  readonly topology: Topology;
  readonly inventory: Inventory;
  readonly cluster: ClusterState;
  readonly unit: UnitName;
  /** What systemd was last seen to say of the unit. */
  readonly facts: UnitFacts | undefined;
  readonly look: NodeUnits | undefined;
  /** What a bring-up would start, and what it would not. */
  readonly starts: readonly UnitName[];
  readonly leftDown: readonly LeftDown[];
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

/** An action about something that the node does not have. */
const strangerRefusal = (topology: Topology, target: ActionTarget, known: ClusterNode): string[] => {
  switch (target.kind) {
    case 'node':
      return [];
    case 'instance':
      return serviceByName(topology, target.service) !== undefined && known.services.includes(target.service)
        ? []
        : [`${target.service} does not run on ${known.name}`];
    case 'step': {
      const step = stepByName(topology, target.step);
      const isThere =
        step !== undefined && (step.service === undefined || known.services.includes(step.service));
      return isThere ? [] : [`${target.step} is no first-boot step of ${known.name}`];
    }
    default:
      return target satisfies never;
  }
};

const unitRefusal = ({ facts, target, unit }: GuardInput): string[] => {
  switch (facts?.load) {
    case 'not-found':
      return [`${unit} does not exist on ${target.node}`];
    case 'masked':
      return [`${unit} is masked on ${target.node}: systemctl unmask it first`];
    default:
      return [];
  }
};

const unseen = ({ target, look }: GuardInput): string[] =>
  look === undefined ? [`what systemd says on ${target.node} has not been seen yet`] : [];

const verbRefusals = (input: GuardInput): string[] => {
  switch (input.verb) {
    case 'restart':
      return [];
    case 'rerun':
      return [...unseen(input), ...rerunRefusals(input)];
    case 'bring-up': {
      if (input.look === undefined) return unseen(input);
      if (input.starts.length > 0) return [];
      return [nothingToStart(input.target.node, input.leftDown)];
    }
    default:
      return input.verb satisfies never;
  }
};

/** Every reason at once; none means that it may run. A dark node is refused only where ssh does not reach it either. */
export const refusalsFor = (input: GuardInput): string[] => {
  const { topology, inventory, cluster, target, running } = input;
  const { node } = target;
  const known = inventory.nodes.find((candidate) => candidate.name === node);
  if (known === undefined) return [`there is no node ${node}`];
  const strange = strangerRefusal(topology, target, known);
  if (strange.length > 0) return strange;
  if (known.ssh === undefined) return [`${node} has no ssh name in the configuration`];

  const state = cluster.nodes.get(node);
  const link: LinkState = state?.link ?? { state: 'none' };
  const dark = state?.reachable === false && link.state !== 'up';
  const busy = running.find((job) => job.plan.target.node === node && job.phase !== 'done');
  const unit = unitRefusal(input);
  const links = linkRefusal(node, link);
  return [
    ...(dark ? [`${node} is unreachable`] : []),
    ...links,
    ...unit,
    // What an old look says of a node that is out of reach is no reason of its own.
    ...(unit.length + links.length > 0 ? [] : verbRefusals(input)),
    ...(busy === undefined ? [] : [`${actionName(busy.plan)} is still running`]),
  ];
};
