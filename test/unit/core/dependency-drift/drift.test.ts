import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findDrift } from '../../../../src/core/dependency-drift/drift.ts';
import { driftLine } from '../../../../src/core/dependency-drift/words.ts';
import { watchedUnits } from '../../../../src/core/graph.ts';
import type { UnitRelations } from '../../../../src/core/model/observation.ts';
import type { Topology } from '../../../../src/core/model/topology.ts';
import { buildScenario } from '../../../../src/demo/sim/scenarios.ts';
import { World } from '../../../../src/demo/sim/world.ts';
import { knownUnits, parseRelations, relationsCommand } from '../../../../src/probes/systemd-relations.ts';
import { sampleInventory } from '../../../helpers/sample-cluster.ts';
import { run } from '../../demo/shells.ts';
import { nodeNames, seededRandom, topology } from '../../demo/worlds.ts';

const inventory = sampleInventory(3);

/** What the demo's systemd says on each node; `as` is what its unit files were written from. */
const asked = (as: (node: string) => Topology = () => topology) =>
  new Map(
    inventory.nodes.map((node) => {
      const of = as(node.name);
      const nodes = nodeNames(3);
      const scenario = buildScenario('steady', of, nodes);
      const world = new World({ topology: of, nodes, scenario, random: seededRandom(1) });
      const command = relationsCommand(watchedUnits(topology, node)).join(' ');
      return [node.name, parseRelations(run(world, node.name, command).out, knownUnits(topology))] as const;
    }),
  );

type Change = Partial<Record<'requires' | 'wants' | 'after', readonly string[]>>;

const changed = (name: string, change: Change): Topology => ({
  ...topology,
  services: topology.services.map((service) => (service.name === name ? { ...service, ...change } : service)),
  firstBoot: {
    ...topology.firstBoot,
    steps: topology.firstBoot.steps.map((step) => (step.name === name ? { ...step, ...change } : step)),
  },
});

const linesOf = (relations: ReadonlyMap<string, readonly UnitRelations[]>): string[] =>
  findDrift({ topology, inventory, relations }).map(driftLine);

const without = (name: string, change: Change, nodes: readonly string[]): string[] =>
  linesOf(asked((node) => (nodes.includes(node) ? changed(name, change) : topology)));

const ALL = ['node01', 'node02', 'node03'];

describe('what the nodes were told', () => {
  const relations = asked();

  test('is as in the topology: what systemd adds by itself is no drift', () => {
    expect(relations.get('node01')?.length).toBe(13);
    expect(linesOf(relations)).toEqual([]);
  });

  test('may lack a hard dependency on one node', () => {
    expect(without('flaredb', { requires: [] }, ['node02'])).toEqual([
      'flaredb requires chainfire: missing on node02',
    ]);
  });

  test('is told once for all nodes that are alike', () => {
    expect(without('flaredb', { requires: [] }, ['node02', 'node03'])).toEqual([
      'flaredb requires chainfire: missing on node02 and node03',
    ]);
    expect(without('flaredb', { requires: [] }, ALL)).toEqual([
      'flaredb requires chainfire: missing on all 3 nodes',
    ]);
  });

  test('may be weaker or stronger', () => {
    expect(without('iam', { requires: [], wants: ['flaredb.service'] }, ['node01'])).toEqual([
      'iam requires flaredb: only wants it on node01',
    ]);
    expect(without('novanet', { requires: ['chainfire.service'], wants: [] }, ['node01'])).toEqual([
      'novanet wants chainfire: requires it on node01',
    ]);
  });

  test('may tie what the topology does not', () => {
    expect(without('fiberlb', { requires: ['iam.service'] }, ['node03'])).toEqual([
      'fiberlb requires iam on node03: not in the topology',
    ]);
  });

  test('may be in another order', () => {
    const order = ['network-online.target'];
    expect(without('flaredb', { after: order }, ['node01'])).toEqual([
      'flaredb starts after chainfire: missing on node01',
    ]);
    expect(without('chainfire', { after: [...order, 'iam.service'] }, ['node01'])).toEqual([
      'chainfire starts after iam on node01: not in the topology',
    ]);
  });

  test('holds for first-boot steps as well', () => {
    expect(without('flaredb-cluster-join', { requires: ['flaredb.service'] }, ['node02'])).toEqual([
      'flaredb-cluster-join requires chainfire-cluster-join: missing on node02',
    ]);
  });

  test('says nothing of units that are not on the node', () => {
    const [first, ...others] = inventory.nodes;
    if (first === undefined) throw new Error('no node');
    const services = first.services.filter((name) => name !== 'chainfire');
    const bare = asked((node) => (node === 'node01' ? changed('flaredb', { requires: [] }) : topology));
    const found = findDrift({
      topology,
      inventory: { ...inventory, nodes: [{ ...first, services }, ...others] },
      relations: bare,
    });
    expect(found).toEqual([]);
  });

  test('was not asked everywhere', () => {
    const some = new Map([...asked(() => changed('flaredb', { requires: [] }))].slice(0, 2));
    expect(linesOf(some)).toEqual(['flaredb requires chainfire: missing on node01 and node02']);
  });
});

