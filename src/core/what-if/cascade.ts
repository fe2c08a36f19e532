/** What systemd stops with a unit on one node: the closure of Requires=, in reverse order of the start. Pure. */
import { requiredBy, serviceByUnit, watchedUnits } from '../graph.ts';
import type { ClusterNode, NodeName } from '../model/inventory.ts';
import { instanceId } from '../model/inventory.ts';
import type { UnitFacts } from '../model/observation.ts';
import type { Service, Step, Topology, UnitName } from '../model/topology.ts';
import type { Cascade, StopFrom, StoppedUnit, WhatIfInput } from './model.ts';

type Known = Service | Step;

const unitsOf = (topology: Topology): ReadonlyMap<UnitName, Known> =>
  new Map([...topology.services, ...topology.firstBoot.steps].map((each) => [each.unit, each]));

/** The units that each of these starts after, Before= of the others included; only those among them. */
const afterWithin = (
  units: readonly UnitName[],
  known: ReadonlyMap<UnitName, Known>,
): ReadonlyMap<UnitName, readonly UnitName[]> =>
  new Map(
    units.map((unit) => {
      const said = known.get(unit)?.after ?? [];
      const isBefore = (other: UnitName): boolean => {
        const one = known.get(other);
        return one !== undefined && 'before' in one && one.before.includes(unit);
      };
      return [unit, units.filter((other) => other !== unit && (said.includes(other) || isBefore(other)))];
    }),
  );

/** Each after all that it starts after; a cycle is cut where it closes. Of equals, the topology's order. */
const startOrder = (
  units: readonly UnitName[],
  after: ReadonlyMap<UnitName, readonly UnitName[]>,
): UnitName[] => {
  const ordered = new Set<UnitName>();
  const entered = new Set<UnitName>();
  const visit = (unit: UnitName): void => {
    if (entered.has(unit)) return;
    entered.add(unit);
    for (const earlier of after.get(unit) ?? []) visit(earlier);
    ordered.add(unit);
  };
  for (const unit of units) visit(unit);
  return [...ordered];
};

const fromFacts = ({ active, job, load }: UnitFacts): StopFrom | undefined => {
  if (load === 'not-found') return undefined;
  if (active === 'inactive' || active === 'failed') return job ? 'coming' : undefined;
  return active === 'activating' ? 'coming' : 'runs';
};

/** What of a unit there is to stop; undefined: it is down already, or is not there. */
const stopFrom = (
  { cluster, facts, topology }: WhatIfInput,
  node: NodeName,
  unit: UnitName,
): StopFrom | undefined => {
  const seen = facts.units.get(node)?.units.find((other) => other.unit === unit);
  const service = serviceByUnit(topology, unit)?.name;
  const instance = service === undefined ? undefined : cluster.instances.get(instanceId(service, node));
  // An instance carries its unit only while the look at it is fresh; what its endpoint says is newer than an old one.
  if (instance?.unit !== undefined) return fromFacts(instance.unit);
  const said = (instance?.checks ?? []).map(({ verdict }) => verdict);
  if (said.includes('ok') || said.includes('degraded')) return 'runs';
  if (said.includes('failing')) return undefined;
  return seen === undefined ? 'unseen' : fromFacts(seen);
};

const bare = (unit: UnitName): string => unit.replace(/\.service$/u, '');

/** What stopping `targets` does on this node; undefined: nothing of it is there to stop. */
export const cascadeOn = (
  input: WhatIfInput,
  node: ClusterNode,
  targets: readonly UnitName[],
): Cascade | undefined => {
  const { topology } = input;
  const known = unitsOf(topology);
  const here = watchedUnits(topology, node);
  const isThere = (unit: UnitName): boolean => here.includes(unit);
  const closure = new Set(targets.flatMap((target) => [target, ...requiredBy(topology, target, isThere)]));
  const froms = new Map(here.map((unit) => [unit, stopFrom(input, node.name, unit)] as const));
  const touched = here.filter((unit) => closure.has(unit));
  const stopping = touched.filter((unit) => froms.get(unit) !== undefined);
  // Of steps alone that nobody has seen there is nothing to say.
  const isToldOf = (unit: UnitName): boolean =>
    froms.get(unit) !== 'unseen' || serviceByUnit(topology, unit) !== undefined;
  if (!stopping.some(isToldOf)) return undefined;

  const order = startOrder(stopping, afterWithin(stopping, known));
  const toStopped = (unit: UnitName): StoppedUnit => {
    const required = known.get(unit)?.requires ?? [];
    const under = order.findLast((other) => other !== unit && required.includes(other));
    return {
      unit,
      name: bare(unit),
      kind: serviceByUnit(topology, unit) === undefined ? 'step' : 'service',
      from: froms.get(unit) ?? 'unseen',
      ...(under === undefined ? {} : { under }),
    };
  };
  const isTied = (unit: UnitName): boolean => {
    const ties = [...(known.get(unit)?.wants ?? []), ...(known.get(unit)?.after ?? [])];
    return ties.some((other) => stopping.includes(other));
  };
  return {
    node: node.name,
    stops: order.map(toStopped).toReversed(),
    stays: here.filter((unit) => !closure.has(unit) && froms.get(unit) === 'runs' && isTied(unit)),
    leftDown: stopping.filter((unit) => !targets.includes(unit)),
    idle: touched.filter((unit) => froms.get(unit) === undefined),
  };
};
