/** Facts in, state out: the whole judgement of a cluster at one moment, cause before echo. */

import { findContradictions } from './cause/contradictions.ts';
import { findCauses } from './cause/find-causes.ts';
import { headlineOf } from './headline.ts';
import { judgeCapabilities } from './impact/capabilities.ts';
import { type Footing, isSameNode, type KnownNode, type Memory, recall, remember } from './memory.ts';
import type { CauseId } from './model/cause.ts';
import type { ClusterFacts, ClusterState, InstanceState, LevelState, ServiceState } from './model/cluster.ts';
import type { InstanceId } from './model/inventory.ts';
import type { Service, ServiceName, Topology } from './model/topology.ts';
import { judgeNode } from './node-verdict.ts';
import { type Places, placesOf } from './places.ts';
import { reuse, reuseMap } from './reuse.ts';
import { countVerdicts, judgeCluster, worst } from './rollup.ts';
import { withSplit } from './split.ts';
import { isStepCause } from './steps.ts';
import type { InstanceReading } from './verdict.ts';
import { footingsOf, type JudgeInput, NO_FOOTING, toState, walkServices } from './walk.ts';

/** A service that runs on no node says nothing about the cluster. */
const placedServices = (
  services: readonly Service[],
  states: ReadonlyMap<ServiceName, ServiceState>,
): readonly ServiceState[] =>
  services.flatMap((service) => {
    const state = states.get(service.name);
    return state === undefined || state.instances.length === 0 ? [] : [state];
  });

const judgeLevels = (
  topology: Topology,
  states: ReadonlyMap<ServiceName, ServiceState>,
): readonly LevelState[] =>
  topology.levels.map((level) => {
    const services = topology.services.filter((service) => service.level === level.number);
    return {
      number: level.number,
      title: level.title,
      verdict: worst(placedServices(services, states).map(({ verdict }) => verdict)),
      services: services.map((service) => service.name),
    };
  });

const newestFact = (facts: ClusterFacts): number | undefined => {
  let newest: number | undefined;
  for (const check of facts.checks.values()) {
    if (check.last !== undefined && check.last.atMs > (newest ?? -Infinity)) newest = check.last.atMs;
  }
  for (const look of facts.units.values()) if (look.atMs > (newest ?? -Infinity)) newest = look.atMs;
  return newest;
};

/** By the number of the node, with what it was made of; the same as before when that is the same. */
const judgeNodes = (
  { inventory, facts, nowMs, previous }: JudgeInput,
  { byNode }: Places,
  footings: readonly Footing[],
  states: readonly InstanceState[],
  memory: Memory | undefined,
): readonly KnownNode[] =>
  inventory.nodes.map(({ name }, at) => {
    const footing = footings[at] ?? NO_FOOTING;
    const link = facts.links.get(name);
    const instances = (byNode[at] ?? []).map(({ index }) => states[index]);
    const made = { instances, footing, link };
    const known = memory?.nodes[at];
    if (known !== undefined && isSameNode(known, made)) return known;
    const before = previous?.nodes.get(name);
    const here = instances.flatMap((instance) => instance ?? []);
    const found = judgeNode(here, footing);
    const sinceMs = before?.verdict === found.verdict ? before.sinceMs : nowMs;
    const state = { name, ...found, sinceMs, link: link ?? { state: 'none' as const } };
    return { ...made, state: reuse(before, state) };
  });

/** By the number of the place: a reading that was taken over shows what it showed, unless its group is split, or was. */
const shownOf = (
  input: JudgeInput,
  members: readonly InstanceReading[],
  memory: Memory | undefined,
): readonly InstanceState[] =>
  members.map((member, index) => {
    const shown = memory?.instances[index];
    const isTakenOver = member === memory?.members[index] && shown?.split === undefined;
    return shown !== undefined && isTakenOver ? shown : toState(member, input);
  });

/** Each that is not well with its cause, and no other. */
const withCauses = (
  instances: readonly InstanceState[],
  causes: ReadonlyMap<InstanceId, CauseId>,
): readonly InstanceState[] =>
  instances.map((instance) => {
    const because = instance.verdict === 'ok' ? undefined : causes.get(instance.id);
    if (instance.because === because) return instance;
    const { because: _because, ...rest } = instance;
    return because === undefined ? rest : { ...rest, because };
  });

type Listed = {
  readonly list: readonly InstanceState[];
  readonly byId: ReadonlyMap<InstanceId, InstanceState>;
};

/** The list with a map of it: that of `before`, a list of the same instances, as far as nothing differs. */
const listed = (list: readonly InstanceState[], before: Listed | undefined): Listed => {
  let byId = before === undefined ? new Map<InstanceId, InstanceState>() : undefined;
  list.forEach((instance, index) => {
    if (instance === before?.list[index]) return;
    byId ??= new Map(before?.byId);
    byId.set(instance.id, instance);
  });
  return { list, byId: byId ?? before?.byId ?? new Map() };
};

/**
 * Judges the facts as of `nowMs`. Pure and total: the same input gives the same state, and what is equal to the
 * previous state is the same object.
 */
export const judge = (input: JudgeInput): ClusterState => {
  const { topology, inventory, facts, nowMs, previous, options } = input;
  const places = placesOf(topology, inventory);
  const memory = recall(previous, places, options, nowMs);
  const footings = footingsOf(input, places, memory);
  const walked = walkServices(input, places, footings, memory);
  const raws = walked.flatMap((service) => service.raws);
  const members = walked.flatMap((service) => service.members);
  const standing = walked.flatMap(({ state, members: own }) => withSplit(own, state));
  const services = new Map(walked.map(({ state }) => [state.name, state]));

  const before = previous && memory && { list: memory.instances, byId: previous.instances };
  const shown = listed(shownOf(input, standing, memory), before);
  const knownNodes = judgeNodes(input, places, footings, shown.list, memory);
  const nodes = reuseMap(previous?.nodes, new Map(knownNodes.map(({ state }) => [state.name, state])));
  const judgedServices = reuseMap(previous?.services, services);
  const verdict = judgeCluster(
    placedServices(topology.services, services),
    [...nodes.values()].some((node) => !node.reachable || node.steps.some(isStepCause)),
  );
  const capabilities = reuse(
    previous?.capabilities,
    judgeCapabilities(topology, { services: judgedServices, instances: shown.byId, nodes }),
  );
  const newestMs = newestFact(facts);
  const judged = {
    atMs: nowMs,
    verdict,
    levels: reuse(previous?.levels, judgeLevels(topology, services)),
    services: judgedServices,
    instances: shown.byId,
    nodes,
    capabilities,
    counts: reuse(previous?.counts, countVerdicts(shown.list)),
    ...(newestMs === undefined ? {} : { dataAgeMs: Math.max(0, nowMs - newestMs) }),
    insecure: shown.list.some((instance) => instance.insecure),
  };
  const found = findCauses({ topology, inventory, facts, options, state: judged });
  const caused = listed(withCauses(shown.list, found.because), shown);
  const state = {
    ...judged,
    instances: memory === undefined ? reuseMap(previous?.instances, caused.byId) : caused.byId,
    causes: reuse(previous?.causes, found.causes),
    contradictions: reuse(
      previous?.contradictions,
      findContradictions({ topology, inventory, facts, state: judged }),
    ),
    headline: reuse(previous?.headline, headlineOf(topology, inventory, judged, found)),
  };
  remember(state, {
    ...{ atMs: nowMs, facts, options, places, footings, raws, members },
    instances: caused.list,
    nodes: knownNodes,
  });
  return state;
};
