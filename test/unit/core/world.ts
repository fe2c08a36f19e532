/** A cluster in the making for tests: the real topology, N nodes, facts said in a few words, judged at a time. */
import { emptyFacts, observe } from '../../../src/core/facts.ts';
import { expectedTargets } from '../../../src/core/graph.ts';
import { judge } from '../../../src/core/judge.ts';
import type {
  ClusterFacts,
  ClusterState,
  InstanceState,
  JudgeOptions,
} from '../../../src/core/model/cluster.ts';
import type { CheckTarget, InstanceId, Inventory } from '../../../src/core/model/inventory.ts';
import type {
  JsonScalar,
  Observation,
  ProbeFailureKind,
  ProbeResult,
  UnitFacts,
} from '../../../src/core/model/observation.ts';
import type { Topology } from '../../../src/core/model/topology.ts';
import { builtinTopology } from '../../../src/topology/builtin.ts';

export const START = 1_765_400_000_000;
export const OPTIONS: JudgeOptions = {
  fall: 2,
  rise: 1,
  intervalMs: 2000,
  timeoutMs: 1500,
  firstLookMs: 10_000,
  certificateWarnMs: 14 * 24 * 3600 * 1000,
};

export const nodeName = (index: number): string => `node${String(index).padStart(2, '0')}`;

const inventoryOf = (count: number, services?: readonly string[]): Inventory => ({
  cluster: 'test',
  nodes: Array.from({ length: count }, (_, index) => ({
    name: nodeName(index + 1),
    address: `10.0.0.${index + 1}`,
    services: services ?? builtinTopology().services.map((service) => service.name),
    ports: new Map(),
    tags: [],
  })),
});

type JsonBody = Readonly<Record<string, JsonScalar>>;

/** What a healthy instance answers; node01 leads. */
const healthyBody = (target: CheckTarget): JsonBody => {
  if (target.spec.kind !== 'https-json') return {};
  return Object.fromEntries(
    target.spec.fields.map((field): [string, JsonScalar] => {
      if (field.role === 'raft') return [field.name, target.node === nodeName(1) ? 'leader' : 'follower'];
      return [field.name, field.equals ?? field.example ?? 'x'];
    }),
  );
};

const common = (atMs: number, totalMs: number) => ({ atMs, phases: { totalMs } });

/** A good answer of this check; `body` overrides fields, `undefined` leaves one out. */
export const pass = (
  target: CheckTarget,
  atMs: number,
  body: Readonly<Record<string, JsonScalar | undefined>> = {},
  totalMs = 4,
): ProbeResult => {
  const at = common(atMs, totalMs);
  switch (target.spec.kind) {
    case 'https-json': {
      const merged = Object.entries({ ...healthyBody(target), ...body });
      const json = Object.fromEntries(
        merged.filter((entry): entry is [string, JsonScalar] => entry[1] !== undefined),
      );
      return { ...at, ok: true, answer: { kind: 'http', status: 200, body: JSON.stringify(json), json } };
    }
    case 'https-text':
      return { ...at, ok: true, answer: { kind: 'http', status: 200, body: target.spec.text } };
    case 'dns':
      return { ...at, ok: true, answer: { kind: 'dns', rcode: 'NOERROR', addresses: [target.spec.address] } };
    case 'tcp':
      return { ...at, ok: true, answer: { kind: 'tcp' } };
  }
};

/** A 503 whose body says why. */
export const sick = (atMs: number, json: JsonBody, status = 503): ProbeResult => ({
  ...common(atMs, 4),
  ok: false,
  failure: { kind: 'status', detail: `${status} Service Unavailable` },
  answer: { kind: 'http', status, body: JSON.stringify(json), json },
});

export const fail = (atMs: number, kind: ProbeFailureKind, detail = kind as string): ProbeResult => ({
  ...common(atMs, kind === 'timeout' ? 1500 : 1),
  ok: false,
  failure: { kind, detail },
});

export const unit = (name: string, facts: Partial<UnitFacts> = {}): UnitFacts => ({
  unit: name.includes('.') ? name : `${name}.service`,
  load: 'loaded',
  active: 'active',
  sub: 'running',
  result: 'success',
  ...facts,
});

/** Of a unit that became active `upMs` ago, after starting for `startedMs`, for a look at 1,000,000. */
export const activeFor = (
  upMs: number,
  startedMs = 0,
  facts: Partial<UnitFacts> = {},
): Partial<UnitFacts> => ({
  activeEnterMs: 1_000_000 - upMs,
  inactiveExitMs: 1_000_000 - upMs - startedMs,
  ...facts,
});

export type Answers = (target: CheckTarget, atMs: number) => ProbeResult | undefined;

/** Facts gathered over time; every method returns the next world. */
export type World = {
  readonly topology: Topology;
  readonly inventory: Inventory;
  readonly targets: readonly CheckTarget[];
  readonly facts: ClusterFacts;
  readonly nowMs: number;
  readonly previous: ClusterState | undefined;
  readonly options: JudgeOptions;
};

export const worldOf = (
  nodes = 3,
  services?: readonly string[],
  topology: Topology = builtinTopology(),
): World => {
  const inventory = inventoryOf(nodes, services ?? topology.services.map((service) => service.name));
  const targets = expectedTargets(topology, inventory);
  const facts = emptyFacts(targets, inventory.nodes, START);
  return { topology, inventory, targets, facts, nowMs: START, previous: undefined, options: OPTIONS };
};

export const judged = (world: World): ClusterState =>
  judge({
    topology: world.topology,
    inventory: world.inventory,
    facts: world.facts,
    options: world.options,
    nowMs: world.nowMs,
    previous: world.previous,
  });

export const seen = (world: World, observations: readonly Observation[]): World => ({
  ...world,
  facts: observe(world.facts, observations),
});

/** Time passes, then every check is looked at once; `answers` decides, undefined means a good answer. */
export const round = (world: World, answers: Answers = () => undefined, afterMs = 2000): World => {
  const nowMs = world.nowMs + afterMs;
  const observations = world.targets.map(
    (target): Observation => ({
      kind: 'probe',
      check: target.id,
      result: answers(target, nowMs) ?? pass(target, nowMs),
    }),
  );
  const next = seen({ ...world, nowMs }, observations);
  return { ...next, previous: judged(next) };
};

export const rounds = (world: World, count: number, answers?: Answers): World =>
  Array.from({ length: count }).reduce<World>((state) => round(state, answers), world);

/** A look at a node's systemd, now; `monotonicMs` is the node's clock. */
export const looked = (
  world: World,
  node: string,
  units: readonly UnitFacts[],
  monotonicMs = 1_000_000,
): World => seen(world, [{ kind: 'units', node, look: { atMs: world.nowMs, monotonicMs, units } }]);

export const later = (world: World, ms: number): World => ({ ...world, nowMs: world.nowMs + ms });

/** The instance as the world is judged now; throws when there is none. */
export const instanceIn = (world: World, id: InstanceId): InstanceState => {
  const found = judged(world).instances.get(id);
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
};

/** These instances refuse. */
export const silentOn =
  (...ids: readonly string[]): Answers =>
  (target, atMs) =>
    ids.includes(target.instance) ? fail(atMs, 'refused') : undefined;
