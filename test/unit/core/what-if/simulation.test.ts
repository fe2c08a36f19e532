/** What is foretold of a stop against what the simulated systemd and its programs then really do. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { serviceByUnit } from '../../../../src/core/graph.ts';
import type { ClusterState } from '../../../../src/core/model/cluster.ts';
import type { NodeName } from '../../../../src/core/model/inventory.ts';
import type { UnitName } from '../../../../src/core/model/topology.ts';
import type { Stop, WhatIf } from '../../../../src/core/what-if/model.ts';
import { whatIf } from '../../../../src/core/what-if/what-if.ts';
import type { World } from '../../../../src/demo/sim/world.ts';
import { type WatchedBoot, watchBoot } from '../../../helpers/boot-cluster.ts';
import { nodeNames, topology } from '../../demo/worlds.ts';

/** Long enough for an election, for RestartSec and for what is believed only at the second look. */
const SETTLES_MS = 16_000;

const names = topology.services.map((service) => service.name);
const unitOf = (service: string): UnitName =>
  topology.services.find(({ name }) => name === service)?.unit ?? '';

const isUp = (world: World, node: NodeName, unit: UnitName): boolean => {
  const active = world.node(node)?.manager?.unit(unit)?.active;
  return active !== undefined && active !== 'inactive' && active !== 'failed';
};

const carryOut = (world: World, stop: Stop): void => {
  switch (stop.kind) {
    case 'instance':
      world.request(stop.node, 'stop', unitOf(stop.service));
      return;
    case 'service':
      for (const node of world.nodes()) world.request(node.name, 'stop', unitOf(stop.service));
      return;
    case 'node':
      world.inject({ kind: 'vanish', node: stop.node });
      return;
  }
};

const verdictsOf = (cluster: ClusterState, except: string | undefined): string[] =>
  [...cluster.instances.values()]
    .filter(({ node }) => node !== except)
    .map(({ id, verdict }) => `${id} ${verdict}`);

const quorumsOf = (cluster: ClusterState): string[] =>
  [...cluster.services.values()].flatMap(({ name, quorum }) =>
    quorum === undefined ? [] : [`${name} ${quorum.standing} ${quorum.votes}/${quorum.expected}`],
  );

const capabilitiesOf = (cluster: ClusterState): string[] =>
  cluster.capabilities.map(({ id, state }) => `${id} ${state}`);

const foretell = ({ store }: WatchedBoot, stop: Stop): WhatIf => whatIf(store.getState(), stop);

/** Everything that was foretold must be what the console shows afterwards. */
const compare = (watched: WatchedBoot, stop: Stop): void => {
  const { world, store, watch } = watched;
  const told = foretell(watched, stop);
  const nodes = world.nodes().map(({ name }) => name);
  const units = [...topology.services, ...topology.firstBoot.steps].map(({ unit }) => unit);
  const before = nodes.flatMap((node) =>
    units.filter((unit) => isUp(world, node, unit)).map((unit) => `${node} ${unit}`),
  );
  carryOut(world, stop);
  watch(world.nowMs + SETTLES_MS);

  const stopped = before.filter((key) => {
    const [node = '', unit = ''] = key.split(' ');
    return !isUp(world, node, unit);
  });
  const expected = told.cascades.flatMap(({ node, stops }) => stops.map(({ unit }) => `${node} ${unit}`));
  expect(expected.toSorted()).toEqual(stopped.toSorted());
  for (const { node, stops } of stop.kind === 'node' ? [] : told.cascades) {
    const endOf = (unit: UnitName) => world.node(node)?.manager?.unit(unit)?.inactiveEnterMs ?? 0;
    for (const [index, { unit }] of stops.entries()) {
      // What starts after it has stopped before it.
      const after = world.node(node)?.manager?.graph.definitions.get(unit)?.after ?? [];
      for (const earlier of stops.slice(0, index)) {
        expect(after).not.toContain(earlier.unit);
        if (world.node(node)?.manager?.graph.definitions.get(earlier.unit)?.after.includes(unit)) {
          expect(endOf(earlier.unit)).toBeLessThanOrEqual(endOf(unit));
        }
      }
    }
  }
  const { cluster } = store.getState();
  const except = stop.kind === 'node' ? stop.node : undefined;
  expect(verdictsOf(told.during, except)).toEqual(verdictsOf(cluster, except));
  expect(quorumsOf(told.during)).toEqual(quorumsOf(cluster));
  expect(capabilitiesOf(told.during)).toEqual(capabilitiesOf(cluster));
};

const steady = (nodes: number): WatchedBoot => {
  const watched = watchBoot({ scenario: 'steady', nodes });
  watched.watch(3000);
  return watched;
};

const stopsOf = (nodes: number): Stop[] => {
  const [first = '', last = first] = [nodeNames(nodes)[0], nodeNames(nodes).at(-1)];
  return [
    ...names.map((service): Stop => ({ kind: 'instance', service, node: last })),
    ...names.map((service): Stop => ({ kind: 'service', service })),
    ...(first === last ? [] : [{ kind: 'instance', service: 'chainfire', node: first } as const]),
    ...(nodes === 1 ? [] : [{ kind: 'node', node: last } as const, { kind: 'node', node: first } as const]),
  ];
};

const label = (stop: Stop): string =>
  stop.kind === 'instance'
    ? `${stop.service}@${stop.node}`
    : `${stop.kind} ${stop.kind === 'node' ? stop.node : stop.service}`;

describe.each([1, 2, 3, 4, 5])('%i nodes, all well', (nodes) => {
  test.each(stopsOf(nodes).map((stop) => [label(stop), stop] as const))('%s', (_, stop) => {
    compare(steady(nodes), stop);
  });
});

test('after other stops, whatever they were', () => {
  const before = fc.array(
    fc.record({
      at: fc.integer({ min: 0, max: 4 }),
      unit: fc.constantFrom(...topology.services, ...topology.firstBoot.steps).map(({ unit }) => unit),
    }),
    { minLength: 1, maxLength: 5 },
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      before,
      fc.constantFrom(...names),
      fc.nat(),
      fc.boolean(),
      (nodes, earlier, service, at, everywhere) => {
        const watched = steady(nodes);
        const list = nodeNames(nodes);
        for (const one of earlier) watched.world.request(list[one.at % nodes] ?? '', 'stop', one.unit);
        watched.watch(3000 + SETTLES_MS);
        const node = list[at % nodes] ?? '';
        compare(watched, everywhere ? { kind: 'service', service } : { kind: 'instance', service, node });
      },
    ),
    { numRuns: 40 },
  );
});

test('a start of the target alone brings back nothing else', () => {
  for (const service of names) {
    const watched = steady(3);
    const told = foretell(watched, { kind: 'instance', service, node: 'node02' });
    watched.world.request('node02', 'stop', unitOf(service));
    watched.watch(3000 + SETTLES_MS);
    watched.world.request('node02', 'start', unitOf(service));
    watched.watch(3000 + 3 * SETTLES_MS);
    const down = told.cascades[0]?.stops.filter(({ unit }) => !isUp(watched.world, 'node02', unit));
    expect(down?.map(({ unit }) => unit).toSorted()).toEqual(told.cascades[0]?.leftDown.toSorted());
    expect(serviceByUnit(topology, unitOf(service))?.name).toBe(service);
  }
});
