import { describe, expect, it } from 'vitest';
import { type OperationInput, planOperation, TARGETS_MAX } from '../../../../src/actions/operation/plan.ts';
import type { ActionTarget } from '../../../../src/core/model/action.ts';
import { type InstanceId, instanceId } from '../../../../src/core/model/inventory.ts';
import type { OperationPlan } from '../../../../src/core/model/operation.ts';
import { operationEntries } from '../../../../src/views/confirm/operation-entries.ts';
import { instanceTarget } from '../../../helpers/plan-restart.ts';
import { splitBrain } from '../../../helpers/split-brain.ts';
import { healthyWorld, inventoryOf, options, topology, type World } from '../world.ts';

const NOW = 1_800_000_000_000;

const planned = (
  world: World,
  instances: readonly InstanceId[],
  changes: Partial<OperationInput> = {},
): OperationPlan =>
  planOperation({
    verb: 'restart',
    targets: instances.map(instanceTarget),
    name: `${instances.length} marked`,
    batch: 1,
    topology,
    inventory: world.inventory,
    cluster: world.cluster(),
    facts: world.facts(),
    options,
    sudo: true,
    ...changes,
  });

const nodes = (plan: OperationPlan): readonly string[] => plan.steps.map((step) => step.plan.target.node);
const allOf = (world: World, service: string): readonly InstanceId[] =>
  world.inventory.nodes.map(({ name }) => instanceId(service, name));

describe('the order of an operation', () => {
  it('takes the followers first and the leader last, and says so', () => {
    const world = healthyWorld(inventoryOf(3), NOW);
    const plan = planned(world, allOf(world, 'chainfire'));
    expect(nodes(plan)).toEqual(['node02', 'node03', 'node01']);
    expect(plan.steps.map(({ role }) => role)).toEqual(['follower', 'follower', 'leader']);
    expect(plan.why).toBe('the leader last');
    expect(plan).toMatchObject({ gated: true, refusals: [], leftOut: [], gateMs: 120_000 });
    expect(plan.expectedMs).toBe(90_000);
  });

  it('takes what is down already first: its restart takes no vote', () => {
    const world = healthyWorld(inventoryOf(3), NOW, ['chainfire@node03', 'flaredb@node03']);
    const plan = planned(world, allOf(world, 'chainfire'));
    expect(nodes(plan)).toEqual(['node03', 'node02', 'node01']);
    expect(plan.why).toBe('what is down already first, the leader last');
  });

  it('takes of two leaders the one left alone before all others: a member less is one too few for the true group', () => {
    const world = healthyWorld(inventoryOf(3), NOW);
    const cluster = splitBrain(world.cluster());
    const plan = planned(world, allOf(world, 'chainfire'), { cluster });
    expect(nodes(plan)).toEqual(['node03', 'node02', 'node01']);
    expect(plan.steps.map(({ role }) => role)).toEqual(['alone', 'follower', 'leader']);
    expect(plan.why).toBe('the leader that is left alone before the others, the leader last');
    const said = operationEntries({ plan }, { topology, cluster }, 'full', 100).map(({ text }) => text);
    expect(said).toContain('1 node03 leads alone  2 node02 follower  3 node01 leader, last');
    expect(said).toContain('two leaders: these votes are not those of one cluster');
  });

  it('keeps the order in which it was asked where any would do', () => {
    const world = healthyWorld(inventoryOf(3), NOW);
    const plan = planned(world, ['fiberlb@node03', 'fiberlb@node01']);
    expect(nodes(plan)).toEqual(['node03', 'node01']);
    expect(plan.why).toBe('');
  });

  it('names each target once', () => {
    const world = healthyWorld(inventoryOf(3), NOW);
    expect(nodes(planned(world, ['fiberlb@node02', 'fiberlb@node02']))).toEqual(['node02']);
  });
});

