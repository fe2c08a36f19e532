/** Random clusters for property tests: topologies with any wiring, cycles too, and any facts about them. */
import fc from 'fast-check';
import { emptyFacts } from '../../../src/core/facts.ts';
import { expectedTargets, watchedUnits } from '../../../src/core/graph.ts';
import type { CheckTarget, Inventory } from '../../../src/core/model/inventory.ts';
import type {
  LinkState,
  Observation,
  ProbeFailureKind,
  SshFailureKind,
  UnitFacts,
} from '../../../src/core/model/observation.ts';
import type { Service, Topology } from '../../../src/core/model/topology.ts';
import { builtinTopology } from '../../../src/topology/builtin.ts';
import { fail, nodeName, OPTIONS, pass, START, seen, sick, unit, type World } from './world.ts';

const FAILURES: readonly ProbeFailureKind[] = [
  'timeout',
  'refused',
  'unreachable',
  'dns',
  'tls-expired',
  'tls-untrusted',
  'tls-name',
  'status',
  'body',
  'protocol',
  'too-large',
];

const wired = (services: readonly Service[]): fc.Arbitrary<Service[]> =>
  fc.tuple(
    ...services.map((service) => {
      const units = services.map((other) => other.unit);
      return fc
        .record({
          requires: fc.subarray(units, { maxLength: Math.min(2, units.length) }),
          wants: fc.subarray(units, { maxLength: Math.min(2, units.length) }),
        })
        .map((ties): Service => ({ ...service, ...ties, after: [...ties.requires, ...ties.wants] }));
    }),
  ) as fc.Arbitrary<Service[]>;

/** Some of the real services, wired as they are or at random. */
const topologies: fc.Arbitrary<Topology> = fc.oneof(
  fc.constant(builtinTopology()),
  fc
    .subarray([...builtinTopology().services], { minLength: 1 })
    .chain(wired)
    .map((services) => ({ ...builtinTopology(), services })),
);

const inventories = (topology: Topology): fc.Arbitrary<Inventory> => {
  const names = topology.services.map((service) => service.name);
  const placed = fc.oneof(
    { weight: 3, arbitrary: fc.constant(names) },
    { weight: 1, arbitrary: fc.subarray(names) },
  );
  return fc.array(placed, { minLength: 1, maxLength: 5 }).map((nodes) => ({
    cluster: 'any',
    nodes: nodes.map((services, index) => ({
      name: nodeName(index + 1),
      address: `10.0.0.${index + 1}`,
      services,
      ports: new Map(),
      tags: [],
    })),
  }));
};

type Say = (target: CheckTarget, atMs: number) => ReturnType<typeof pass>;

const raft = fc.constantFrom('leader', 'follower', 'candidate', 'learner', undefined);
const answers: fc.Arbitrary<Say> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Say>((target, atMs) => pass(target, atMs)) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(...FAILURES).map(
      (kind): Say =>
        (_target, atMs) =>
          fail(atMs, kind),
    ),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({
        status: fc.constantFrom('healthy', 'degraded', undefined),
        raft,
        chainfire: fc.constantFrom('connected', 'disconnected', undefined),
        database: fc.constantFrom('connected', 'disconnected', undefined),
        cluster_size: fc.constantFrom(1, 3, undefined),
      })
      .map(
        (body): Say =>
          (target, atMs) =>
            pass(target, atMs, body),
      ),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Say>((_target, atMs) => sick(atMs, { status: 'degraded', raft: 'candidate' })),
  },
);

/** Around the looks, which are at 1,002,000 and later, or well before. */
const nodeTimes = fc.oneof(
  fc.integer({ min: 900_000, max: 1_000_000 }),
  fc.integer({ min: 990_000, max: 1_008_000 }),
);

const units: fc.Arbitrary<Partial<UnitFacts>> = fc.record(
  {
    active: fc.constantFrom(
      'active',
      'active',
      'inactive',
      'inactive',
      'failed',
      'activating',
      'deactivating',
      'reloading',
      'odd',
    ),
    sub: fc.constantFrom('running', 'dead', 'start', 'start-pre', 'auto-restart', 'failed'),
    load: fc.constantFrom('loaded', 'loaded', 'not-found', 'masked'),
    result: fc.constantFrom('success', 'exit-code', 'signal', 'timeout'),
    exitCode: fc.integer({ min: 0, max: 20 }),
    restarts: fc.integer({ min: 0, max: 6 }),
    job: fc.constantFrom(0, 71),
    unitFile: fc.constantFrom('enabled', 'enabled', 'disabled'),
    needsReload: fc.boolean(),
    inactiveExitMs: nodeTimes,
    activeEnterMs: nodeTimes,
    activeExitMs: nodeTimes,
    inactiveEnterMs: nodeTimes,
  },
  { requiredKeys: ['active', 'sub', 'load', 'result'] },
);

