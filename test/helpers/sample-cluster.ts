/** Named situations of a cluster, made of hand-written probe results that go through the real reducer and judge. */

import { expectedTargets } from '../../src/core/graph.ts';
import type { CheckTarget, ClusterNode, Inventory } from '../../src/core/model/inventory.ts';
import type {
  Certificate,
  JsonScalar,
  LogLine,
  Observation,
  ProbeFailureKind,
  ProbeResult,
  UnitFacts,
} from '../../src/core/model/observation.ts';
import type { Mode } from '../../src/store/state.ts';
import { type AppStore, createAppStore } from '../../src/store/store.ts';
import { builtinTopology } from '../../src/topology/builtin.ts';

/** 2026-11-23 14:02:31 UTC: the moment at which every sample screen is looked at. */
export const NOW_MS = Date.UTC(2026, 10, 23, 14, 2, 31);
const INTERVAL_MS = 2000;
const DAY_MS = 86_400_000;

export type Situation =
  | 'unseen'
  | 'healthy'
  | 'quorum-lost'
  | 'node-lost'
  /** No check of node02, or of all nodes, is answered in time; ssh is. */
  | 'node-late'
  | 'all-late'
  | 'degraded-dns'
  | 'dns-lost'
  | 'starting'
  | 'wide-glyphs'
  | 'forty-nodes'
  | 'two-hundred-nodes';

const QUORUM_NODES = 5;

const nodeNamed = (name: string, index: number, count: number): ClusterNode => ({
  name,
  address: `10.0.${Math.floor(index / 250)}.${(index % 250) + 1}`,
  ssh: name,
  services: builtinTopology()
    .services.map((service) => service.name)
    .filter(
      (service) =>
        count <= QUORUM_NODES || index < QUORUM_NODES || !['chainfire', 'flaredb'].includes(service),
    ),
  ports: new Map(),
  tags: count > 50 ? [`r${String(Math.floor(index / 10) + 1).padStart(2, '0')}`] : [],
});

export const sampleInventory = (count: number, cluster = 'demo-cluster'): Inventory => ({
  cluster,
  nodes: Array.from({ length: count }, (_, index) =>
    nodeNamed(`node${String(index + 1).padStart(count > 99 ? 3 : 2, '0')}`, index, count),
  ),
});

const certificate = (node: string): Certificate => ({
  subject: `CN=${node}`,
  issuer: 'CN=PlasmaCloud CA',
  names: [node, `${node}.cloud.internal`],
  serial: '01C4A9',
  notBeforeMs: NOW_MS - 10 * DAY_MS,
  notAfterMs: NOW_MS + 89 * DAY_MS + 3_600_000,
});

/** A latency that differs by target and hardly by round, the same in every run. */
const latencyOf = (target: CheckTarget, round: number): number => {
  let hash = round % 3;
  for (const char of `${target.id}`) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 997;
  return 2 + (hash % 7) + (round % 2) * 0.4;
};

const phases = (totalMs: number) => ({
  connectMs: 0.3,
  tlsMs: 0.9,
  firstByteMs: totalMs - 1.4,
  bodyMs: 0.2,
  totalMs,
});

/** What a healthy target answers; `fields` replaces some of the JSON. */
export const answerOk = (
  target: CheckTarget,
  atMs: number,
  round: number,
  fields: Readonly<Record<string, JsonScalar>> = {},
): ProbeResult => {
  const { spec } = target;
  const totalMs = latencyOf(target, round);
  const common = { atMs, phases: phases(totalMs), ok: true as const };
  switch (spec.kind) {
    case 'https-json': {
      const json: Record<string, JsonScalar> = {};
      for (const known of spec.fields) {
        if (known.role === 'raft') json[known.name] = target.node.endsWith('1') ? 'leader' : 'follower';
        else if (known.role === 'cluster-size') json[known.name] = 3;
        else json[known.name] = known.equals ?? known.example ?? 'ok';
      }
      Object.assign(json, fields);
      return {
        ...common,
        certificate: certificate(target.node),
        answer: { kind: 'http', status: 200, body: JSON.stringify(json), json },
      };
    }
    case 'https-text':
      return {
        ...common,
        certificate: certificate(target.node),
        answer: { kind: 'http', status: 200, body: spec.text },
      };
    case 'dns':
      return { ...common, answer: { kind: 'dns', rcode: 'NOERROR', addresses: [spec.address] } };
    case 'tcp':
      return { ...common, answer: { kind: 'tcp' } };
    default:
      return spec satisfies never;
  }
};

export const failed = (atMs: number, kind: ProbeFailureKind, detail: string, totalMs = 1): ProbeResult => ({
  ok: false,
  atMs,
  phases: { totalMs },
  failure: { kind, detail },
});

const unavailable = (
  target: CheckTarget,
  atMs: number,
  json: Readonly<Record<string, JsonScalar>>,
): ProbeResult => ({
  ok: false,
  atMs,
  phases: phases(3.2),
  certificate: certificate(target.node),
  failure: { kind: 'status', detail: '503 Service Unavailable' },
  answer: { kind: 'http', status: 503, body: JSON.stringify(json), json },
});

