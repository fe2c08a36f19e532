/** What an action would run, take along and cost, worked out before anybody is asked. Pure. */
import { targetWord } from '../core/action-name.ts';
import { expectedMs } from '../core/expected-ms.ts';
import { serviceByUnit } from '../core/graph.ts';
import type { ActionRequest, Job, Plan } from '../core/model/action.ts';
import type { ClusterFacts, ClusterState, JudgeOptions } from '../core/model/cluster.ts';
import { type Inventory, instanceId } from '../core/model/inventory.ts';
import type { NodeUnits, UnitFacts } from '../core/model/observation.ts';
import type { Topology, UnitName } from '../core/model/topology.ts';
import { type SshLineSettings, sshCommandLine } from '../core/quote.ts';
import { isFailing } from '../core/unit-verdict.ts';
import { meanwhile, type Scope } from './forecast.ts';
import { refusalsFor } from './guard.ts';
import { reachOf } from './reach.ts';
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
  /** What will have gone down on the same node by then, for good; nothing by default. */
  readonly gone?: readonly Plan[];
};

/** What systemd was seen to say of a unit that an action names. */
const factsOf = (
  { cluster, target, topology }: PlanInput,
  look: NodeUnits | undefined,
  name: UnitName,
): UnitFacts | undefined => {
  const seen = look?.units.find((unit) => unit.unit === name);
  const service = serviceByUnit(topology, name)?.name;
  if (seen !== undefined || service === undefined) return seen;
  return cluster.instances.get(instanceId(service, target.node))?.unit;
};

/** Plans one action. Looks at nothing but its arguments; `refusals` says why it may not run. */
export const planAction = (input: PlanInput): Plan => {
  const { topology, inventory, cluster, options, verb, target, sudo, ssh, running = [], gone = [] } = input;
  const { node } = target;
  const look = input.facts.units.get(node);
  const scope: Scope = { topology, inventory, cluster, facts: input.facts, options, running, gone, node };
  const spec = verbs[verb];
  const known = inventory.nodes.find((candidate) => candidate.name === node);
  const reach = reachOf({ topology, verb, target, known, look });
  const { units, takesAlong, starts } = reach;

  const out = spec.interrupts ? [...units, ...takesAlong] : spec.pullsIn ? [...units, ...starts] : [];
  const { danger, ...rest } = meanwhile(scope, spec, out);
  const failing = [...units, ...starts].filter((unit) => {
    const facts = factsOf(input, look, unit);
    return facts !== undefined && isFailing(facts);
  });
  const commands = verbCommands(spec, units, failing, sudo);
  const comesBack = spec.needsHealth ? [...units, ...takesAlong, ...starts] : [];

  return {
    verb,
    target,
    unit: units[0] ?? topology.firstBoot.ready.unit,
    ...reach,
    commands,
    commandLines: commands.map((command) => sshCommandLine(known?.ssh ?? node, command, ssh)),
    expectedMs: expectedMs(topology, comesBack),
    ...rest,
    refusals: refusalsFor({
      ...reach,
      topology,
      inventory,
      cluster,
      verb,
      target,
      factsOf: (unit) => factsOf(input, look, unit),
      look,
      commands,
      rights: input.facts.rights.get(node),
      running,
    }),
    ...(danger === undefined ? {} : { danger, typed: targetWord(target) }),
  };
};
