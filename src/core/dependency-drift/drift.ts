/** Compares what the nodes' systemd was told with what the topology says, for services and first-boot steps. Pure. */
import { watchedUnits } from '../graph.ts';
import type { ClusterNode, Inventory, NodeName } from '../model/inventory.ts';
import type { UnitRelations } from '../model/observation.ts';
import type { Topology, UnitName } from '../model/topology.ts';
import type { Drift, DriftKind, Relation, Tie } from './model.ts';

const RANK: Readonly<Record<Tie, number>> = {
  wants: 1,
  'part-of': 2,
  requires: 3,
  requisite: 4,
  'binds-to': 5,
};

/** What the topology says of one unit. */
type Expected = {
  readonly ties: ReadonlyMap<UnitName, 'requires' | 'wants'>;
  readonly after: ReadonlySet<UnitName>;
  /** What it starts after through others: saying so once more changes nothing. */
  readonly afterAll: ReadonlySet<UnitName>;
};

const unitsOf = (topology: Topology) => [...topology.services, ...topology.firstBoot.steps];

/** Before= of one unit is After= of the other: systemd tells both, whoever was written so. */
const orderOf = (topology: Topology): ReadonlyMap<UnitName, ReadonlySet<UnitName>> => {
  const { steps } = topology.firstBoot;
  return new Map(
    unitsOf(topology).map(({ unit, after }) => [
      unit,
      new Set([...after, ...steps.filter((step) => step.before.includes(unit)).map((step) => step.unit)]),
    ]),
  );
};

const followed = (
  order: ReadonlyMap<UnitName, ReadonlySet<UnitName>>,
  unit: UnitName,
): ReadonlySet<UnitName> => {
  const found = new Set<UnitName>(order.get(unit));
  for (const before of found) for (const earlier of order.get(before) ?? []) found.add(earlier);
  return found;
};

/** Of each service and step. */
const expectations = (topology: Topology): ReadonlyMap<UnitName, Expected> => {
  const order = orderOf(topology);
  return new Map(
    unitsOf(topology).map(({ unit, requires, wants }): [UnitName, Expected] => [
      unit,
      {
        ties: new Map([
          ...wants.map((name) => [name, 'wants'] as const),
          ...requires.map((name) => [name, 'requires'] as const),
        ]),
        after: order.get(unit) ?? new Set(),
        afterAll: followed(order, unit),
      },
    ]),
  );
};

/** The strongest tie to each unit. */
const tiesOf = (relations: UnitRelations): ReadonlyMap<UnitName, Tie> => {
  const { wants, partOf, requires, requisite, bindsTo } = relations;
  const entries = (names: readonly UnitName[], tie: Tie) => names.map((name) => [name, tie] as const);
  return new Map([
    ...entries(wants, 'wants'),
    ...entries(partOf, 'part-of'),
    ...entries(requires, 'requires'),
    ...entries(requisite, 'requisite'),
    ...entries(bindsTo, 'binds-to'),
  ]);
};

type Finding = Pick<Drift, 'unit' | 'on' | 'kind' | 'expected' | 'found'>;

const compareTie = (expected: Tie | undefined, found: Tie | undefined): DriftKind | undefined => {
  if (expected === undefined) return found === undefined ? undefined : 'extra';
  if (found === undefined) return 'missing';
  if (expected === found) return undefined;
  return RANK[found] < RANK[expected] ? 'weaker' : 'stronger';
};

const finding = (
  unit: UnitName,
  on: UnitName,
  kind: DriftKind,
  expected: Relation | undefined,
  found: Relation | undefined,
): Finding => ({
  unit,
  on,
  kind,
  ...(expected === undefined ? {} : { expected }),
  ...(found === undefined ? {} : { found }),
});

/** The findings on one unit. `here`: the units of the node; a relation to one that is not there says nothing. */
const findingsOf = (
  relations: UnitRelations,
  expected: Expected,
  here: ReadonlySet<UnitName>,
): readonly Finding[] => {
  const { unit } = relations;
  const ties = tiesOf(relations);
  const after = new Set(relations.after);
  const isHere = (name: UnitName): boolean => here.has(name) || name.endsWith('.target');
  const names = new Set([...expected.ties.keys(), ...expected.after, ...ties.keys(), ...after]);
  return [...names].flatMap((on): Finding[] => {
    if (on === unit || !isHere(on)) return [];
    const [should, is] = [expected.ties.get(on), ties.get(on)];
    const kind = compareTie(should, is);
    const isTarget = on.endsWith('.target');
    const tie =
      kind === undefined || (isTarget && kind === 'extra') ? [] : [finding(unit, on, kind, should, is)];
    // Who is not tied at all any more is not looked at for its order as well.
    if (kind === 'missing' && !after.has(on)) return tie;
    if (expected.after.has(on) && !after.has(on)) {
      return [...tie, finding(unit, on, 'missing', 'after', undefined)];
    }
    const isExtra = after.has(on) && !expected.afterAll.has(on) && !isTarget && kind !== 'extra';
    return isExtra ? [...tie, finding(unit, on, 'extra', undefined, 'after')] : tie;
  });
};

const keyOf = ({ unit, on, kind, expected, found }: Finding): string =>
  [unit, on, kind, expected, found].join(' ');

type DriftInput = {
  readonly topology: Topology;
  readonly inventory: Inventory;
  /** By node; a node that is not there was not asked. */
  readonly relations: ReadonlyMap<NodeName, readonly UnitRelations[]>;
};

/** Every relation that differs, folded over the nodes, in the topology's order of the units. */
export const findDrift = ({ topology, inventory, relations }: DriftInput): readonly Drift[] => {
  const expected = expectations(topology);
  const found = new Map<string, { readonly finding: Finding; readonly nodes: NodeName[] }>();
  const having = new Map<UnitName, number>();
  const onNode = (node: ClusterNode): void => {
    const here = new Set(watchedUnits(topology, node));
    for (const unit of here) having.set(unit, (having.get(unit) ?? 0) + 1);
    for (const told of relations.get(node.name) ?? []) {
      const should = here.has(told.unit) ? expected.get(told.unit) : undefined;
      if (should === undefined) continue;
      for (const one of findingsOf(told, should, here)) {
        const known = found.get(keyOf(one));
        if (known === undefined) found.set(keyOf(one), { finding: one, nodes: [node.name] });
        else known.nodes.push(node.name);
      }
    }
  };
  for (const node of inventory.nodes) onNode(node);
  const order = new Map(unitsOf(topology).map(({ unit }, index) => [unit, index]));
  const place = (unit: UnitName): number => order.get(unit) ?? -1;
  return [...found.values()]
    .map(({ finding: one, nodes }): Drift => ({ ...one, nodes, of: having.get(one.unit) ?? 0 }))
    .toSorted((a, b) => place(a.unit) - place(b.unit) || place(a.on) - place(b.on));
};
