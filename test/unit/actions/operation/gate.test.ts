import { describe, expect, it } from 'vitest';
import { type Baseline, baselineOf, type Gate, gateSight } from '../../../../src/actions/operation/gate.ts';
import type { InstanceId } from '../../../../src/core/model/inventory.ts';
import type { Observation, UnitFacts } from '../../../../src/core/model/observation.ts';
import { healthyWorld, inventoryOf, topology, type World } from '../world.ts';

const NOW = 1_800_000_000_000;
const NODES = ['node01', 'node02', 'node03'] as const;

const sight = (
  world: World,
  baseline: Baseline,
  sinceMs = NOW,
  next: readonly string[] = [],
  touched: readonly string[] = [],
): Gate => gateSight(baseline, world.facts(), world.cluster(), sinceMs, new Set(touched), next);

describe('the gate between two batches', () => {
  it('opens when all is as well as it was', () => {
    const world = healthyWorld(inventoryOf(3), NOW);
    expect(sight(world, baselineOf(world.cluster()))).toEqual({ open: true });
  });

  it('waits for every vote that was there, and for no more than those', () => {
    const world = healthyWorld(inventoryOf(3), NOW);
    const baseline = baselineOf(world.cluster());
    world.poll(NOW + 2000, ['chainfire@node02']);
    world.poll(NOW + 4000, ['chainfire@node02']);
    expect(sight(world, baseline)).toEqual({
      open: false,
      words: 'waiting for quorum 3/3: chainfire has 2',
    });
    world.poll(NOW + 6000);
    expect(sight(world, baseline)).toEqual({ open: true });

    const short = healthyWorld(inventoryOf(3), NOW, ['chainfire@node03']);
    expect(sight(short, baselineOf(short.cluster()))).toEqual({ open: true });
  });

  it('waits for what the batches before have mended, too', () => {
    const world = healthyWorld(inventoryOf(3), NOW, ['chainfire@node03']);
    const before = baselineOf(world.cluster());
    const mended = baselineOf(world.cluster(), before, [
      { kind: 'instance', service: 'chainfire', node: 'node03' },
    ]);
    expect(sight(world, before)).toEqual({ open: true });
    expect(sight(world, mended)).toMatchObject({ words: 'waiting for quorum 3/3: chainfire has 2' });
  });

  it('does not go by looks from before the batch ended', () => {
    const world = healthyWorld(inventoryOf(3), NOW);
    const baseline = baselineOf(world.cluster());
    expect(sight(world, baseline, NOW + 1)).toEqual({
      open: false,
      words: 'waiting for quorum 3/3: chainfire on node01 has not answered since',
    });
    world.poll(NOW + 1, [], ['chainfire@node01', 'chainfire@node02', 'chainfire@node03']);
    expect(sight(world, baseline, NOW + 1)).toMatchObject({
      words: 'waiting for quorum 3/3: flaredb on node01 has not answered since',
    });
    world.poll(NOW + 2);
    expect(sight(world, baseline, NOW + 1)).toEqual({ open: true });
  });

  it('does not count a vote whose last look failed, though its verdict has not changed yet', () => {
    const world = healthyWorld(inventoryOf(3), NOW);
    const baseline = baselineOf(world.cluster());
    world.poll(NOW + 2000, ['chainfire@node03']);
    expect(world.cluster().services.get('chainfire')?.verdict).toBe('ok');
    expect(sight(world, baseline)).toMatchObject({ open: false });
  });

  /** The members that are up answer 503, as one does that has no leader. */
  const leaderless = (world: World, atMs: number, down: readonly InstanceId[]): void => {
    world.lead();
    world.poll(atMs, down);
    const checks = [...world.facts().checks.values()].filter(
      ({ target }) => target.spec.kind === 'https-json' && !down.includes(target.instance),
    );
    const answers = checks.flatMap(({ target, last }): Observation[] => {
      if (last?.answer?.kind !== 'http' || last.answer.json?.raft === undefined) return [];
      const failure = { kind: 'status', detail: '503 Service Unavailable' } as const;
      const result = { ...last, ok: false, failure, answer: { ...last.answer, status: 503 } } as const;
      return [{ kind: 'probe', check: target.id, result }];
    });
    expect(answers.length).toBeGreaterThan(0);
    world.observe(answers, atMs);
  };

  it('takes the 503 of a member without a leader for its answer: that leader may need what comes next', () => {
    const down = ['node02', 'node03'].flatMap((node): InstanceId[] => [
      `chainfire@${node}`,
      `flaredb@${node}`,
    ]);
    const world = healthyWorld(inventoryOf(3), NOW, down);
    leaderless(world, NOW + 2000, down);
    const baseline = baselineOf(world.cluster());
    expect(sight(world, baseline, NOW + 3000)).toMatchObject({ words: /has not answered since$/u });
    leaderless(world, NOW + 4000, down);
    expect(sight(world, baseline, NOW + 3000)).toEqual({ open: true });

    // A group that had a leader is waited for until it has one again.
    const held = healthyWorld(inventoryOf(3), NOW);
    const before = baselineOf(held.cluster());
    leaderless(held, NOW + 4000, []);
    expect(sight(held, before, NOW + 3000)).toMatchObject({
      words: 'waiting for quorum 3/3: chainfire has no leader',
    });
  });

  it('does not take a step that was held all along for newly broken', () => {
    const world = healthyWorld(inventoryOf(3), NOW, ['chainfire@node02']);
    const steps = topology.firstBoot.steps.map(({ unit }) => unit);
    const dead = { active: 'inactive', sub: 'dead', inactiveEnterMs: 1 };
    const unitsAre = (chainfire: Partial<UnitFacts>): void =>
      world.look(NOW, 'node02', {
        ...Object.fromEntries(steps.map((unit) => [unit, dead])),
        'chainfire.service': chainfire,
      });
    unitsAre({ active: 'failed', sub: 'failed', result: 'exit-code', exitCode: 3 });
    const baseline = baselineOf(world.cluster());
    world.poll(NOW + 2000);
    unitsAre({ activeEnterMs: 5000 });
    const left = world.cluster().causes.filter(({ kind }) => kind === 'left-behind');
    expect(left.flatMap(({ subjects }) => subjects)).toContain('chainfire-cluster-join@node02');
    expect(sight(world, baseline)).toEqual({ open: true });
  });

  it('names what has broken since it began, and passes over what was broken before', () => {
    const world = healthyWorld(inventoryOf(3), NOW, ['fiberlb@node03']);
    const baseline = baselineOf(world.cluster());
    expect(world.cluster().causes).toHaveLength(1);
    expect(sight(world, baseline)).toEqual({ open: true });
    for (const atMs of [NOW + 2000, NOW + 4000]) world.poll(atMs, ['fiberlb@node03', 'novanet@node01']);
    const gate = sight(world, baseline);
    expect(gate.open ? '' : gate.words).toMatch(/^waiting for novanet on node01: .+, since this began$/u);
  });

  it('does not take the rest of a cause that was mended in part for a new one', () => {
    const world = healthyWorld(inventoryOf(3), NOW, ['fiberlb@node02', 'fiberlb@node03']);
    const baseline = baselineOf(world.cluster());
    world.poll(NOW + 2000, ['fiberlb@node03']);
    world.poll(NOW + 4000, ['fiberlb@node03']);
    expect(world.cluster().causes.map(({ where }) => where)).toEqual(['fiberlb on node03']);
    expect(sight(world, baseline)).toEqual({ open: true });
  });

  it('waits for what went along on the nodes that were touched, and not for what others do', () => {
    const world = healthyWorld(inventoryOf(3), NOW);
    for (const { name } of world.inventory.nodes) world.look(NOW, name);
    const baseline = baselineOf(world.cluster());
    const starting = { active: 'activating', sub: 'start', job: 7 };
    for (const atMs of [NOW + 2000, NOW + 4000]) {
      world.poll(atMs, ['iam@node02']);
      world.look(atMs, 'node02', { 'iam.service': starting });
    }
    const gate = sight(world, baseline, NOW, [], ['node02']);
    expect(gate.open ? '' : gate.words).toMatch(/^waiting for iam on node02: starting/u);
    const others = { ...baseline, trouble: new Set(['iam@node02']) };
    expect(sight(world, others, NOW, [], ['node01'])).toEqual({ open: true });
  });

  it('waits for ssh to those that are next, and to them only', () => {
    const world = healthyWorld(inventoryOf(3), NOW);
    const baseline = baselineOf(world.cluster());
    world.link(NOW, 'node03', { state: 'connecting', sinceMs: NOW });
    expect(sight(world, baseline, NOW, NODES)).toEqual({ open: false, words: 'waiting for ssh to node03' });
    expect(sight(world, baseline, NOW, ['node02'])).toEqual({ open: true });
  });
});
