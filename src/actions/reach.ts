/** How far an action reaches on its node: the units that it names, and those that systemd stops or starts with them. Pure. */
import { deadUnits } from '../core/dead-units.ts';
import { requiredBy, serviceByName, serviceByUnit, stepByName, watchedUnits } from '../core/graph.ts';
import type { ActionRequest, LeftDown, PendingJob, Plan, Verb } from '../core/model/action.ts';
import type { ClusterNode } from '../core/model/inventory.ts';
import type { NodeUnits, UnitFacts } from '../core/model/observation.ts';
import type { Topology, UnitName } from '../core/model/topology.ts';
import { isDownForGood } from '../core/unit-standing.ts';
import { verbs } from './verbs.ts';

export type ReachInput = ActionRequest & {
  readonly topology: Topology;
  /** The target's node; undefined: there is none of that name. */
  readonly known: ClusterNode | undefined;
  /** What its systemd said last. */
  readonly look: NodeUnits | undefined;
};

export type Reach = Pick<Plan, 'units' | 'takesAlong' | 'leavesStopped' | 'starts' | 'leftDown' | 'pending'>;

const hasJob = (unit: UnitFacts): boolean => (unit.job ?? 0) > 0;

const isStopped = (unit: UnitFacts | undefined): boolean => unit !== undefined && isDownForGood(unit);

/** The units of `names` that are on the node: those of services that it does not run are not there. */
const onNode = ({ topology, known }: ReachInput, names: readonly UnitName[]): UnitName[] => {
  const runs = known?.services ?? [];
  return names.filter((name) => {
    const service = serviceByUnit(topology, name)?.name ?? stepByName(topology, name)?.service;
    return service === undefined || runs.includes(service);
  });
};

/** Why systemd would not start it by itself at a boot either; undefined when it would. */
const obstacle = (unit: UnitFacts): string | undefined => {
  switch (unit.load) {
    case 'not-found':
      return 'does not exist';
    case 'masked':
      return 'is masked';
    case 'error':
    case 'bad-setting':
      return 'has a broken unit file';
    default:
      return unit.unitFile === 'disabled' && isStopped(unit) ? 'is disabled' : undefined;
  }
};

type FactsOf = (unit: UnitName) => UnitFacts | undefined;
type Named = { readonly units: readonly UnitName[]; readonly leftDown: readonly LeftDown[] };

/** Of all that a node runs, what there is for the verb to do, in the topology's order. */
const namedOnNode = (verb: Verb, here: readonly UnitName[], topology: Topology, factsOf: FactsOf): Named => {
  const services = here.filter((unit) => serviceByUnit(topology, unit) !== undefined);
  const started = (units: readonly UnitName[]): Named => {
    const why = units.map((unit) => [unit, factsOf(unit)] as const);
    return {
      units: why.flatMap(([unit, facts]) => (facts && obstacle(facts) !== undefined ? [] : [unit])),
      leftDown: why.flatMap(([unit, facts]) => {
        const words = facts && obstacle(facts);
        return words === undefined ? [] : [{ unit, why: words }];
      }),
    };
  };
  switch (verb) {
    case 'restart':
      return started(services);
    case 'start':
      return started(services.filter((unit) => isStopped(factsOf(unit))));
    case 'stop': {
      const isThere = (unit: UnitName): boolean => !isStopped(factsOf(unit));
      return { units: services.filter(isThere), leftDown: [] };
    }
    case 'reset-failed':
      return { units: here.filter((unit) => factsOf(unit)?.active === 'failed'), leftDown: [] };
    case 'rerun':
    case 'bring-up':
      return { units: [topology.firstBoot.ready.unit], leftDown: [] };
    default:
      return verb satisfies never;
  }
};

const namedBy = (input: ReachInput, factsOf: FactsOf): Named => {
  const { topology, target, verb, known } = input;
  switch (target.kind) {
    case 'instance':
      return {
        units: [serviceByName(topology, target.service)?.unit ?? `${target.service}.service`],
        leftDown: [],
      };
    case 'step':
      return { units: [stepByName(topology, target.step)?.unit ?? `${target.step}.service`], leftDown: [] };
    case 'node':
      return namedOnNode(verb, known === undefined ? [] : watchedUnits(topology, known), topology, factsOf);
    default:
      return target satisfies never;
  }
};

/** What a start of these starts besides them, through Requires= and Wants=: what is down and not on its way. */
const pulledIn = (input: ReachInput, units: readonly UnitName[], factsOf: FactsOf): readonly UnitName[] => {
  const { topology, known } = input;
  const found = new Set(units);
  for (const name of found) {
    const unit = serviceByUnit(topology, name) ?? stepByName(topology, name);
    for (const other of onNode(input, [...(unit?.requires ?? []), ...(unit?.wants ?? [])])) {
      // What is up has what it needs, or would not get it now.
      if (isStopped(factsOf(other))) found.add(other);
    }
  }
  const here = known === undefined ? [] : watchedUnits(topology, known);
  return here.filter((unit) => found.has(unit) && !units.includes(unit));
};

/** Those that require any of them, nearest first. */
const dependants = (input: ReachInput, units: readonly UnitName[]): readonly UnitName[] => {
  const isThere = (unit: UnitName): boolean => onNode(input, [unit]).length > 0;
  const all = units.flatMap((unit) => requiredBy(input.topology, unit, isThere));
  return [...new Set(all)].filter((unit) => !units.includes(unit));
};

const pendingOf = (look: NodeUnits | undefined, units: readonly UnitName[]): readonly PendingJob[] =>
  units.flatMap((name): PendingJob[] => {
    const known = look?.units.find((unit) => unit.unit === name);
    // The queue is as old as the look; the unit itself may have been pushed since.
    const queued = look?.jobs?.find((job) =>
      known === undefined ? job.unit === name : job.id === known.job && hasJob(known),
    );
    if (queued !== undefined) {
      return [{ unit: name, id: queued.id, type: queued.type, state: queued.state }];
    }
    return known?.job !== undefined && hasJob(known) ? [{ unit: name, id: known.job }] : [];
  });

/** By the newest look at the node; where nobody has looked, as if all were up. */
export const reachOf = (input: ReachInput): Reach => {
  const { topology, known, look, verb } = input;
  const spec = verbs[verb];
  const factsOf: FactsOf = (name) => look?.units.find((unit) => unit.unit === name);
  const named = namedBy(input, factsOf);
  const behind = spec.takesAlong || spec.pullsIn ? dependants(input, named.units) : [];
  const leavesStopped = behind.filter((unit) => isStopped(factsOf(unit)));
  const takesAlong = spec.takesAlong ? behind.filter((unit) => !leavesStopped.includes(unit)) : [];
  const dead =
    verb === 'bring-up' && known !== undefined && look !== undefined
      ? deadUnits(topology, known, look)
      : { starts: [], leftDown: named.leftDown };
  const starts = spec.pullsIn ? pulledIn(input, named.units, factsOf) : dead.starts;
  return {
    units: named.units,
    takesAlong,
    leavesStopped: spec.leavesDown ? [] : leavesStopped,
    starts,
    leftDown: dead.leftDown,
    pending: pendingOf(look, [...named.units, ...takesAlong, ...starts]),
  };
};
