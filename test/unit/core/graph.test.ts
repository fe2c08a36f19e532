/** Who needs whom: known answers for PlasmaCloud, and what holds for any topology. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type DependencyNode,
  dependenciesOf,
  dependencyForest,
  dependentsOf,
  expectedTargets,
  hardClosure,
  requiredBy,
  serviceByName,
  serviceByUnit,
  stepByName,
} from '../../../src/core/graph.ts';
import type { ClusterNode, Inventory } from '../../../src/core/model/inventory.ts';
import type { Service, Topology } from '../../../src/core/model/topology.ts';
import { builtinTopology } from '../../../src/topology/builtin.ts';

const plasmacloud = builtinTopology();

const service = (name: string, requires: readonly string[], wants: readonly string[]): Service => ({
  name,
  title: name,
  level: 1,
  purpose: 'x',
  critical: { value: false },
  unit: `${name}.service`,
  type: 'notify',
  after: [],
  requires: requires.map((other) => `${other}.service`),
  wants: wants.map((other) => `${other}.service`),
  ports: [],
  startMs: 1000,
  checks: [{ kind: 'tcp', id: 'port', port: 80 }],
  impact: [],
  mitigations: [],
});

const topologyOf = (services: readonly Service[]): Topology => ({ ...plasmacloud, services });

/** Up to twelve services; with `acyclic`, each depends on earlier ones only, and the list is then shuffled. */
const topologies = (acyclic: boolean): fc.Arbitrary<Topology> =>
  fc
    .integer({ min: 1, max: 12 })
    .chain((count) => {
      const names = Array.from({ length: count }, (_, index) => `s${index}`);
      return fc.tuple(
        ...names.map((name, index) => {
          const others = acyclic ? names.slice(0, index) : names.filter((other) => other !== name);
          return fc
            .tuple(
              fc.subarray(others, { maxLength: Math.min(3, others.length) }),
              fc.subarray(others, { maxLength: Math.min(3, others.length) }),
            )
            .map(([requires, wants]) => service(name, requires, wants));
        }),
      );
    })
    .chain((services) => fc.shuffledSubarray(services, { minLength: services.length }))
    .map(topologyOf);

const flatten = (
  nodes: readonly DependencyNode[],
  parent?: string,
  depth = 0,
): { readonly node: DependencyNode; readonly parent: string | undefined; readonly depth: number }[] =>
  nodes.flatMap((node) => [{ node, parent, depth }, ...flatten(node.children, node.service, depth + 1)]);

describe('in PlasmaCloud', () => {
  it('finds services and steps by name and by unit', () => {
    expect(serviceByName(plasmacloud, 'iam')?.title).toBe('IAM');
    expect(serviceByUnit(plasmacloud, 'iam.service')?.title).toBe('IAM');
    expect(serviceByName(plasmacloud, 'nope')).toBeUndefined();
    expect(serviceByUnit(plasmacloud, 'iam')).toBeUndefined();
    expect(stepByName(plasmacloud, 'iam-initial-setup.service')?.name).toBe('iam-initial-setup');
    expect(stepByName(plasmacloud, 'iam-initial-setup')?.unit).toBe('iam-initial-setup.service');
  });

  it.each([
    [
      'chainfire.service',
      [
        'flaredb.service',
        'chainfire-cluster-join.service',
        'iam.service',
        'flaredb-cluster-join.service',
        'iam-initial-setup.service',
      ],
    ],
    ['flaredb.service', ['iam.service', 'flaredb-cluster-join.service', 'iam-initial-setup.service']],
    ['chainfire-cluster-join.service', ['flaredb-cluster-join.service']],
    ['iam.service', ['iam-initial-setup.service']],
    ['novanet.service', []],
    ['unheard-of.service', []],
  ])('%s takes along what requires it, nearest first', (unit, expected) => {
    expect(requiredBy(plasmacloud, unit)).toEqual(expected);
  });

  it('tells hard dependencies from soft ones', () => {
    expect(dependenciesOf(plasmacloud, 'flaredb')).toEqual([{ service: 'chainfire', hard: true }]);
    expect(dependenciesOf(plasmacloud, 'plasmavmc')).toEqual([
      { service: 'chainfire', hard: false },
      { service: 'iam', hard: false },
    ]);
    expect(dependenciesOf(plasmacloud, 'nope')).toEqual([]);
    expect(dependentsOf(plasmacloud, 'novanet')).toEqual([{ service: 'k8shost', hard: false }]);
    expect(hardClosure(plasmacloud, 'iam')).toEqual(['flaredb', 'chainfire']);
    expect(hardClosure(plasmacloud, 'k8shost')).toEqual([]);
  });

  it('draws one tree', () => {
    const draw = (nodes: readonly DependencyNode[], indent = ''): string[] =>
      nodes.flatMap((node) => [
        `${indent}${node.service}${node.edge === undefined ? '' : ` (${node.edge})`}${node.also.map((other) => ` +${other.service}`).join('')}`,
        ...draw(node.children, `${indent}  `),
      ]);
    expect(draw(dependencyForest(plasmacloud))).toEqual([
      'chainfire',
      '  flaredb (requires)',
      '    iam (requires)',
      '      plasmavmc (wants) +chainfire',
      '  novanet (wants)',
      '    k8shost (wants) +chainfire',
      '  flashdns (wants)',
      '  fiberlb (wants)',
      '  lightningstor (wants)',
    ]);
  });
});

