/** A whole first boot, simulated, looked at like the console does, at any pace and phase: never red. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { watchedUnits } from '../../../src/core/graph.ts';
import type { ClusterState } from '../../../src/core/model/cluster.ts';
import type { CheckTarget, ClusterNode } from '../../../src/core/model/inventory.ts';
import type { JsonScalar, Observation, ProbeResult } from '../../../src/core/model/observation.ts';
import type { World as Simulation } from '../../../src/demo/sim/world.ts';
import { lookCommand, parseLook } from '../../../src/probes/systemd.ts';
import { run } from '../demo/shells.ts';
import { worldOf as simulationOf } from '../demo/worlds.ts';
import { fail, judged, pass, START, seen, sick, worldOf } from './world.ts';

const probed = (simulation: Simulation, target: CheckTarget, atMs: number): ProbeResult => {
  const { node, service, spec } = target;
  if (simulation.endpoint(node, service).kind !== 'open') return fail(atMs, 'refused');
  if (spec.kind !== 'https-json') return pass(target, atMs);
  const { status, body } = simulation.answer(node, service, spec);
  const json = JSON.parse(body) as Record<string, JsonScalar>;
  return status === spec.status ? pass(target, atMs, json) : sick(atMs, json, status);
};

const looked = (simulation: Simulation, node: ClusterNode, atMs: number): Observation[] => {
  const { name } = node;
  if (simulation.node(name)?.power !== 'up') {
    const failure = { kind: 'refused', detail: 'Connection refused', remedy: '' } as const;
    return [{ kind: 'link', node: name, link: { state: 'failed', sinceMs: atMs, failure } }];
  }
  const units = watchedUnits(simulation.topology, node);
  const parsed = parseLook(run(simulation, name, lookCommand(units)).out, units, atMs);
  if (!parsed.ok) throw new Error(parsed.detail);
  return [
    { kind: 'link', node: name, link: { state: 'up', sinceMs: atMs } },
    { kind: 'units', node: name, look: parsed.look },
  ];
};

type Course = {
  readonly seed: number;
  readonly nodes: number;
  readonly speed: number;
  /** World time at which the console starts, ms. */
  readonly fromMs: number;
  /** How long each look waits for the next, as a share of the longest pause; used in turn. */
  readonly pauses: readonly number[];
};

const STEP_MS = 250;
const LOOK_MS = 2000;
/** The poller asks a failing check this rarely at most. */
const BACKOFF_MS = 15_000;

/** Every judgement of a first boot, until all is well; a failing check is looked at as rarely as the course says. */
const watched = ({ seed, nodes, speed, fromMs, pauses }: Course): ClusterState[] => {
  const simulation = simulationOf('first-boot', { nodes, seed });
  let world = worldOf(nodes);
  const due = new Map<string, number>();
  let turn = 0;
  const pause = (longestMs: number): number => {
    turn += 1;
    return 200 + (pauses[turn % pauses.length] ?? 1) * longestMs;
  };
  const isDue = (id: string, atMs: number): boolean => (due.get(id) ?? 0) <= atMs;
  const states: ClusterState[] = [];
  for (let passedMs = STEP_MS; passedMs < 300_000; passedMs += STEP_MS) {
    const nowMs = START + passedMs;
    simulation.advance(fromMs + passedMs * speed);
    const observations: Observation[] = [];
    for (const node of world.inventory.nodes) {
      if (!isDue(node.name, nowMs)) continue;
      observations.push(...looked(simulation, node, nowMs));
      due.set(node.name, nowMs + pause(LOOK_MS));
    }
    for (const target of world.targets) {
      if (!isDue(target.id, nowMs)) continue;
      const result = probed(simulation, target, nowMs);
      observations.push({ kind: 'probe', check: target.id, result });
      due.set(target.id, nowMs + pause(result.ok ? LOOK_MS : BACKOFF_MS));
    }
    world = seen({ ...world, nowMs }, observations);
    const state = judged(world);
    world = { ...world, previous: state };
    states.push(state);
    if (state.verdict === 'ok') return states;
  }
  throw new Error(`never well: ${states.at(-1)?.headline.sentence}`);
};

const courses: fc.Arbitrary<Course> = fc.record({
  seed: fc.integer({ min: 1, max: 1000 }),
  nodes: fc.constantFrom(1, 3, 3, 5),
  speed: fc.constantFrom(1, 2, 4, 10),
  fromMs: fc.integer({ min: 0, max: 30_000 }),
  pauses: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 }),
});

test('nothing is red, blocked or degraded on the way, and the headline says how far it is', () => {
  let startings = 0;
  fc.assert(
    fc.property(courses, (course) => {
      for (const state of watched(course)) {
        const { counts, headline } = state;
        const told = `${headline.sentence} ${headline.cause ?? ''}`;
        expect({ down: counts.down, blocked: counts.blocked, degraded: counts.degraded }, told).toEqual({
          down: 0,
          blocked: 0,
          degraded: 0,
        });
        expect(['ok', 'starting', 'late', 'unknown'], told).toContain(state.verdict);
        for (const { quorum } of state.services.values()) expect(quorum?.standing, told).not.toBe('lost');
        if (state.verdict !== 'starting') continue;
        startings += 1;
        expect(headline.sentence).toMatch(/starting.* \d+ of \d+ instances ready\.$/u);
        expect(headline.cause).toMatch(/^\S+ on node\d+ · ./u);
      }
    }),
    // A course takes a while: the same twenty each time; hundreds of others were run once.
    { numRuns: 20, seed: 20_261_123 },
  );
  expect(startings).toBeGreaterThan(100);
});
