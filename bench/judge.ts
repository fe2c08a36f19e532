/**
 * Judging a big cluster once, as each tick does: few of its facts are new. As a ratio to a plain pass over the same
 * facts, which is what no judgement can do without.
 */
import { emptyFacts, observe } from '../src/core/facts.ts';
import { expectedTargets, watchedUnits } from '../src/core/graph.ts';
import { judge } from '../src/core/judge.ts';
import type { ClusterFacts, ClusterState } from '../src/core/model/cluster.ts';
import type { CheckTarget, Inventory } from '../src/core/model/inventory.ts';
import type { JsonScalar, Observation } from '../src/core/model/observation.ts';
import { nextSteps } from '../src/core/next-steps/next-steps.ts';
import { builtinTopology } from '../src/topology/builtin.ts';
import { median, type Row } from './statistics.ts';

const NODES = 1000;
const TICKS = 60;
const WARM_UP = 40;
const START_MS = 1_795_000_000_000;

const topology = builtinTopology();
const options = {
  fall: 2,
  rise: 1,
  intervalMs: 2000,
  timeoutMs: 1500,
  firstLookMs: 10_000,
  certificateWarnMs: 1,
};

const inventory: Inventory = {
  cluster: 'bench',
  nodes: Array.from({ length: NODES }, (_, index) => ({
    name: `node${String(index + 1).padStart(4, '0')}`,
    address: '127.0.0.1',
    services: topology.services.map(({ name }) => name),
    ports: new Map(),
    tags: [`r${String(index % 40).padStart(2, '0')}`],
  })),
};

const probe = (target: CheckTarget, atMs: number, isBad: boolean): Observation => {
  const phases = { totalMs: 2 + (atMs % 40) };
  if (isBad) {
    const failure = { kind: 'refused', detail: 'refused' } as const;
    return { kind: 'probe', check: target.id, result: { ok: false, atMs, phases, failure } };
  }
  const json: Record<string, JsonScalar> = { status: 'healthy', cluster_size: NODES };
  if (target.spec.kind === 'https-json' && target.spec.fields.some(({ role }) => role === 'raft')) {
    json.raft = target.node === inventory.nodes[0]?.name ? 'leader' : 'follower';
  }
  const answer =
    target.spec.kind === 'dns'
      ? ({ kind: 'dns', rcode: 'NOERROR', addresses: ['127.0.0.1'] } as const)
      : target.spec.kind === 'https-text'
        ? ({ kind: 'http', status: 200, body: target.spec.text } as const)
        : ({ kind: 'http', status: 200, body: '', json } as const);
  return { kind: 'probe', check: target.id, result: { ok: true, atMs, phases, answer } };
};

const units = (atMs: number): Observation[] =>
  inventory.nodes.map((node) => ({
    kind: 'units',
    node: node.name,
    look: {
      atMs,
      monotonicMs: 1_000_000,
      systemState: 'running',
      units: watchedUnits(topology, node).map((unit) => ({
        unit,
        load: 'loaded',
        active: 'active',
        sub: 'running',
        result: 'success',
        inactiveExitMs: 1000,
        activeEnterMs: 2000,
      })),
    },
  }));

/** Everything looked at once, and nothing thought about it. */
const plainPass = (facts: ClusterFacts, nowMs: number): number => {
  let oldest = 0;
  for (const { last, history } of facts.checks.values()) {
    if (last?.ok === true) oldest = Math.max(oldest, nowMs - last.atMs);
    for (const sample of history) if (!sample.ok) oldest += 1;
  }
  for (const look of facts.units.values()) {
    for (const { active } of look.units) if (active !== 'active') oldest += 1;
  }
  return oldest;
};

type Measured = { readonly judgeMs: number; readonly passMs: number };