const failed = (kind: SshFailureKind): LinkState => ({
  state: 'failed',
  sinceMs: START,
  failure: { kind, detail: kind, remedy: '' },
});

const links: fc.Arbitrary<LinkState> = fc.constantFrom<LinkState>(
  { state: 'none' },
  { state: 'connecting', sinceMs: START },
  { state: 'up', sinceMs: START },
  failed('refused'),
  failed('auth'),
);

/** Looks at some of the targets and some of the nodes, and at some links, all at `atMs`. */
const batchAt = (
  world: Pick<World, 'targets' | 'inventory' | 'topology'>,
  atMs: number,
): fc.Arbitrary<Observation[]> => {
  const probes = world.targets.map((target) =>
    fc
      .option(answers, { nil: undefined, freq: 6 })
      .map((say): Observation[] =>
        say === undefined ? [] : [{ kind: 'probe', check: target.id, result: say(target, atMs) }],
      ),
  );
  const looks = world.inventory.nodes.map((node) => {
    const names = watchedUnits(world.topology, node);
    const facts = fc.array(units, { minLength: names.length, maxLength: names.length });
    const systemState = fc.constantFrom('starting', 'running', 'degraded', 'running');
    return fc.option(fc.tuple(facts, systemState), { nil: undefined, freq: 2 }).map((told): Observation[] => {
      if (told === undefined) return [];
      const [said, state] = told;
      const found = names.map((name, index) => unit(name, said[index]));
      const monotonicMs = 1_000_000 + atMs - START;
      return [
        { kind: 'units', node: node.name, look: { atMs, monotonicMs, systemState: state, units: found } },
      ];
    });
  });
  const linked = world.inventory.nodes.map((node) =>
    fc
      .option(links, { nil: undefined, freq: 2 })
      .map((link): Observation[] => (link === undefined ? [] : [{ kind: 'link', node: node.name, link }])),
  );
  return fc
    .tuple(fc.tuple(...linked), fc.tuple(...probes), fc.tuple(...looks))
    .map(([said, probed, looked]) => [...said, ...probed, ...looked].flat());
};

/** What is seen of the dark nodes: nothing but timeouts. */
const darkened = (
  batch: readonly Observation[],
  atMs: number,
  dark: ReadonlySet<string>,
): readonly Observation[] =>
  batch.flatMap((one): Observation[] => {
    switch (one.kind) {
      case 'units':
        return dark.has(one.node) ? [] : [one];
      case 'probe': {
        const node = one.check.slice(one.check.indexOf('@') + 1, one.check.indexOf('#'));
        return [dark.has(node) ? { ...one, result: fail(atMs, 'timeout') } : one];
      }
      case 'unit':
      case 'relations':
      case 'rights':
      case 'job-end':
      case 'log':
        return dark.has(one.node) ? [] : [one];
      case 'link':
      case 'feed':
        return [one];
      default:
        return one satisfies never;
    }
  });

/** A cluster with `batches` rounds of random facts, two seconds apart; now is the last round. */
export type History = { readonly world: World; readonly batches: readonly (readonly Observation[])[] };

export const histories: fc.Arbitrary<History> = topologies
  .chain((topology) => fc.tuple(fc.constant(topology), inventories(topology)))
  .chain(([topology, inventory]) => {
    const targets = expectedTargets(topology, inventory);
    const facts = emptyFacts(targets, inventory.nodes, START);
    const world: World = {
      topology,
      inventory,
      targets,
      facts,
      nowMs: START,
      previous: undefined,
      options: OPTIONS,
    };
    const times = [2000, 4000, 6000, 8000].map((after) => START + after);
    const batches = fc.tuple(...times.map((atMs) => batchAt(world, atMs)));
    // The round from which on a node is dark; most never are.
    const darkFrom = fc.array(fc.option(fc.integer({ min: 0, max: 3 }), { nil: 9, freq: 3 }), {
      minLength: inventory.nodes.length,
      maxLength: inventory.nodes.length,
    });
    return fc.record({ batches, darkFrom }).map(({ batches: list, darkFrom: from }) => ({
      world,
      batches: list.map((batch, round) => {
        const dark = new Set(
          inventory.nodes.filter((_, index) => (from[index] ?? 9) <= round).map((node) => node.name),
        );
        return darkened(batch, times[round] ?? START, dark);
      }),
    }));
  });

/** The history told: each batch seen and judged in turn, by `judged`. */
export const told = (
  { world, batches }: History,
  judged: (world: World) => NonNullable<World['previous']>,
): World[] => {
  const states: World[] = [];
  let current = world;
  for (const batch of batches) {
    const next = seen({ ...current, nowMs: current.nowMs + 2000 }, batch);
    states.push(next);
    current = { ...next, previous: judged(next) };
  }
  return states;
};
