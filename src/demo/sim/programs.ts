/** What the programs that units run do in the simulated cluster: daemons warm up, joins wait for peers, checks ask around. */
import type { NodeName } from '../../core/model/inventory.ts';
import type { Service, ServiceName, Step, Topology } from '../../core/model/topology.ts';
import type { Raft } from './raft.ts';
import type { Fault } from './scenarios.ts';
import type { ProcessStep } from './unit-state.ts';
import type { UnitDefinition } from './units.ts';

export type ExitFault = Extract<Fault, { kind: 'exits' }>;

/** What a program can find out about the world around it. */
export type Surroundings = {
  readonly topology: Topology;
  readonly rafts: ReadonlyMap<ServiceName, Raft>;
  /** The nodes that vote for a service, bootstrap node first. */
  readonly voters: (service: ServiceName) => readonly NodeName[];
  readonly serving: (node: NodeName, service: ServiceName) => boolean;
  readonly healthy: (node: NodeName, service: ServiceName) => boolean;
  readonly servicesOf: (node: NodeName) => readonly ServiceName[];
  readonly exitFault: (node: NodeName, unit: string) => ExitFault | undefined;
  readonly slowFactor: (node: NodeName, unit: string) => number;
  readonly log: (node: NodeName, unit: string, priority: number, line: string) => void;
  readonly random: () => number;
};

/** How often a waiting step looks again. */
const LOOK_MS = 500;
/** Start times vary by this share either way. */
const START_SPREAD = 0.04;

const serviceOf = (topology: Topology, name: ServiceName | undefined): Service | undefined =>
  topology.services.find((service) => service.name === name);

/** Why a step cannot do its work yet; undefined when it can. */
const heldBy = (step: Step, node: NodeName, world: Surroundings): string | undefined => {
  const service = serviceOf(world.topology, step.service);
  if (service === undefined) {
    const sick = world.servicesOf(node).find((name) => !world.healthy(node, name));
    return sick === undefined ? undefined : `waiting for ${sick} to be healthy`;
  }
  if (!world.serving(node, service.name)) return `waiting for ${service.name} on this node`;
  const raft = world.rafts.get(service.name);
  if (raft === undefined)
    return world.healthy(node, service.name) ? undefined : `waiting for ${service.name} to be healthy`;
  const bootstrap = world.voters(service.name)[0];
  if (raft.isMember(node) || (node === bootstrap && raft.joinedNodes.length === 0)) return undefined;
  return raft.leaderSeenFrom(node) === undefined
    ? `waiting for ${bootstrap ?? 'a leader'} to lead the cluster`
    : undefined;
};

const finishStep = (step: Step, node: NodeName, world: Surroundings): string => {
  const service = serviceOf(world.topology, step.service);
  const raft = service === undefined ? undefined : world.rafts.get(service.name);
  if (service === undefined) return 'all services healthy, cluster ready';
  if (raft === undefined) return `${service.title} is set up`;
  const voters = world.voters(service.name).length;
  if (raft.isMember(node)) return 'already a member of the cluster';
  raft.join(node);
  const count = raft.joinedNodes.length;
  return `joined ${count} of ${voters}${count === 1 ? ', bootstrap' : ''}`;
};

const daemonStep = (
  unit: UnitDefinition,
  startedAtMs: number,
  nowMs: number,
  node: NodeName,
  world: Surroundings,
): ProcessStep => {
  const factor = world.slowFactor(node, unit.name) * (1 - START_SPREAD + 2 * START_SPREAD * world.random());
  return { kind: 'ready', atMs: Math.max(nowMs, startedAtMs + Math.round(unit.startMs * factor)) };
};

const stepStep = (
  unit: UnitDefinition,
  step: Step,
  startedAtMs: number,
  nowMs: number,
  node: NodeName,
  world: Surroundings,
): ProcessStep => {
  const doneAtMs = startedAtMs + unit.startMs;
  if (nowMs < doneAtMs) return { kind: 'again', atMs: doneAtMs };
  const held = heldBy(step, node, world);
  if (held === undefined) return { kind: 'exit', atMs: nowMs, code: 0, line: finishStep(step, node, world) };
  // Every five seconds is enough to tell the reader what it waits for.
  if (Math.floor((nowMs - doneAtMs) / LOOK_MS) % 10 === 0) world.log(node, unit.name, 6, held);
  return { kind: 'again', atMs: nowMs + LOOK_MS };
};

/** The next thing that the unit's process does on this node. */
export const nextStep = (
  unit: UnitDefinition,
  startedAtMs: number,
  nowMs: number,
  node: NodeName,
  world: Surroundings,
): ProcessStep => {
  const fault = world.exitFault(node, unit.name);
  if (fault !== undefined) {
    return {
      kind: 'exit',
      atMs: Math.max(nowMs, startedAtMs + fault.afterMs),
      code: fault.code,
      line: fault.line,
    };
  }
  if (unit.step !== undefined) return stepStep(unit, unit.step, startedAtMs, nowMs, node, world);
  if (unit.service !== undefined) return daemonStep(unit, startedAtMs, nowMs, node, world);
  const doneAtMs = Math.max(nowMs, startedAtMs + unit.startMs);
  return { kind: 'exit', atMs: doneAtMs, code: 0 };
};
