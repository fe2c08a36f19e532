/** Makes things go wrong in the simulated cluster, and watches it as the console does: real facts, no sockets. */
import { expectedTargets, watchedUnits } from '../../../../src/core/graph.ts';
import type { ClusterState } from '../../../../src/core/model/cluster.ts';
import type { CheckTarget, NodeName } from '../../../../src/core/model/inventory.ts';
import type {
  JsonScalar,
  LinkState,
  NodeUnits,
  Observation,
  ProbeFailureKind,
  ProbeResult,
} from '../../../../src/core/model/observation.ts';
import type { ServiceName, UnitName } from '../../../../src/core/model/topology.ts';
import type { ScenarioName } from '../../../../src/demo/sim/scenarios.ts';
import { lookCommand, parseLook } from '../../../../src/probes/systemd.ts';
import type { AppState } from '../../../../src/store/state.ts';
import { createAppStore } from '../../../../src/store/store.ts';
import { answerOk, failed, NOW_MS, sampleInventory } from '../../../helpers/sample-cluster.ts';
import { run } from '../../demo/shells.ts';
import { worldOf } from '../../demo/worlds.ts';

const LOOK_MS = 2000;
/** Long enough for every start limit: five tries, ten seconds apart. */
const SETTLED_S = 90;
const DAY_MS = 86_400_000;

export type Incident = {
  /** Its process exits with `code`, now and at every start. */
  readonly crash: (unit: UnitName, nodes: readonly NodeName[], code?: number) => void;
  /** One SIGKILL; systemd starts it again. */
  readonly kill: (unit: UnitName, node: NodeName) => void;
  /** What crashed crashes no more: reset and brought up, on all nodes. */
  readonly mend: () => void;
  /** An operator's `systemctl VERB UNIT` on the node. */
  readonly systemctl: (node: NodeName, verb: 'start' | 'stop' | 'restart', unit: UnitName) => void;
  /** No packet comes back any more. */
  readonly dark: (...nodes: readonly NodeName[]) => void;
  /** No check gets an answer in time any more, and ssh does. */
  readonly unanswered: (...nodes: readonly NodeName[]) => void;
  /** ssh alone is refused. */
  readonly noSsh: (...nodes: readonly NodeName[]) => void;
  readonly expired: (...nodes: readonly NodeName[]) => void;
  /** The node's certificate ends in `days`. */
  readonly expiring: (node: NodeName, days: number) => void;
  readonly split: (service: ServiceName, apart: readonly NodeName[]) => void;
  /** One check of the instances on these nodes fails like this, whatever the service does. */
  readonly fails: (
    service: ServiceName,
    check: string,
    nodes: readonly NodeName[],
    kind: ProbeFailureKind,
    detail: string,
  ) => void;
  /** The endpoint answers 503 with these fields instead of its own. */
  readonly says: (
    service: ServiceName,
    nodes: readonly NodeName[],
    json: Readonly<Record<string, JsonScalar>>,
  ) => void;
  /** The endpoint answers well, with these fields changed. */
  readonly reports: (
    service: ServiceName,
    nodes: readonly NodeName[],
    fields: Readonly<Record<string, JsonScalar>>,
  ) => void;
  /** Answers take this long. */
  readonly slow: (service: ServiceName, nodes: readonly NodeName[], totalMs: number) => void;
  /** Each look at the node's systemd is changed before it is seen. */
  readonly looks: (node: NodeName, change: (look: NodeUnits) => NodeUnits) => void;
  /** Lets the cluster live and be watched; 90 s by default. */
  readonly wait: (seconds?: number) => void;
  readonly state: () => ClusterState;
  /** All that the console knows. */
  readonly known: () => AppState;
  /** Runs a command on the node, as the console does. */
  readonly run: (node: NodeName, command: readonly string[]) => void;
};

type Override = (target: CheckTarget, atMs: number, real: ProbeResult) => ProbeResult | undefined;