describe('what an operation costs', () => {
  it('is what its worst step costs, with no name to type while every quorum holds', () => {
    const world = healthyWorld(inventoryOf(3), NOW);
    const plan = planned(world, allOf(world, 'chainfire'));
    expect(plan.quorum.map(({ service, now, during, breaks }) => ({ service, now, during, breaks }))).toEqual(
      [
        { service: 'chainfire', now: 3, during: 2, breaks: false },
        { service: 'flaredb', now: 3, during: 2, breaks: false },
      ],
    );
    expect(plan).not.toHaveProperty('typed');
  });

  it('counts a batch together', () => {
    const world = healthyWorld(inventoryOf(3), NOW);
    const plan = planned(world, allOf(world, 'chainfire'), { batch: 2 });
    expect(plan.quorum[0]).toMatchObject({ during: 1, breaks: true });
    expect(plan.typed).toBe('chainfire');
    const five = healthyWorld(inventoryOf(5), NOW);
    expect(planned(five, allOf(five, 'chainfire'), { batch: 2 })).not.toHaveProperty('typed');
  });

  it('has what is stopped all in one go judged as gone together, each step with the name typed', () => {
    const world = healthyWorld(inventoryOf(3), NOW);
    for (const { name } of world.inventory.nodes) world.look(NOW, name);
    const plan = planned(world, allOf(world, 'chainfire'), { verb: 'stop' });
    expect(plan).toMatchObject({
      gated: false,
      typed: 'chainfire',
      danger: { kind: 'quorum' },
      refusals: [],
    });
    expect(plan.quorum[0]).toMatchObject({ now: 3, during: 0, after: 0 });
    expect(plan.steps.map((step) => step.plan.typed)).toEqual(['chainfire', 'chainfire', 'chainfire']);
    // What each is held against when its turn comes: it was said yes to with the others gone.
    expect(plan.steps.map((step) => step.plan.danger?.kind)).toEqual(['quorum', 'quorum', 'quorum']);
    expect(nodes(plan).at(-1)).toBe('node01');
  });

  it('tells of all that is stopped in one go what users lose, on one node as well', () => {
    const world = healthyWorld(inventoryOf(2), NOW);
    for (const { name } of world.inventory.nodes) world.look(NOW, name);
    const both = ['novanet@node01', 'novanet@node02'] as const;
    const { users } = planned(world, both, { verb: 'stop' });
    expect(users).toHaveLength(1);
    // The order is as they were asked for, so that the last one shares its node with the first.
    const more = planned(world, [...both, 'fiberlb@node01'], { verb: 'stop' });
    expect(nodes(more)).toEqual(['node01', 'node02', 'node01']);
    expect(users.join()).toContain('New networks');
    expect(more.users.join().toLowerCase()).toContain('new networks');
    expect(more.danger).toMatchObject({ kind: 'capability' });
  });

  it('names in its danger what any of its steps takes away', () => {
    const world = healthyWorld(inventoryOf(1), NOW);
    world.look(NOW, 'node01');
    const titles = (...instances: readonly InstanceId[]) => {
      const { danger } = planned(world, instances, { verb: 'stop' });
      return danger?.kind === 'capability' ? danger.titles : [];
    };
    const [one, other] = [titles('novanet@node01'), titles('lightningstor@node01')];
    expect(one).not.toEqual([]);
    expect(other.filter((title) => !one.includes(title))).not.toEqual([]);
    expect(titles('novanet@node01', 'lightningstor@node01')).toEqual(
      expect.arrayContaining([...one, ...other]),
    );
  });

  it('relies on the member that is mended first', () => {
    const world = healthyWorld(inventoryOf(3), NOW, ['chainfire@node03', 'flaredb@node03']);
    const plan = planned(world, ['chainfire@node02', 'chainfire@node03']);
    expect(nodes(plan)).toEqual(['node03', 'node02']);
    expect(plan.steps[1]?.plan.quorum[0]).toMatchObject({ now: 3, during: 2, breaks: false });
    expect(planned(world, ['chainfire@node02']).typed).toBe('chainfire');
  });

  it('tells the votes that there are once all of it is over, not those after its worst step', () => {
    const down = ['chainfire@node02', 'chainfire@node03', 'flaredb@node02', 'flaredb@node03'] as const;
    const world = healthyWorld(inventoryOf(3), NOW, down);
    for (const { name } of world.inventory.nodes) world.look(NOW, name);
    const both = ['chainfire@node02', 'chainfire@node03'] as const;
    expect(planned(world, both).quorum[0]).toMatchObject({ now: 1, during: 1, after: 3 });
    expect(planned(world, both, { batch: 2 }).quorum[0]).toMatchObject({ now: 1, during: 1, after: 3 });
    const started = planned(world, both, { verb: 'start' });
    expect(started.gated).toBe(false);
    expect(started.quorum[0]).toMatchObject({ now: 1, after: 3, breaks: false });
  });

  it('ends with the votes that it began with where all go one after the other, however many at a time', () => {
    const world = healthyWorld(inventoryOf(5), NOW);
    for (const batch of [1, 2]) {
      const [chainfire] = planned(world, allOf(world, 'chainfire'), { batch }).quorum;
      expect(chainfire).toMatchObject({ now: 5, during: 5 - batch, after: 5 });
    }
  });

  it('takes for good what it stops', () => {
    const world = healthyWorld(inventoryOf(5), NOW);
    for (const { name } of world.inventory.nodes) world.look(NOW, name);
    const plan = planned(world, ['chainfire@node02', 'chainfire@node03'], { verb: 'stop' });
    expect(plan.quorum[0]).toMatchObject({ now: 5, during: 3, after: 3 });
  });

  it('asks for the name where the member that is down is not among those that are restarted', () => {
    const world = healthyWorld(inventoryOf(3), NOW, ['chainfire@node03', 'flaredb@node03']);
    const plan = planned(world, ['chainfire@node01', 'chainfire@node02']);
    expect(plan.typed).toBe('chainfire');
    expect(plan.users).not.toEqual([]);
  });
});