const activeUnit = (unit: string): UnitFacts => ({
  unit,
  load: 'loaded',
  active: 'active',
  sub: 'running',
  result: 'success',
  type: 'notify',
  unitFile: 'enabled',
  restarts: 0,
  mainPid: 812,
  activeEnterMs: 60_000,
  stateChangeMs: 60_000,
});

type Script = {
  readonly probe: (target: CheckTarget, atMs: number, round: number) => ProbeResult | undefined;
  readonly unit?: (unit: UnitFacts, node: string) => UnitFacts;
  /** What the journal of these nodes tells, oldest first. */
  readonly logs?: (node: string) => readonly LogLine[];
  readonly lostNode?: string;
};

const refused = (atMs: number, target: CheckTarget): ProbeResult =>
  failed(atMs, 'refused', `connect ECONNREFUSED ${target.host}:${target.port}`);

const lateFrom8 = (atMs: number, round: number): ProbeResult | undefined =>
  round < 8 ? undefined : failed(atMs, 'timeout', 'no connection within 1500 ms', 1500);

const servfail = (target: CheckTarget, atMs: number): ProbeResult | undefined =>
  target.spec.kind === 'dns'
    ? { ...failed(atMs, 'status', 'SERVFAIL'), answer: { kind: 'dns', rcode: 'SERVFAIL', addresses: [] } }
    : undefined;

const logLine = (agoMs: number, priority: number, from: LogLine['from'], text: string): LogLine => ({
  ...{ unit: 'chainfire.service', atMs: NOW_MS - agoMs, priority, from, text },
  invocation: '0123456789abcdef0123456789abcdef',
});

/** One try to start, as a unit with a broken log ends it. */
const failedStart = (agoMs: number): readonly LogLine[] => [
  logLine(agoMs, 6, 'systemd', 'Starting chainfire.service - Chainfire consensus store...'),
  logLine(
    agoMs - 40,
    3,
    'unit',
    'cannot open /var/lib/chainfire/raft.log: bad magic at offset 4096, want 0x43464c47, found 0x00000000',
  ),
  logLine(
    agoMs - 50,
    5,
    'systemd',
    'chainfire.service: Main process exited, code=exited, status=3/NOTIMPLEMENTED',
  ),
  logLine(agoMs - 51, 4, 'systemd', "chainfire.service: Failed with result 'exit-code'."),
];

const quorumLost: Script = {
  probe: (target, atMs, round) => {
    // Healthy for a while first: a quorum is only lost by a cluster that had one.
    if (round < 8) return undefined;
    const { service, node } = target;
    if (service === 'chainfire') {
      return node === 'node01'
        ? unavailable(target, atMs, { status: 'unhealthy', raft: 'candidate', error: 'no leader, term 5' })
        : refused(atMs, target);
    }
    if (service === 'flaredb') {
      return unavailable(target, atMs, {
        status: 'unhealthy',
        raft: node === 'node01' ? 'leader' : 'follower',
        chainfire: 'disconnected',
      });
    }
    if (service === 'iam')
      return unavailable(target, atMs, { status: 'unhealthy', database: 'disconnected' });
    return node === 'node02' ? servfail(target, atMs) : undefined;
  },
  logs: (node) =>
    node === 'node02' ? [...failedStart(52_000), ...failedStart(47_000), ...failedStart(42_000)] : [],
  unit: (unit, node) => {
    if (unit.unit !== 'chainfire.service' || node === 'node01') return unit;
    return node === 'node02'
      ? {
          ...unit,
          active: 'failed',
          sub: 'failed',
          result: 'start-limit-hit',
          exitCode: 3,
          exitHow: 1,
          restarts: 5,
          mainPid: 0,
        }
      : {
          ...unit,
          active: 'activating',
          sub: 'auto-restart',
          result: 'exit-code',
          exitCode: 3,
          exitHow: 1,
          restarts: 2,
          mainPid: 0,
        };
  },
};