/** A cluster of `nodes` nodes that has been up and watched for a while, or that begins its first boot. What crashes
 * does so until it was restarted by hand `healsAfter` times. */
export const startIncident = (nodes = 3, scenario: ScenarioName = 'steady', healsAfter = 99): Incident => {
  const world = worldOf(scenario, { nodes, seed: 1 });
  const { topology } = world;
  const sample = sampleInventory(nodes);
  const placed = sample.nodes.map((node) => ({ ...node, services: world.node(node.name)?.services ?? [] }));
  const inventory = { ...sample, nodes: placed };
  const targets = expectedTargets(topology, inventory);
  const wallMs = (): number => NOW_MS + world.nowMs;
  const store = createAppStore({
    topology,
    inventory,
    options: {
      fall: 2,
      rise: 1,
      intervalMs: 2000,
      timeoutMs: 1500,
      firstLookMs: 10_000,
      certificateWarnMs: 14 * DAY_MS,
    },
    mode: { readOnly: false, source: 'live' },
    nowMs: wallMs(),
    utcOffsetMinutes: 0,
  });

  const overrides: Override[] = [];
  const changes = new Map<NodeName, (look: NodeUnits) => NodeUnits>();
  const darkNodes = new Set<NodeName>();
  const sshless = new Set<NodeName>();
  const links = new Map<NodeName, LinkState['state']>();

  const probed = (target: CheckTarget, atMs: number): ProbeResult => {
    const { service, node, spec, host, port } = target;
    if (darkNodes.has(node)) return failed(atMs, 'timeout', 'no answer in 1500 ms', 1500);
    const endpoint = world.endpoint(node, service);
    if (endpoint.kind === 'silent') return failed(atMs, 'timeout', 'no answer in 1500 ms', 1500);
    if (endpoint.kind === 'closed') return failed(atMs, 'refused', `connect ECONNREFUSED ${host}:${port}`);
    const good = answerOk(target, atMs, 0);
    if (spec.kind !== 'https-json') return good;
    const { status, body } = world.answer(node, service, spec);
    const answer = {
      kind: 'http' as const,
      status,
      body,
      json: JSON.parse(body) as Record<string, JsonScalar>,
    };
    return status === spec.status
      ? { ...good, answer, ok: true }
      : { ...failed(atMs, 'status', `${status} Service Unavailable`), answer };
  };

  const seen = (target: CheckTarget, atMs: number): ProbeResult => {
    const real = probed(target, atMs);
    for (const override of overrides.toReversed()) {
      const other = override(target, atMs, real);
      if (other !== undefined) return other;
    }
    return real;
  };

  const linkOf = (node: NodeName): LinkState =>
    darkNodes.has(node) || world.node(node)?.power !== 'up' || sshless.has(node)
      ? {
          state: 'failed',
          sinceMs: wallMs(),
          failure: { kind: sshless.has(node) ? 'refused' : 'timeout', detail: 'no ssh', remedy: '' },
        }
      : { state: 'up', sinceMs: wallMs() };

  const look = (): void => {
    const atMs = wallMs();
    const observations: Observation[] = targets.map((target) => ({
      kind: 'probe',
      check: target.id,
      result: seen(target, atMs),
    }));
    for (const node of inventory.nodes) {
      const link = linkOf(node.name);
      if (links.get(node.name) !== link.state) {
        links.set(node.name, link.state);
        observations.push({ kind: 'link', node: node.name, link });
      }
      if (link.state !== 'up') continue;
      const units = watchedUnits(topology, node);
      const parsed = parseLook(run(world, node.name, lookCommand(units)).out, units, atMs);
      if (!parsed.ok) throw new Error(parsed.detail);
      const change = changes.get(node.name) ?? ((all: NodeUnits): NodeUnits => all);
      observations.push({ kind: 'units', node: node.name, look: change(parsed.look) });
    }
    store.dispatch({ kind: 'observed', observations, nowMs: atMs });
  };

  const wait = (seconds = SETTLED_S): void => {
    const toMs = world.nowMs + seconds * 1000;
    while (world.nowMs < toMs) {
      world.advance(Math.min(toMs, world.nowMs + LOOK_MS));
      look();
    }
    store.dispatch({ kind: 'tick', nowMs: wallMs() });
  };

  const isAmong = (target: CheckTarget, service: ServiceName, on: readonly NodeName[]): boolean =>
    target.service === service && on.includes(target.node);

  // What is watched from the first second on is known to be well before anything happens.
  if (scenario === 'steady') wait(10);

  return {
    crash: (unit, on, code = 3) => {
      for (const node of on) {
        world.inject({
          kind: 'exits',
          node,
          unit,
          code,
          afterMs: 300,
          line: 'FATAL cannot go on',
          kills: world.node(node)?.manager?.unit(unit)?.active === 'active',
          heals: { by: 'restart', times: healsAfter },
        });
      }
    },
    kill: (unit, node) => {
      world.kill(node, unit, 9);
    },
    mend: () => {
      world.clearFaults();
      for (const node of inventory.nodes) {
        const units = watchedUnits(topology, node).join(' ');
        run(world, node.name, `systemctl reset-failed ${units}`);
        run(world, node.name, `systemctl start ${topology.firstBoot.ready.unit}`);
      }
    },
    systemctl: (node, verb, unit) => {
      run(world, node, `systemctl ${verb} ${unit}`);
    },
    dark: (...gone) => {
      for (const node of gone) darkNodes.add(node);
    },
    unanswered: (...on) => {
      overrides.push((target, atMs) =>
        on.includes(target.node) ? failed(atMs, 'timeout', 'no connection within 1500 ms', 1500) : undefined,
      );
    },
    noSsh: (...gone) => {
      for (const node of gone) sshless.add(node);
    },
    expired: (...on) => {
      overrides.push((target, atMs) =>
        on.includes(target.node) && target.spec.kind.startsWith('https')
          ? {
              ...failed(atMs, 'tls-expired', 'certificate has expired'),
              certificate: {
                subject: `CN=${target.node}`,
                issuer: 'CN=PlasmaCloud CA',
                names: [target.node],
                notBeforeMs: NOW_MS - 90 * DAY_MS,
                notAfterMs: NOW_MS - 3 * 3_600_000,
              },
            }
          : undefined,
      );
    },
    expiring: (node, days) => {
      overrides.push((target, _, real) =>
        target.node === node && real.certificate !== undefined
          ? { ...real, certificate: { ...real.certificate, notAfterMs: NOW_MS + days * DAY_MS } }
          : undefined,
      );
    },
    split: (service, apart) => world.inject({ kind: 'split', service, apart }),
    fails: (service, check, on, kind, detail) => {
      overrides.push((target, atMs) =>
        isAmong(target, service, on) && target.spec.id === check ? failed(atMs, kind, detail) : undefined,
      );
    },
    says: (service, on, json) => {
      overrides.push((target, atMs) =>
        isAmong(target, service, on)
          ? {
              ...failed(atMs, 'status', '503 Service Unavailable'),
              answer: { kind: 'http', status: 503, body: JSON.stringify(json), json },
            }
          : undefined,
      );
    },
    reports: (service, on, fields) => {
      overrides.push((target, atMs) =>
        isAmong(target, service, on) ? answerOk(target, atMs, 0, fields) : undefined,
      );
    },
    slow: (service, on, totalMs) => {
      overrides.push((target, _, real) =>
        isAmong(target, service, on) ? { ...real, phases: { ...real.phases, totalMs } } : undefined,
      );
    },
    looks: (node, change) => {
      changes.set(node, change);
    },
    wait,
    state: () => store.getState().cluster,
    known: () => store.getState(),
    run: (node, command) => {
      run(world, node, command.join(' '));
    },
  };
};