describe('why an operation may not run', () => {
  it('is one step that may not', () => {
    const world = healthyWorld(inventoryOf(3), NOW);
    world.link(NOW, 'node03', { state: 'none' });
    expect(planned(world, allOf(world, 'fiberlb')).refusals).toEqual([
      'there is no ssh connection to node03 yet',
    ]);
  });

  it('is another operation there that has not ended', () => {
    const world = healthyWorld(inventoryOf(3), NOW);
    const plan = planned(world, ['fiberlb@node02'], { name: 'fiberlb on 1 node' });
    const running = { id: '1', plan, state: 'gate', steps: [], startedAtMs: NOW, words: '' } as const;
    expect(planned(world, ['chainfire@node02'], { operations: [running] }).refusals).toEqual([
      'restart fiberlb on 1 node has not ended',
    ]);
    expect(planned(world, ['chainfire@node01'], { operations: [running] }).refusals).toEqual([]);
    const ended = { ...running, state: 'done' } as const;
    expect(planned(world, ['chainfire@node02'], { operations: [ended] }).refusals).toEqual([]);
  });

  it('is nothing to act on, or more than anybody looks over', () => {
    const world = healthyWorld(inventoryOf(3), NOW);
    expect(planned(world, []).refusals).toEqual(['it is about nothing']);
    const targets = Array.from(
      { length: TARGETS_MAX + 1 },
      (_, index): ActionTarget => ({ kind: 'node', node: `n${index}` }),
    );
    expect(planned(world, [], { targets }).refusals).toEqual(['101 at once are too many: 100 at most']);
  });
});

describe('what is left out', () => {
  it('is what another takes along anyway', () => {
    const world = healthyWorld(inventoryOf(3), NOW);
    const plan = planned(world, ['flaredb@node02', 'chainfire@node02', 'fiberlb@node02']);
    expect(plan.steps.map(({ plan: { unit } }) => unit)).toEqual(['chainfire.service', 'fiberlb.service']);
    expect(plan.leftOut).toEqual([
      { target: instanceTarget('flaredb@node02'), why: 'goes along with chainfire' },
    ]);
  });

  it('is, where nothing waits for anything, what cannot be done', () => {
    const world = healthyWorld(inventoryOf(3), NOW);
    world.link(NOW, 'node03', { state: 'none' });
    world.look(NOW, 'node01', { 'fiberlb.service': { active: 'inactive', sub: 'dead' } });
    const plan = planned(world, [], {
      verb: 'bring-up',
      targets: [
        { kind: 'node', node: 'node01' },
        { kind: 'node', node: 'node03' },
      ],
    });
    expect(plan).toMatchObject({ gated: false, refusals: [] });
    expect(nodes(plan)).toEqual(['node01']);
    expect(plan.leftOut.map(({ why }) => why)).toEqual(['there is no ssh connection to node03 yet']);
  });
});
