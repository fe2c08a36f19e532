/** What an action is about when the selected row names it, or leaves no doubt about it. */
import { targetName } from '../core/action-name.ts';
import { deadUnits } from '../core/dead-units.ts';
import { sentenceList } from '../core/format.ts';
import { stepByName } from '../core/graph.ts';
import type { ActionTarget, Verb } from '../core/model/action.ts';
import type { InstanceState, Verdict } from '../core/model/cluster.ts';
import type { NodeName } from '../core/model/inventory.ts';
import type { TreeRow } from '../core/rows.ts';
import { LONE_LEADER, loneLeader } from '../core/safer.ts';
import { isFailing } from '../core/unit-verdict.ts';
import { LISTED_MAX, type Offer } from './offer-kinds.ts';
import { instanceOfSubject, selectedSubject, treeRowsOf } from './rows.ts';
import { type AppState, type SubjectId, shown, topFrame } from './state.ts';
import { targetOf, unitSubject } from './subjects.ts';
import { unitOffer } from './unit-offer.ts';

/** Worth a restart, the worst first; what is blocked or out of sight is not mended by one. */
const WORTH: readonly (readonly [readonly Verdict[], string])[] = [
  [['down', 'late'], 'down'],
  [['degraded'], 'degraded'],
];

const instanceTarget = ({ service, node }: InstanceState): ActionTarget => ({
  kind: 'instance',
  service,
  node,
});

/** Set where they are all one service's. */
const onNodes = (all: readonly InstanceState[]): Pick<Extract<Offer, { kind: 'several' }>, 'of'> => {
  const [first] = all;
  const isOne = first !== undefined && all.every(({ service }) => service === first.service);
  return isOne ? { of: { service: first.service, nodes: all.map(({ node }) => node) } } : {};
};

const among = (all: readonly InstanceState[], name: (instance: InstanceState) => string): Offer => {
  const [first, ...others] = all;
  if (first === undefined) return { kind: 'none' };
  if (others.length === 0) return { kind: 'only', target: instanceTarget(first), why: 'the only one' };
  for (const [verdicts, word] of WORTH) {
    const found = all.filter((instance) => verdicts.includes(instance.verdict));
    const [one] = found;
    if (one === undefined) continue;
    const of = `of ${all.length}`;
    if (found.length === 1)
      return { kind: 'only', target: instanceTarget(one), why: `the only one ${of} that is ${word}` };
    const names = found.length > LISTED_MAX ? '' : `: ${sentenceList(found.map(name))}`;
    return { kind: 'several', words: `${found.length} ${of} are ${word}${names}`, ...onNodes(found) };
  }
  return { kind: 'several', words: `this row stands for ${all.length}`, ...onNodes(all) };
};

/** The instances that a filter leaves below the row of a service, when it opened that row itself. */
const filtered = (state: AppState, id: SubjectId): readonly InstanceState[] => {
  if (state.ui.filter.text === '' || topFrame(state.ui).view !== 'tree') return [];
  const rows = treeRowsOf(state);
  const at = rows.findIndex((row) => row.id === id);
  if (rows[at]?.foldable !== false) return [];
  const after = rows.slice(at + 1);
  const end = after.findIndex((row) => row.kind !== 'instance');
  return after
    .slice(0, end < 0 ? after.length : end)
    .flatMap((row: TreeRow) => (row.kind === 'instance' ? [row.instance] : []));
};

/** The instance that a restart would be about. */
const restartOffer = (state: AppState): Offer => {
  const now = shown(state);
  const id = selectedSubject(state);
  const exact = instanceOfSubject(now, id);
  if (exact !== undefined) return { kind: 'selected', target: instanceTarget(exact) };
  if (id === undefined) return { kind: 'none' };
  const name = id.slice(id.indexOf(':') + 1);
  const all = [...now.cluster.instances.values()];
  if (id.startsWith('service:')) {
    const left = filtered(state, id);
    const [one] = left;
    if (one !== undefined && left.length === 1) {
      return { kind: 'only', target: instanceTarget(one), why: 'the only one that the filter shows' };
    }
    const lone = loneLeader(name, now.cluster);
    if (lone !== undefined && left.length === 0) {
      return { kind: 'only', target: instanceTarget(lone), why: LONE_LEADER };
    }
    return among(
      left.length > 1 ? left : all.filter((instance) => instance.service === name),
      (instance) => instance.node,
    );
  }
  if (id.startsWith('node:')) {
    // One that is broken is what is meant; else all that runs there.
    const one = among(
      all.filter((instance) => instance.node === name),
      (instance) => instance.service,
    );
    // While a node boots, all of it is not what to restart.
    const isWhole = one.kind === 'several' && topFrame(state.ui).view !== 'first-boot';
    return isWhole ? { kind: 'selected', target: { kind: 'node', node: name } } : one;
  }
  return { kind: 'none' };
};

