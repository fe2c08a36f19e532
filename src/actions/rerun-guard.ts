/** Why a unit may not be rerun now: it runs, it will by itself, or what it requires is not up. Pure. */
import { unitWord } from '../core/action-name.ts';
import { readNode } from '../core/first-boot/entries.ts';
import { serviceByUnit, stepByName } from '../core/graph.ts';
import type { ActionTarget } from '../core/model/action.ts';
import type { ClusterState } from '../core/model/cluster.ts';
import type { Inventory } from '../core/model/inventory.ts';
import type { NodeUnits, UnitFacts } from '../core/model/observation.ts';
import type { Topology, UnitName } from '../core/model/topology.ts';
import { isFailing } from '../core/unit-verdict.ts';

export type RerunInput = {
  readonly topology: Topology;
  readonly inventory: Inventory;
  readonly cluster: ClusterState;
  readonly target: ActionTarget;
  readonly unit: UnitName;
  readonly facts: UnitFacts | undefined;
  readonly look: NodeUnits | undefined;
};

/** "flaredb on node03 is not up: starting 0:07 of 0:15", for each that it requires. */
const missing = ({ topology, inventory, cluster, target, unit, look }: RerunInput): string[] => {
  const requires = (serviceByUnit(topology, unit) ?? stepByName(topology, unit))?.requires ?? [];
  const node = inventory.nodes.find((candidate) => candidate.name === target.node);
  if (node === undefined || look === undefined) return [];
  const { readings } = readNode(topology, node, look, cluster, cluster.atMs);
  return requires.flatMap((required) => {
    const reading = readings.find((one) => one.unit === required);
    if (reading === undefined || reading.state === 'done') return [];
    const words = reading.words === '' ? '' : `: ${reading.words}`;
    return [`${reading.name} on ${node.name} is not up${words}`];
  });
};

const progress = (unit: UnitFacts, what: string): string[] => {
  if (isFailing(unit) && unit.sub !== 'start') return [];
  if (unit.active === 'activating') return [`${what} runs now`];
  if (unit.active === 'deactivating') return [`${what} is stopping`];
  return (unit.job ?? 0) > 0 ? [`${what} waits for its turn: systemd will run it`] : [];
};

/** Every reason; none also where nobody has looked, which is refused elsewhere. */
export const rerunRefusals = (input: RerunInput): string[] => {
  const { target, unit, facts } = input;
  if (facts === undefined) return [];
  const what = `${unitWord(unit)} on ${target.node}`;
  const running = progress(facts, what);
  if (running.length > 0) return running;
  if (target.kind === 'instance' && !isFailing(facts)) {
    return [`${what} has not failed: a restart is what it needs, if anything`];
  }
  return missing(input);
};
