/** Facts in, state out: the whole judgement of a cluster at one moment, cause before echo. */

import { findContradictions } from './cause/contradictions.ts';
import { findCauses } from './cause/find-causes.ts';
import { headlineOf } from './headline.ts';
import { judgeCapabilities } from './impact/capabilities.ts';
import {
  isSameNode,
  type KnownNode,
  type Memory,
  type Places,
  placesOf,
  recall,
  remember,
} from './memory.ts';
import type { ClusterFacts, ClusterState, InstanceState, LevelState, ServiceState } from './model/cluster.ts';
import type { InstanceId, NodeName } from './model/inventory.ts';
import type { Service, ServiceName, Topology } from './model/topology.ts';
import { judgeNode } from './node-verdict.ts';
import { reuse, reuseMap } from './reuse.ts';
import { countVerdicts, judgeCluster, worst } from './rollup.ts';
import { isStepCause } from './steps.ts';
import {
  type Footing,
  footingsOf,
  type JudgeInput,
  NO_FOOTING,
  toState,
  type Walk,
  walkService,
} from './walk.ts';
import { wiringOf } from './wiring.ts';

/** A service that runs on no node says nothing about the cluster. */
const placedVerdicts = (
  services: readonly Service[],
  states: ReadonlyMap<ServiceName, ServiceState>,
): ServiceState['verdict'][] =>
  services.flatMap((service) => {
    const state = states.get(service.name);
    return state === undefined || state.instances.length === 0 ? [] : [state.verdict];
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
      verdict: worst(placedVerdicts(services, states)),
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

/** Each node with what it was made of; the same as before when that is the same. */
const judgeNodes = (
  input: JudgeInput,
  footings: ReadonlyMap<NodeName, Footing>,
  states: ReadonlyMap<InstanceId, InstanceState>,
  { byNode }: Places,
  memory: Memory | undefined,
): Map<NodeName, KnownNode> =>
  new Map(
    input.inventory.nodes.map(({ name }) => {
      const { steps, reachable } = footings.get(name) ?? NO_FOOTING;
      const link = input.facts.links.get(name);
      const instances = (byNode.get(name) ?? []).map(({ id }) => states.get(id));
      const made = { instances, steps, reachable, link };
      const known = memory?.nodes.get(name);
      if (known !== undefined && isSameNode(known, made)) return [name, known];
      const before = input.previous?.nodes.get(name);
      const here = instances.flatMap((instance) => instance ?? []);
      const found = judgeNode(here, steps, reachable);
      const sinceMs = before?.verdict === found.verdict ? before.sinceMs : input.nowMs;
      const state = { name, ...found, sinceMs, link: link ?? { state: 'none' as const } };
      return [name, { ...made, state: reuse(before, state) }];
    }),
  );

/**
 * Judges the facts as of `nowMs`. Pure and total: the same input gives the same state, and what is equal to the
 * previous state is the same object.
 */
export const judge = (input: JudgeInput): ClusterState => {
  const { topology, inventory, facts, nowMs, previous, options } = input;
  const places = placesOf(topology, inventory);
  const memory = recall(previous, topology, options, nowMs);
  const footings = footingsOf(input, places);
  const walk: Walk = { services: new Map(), readings: new Map(), known: new Map(), fresh: new Map() };
  for (const wiring of wiringOf(topology)) {
    walkService(input, wiring, places.byService.get(wiring.service.name) ?? [], footings, memory, walk);
  }

  const states = new Map<InstanceId, InstanceState>();
  const services = new Map<ServiceName, ServiceState>();
  for (const { name } of topology.services) {
    const service = walk.services.get(name);
    if (service !== undefined) services.set(name, service);
    for (const reading of walk.readings.get(name)?.values() ?? []) {
      states.set(reading.id, walk.known.get(reading.id)?.state ?? toState(reading, input));
    }
  }
  const knownNodes = judgeNodes(input, footings, states, places, memory);
  const nodes = reuseMap(previous?.nodes, new Map([...knownNodes].map(([name, { state }]) => [name, state])));
  const judgedServices = reuseMap(previous?.services, services);
  const verdict = judgeCluster(
    placedVerdicts(topology.services, services),
    [...nodes.values()].some((node) => !node.reachable || node.steps.some(isStepCause)),
  );
  const capabilities = reuse(
    previous?.capabilities,
    judgeCapabilities(topology, { services: judgedServices, instances: states, nodes }),
  );
  const counts = reuse(previous?.counts, countVerdicts(states.values()));
  const newestMs = newestFact(facts);
  const judged = {
    atMs: nowMs,
    verdict,
    levels: reuse(previous?.levels, judgeLevels(topology, services)),
    services: judgedServices,
    instances: states,
    nodes,
    capabilities,
    counts,
    ...(newestMs === undefined ? {} : { dataAgeMs: Math.max(0, nowMs - newestMs) }),
    insecure: [...states.values()].some((instance) => instance.insecure),
  };
  const found = findCauses({ topology, inventory, facts, options, state: judged });
  for (const [id, because] of found.because) {
    const instance = states.get(id);
    if (instance !== undefined) states.set(id, reuse(previous?.instances.get(id), { ...instance, because }));
  }
  const instances = reuseMap(previous?.instances, states);
  const state = {
    ...judged,
    instances,
    causes: reuse(previous?.causes, found.causes),
    contradictions: reuse(
      previous?.contradictions,
      findContradictions({ topology, inventory, facts, state: judged }),
    ),
    headline: reuse(previous?.headline, headlineOf(topology, inventory, judged, found)),
  };
  const known = walk.known;
  for (const [id, made] of walk.fresh) {
    const shown = instances.get(id);
    if (shown !== undefined) known.set(id, { ...made, state: shown });
  }
  remember(state, { atMs: nowMs, topology, options, instances: known, nodes: knownNodes });
  return state;
};