describe('in any topology', () => {
  it('what a unit takes along is exactly what has it in its hard closure', () => {
    fc.assert(
      fc.property(topologies(false), (topology) => {
        for (const { name, unit } of topology.services) {
          const along = topology.services
            .filter((other) => other.name !== name && hardClosure(topology, other.name).includes(name))
            .map((other) => other.unit);
          const taken = requiredBy(topology, unit).filter(
            (other) => serviceByUnit(topology, other) !== undefined,
          );
          expect(taken.toSorted()).toEqual(along.toSorted());
          expect(new Set(taken).size).toBe(taken.length);
        }
      }),
    );
  });

  it('what is taken along comes nearest first', () => {
    fc.assert(
      fc.property(topologies(true), (topology) => {
        for (const { unit } of topology.services) {
          const seen = [unit];
          for (const other of requiredBy(topology, unit)) {
            const requires = [...topology.services, ...topology.firstBoot.steps].find(
              (candidate) => candidate.unit === other,
            )?.requires;
            expect(requires?.some((required) => seen.includes(required))).toBe(true);
            seen.push(other);
          }
        }
      }),
    );
  });

  it('dependents are the dependencies turned round', () => {
    fc.assert(
      fc.property(topologies(false), (topology) => {
        const edges = (of: typeof dependenciesOf, turn: boolean): string[] =>
          topology.services
            .flatMap(({ name }) =>
              of(topology, name).map(
                (other) => `${turn ? other.service : name}>${turn ? name : other.service} ${other.hard}`,
              ),
            )
            .toSorted();
        expect(edges(dependentsOf, true)).toEqual(edges(dependenciesOf, false));
      }),
    );
  });

  it('the forest holds every service once and every dependency, cycles or not', () => {
    fc.assert(
      fc.property(topologies(false), (topology) => {
        const drawn = flatten(dependencyForest(topology));
        expect(drawn.map(({ node }) => node.service).toSorted()).toEqual(
          topology.services.map(({ name }) => name).toSorted(),
        );
        for (const { node, parent } of drawn) {
          const above = parent === undefined ? [] : [{ service: parent, hard: node.edge === 'requires' }];
          const byName = (a: { service: string }, b: { service: string }) =>
            a.service.localeCompare(b.service);
          expect([...above, ...node.also].toSorted(byName)).toEqual(
            dependenciesOf(topology, node.service).toSorted(byName),
          );
        }
      }),
    );
  });

  it('without cycles only services that need nothing are roots, and no parent is weaker or higher than another', () => {
    fc.assert(
      fc.property(topologies(true), (topology) => {
        const drawn = flatten(dependencyForest(topology));
        const depthOf = (name: string): number =>
          drawn.find(({ node }) => node.service === name)?.depth ?? -1;
        for (const { node, parent, depth } of drawn) {
          if (parent === undefined) expect(dependenciesOf(topology, node.service)).toEqual([]);
          const rivals = node.also.filter((other) => other.hard === (node.edge === 'requires'));
          for (const rival of rivals) expect(depthOf(rival.service)).toBeLessThanOrEqual(depth - 1);
          if (node.edge === 'wants') expect(node.also.some((other) => other.hard)).toBe(false);
        }
      }),
    );
  });
});

describe('the checks of an inventory', () => {
  const node = (name: string, more: Partial<ClusterNode> = {}): ClusterNode => ({
    name,
    address: `${name}.example`,
    services: plasmacloud.services.map((entry) => entry.name),
    ports: new Map(),
    tags: [],
    ...more,
  });
  const inventory = (...nodes: readonly ClusterNode[]): Inventory => ({ cluster: 'test', nodes });

  it('are ten a node, FlashDNS twice', () => {
    const targets = expectedTargets(plasmacloud, inventory(node('n1'), node('n2')));
    expect(targets).toHaveLength(20);
    expect(targets.filter(({ node: name }) => name === 'n2').map(({ id }) => id)).toEqual([
      'chainfire@n2#health',
      'flaredb@n2#health',
      'iam@n2#health',
      'plasmavmc@n2#health',
      'novanet@n2#health',
      'flashdns@n2#dns',
      'flashdns@n2#https',
      'fiberlb@n2#health',
      'lightningstor@n2#health',
      'k8shost@n2#health',
    ]);
  });

  it('use the ports and the name of the node', () => {
    const [target] = expectedTargets(
      plasmacloud,
      inventory(
        node('n1', { services: ['chainfire'], ports: new Map([[2379, 21_379]]), serverName: 'n1.cert' }),
      ),
    );
    expect(target).toMatchObject({
      instance: 'chainfire@n1',
      host: 'n1.example',
      port: 21_379,
      serverName: 'n1.cert',
      spec: { port: 2379 },
    });
  });

  it('fall back to the documented port and the address', () => {
    const [target] = expectedTargets(plasmacloud, inventory(node('n1', { services: ['iam'] })));
    expect(target).toMatchObject({ host: 'n1.example', port: 8080, serverName: 'n1.example' });
  });

  it('have ids of their own, one for each check of each service that runs there', () => {
    const names = plasmacloud.services.map((entry) => entry.name);
    fc.assert(
      fc.property(fc.array(fc.subarray(names), { maxLength: 6 }), (choices) => {
        const nodes = choices.map((services, index) => node(`n${index}`, { services }));
        const targets = expectedTargets(plasmacloud, inventory(...nodes));
        const expected = nodes.flatMap((entry) =>
          plasmacloud.services
            .filter(({ name }) => entry.services.includes(name))
            .flatMap(({ name, checks }) => checks.map(({ id }) => `${name}@${entry.name}#${id}`)),
        );
        expect(targets.map(({ id }) => id)).toEqual(expected);
        expect(new Set(expected).size).toBe(expected.length);
      }),
    );
  });
});
