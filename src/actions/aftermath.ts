/** What a rerun freed, and what it leaves dead: the units that require it or come after it, before and now. Pure. */
import { unitWord } from '../core/action-name.ts';
import { deadUnits } from '../core/dead-units.ts';
import { sentenceList } from '../core/format.ts';
import { requiredBy } from '../core/graph.ts';
import type { ClusterNode } from '../core/model/inventory.ts';
import type { NodeUnits, UnitFacts } from '../core/model/observation.ts';
import type { Topology, UnitName } from '../core/model/topology.ts';

const hasJob = (unit: UnitFacts): boolean => (unit.job ?? 0) > 0;

/** Those that require it, directly or through others, then those that systemd starts right after it. */
const behind = (topology: Topology, unit: UnitName): readonly UnitName[] => {
  const own = topology.firstBoot.steps.find((step) => step.unit === unit);
  const after = [...topology.services, ...topology.firstBoot.steps].filter((other) =>
    other.after.includes(unit),
  );
  return [
    ...new Set([...requiredBy(topology, unit), ...after.map((other) => other.unit), ...(own?.before ?? [])]),
  ];
};

const told = (units: readonly UnitName[], one: string, many: string, rest = ''): readonly string[] =>
  units.length === 0
    ? []
    : [`${sentenceList(units.map(unitWord))} ${units.length === 1 ? one : many}${rest}`];

/**
 * "; iam-initial-setup is starting; flaredb-cluster-join stays dead: a bring-up starts it". Empty when all that comes
 * behind the unit is as it was.
 */
export const aftermathWords = (
  topology: Topology,
  node: ClusterNode,
  unit: UnitName,
  before: NodeUnits | undefined,
  after: NodeUnits,
): string => {
  const { starts } = deadUnits(topology, node, after);
  const factsIn = (look: NodeUnits | undefined, name: UnitName): UnitFacts | undefined =>
    look?.units.find((candidate) => candidate.unit === name);
  const isUp = factsIn(after, unit)?.active === 'active';
  const up: UnitName[] = [];
  const starting: UnitName[] = [];
  const dead: UnitName[] = [];
  for (const name of behind(topology, unit)) {
    const now = factsIn(after, name);
    if (now === undefined || now.load !== 'loaded') continue;
    if (now.active === 'active') {
      const was = factsIn(before, name);
      // What was on its way already was not held up by this one.
      if (was !== undefined && was.active !== 'active' && was.active !== 'activating') up.push(name);
    } else if (hasJob(now) || now.active === 'activating') starting.push(name);
    else if (now.active === 'inactive' && (starts.includes(name) || !isUp)) dead.push(name);
  }
  const words = [
    ...told(up, 'is up', 'are up'),
    ...told(starting, 'is starting', 'are starting'),
    ...told(
      dead,
      'stays dead',
      'stay dead',
      isUp ? `: a bring-up starts ${dead.length === 1 ? 'it' : 'them'}` : '',
    ),
  ];
  return words.map((text) => `; ${text}`).join('');
};