/** What has failed, or keeps failing: instances and steps, of one service or on one node or both. */
const failingOf = (state: AppState, service: string | undefined, node: NodeName | undefined) => {
  const { topology } = state;
  const serviceOf = (unit: string): string | undefined =>
    topology.services.find((one) => one.unit === unit)?.name ?? stepByName(topology, unit)?.service;
  return state.inventory.nodes
    .filter(({ name }) => node === undefined || name === node)
    .flatMap(({ name }) =>
      (shown(state).facts.units.get(name)?.units ?? [])
        .filter((unit) => isFailing(unit) && (service === undefined || serviceOf(unit.unit) === service))
        .flatMap((unit) => targetOf(unitSubject(topology, unit.unit, name)) ?? []),
    );
};

/** What a rerun would be about: the step or the instance itself, or the only one below that has failed. */
const rerunOffer = (state: AppState): Offer => {
  const id = selectedSubject(state);
  const target = targetOf(id);
  if (target?.kind === 'step') return { kind: 'selected', target };
  const service = id?.startsWith('service:') ? id.slice('service:'.length) : undefined;
  if (target === undefined && service === undefined) return { kind: 'none' };
  const of = target?.kind === 'instance' ? target.service : service;
  const failing = failingOf(state, of, target?.node);
  const own = failing.find((one) => target !== undefined && targetName(one) === targetName(target));
  if (own !== undefined) return { kind: 'selected', target: own };
  const [one] = failing;
  if (one === undefined) return { kind: 'none', words: 'nothing here has failed' };
  if (failing.length === 1) return { kind: 'only', target: one, why: 'the only one that failed' };
  const names = failing.length > LISTED_MAX ? '' : `: ${sentenceList(failing.map(targetName))}`;
  return { kind: 'several', words: `${failing.length} have failed${names}` };
};

/** The nodes on which something is down that a start of the boot target brings back. */
const nodesToBringUp = (state: AppState): readonly NodeName[] =>
  state.inventory.nodes.flatMap((node) => {
    const look = shown(state).facts.units.get(node.name);
    const hasDead = look !== undefined && deadUnits(state.topology, node, look).starts.length > 0;
    return hasDead ? [node.name] : [];
  });

/** The node that a bring-up would be about: that of the row, or the only one that has need of it. */
const bringUpOffer = (state: AppState): Offer => {
  const target = targetOf(selectedSubject(state));
  if (target !== undefined) {
    const { node } = target;
    const of: ActionTarget = { kind: 'node', node };
    return target.kind === 'node'
      ? { kind: 'selected', target: of }
      : { kind: 'only', target: of, why: `the node of ${targetName(target).replace(`@${node}`, '')}` };
  }
  const dead = nodesToBringUp(state);
  const [node] = dead;
  if (node === undefined) return { kind: 'none', words: 'no node has anything to bring up' };
  if (dead.length === 1) {
    return { kind: 'only', target: { kind: 'node', node }, why: 'the only node that needs it' };
  }
  const names = dead.length > LISTED_MAX ? '' : `: ${sentenceList(dead)}`;
  return { kind: 'several', words: `${dead.length} nodes need it${names}` };
};

/** What an action on the selected row would be about. */
export const offerOf = (state: AppState, verb: Verb): Offer => {
  switch (verb) {
    case 'restart':
      return restartOffer(state);
    case 'start':
    case 'stop':
    case 'reset-failed':
      return unitOffer(state, verb);
    case 'rerun':
      return rerunOffer(state);
    case 'bring-up':
      return bringUpOffer(state);
    default:
      return verb satisfies never;
  }
};
