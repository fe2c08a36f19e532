/** What a goal is made of, as it stands now: one item per node, unit, instance and quorum. */
import type { BootEntry, NodeBoot } from '../first-boot/model.ts';
import { bootProgress } from '../first-boot/progress.ts';
import { formatAge, formatTook, plural } from '../format.ts';
import { serviceByName } from '../graph.ts';
import type { InstanceState } from '../model/cluster.ts';
import { instanceId, type NodeName } from '../model/inventory.ts';
import type { ServiceName } from '../model/topology.ts';
import { paceOf } from '../pace.ts';
import { isFinal } from './final.ts';
import { freshLook, linkFailure } from './looks.ts';
import { NOT_SEEN, type WaitGoal, type WaitInput, type WaitItem, type WaitState } from './model.ts';

type NodesGoal = Extract<WaitGoal, { readonly kind: 'ready' | 'step' }>;

/** The boot of these nodes alone, in their order. */
export const bootsOf = (input: WaitInput, names: readonly NodeName[]): readonly NodeBoot[] => {
  const nodes = input.inventory.nodes.filter((node) => names.includes(node.name));
  return bootProgress({ ...input, inventory: { ...input.inventory, nodes } }).nodes;
};

const stateOf = (input: WaitInput, node: NodeName, entry: BootEntry): WaitState => {
  if (entry.state !== 'failed') return entry.state;
  const look = freshLook(input, node);
  const unit = look?.units.find((one) => one.unit === entry.unit);
  return look !== undefined && unit !== undefined && isFinal(input, unit, look) ? 'failed' : 'failing';
};

/** "starting 0:07 of 0:15" and "failed, exit 1" without the state, which has a column of its own. */
const wordsOf = (input: WaitInput, { unit, state, endMs, words }: BootEntry): string => {
  if (unit === input.topology.firstBoot.ready.unit && state === 'done') {
    return endMs === undefined ? '' : `after ${formatTook(endMs)}`;
  }
  const [first = ''] = words.split(/,? /u, 1);
  return first === state ? words.slice(first.length).replace(/^,? /u, '') : words;
};

const entryItem = (input: WaitInput, node: NodeName, entry: BootEntry): WaitItem => {
  const unit = input.facts.units.get(node)?.units.find((one) => one.unit === entry.unit);
  const isFailed = entry.state === 'failed';
  return {
    what: 'unit',
    node,
    name: entry.name,
    unit: entry.unit,
    state: stateOf(input, node, entry),
    ok: entry.state === 'done',
    words: wordsOf(input, entry),
    ...(entry.elapsedMs === undefined ? {} : { elapsedMs: entry.elapsedMs }),
    ...(entry.documentedMs === undefined ? {} : { documentedMs: entry.documentedMs }),
    ...(isFailed && unit?.restarts !== undefined ? { count: unit.restarts } : {}),
  };
};

/** Whether the node's systemd can be asked: while it cannot, nothing is told of its units. */
const lookItem = (input: WaitInput, { node, seen, done, entries, lookAgeMs = 0 }: NodeBoot): WaitItem => {
  const item = { what: 'node', node, name: 'node' } as const;
  const failure = linkFailure(input.facts.links.get(node));
  if (freshLook(input, node) !== undefined) {
    return { ...item, state: 'seen', ok: true, words: `${done} of ${entries.length} done` };
  }
  if (!seen) return { ...item, state: 'unseen', ok: false, words: failure?.detail ?? NOT_SEEN };
  const age = `last seen ${formatAge(lookAgeMs)} ago`;
  return {
    ...item,
    state: 'lost',
    ok: false,
    words: failure === undefined ? age : `${age}: ${failure.detail}`,
  };
};

const bootItems = (input: WaitInput, boot: NodeBoot): WaitItem[] => {
  const node = lookItem(input, boot);
  if (!node.ok) return [node];
  const { unit: readyUnit } = input.topology.firstBoot.ready;
  const isReady = (entry: BootEntry): boolean => entry.unit === readyUnit;
  const units = boot.entries.filter((entry) => !entry.unit.endsWith('.target'));
  const ready = boot.entries.filter(isReady);
  return [
    node,
    ...[...units.filter((entry) => !isReady(entry)), ...ready].map((entry) =>
      entryItem(input, boot.node, entry),
    ),
  ];
};

