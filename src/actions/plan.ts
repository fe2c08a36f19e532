/** What an action would run, take along and cost, worked out before anybody is asked. Pure. */
import { deadUnits } from '../core/dead-units.ts';
import { expectedMs } from '../core/expected-ms.ts';
import { requiredBy, serviceByName, serviceByUnit, stepByName } from '../core/graph.ts';
import type { ActionRequest, ActionTarget, Job, Plan } from '../core/model/action.ts';
import type { ClusterFacts, ClusterState, JudgeOptions } from '../core/model/cluster.ts';
import { type Inventory, instanceId } from '../core/model/inventory.ts';
import type { NodeUnits, UnitFacts } from '../core/model/observation.ts';
import type { Topology, UnitName } from '../core/model/topology.ts';
import { type SshLineSettings, sshCommandLine } from '../core/quote.ts';
import { isFailing } from '../core/unit-verdict.ts';
import { meanwhile, type Scope } from './forecast.ts';
import { refusalsFor } from './guard.ts';
import { verbCommands, verbs } from './verbs.ts';

export type PlanInput = ActionRequest & {
  readonly topology: Topology;
  readonly inventory: Inventory;
  readonly cluster: ClusterState;
  readonly sudo: boolean;
  /** How ssh is called, for the line that is shown; as it is called without settings by default. */
  readonly ssh?: SshLineSettings;
  /** What `cluster` was judged of, and how. */
  readonly facts: ClusterFacts;
  readonly options: JudgeOptions;
  /** Actions that have not ended yet; none by default. */
  readonly running?: readonly Job[];
};

/** The units of `names` that are on the node: those of services that it does not run are not there. */
const unitsOnNode = (scope: Scope, names: readonly UnitName[]): UnitName[] => {
  const runs = scope.inventory.nodes.find((node) => node.name === scope.node)?.services ?? [];
  return names.filter((name) => {
    const service = serviceByUnit(scope.topology, name)?.name ?? stepByName(scope.topology, name)?.service;
    return service === undefined || runs.includes(service);
  });
};

/** systemd takes along what runs: what is stopped when its dependency restarts stays stopped. */
const isStopped = (look: NodeUnits | undefined, name: UnitName): boolean => {
  const unit = look?.units.find((candidate) => candidate.unit === name);
  return unit !== undefined && (unit.active === 'inactive' || unit.active === 'failed') && !unit.job;
};

const unitOf = (topology: Topology, target: ActionTarget): UnitName => {
  switch (target.kind) {
    case 'instance':
      return serviceByName(topology, target.service)?.unit ?? `${target.service}.service`;
    case 'step':
      return stepByName(topology, target.step)?.unit ?? `${target.step}.service`;
    case 'node':
      return topology.firstBoot.ready.unit;
    default:
      return target satisfies never;
  }
};

/** The word to type where an action breaks a quorum. */
const targetWord = (target: ActionTarget): string => {
  switch (target.kind) {
    case 'instance':
      return target.service;
    case 'step':
      return target.step;
    case 'node':
      return target.node;
    default:
      return target satisfies never;
  }
};

/** What systemd was seen to say of the unit that an action names. */
const factsOf = (
  cluster: ClusterState,
  look: NodeUnits | undefined,
  target: ActionTarget,
  name: UnitName,
): UnitFacts | undefined => {
  const seen = look?.units.find((unit) => unit.unit === name);
  if (seen !== undefined || target.kind !== 'instance') return seen;
  return cluster.instances.get(instanceId(target.service, target.node))?.unit;
};

/** What a unit's restart does to those that require it. */
const dependantsOf = (
  look: NodeUnits | undefined,
  scope: Scope,
  unit: UnitName,
): Pick<Plan, 'takesAlong' | 'leavesStopped'> => {
  const all = unitsOnNode(scope, requiredBy(scope.topology, unit));
  const leavesStopped = all.filter((dependant) => isStopped(look, dependant));
  return { leavesStopped, takesAlong: all.filter((dependant) => !leavesStopped.includes(dependant)) };
};

/** Plans one action. Looks at nothing but its arguments; `refusals` says why it may not run. */
export const planAction = (input: PlanInput): Plan => {
  const { topology, inventory, cluster, options, verb, target, sudo, ssh, running = [] } = input;
  const { node } = target;
  const look = input.facts.units.get(node);
  const scope: Scope = { topology, inventory, cluster, facts: input.facts, options, running, node };
  const spec = verbs[verb];
  const known = inventory.nodes.find((candidate) => candidate.name === node);
  const unit = unitOf(topology, target);
  const facts = factsOf(cluster, look, target, unit);

  const { takesAlong, leavesStopped } = spec.takesAlong
    ? dependantsOf(look, scope, unit)
    : { takesAlong: [], leavesStopped: [] };
  const { starts, leftDown } =
    verb === 'bring-up' && known !== undefined && look !== undefined
      ? deadUnits(topology, known, look)
      : { starts: [], leftDown: [] };
  const units = [unit, ...takesAlong, ...starts];
  const { quorum, breaks, users } = meanwhile(scope, spec.interrupts ? [unit, ...takesAlong] : []);
  const commands = verbCommands(spec, unit, sudo, facts !== undefined && isFailing(facts));

  return {
    verb,
    target,
    unit,
    commands,
    commandLines: commands.map((command) => sshCommandLine(known?.ssh ?? node, command, ssh)),
    takesAlong,
    leavesStopped,
    starts,
    leftDown,
    expectedMs: expectedMs(topology, units),
    quorum,
    users,
    refusals: refusalsFor({
      topology,
      inventory,
      cluster,
      verb,
      target,
      unit,
      facts,
      look,
      running,
      leftDown,
      starts,
    }),
    ...(breaks ? { typed: targetWord(target) } : {}),
  };
};