test('a stronger tie beside the documented one counts', () => {
  const relations = asked();
  const bound = new Map(
    [...relations].map(([node, units]) => [
      node,
      units.map((unit) => (unit.unit === 'iam.service' ? { ...unit, bindsTo: ['flaredb.service'] } : unit)),
    ]),
  );
  expect(linesOf(bound)).toEqual(['iam requires flaredb: binds to it on all 3 nodes']);
});

test('each relation that is taken away is told, once, and no other', () => {
  const relations = asked();
  const hard = topology.services.flatMap(({ unit, requires }) => requires.map((on) => ({ unit, on })));
  fc.assert(
    fc.property(fc.subarray(hard), fc.subarray(ALL, { minLength: 1 }), (gone, nodes) => {
      const less = new Map(
        [...relations].map(([node, units]) => [
          node,
          units.map((one) => {
            const isGone = (on: string): boolean =>
              nodes.includes(node) && gone.some((other) => other.unit === one.unit && other.on === on);
            return { ...one, requires: one.requires.filter((on) => !isGone(on)) };
          }),
        ]),
      );
      const found = findDrift({ topology, inventory, relations: less });
      expect(found.map(({ unit, on }) => ({ unit, on }))).toEqual(gone);
      for (const one of found) expect(one).toMatchObject({ kind: 'missing', nodes, of: 3 });
    }),
  );
});

describe('of one unit on one node', () => {
  const told = asked();
  type Known = Omit<UnitRelations, 'unit'>;
  /** As told, but for what this unit says on node01. */
  const with_ = (unit: string, change: (known: Known) => Partial<Known>) =>
    new Map(
      [...told].map(([node, units]) => [
        node,
        units.map((one) => (node === 'node01' && one.unit === unit ? { ...one, ...change(one) } : one)),
      ]),
    );
  const found = (unit: string, change: (known: Known) => Partial<Known>) =>
    findDrift({ topology, inventory, relations: with_(unit, change) }).map(({ on, kind }) => [on, kind]);
  const none = (names: readonly string[], name: string): readonly string[] =>
    names.filter((one) => one !== name);

  test('what it says of itself is nothing', () => {
    expect(found('iam.service', ({ wants }) => ({ wants: [...wants, 'iam.service'] }))).toEqual([]);
  });

  test('a target that the topology names may be missing, one that it does not name may be there', () => {
    const network = 'network-online.target';
    expect(found('chainfire.service', ({ wants }) => ({ wants: none(wants, network) }))).toEqual([
      [network, 'missing'],
    ]);
    expect(found('iam.service', ({ wants }) => ({ wants: [...wants, 'multi-user.target'] }))).toEqual([]);
  });

  test('a tie and its order are one thing where both are gone, or both are new', () => {
    expect(
      found('flaredb.service', ({ requires, after }) => ({
        requires: none(requires, 'chainfire.service'),
        after: none(after, 'chainfire.service'),
      })),
    ).toEqual([['chainfire.service', 'missing']]);
    expect(
      found('chainfire.service', ({ requires, after }) => ({
        requires: [...requires, 'k8shost.service'],
        after: [...after, 'k8shost.service'],
      })),
    ).toEqual([['k8shost.service', 'extra']]);
  });

  test('a unit that should not be on the node has nothing to say', () => {
    const relations = with_('iam.service', () => ({ requires: [] }));
    expect(findDrift({ topology, inventory, relations })).toHaveLength(1);
    const nodes = inventory.nodes.map((node, index) =>
      index === 0 ? { ...node, services: node.services.filter((name) => name !== 'iam') } : node,
    );
    expect(findDrift({ topology, inventory: { ...inventory, nodes }, relations })).toEqual([]);
  });

  test('Before= of a step is After= of the other', () => {
    const step = 'chainfire-cluster-join.service';
    const steps = topology.firstBoot.steps.map((one) =>
      one.unit === step ? { ...one, before: [...one.before, 'fiberlb.service'] } : one,
    );
    const ordered = { ...topology, firstBoot: { ...topology.firstBoot, steps } };
    const kinds = (relations: ReadonlyMap<string, readonly UnitRelations[]>) =>
      findDrift({ topology: ordered, inventory, relations }).map(({ unit, on, kind, nodes }) => [
        ...[unit, on, kind],
        nodes.length,
      ]);
    expect(kinds(told)).toEqual([['fiberlb.service', step, 'missing', 3]]);
    expect(kinds(with_('fiberlb.service', ({ after }) => ({ after: [...after, step] })))).toEqual([
      ['fiberlb.service', step, 'missing', 2],
    ]);
  });
});