const stepItems = (input: WaitInput, goal: Extract<WaitGoal, { readonly kind: 'step' }>): WaitItem[] => {
  const boots = bootsOf(input, goal.nodes);
  const entryOn = (boot: NodeBoot) => boot.entries.find((entry) => entry.unit === goal.unit);
  // Some node must have it: one that every node has done without was never done.
  const isAnywhere = boots.some((boot) => entryOn(boot) !== undefined);
  return boots.flatMap((boot): WaitItem[] => {
    const node = lookItem(input, boot);
    if (!node.ok) return [node];
    const entry = entryOn(boot);
    if (entry !== undefined) return [node, entryItem(input, boot.node, entry)];
    const { name, unit } = goal;
    const gone = { what: 'unit', node: boot.node, name, unit, words: 'no such unit' } as const;
    return [node, { ...gone, state: isAnywhere ? 'absent' : 'failed', ok: isAnywhere }];
  });
};

/** A leader, and enough members that it leads; what the members dispute among themselves is not well. */
const quorumItem = ({ cluster }: WaitInput, service: ServiceName): WaitItem[] => {
  const state = cluster.services.get(service);
  const quorum = state?.quorum;
  if (state === undefined || quorum === undefined) return [];
  const isHeld = quorum.standing === 'held';
  const ok = isHeld && quorum.faults.every((fault) => fault.kind === 'beyond-inventory');
  const votes = `${quorum.votes} of ${plural(quorum.expected, 'vote')}`;
  // Held, and nobody was seen to lead: the look that will show it is on its way.
  const nobody = isHeld ? 'leader not seen yet' : 'no leader';
  const leader = quorum.leader === undefined ? nobody : `leader ${quorum.leader}`;
  return [
    {
      what: 'quorum',
      name: service,
      state: isHeld && !ok ? state.verdict : quorum.standing,
      ok,
      words: `${votes}, ${isHeld && !ok ? state.reason : leader}`,
    },
  ];
};

const quorumItems = (input: WaitInput): WaitItem[] =>
  input.topology.services.flatMap(({ name }) => quorumItem(input, name));

/** Every check has been well as often in a row as `rise` asks. */
const isSettled = ({ topology, facts, options }: WaitInput, instance: InstanceState): boolean =>
  (serviceByName(topology, instance.service)?.checks ?? []).every(
    (spec) => (facts.checks.get(`${instance.id}#${spec.id}`)?.passesInRow ?? 0) >= paceOf(spec, options).rise,
  );

const instanceItem = (input: WaitInput, service: ServiceName, node: NodeName): WaitItem => {
  const instance = input.cluster.instances.get(instanceId(service, node));
  const unit = serviceByName(input.topology, service)?.unit;
  const isWell = instance?.verdict === 'ok';
  const isSettling = isWell && !isSettled(input, instance);
  return {
    what: 'instance',
    node,
    name: service,
    ...(unit === undefined ? {} : { unit }),
    state: isSettling ? 'settling' : (instance?.verdict ?? 'unknown'),
    ok: isWell && !isSettling,
    words: instance?.reason ?? '',
  };
};

const reachItem = ({ cluster }: WaitInput, node: NodeName): WaitItem => {
  const state = cluster.nodes.get(node);
  const ok = state?.reachable !== false;
  return {
    what: 'node',
    node,
    name: 'node',
    state: ok ? 'reachable' : 'unreachable',
    ok,
    words: ok ? '' : (state?.reason ?? ''),
  };
};

const instanceItems = (input: WaitInput, node: NodeName, services: readonly ServiceName[]): WaitItem[] => {
  const reach = reachItem(input, node);
  return reach.ok ? [reach, ...services.map((service) => instanceItem(input, service, node))] : [reach];
};

const clusterItem = ({ cluster }: WaitInput): WaitItem => ({
  what: 'cluster',
  name: 'cluster',
  state: cluster.verdict,
  ok: cluster.verdict === 'ok',
  words: cluster.headline.sentence,
});

/** True for goals that only systemd can tell. */
export const isOfSystemd = (goal: WaitGoal): goal is NodesGoal =>
  goal.kind === 'ready' || goal.kind === 'step';

/** All items of a goal in the order in which they are told: node by node, each in the boot's order, the cluster last. */
export const itemsOf = (input: WaitInput, goal: WaitGoal): WaitItem[] => {
  switch (goal.kind) {
    case 'ready':
      return [...bootsOf(input, goal.nodes).flatMap((boot) => bootItems(input, boot)), ...quorumItems(input)];
    case 'step':
      return stepItems(input, goal);
    case 'service':
      return [
        ...goal.nodes.flatMap((node) => instanceItems(input, node, [goal.service])),
        ...(goal.whole ? quorumItem(input, goal.service) : []),
      ];
    case 'healthy':
      return [
        ...input.inventory.nodes.flatMap((node) => instanceItems(input, node.name, node.services)),
        ...quorumItems(input),
        clusterItem(input),
      ];
    default:
      return goal satisfies never;
  }
};
