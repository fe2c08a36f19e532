/** A cluster made of a topology alone is well in every respect, whatever runs where. */
import { describe, expect, it } from 'vitest';
import type { Inventory } from '../../../../src/core/model/inventory.ts';
import { allWell, plainInventory } from '../../../../src/core/what-if/all-well.ts';
import { whatIf } from '../../../../src/core/what-if/what-if.ts';
import { builtinTopology } from '../../../../src/topology/builtin.ts';
import { judged, looked, rounds, unit, type World, worldOf } from '../world.ts';

const topology = builtinTopology();

/** Three that vote and two that only work. */
const mixed: Inventory = {
  cluster: 'mixed',
  nodes: plainInventory(topology, 5).nodes.map((node, index) => ({
    ...node,
    services: index < 3 ? ['chainfire', 'flaredb', 'iam'] : ['plasmavmc', 'novanet', 'k8shost'],
  })),
};

describe('a cluster in which everything is well', () => {
  it.each([
    ...[1, 2, 3, 5, 25].map((count): [string, Inventory] => [
      `${count} nodes`,
      plainInventory(topology, count),
    ]),
    ['nodes that run different things', mixed],
  ])('%s', (_, inventory) => {
    const { cluster } = allWell(topology, inventory);
    expect(cluster.causes).toEqual([]);
    expect(cluster.contradictions).toEqual([]);
    const count = inventory.nodes.reduce((sum, { services }) => sum + services.length, 0);
    expect(cluster.counts).toMatchObject({ ok: count, unknown: 0, starting: 0 });
    for (const { quorum } of cluster.services.values()) {
      if (quorum === undefined) continue;
      expect(quorum).toMatchObject({ standing: 'held', faults: [] });
      expect(quorum.votes).toBe(quorum.expected);
      expect(quorum.leader).toBe(quorum.members[0]);
    }
  });

  it('forecasts what the same cluster forecasts once it has been looked at', () => {
    const world = rounds(worldOf(3), 2);
    const all: World = world.inventory.nodes.reduce((state, { name }) => {
      const units = topology.services.map((service) => unit(service.name));
      const steps = topology.firstBoot.steps.map((step) => unit(step.unit, { sub: 'exited' }));
      return looked(state, name, [...units, ...steps]);
    }, world);
    const input = { ...all, cluster: judged(all) };
    const well = allWell(topology, plainInventory(topology, 3));
    for (const { name: service } of topology.services) {
      for (const stop of [
        { kind: 'service', service } as const,
        ...['node01', 'node02'].map((node) => ({ kind: 'instance', service, node }) as const),
      ]) {
        const { during: _seen, ...seen } = whatIf(input, stop);
        const { during: _made, ...made } = whatIf(well, stop);
        expect(made).toEqual(seen);
      }
    }
  });
});