/** `share` of the checks are new at each tick; those of which `isBad` says so fail. */
const measure = (share: number, isBad: (target: CheckTarget) => boolean): Measured => {
  const targets = expectedTargets(topology, inventory);
  const seen = (of: readonly CheckTarget[], atMs: number): Observation[] =>
    of.map((target) => probe(target, atMs, isBad(target)));
  let nowMs = START_MS;
  let facts = observe(emptyFacts(targets, inventory.nodes, nowMs), [
    ...seen(targets, nowMs),
    ...units(nowMs),
  ]);
  facts = observe(facts, seen(targets, nowMs + 1));
  let previous: ClusterState | undefined;
  const judged: number[] = [];
  const passed: number[] = [];
  const every = Math.round(1 / share);
  for (let turn = 0; turn < TICKS + WARM_UP; turn++) {
    nowMs += 10;
    facts = observe(
      facts,
      seen(
        targets.filter((_, index) => index % every === turn % every),
        nowMs,
      ),
    );
    const before = performance.now();
    previous = judge({ topology, inventory, facts, options, nowMs, previous });
    const between = performance.now();
    plainPass(facts, nowMs);
    const after = performance.now();
    if (turn < WARM_UP) continue;
    judged.push(between - before);
    passed.push(after - between);
  }
  return { judgeMs: median(judged), passMs: median(passed) };
};

/** What would mend it, worked out anew for every judgement that has causes. */
const measureSteps = (services: readonly string[], isBad: (target: CheckTarget) => boolean): Measured => {
  const targets = expectedTargets(topology, inventory);
  const bad = new Set(targets.filter(isBad).map(({ node }) => node));
  const failed = units(START_MS).map((one): Observation => {
    if (one.kind !== 'units' || !bad.has(one.node)) return one;
    const names = new Set(
      topology.services.flatMap(({ name, unit }) => (services.includes(name) ? [unit] : [])),
    );
    return {
      ...one,
      look: {
        ...one.look,
        units: one.look.units.map((unit) =>
          names.has(unit.unit)
            ? { ...unit, active: 'failed', sub: 'failed', result: 'exit-code', exitCode: 3 }
            : unit,
        ),
      },
    };
  });
  let facts = emptyFacts(targets, inventory.nodes, START_MS);
  for (const atMs of [START_MS, START_MS + 1, START_MS + 2]) {
    facts = observe(facts, [...targets.map((target) => probe(target, atMs, isBad(target))), ...failed]);
  }
  const nowMs = START_MS + 3;
  const cluster = judge({ topology, inventory, facts, options, nowMs, previous: undefined });
  const told: number[] = [];
  const passed: number[] = [];
  for (let turn = 0; turn < TICKS + WARM_UP; turn++) {
    const before = performance.now();
    nextSteps({ topology, inventory, cluster, facts });
    const between = performance.now();
    plainPass(facts, nowMs);
    const after = performance.now();
    if (turn < WARM_UP) continue;
    told.push(between - before);
    passed.push(after - between);
  }
  return { judgeMs: median(told), passMs: median(passed) };
};

export const measureJudging = (): readonly Row[] => {
  const row = (what: string, { judgeMs, passMs }: Measured): Row => ({
    what,
    value: `${judgeMs.toFixed(1)} ms, ${(judgeMs / passMs).toFixed(0)}× a plain pass`,
  });
  const isRack = ({ node }: CheckTarget) => Number(node.slice(4)) % 40 === 7;
  return [
    row(
      'all well, 1 % of the checks new',
      measure(0.01, () => false),
    ),
    row(
      'all well, all checks new',
      measure(1, () => false),
    ),
    row(
      'one service down on a rack of 25, 1 % new',
      measure(0.01, (target) => target.service === 'flashdns' && isRack(target)),
    ),
    row(
      'Chainfire down on all nodes, 1 % new',
      measure(0.01, (target) => target.service === 'chainfire'),
    ),
    row(
      'next steps, one service failed on a rack of 25',
      measureSteps(['flashdns'], (target) => target.service === 'flashdns' && isRack(target)),
    ),
    row(
      'next steps, Chainfire failed on all nodes',
      measureSteps(['chainfire'], (target) => target.service === 'chainfire'),
    ),
  ];
};
