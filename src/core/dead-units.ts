/** What is down on a node and should not be: what a start of its boot target brings back, and what it does not. Pure. */
import { unitWord } from './action-name.ts';
import { sentenceList } from './format.ts';
import { serviceByUnit, stepByName, watchedUnits } from './graph.ts';
import type { LeftDown } from './model/action.ts';
import type { ClusterNode, NodeName } from './model/inventory.ts';
import type { NodeUnits, UnitFacts } from './model/observation.ts';
import type { Topology, UnitName } from './model/topology.ts';

export type DeadUnits = { readonly starts: readonly UnitName[]; readonly leftDown: readonly LeftDown[] };

const hasJob = (unit: UnitFacts): boolean => (unit.job ?? 0) > 0;

/** A oneshot that does not stay active is down as soon as it has done its work. */
const isDone = (topology: Topology, unit: UnitFacts): boolean =>
  stepByName(topology, unit.unit)?.remainAfterExit === false &&
  unit.result === 'success' &&
  unit.exitHow === 1 &&
  unit.exitCode === 0;

/** Why the boot target does not start it, whatever it requires; undefined when it does. */
const obstacle = (topology: Topology, unit: UnitFacts): string | undefined => {
  const isStep = stepByName(topology, unit.unit) !== undefined;
  // Steps are gone from a node that has no more use for them.
  if (unit.load === 'not-found') return isStep ? undefined : 'does not exist';
  if (unit.load === 'masked') return 'is masked';
  if (unit.load === 'error' || unit.load === 'bad-setting') return 'has a broken unit file';
  // systemd would try it, and refuse it where its start limit was reached, which it does not tell.
  return unit.active === 'failed' && !hasJob(unit) ? 'has failed' : undefined;
};

const requirements = (topology: Topology, name: UnitName): readonly UnitName[] =>
  (serviceByUnit(topology, name) ?? stepByName(topology, name))?.requires ?? [];

/** By the newest look at the node; both lists are empty when everything there is up or on its way. */
export const deadUnits = (topology: Topology, node: ClusterNode, look: NodeUnits): DeadUnits => {
  const order = watchedUnits(topology, node);
  const units = order.flatMap((name) => look.units.find((unit) => unit.unit === name) ?? []);
  const why = new Map<UnitName, string>();
  for (const unit of units) {
    const words = obstacle(topology, unit);
    if (words !== undefined) why.set(unit.unit, words);
  }
  const dead = units.filter(
    (unit) =>
      unit.load === 'loaded' && unit.active === 'inactive' && !hasJob(unit) && !isDone(topology, unit),
  );
  const needed = new Set(dead.flatMap((unit) => requirements(topology, unit.unit)));
  for (const unit of dead) {
    if (unit.unitFile === 'disabled' && !needed.has(unit.unit)) why.set(unit.unit, 'is disabled');
  }
  const blocked = (name: UnitName, seen: ReadonlySet<UnitName>): UnitName | undefined => {
    for (const required of requirements(topology, name)) {
      if (seen.has(required)) continue;
      if (why.has(required)) return required;
      const deeper = blocked(required, new Set([...seen, required]));
      if (deeper !== undefined) return deeper;
    }
    return undefined;
  };
  const held = dead.flatMap((unit): LeftDown[] => {
    const by = why.has(unit.unit) ? undefined : blocked(unit.unit, new Set([unit.unit]));
    return by === undefined ? [] : [{ unit: unit.unit, why: `requires ${unitWord(by)}` }];
  });
  const isHeld = (name: UnitName): boolean => held.some((one) => one.unit === name);
  return {
    starts: dead.map((unit) => unit.unit).filter((name) => !why.has(name) && !isHeld(name)),
    leftDown: [...[...why].map(([unit, words]) => ({ unit, why: words })), ...held],
  };
};

/** "nothing is down on node02", or what is and is not mended so. */
export const nothingToStart = (node: NodeName, leftDown: readonly LeftDown[]): string =>
  leftDown.length === 0
    ? `nothing is down on ${node}`
    : `nothing to start on ${node}: ${sentenceList(leftDown.map(({ unit, why }) => `${unitWord(unit)} ${why}`))}`;
