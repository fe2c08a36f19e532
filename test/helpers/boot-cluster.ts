/** A store that watches the simulated cluster: its nodes' own `systemctl show` through the real parser, no sockets. */
import { expectedTargets, watchedUnits } from '../../src/core/graph.ts';
import type { CheckTarget } from '../../src/core/model/inventory.ts';
import type { JsonScalar, Observation, ProbeResult } from '../../src/core/model/observation.ts';
import { remoteCommand } from '../../src/core/quote.ts';
import type { ScenarioName } from '../../src/demo/sim/scenarios.ts';
import type { World } from '../../src/demo/sim/world.ts';
import { journalCommand } from '../../src/probes/journal.ts';
import { createJournalIntake } from '../../src/probes/journal-intake.ts';
import { lookCommand, parseLook } from '../../src/probes/systemd.ts';
import { type AppStore, createAppStore } from '../../src/store/store.ts';
import { begin, run } from '../unit/demo/shells.ts';
import { worldOf } from '../unit/demo/worlds.ts';
import { answerOk, failed, NOW_MS, sampleInventory } from './sample-cluster.ts';

export type WatchedBoot = {
  readonly world: World;
  readonly store: AppStore;
  /** Lets the world live until `toMs` of its time and looks at everything once a second. */
  readonly watch: (toMs: number) => void;
};

type Options = {
  readonly scenario?: ScenarioName;
  readonly nodes?: number;
  readonly seed?: number;
  /** World time at which the screens are looked at: NOW_MS on our clock. */
  readonly endMs?: number;
};

const LOOK_MS = 1000;

const probed = (world: World, target: CheckTarget, atMs: number): ProbeResult => {
  const { service, node, spec, host, port } = target;
  const { kind } = world.endpoint(node, service);
  if (kind === 'silent') return failed(atMs, 'timeout', `no answer from ${host}:${port}`, 1500);
  if (kind === 'closed') {
    return failed(atMs, 'refused', `connect ECONNREFUSED ${host}:${port}`);
  }
  const good = answerOk(target, atMs, 0);
  if (spec.kind !== 'https-json') return good;
  const { status, body } = world.answer(node, service, spec);
  const json = JSON.parse(body) as Record<string, JsonScalar>;
  const answer = { kind: 'http' as const, status, body, json };
  if (status === spec.status) return { ...answerOk(target, atMs, 0), answer, ok: true };
  return { ...failed(atMs, 'status', `${status} Service Unavailable`), answer };
};

/** Watching begins now, at world time 0, unless the scenario's nodes are already up. */
export const watchBoot = ({
  scenario = 'first-boot',
  nodes = 3,
  seed = 1,
  endMs = 0,
}: Options = {}): WatchedBoot => {
  const world = worldOf(scenario, { nodes, seed });
  const { topology } = world;
  const sample = sampleInventory(nodes);
  const placed = sample.nodes.map((node) => ({ ...node, services: world.node(node.name)?.services ?? [] }));
  const inventory = { ...sample, nodes: placed };
  const targets = expectedTargets(topology, inventory);
  const wallMs = (worldMs: number): number => NOW_MS - endMs + worldMs;
  const store = createAppStore({
    topology,
    inventory,
    options: {
      fall: 2,
      rise: 1,
      intervalMs: 2000,
      timeoutMs: 1500,
      firstLookMs: 10_000,
      certificateWarnMs: 14 * 86_400_000,
    },
    mode: { readOnly: false, source: 'demo' },
    nowMs: wallMs(world.nowMs),
    utcOffsetMinutes: 0,
  });
  const journals = new Map(
    inventory.nodes.map((node) => {
      const units = watchedUnits(topology, node);
      return [node.name, { intake: createJournalIntake(new Set(units)), command: journalCommand(units) }];
    }),
  );
  const following = new Map<string, ReturnType<typeof begin>>();
  /** What the node's own journalctl has written since the last look. */
  const logOf = (node: string): readonly Observation[] => {
    const journal = journals.get(node);
    if (journal === undefined) return [];
    const run = following.get(node) ?? begin(world, node, remoteCommand(journal.command), wallMs);
    following.set(node, run);
    journal.intake.take(Buffer.from(run.poll().out));
    const { entries, dropped } = journal.intake.drain();
    return [{ kind: 'log', node, lines: entries.map(({ line }) => line), dropped }];
  };
  const links = new Set<string>();
  const look = (): void => {
    const atMs = wallMs(world.nowMs);
    const observations: Observation[] = targets.map((target) => ({
      kind: 'probe',
      check: target.id,
      result: probed(world, target, atMs),
    }));
    for (const node of inventory.nodes) {
      if (world.node(node.name)?.power !== 'up') continue;
      const units = watchedUnits(topology, node);
      const parsed = parseLook(run(world, node.name, lookCommand(units)).out, units, atMs);
      if (!parsed.ok) throw new Error(parsed.detail);
      observations.push({ kind: 'units', node: node.name, look: parsed.look });
      if (!links.has(node.name)) {
        observations.push(
          { kind: 'link', node: node.name, link: { state: 'up', sinceMs: atMs } },
          { kind: 'feed', node: node.name, feed: 'journal', state: { state: 'live', sinceMs: atMs } },
        );
      }
      links.add(node.name);
      observations.push(...logOf(node.name));
    }
    store.dispatch({ kind: 'observed', observations, nowMs: atMs });
  };
  return {
    world,
    store,
    watch: (toMs) => {
      while (world.nowMs < toMs) {
        world.advance(Math.min(toMs, world.nowMs + LOOK_MS));
        look();
      }
      store.dispatch({ kind: 'tick', nowMs: wallMs(world.nowMs) });
    },
  };
};