const SCRIPTS: Readonly<Record<Exclude<Situation, 'unseen'>, Script>> = {
  healthy: { probe: () => undefined },
  'quorum-lost': quorumLost,
  'node-lost': {
    probe: (target, atMs, round) =>
      round >= 8 && target.node === 'node02'
        ? failed(atMs, 'timeout', 'no answer within 1500 ms', 1500)
        : undefined,
    lostNode: 'node02',
  },
  'node-late': {
    probe: (target, atMs, round) => (target.node === 'node02' ? lateFrom8(atMs, round) : undefined),
  },
  'all-late': { probe: (_target, atMs, round) => lateFrom8(atMs, round) },
  'degraded-dns': {
    probe: (target, atMs) => (target.node === 'node02' ? servfail(target, atMs) : undefined),
  },
  'dns-lost': { probe: servfail },
  starting: {
    probe: (target, atMs) => (target.service === 'chainfire' ? undefined : refused(atMs, target)),
    unit: (unit) =>
      unit.unit === 'chainfire.service'
        ? { ...unit, activeEnterMs: 95_000, stateChangeMs: 95_000 }
        : unit.unit === 'flaredb.service'
          ? {
              ...unit,
              active: 'activating',
              sub: 'start',
              inactiveExitMs: 93_000,
              stateChangeMs: 93_000,
              activeEnterMs: 0,
            }
          : {
              ...unit,
              active: 'inactive',
              sub: 'dead',
              job: 17,
              activeEnterMs: 0,
              stateChangeMs: 0,
              mainPid: 0,
            },
  },
  'wide-glyphs': {
    probe: (target, atMs, round) =>
      target.service === 'novanet' && target.spec.kind === 'https-json'
        ? answerOk(target, atMs, round, { status: '障害が発生しています：経路なし' })
        : undefined,
  },
  'forty-nodes': {
    probe: (target, atMs) =>
      target.service === 'plasmavmc' && ['node07', 'node23'].includes(target.node)
        ? refused(atMs, target)
        : undefined,
  },
  'two-hundred-nodes': {
    probe: (target, atMs) =>
      target.spec.kind === 'dns' && /^node06[2-5]$/u.test(target.node)
        ? failed(atMs, 'timeout', 'no answer within 1500 ms', 1500)
        : undefined,
  },
};

const NODE_COUNT: Readonly<Partial<Record<Situation, number>>> = {
  'forty-nodes': 40,
  'two-hundred-nodes': 200,
};

/** One poll round of every target, and a look at systemd on every node that answers. */
const roundOf = (
  inventory: Inventory,
  targets: readonly CheckTarget[],
  script: Script,
  atMs: number,
  round: number,
): readonly Observation[] => [
  ...targets.map(
    (target): Observation => ({
      kind: 'probe',
      check: target.id,
      result: script.probe(target, atMs, round) ?? answerOk(target, atMs, round),
    }),
  ),
  ...inventory.nodes
    .filter((node) => node.name !== script.lostNode || round < 8)
    .map(
      (node): Observation => ({
        kind: 'units',
        node: node.name,
        look: {
          atMs,
          monotonicMs: 100_000,
          systemVersion: '252',
          systemState: 'running',
          units: builtinTopology().services.map((service) => {
            const unit = activeUnit(service.unit);
            return round < 8 && script === quorumLost ? unit : (script.unit?.(unit, node.name) ?? unit);
          }),
        },
      }),
    ),
];

const ROUNDS = 28;

/** A store in the named situation, at NOW_MS; failures of `quorum-lost` and `node-lost` began 40 s before. */
export const sampleStore = (situation: Situation, mode: Partial<Mode> = {}): AppStore => {
  const topology = builtinTopology();
  const inventory = sampleInventory(NODE_COUNT[situation] ?? 3);
  const startMs = NOW_MS - (ROUNDS - 1) * INTERVAL_MS - 1000;
  const store = createAppStore({
    topology,
    inventory,
    options: {
      fall: 2,
      rise: 1,
      intervalMs: INTERVAL_MS,
      timeoutMs: 1500,
      firstLookMs: 10_000,
      certificateWarnMs: 14 * DAY_MS,
    },
    mode: { readOnly: false, source: 'live', ...mode },
    nowMs: situation === 'unseen' ? NOW_MS : startMs - 1000,
    utcOffsetMinutes: 0,
  });
  if (situation === 'unseen') return store;
  const script = SCRIPTS[situation];
  const targets = expectedTargets(topology, inventory);
  const links = inventory.nodes.map(
    (node): Observation => ({ kind: 'link', node: node.name, link: { state: 'up', sinceMs: startMs } }),
  );
  const feeds = inventory.nodes.flatMap(({ name }): Observation[] => [
    { kind: 'feed', node: name, feed: 'journal', state: { state: 'live', sinceMs: startMs } },
    { kind: 'log', node: name, lines: script.logs?.(name) ?? [], dropped: 0 },
  ]);
  store.dispatch({ kind: 'observed', observations: [...links, ...feeds], nowMs: startMs });
  // A large fleet needs no long past to be looked at.
  const first = inventory.nodes.length > 3 ? ROUNDS - 4 : 0;
  for (let round = first; round < ROUNDS; round += 1) {
    const atMs = startMs + round * INTERVAL_MS;
    const observations = roundOf(inventory, targets, script, atMs, round);
    store.dispatch({ kind: 'observed', observations, nowMs: atMs });
  }
  if (script.lostNode !== undefined) {
    const failure = {
      kind: 'timeout',
      detail: `ssh: connect to host ${script.lostNode} port 22: Connection timed out`,
      remedy: 'Is the node up? Try its console.',
    } as const;
    const link = { state: 'failed', sinceMs: NOW_MS - 20_000, failure } as const;
    store.dispatch({
      kind: 'observed',
      observations: [{ kind: 'link', node: script.lostNode, link }],
      nowMs: NOW_MS,
    });
  }
  store.dispatch({ kind: 'tick', nowMs: NOW_MS });
  return store;
};
