/** The reasons for which an action may not run, in the operator's words. Pure. Read-only is not here: the runner holds it. */
import { actionName } from '../core/action-name.ts';
import { serviceByName, stepByName } from '../core/graph.ts';
import type { ActionTarget } from '../core/model/action.ts';
import type { ClusterNode, NodeName } from '../core/model/inventory.ts';
import type { LinkState, SshFailure } from '../core/model/observation.ts';
import type { Topology } from '../core/model/topology.ts';
import { pendingWords } from '../core/pending-words.ts';
import { rightsRefusals } from '../core/rights.ts';
import { isFailing } from '../core/unit-verdict.ts';
import type { GuardInput } from './guard-input.ts';
import { verbRefusals } from './verb-guard.ts';
import { verbs } from './verbs.ts';

const noSsh = (node: NodeName, { detail, remedy }: SshFailure): string =>
  `no ssh to ${node}: ${detail} – ${remedy}`;

const linkRefusal = (node: NodeName, link: LinkState): string[] => {
  switch (link.state) {
    case 'up':
      return [];
    case 'none':
      return [`there is no ssh connection to ${node} yet`];
    case 'connecting':
      // It is tried again: what it failed for is why.
      return link.after === undefined ? [`ssh to ${node} is still connecting`] : [noSsh(node, link.after)];
    case 'failed':
      return [noSsh(node, link.failure)];
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

/** What a verb is not for, and what is. */
const kindRefusal = ({ verb, target }: GuardInput): string[] => {
  if (verbs[verb].targets.includes(target.kind)) return [];
  switch (target.kind) {
    case 'step':
      return [
        verb === 'restart'
          ? 'a step is rerun, not restarted'
          : `a step runs once: there is nothing to ${verb}`,
      ];
    case 'node':
      return [`a rerun is of one service or step`];
    case 'instance':
      return [`${verb} is for a whole node`];
    default:
      return target satisfies never;
  }
};

const unitRefusal = ({ factsOf, target, units }: GuardInput): string[] =>
  units.flatMap((unit) => {
    switch (factsOf(unit)?.load) {
      case 'not-found':
        return [`${unit} does not exist on ${target.node}`];
      case 'masked':
        return [`${unit} is masked on ${target.node}: systemctl unmask it first`];
      default:
        return [];
    }
  });

/** What systemd already does to a unit that the action names, when both cannot be had. */
const pendingRefusal = ({ pending, units, verb, factsOf, target }: GuardInput): string[] => {
  const own = pending.filter(({ unit }) => units.includes(unit));
  return own.flatMap((job) => {
    const facts = factsOf(job.unit);
    // systemd's own tries come and go; that must not keep anybody from ending them.
    const isItsOwn = facts !== undefined && isFailing(facts);
    const isWaiting = (job.state ?? (facts?.active === 'inactive' ? 'waiting' : 'running')) === 'waiting';
    const isStart = (job.type ?? 'start') === 'start';
    const collides =
      verb === 'restart'
        ? !isItsOwn && (isWaiting || !isStart)
        : verb === 'stop'
          ? !isStart && !isItsOwn
          : false;
    return collides ? [`${pendingWords(job)} on ${target.node}: wait for its end`] : [];
  });
};

/** Every reason at once; none means that it may run. A dark node is refused only where ssh does not reach it either. */
export const refusalsFor = (input: GuardInput): string[] => {
  const { topology, inventory, cluster, target, running } = input;
  const { node } = target;
  const known = inventory.nodes.find((candidate) => candidate.name === node);
  if (known === undefined) return [`there is no node ${node}`];
  const strange = [...strangerRefusal(topology, target, known), ...kindRefusal(input)];
  if (strange.length > 0) return strange;
  if (known.ssh === undefined) return [`the configuration has no ssh to ${node}`];

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
    ...(unit.length + links.length > 0 ? [] : [...verbRefusals(input), ...pendingRefusal(input)]),
    ...(links.length > 0 ? [] : rightsRefusals(node, input.rights, input.commands)),
    ...(busy === undefined ? [] : [`${actionName(busy.plan)} is still running`]),
  ];
};
