import { describe, expect, it } from 'vitest';
import { sightOf } from '../../../src/actions/settle.ts';
import { healthyWorld, inventoryOf, type World } from './world.ts';

const NOW = 1_800_000_000_000;
const RETURNED = NOW + 100;
const INSTANCE = 'fiberlb@node02';

const sight = (world: World) =>
  sightOf(world.facts(), world.cluster(), {
    instance: INSTANCE,
    node: 'node02',
    unit: 'fiberlb.service',
    sinceMs: RETURNED,
    invocationBefore: 'before',
  });

const restarted = (): World => {
  const world = healthyWorld(inventoryOf(3), NOW);
  world.look(RETURNED + 1000, 'node02', { 'fiberlb.service': { invocation: 'after' } });
  return world;
};

describe('sightOf', () => {
  it('is green once every check has passed since the command', () => {
    const world = restarted();
    expect(sight(world)).toMatchObject({ green: false, reason: 'its health has not been seen since' });
    world.poll(RETURNED + 1000);
    expect(sight(world)).toMatchObject({ green: true, renewed: true, reason: '' });
  });

  it('is green beside another leader: its group is split, and it does what it can', () => {
    const id = 'chainfire@node02';
    const world = restarted();
    world.lead('node01', 'node02');
    const sees = () =>
      sightOf(world.facts(), world.cluster(), {
        ...{ instance: id, node: 'node02', unit: 'chainfire.service', sinceMs: RETURNED },
      });
    for (const afterMs of [1000, 3000, 5000]) world.poll(RETURNED + afterMs);
    expect(world.cluster().instances.get(id)).toMatchObject({ verdict: 'degraded', split: 'two-leaders' });
    expect(sees()).toMatchObject({ green: true, reason: '' });
    world.poll(RETURNED + 7000, [id]);
    expect(sees()).toMatchObject({ green: false, reason: 'its newest look failed: connect ECONNREFUSED' });
  });

  it('is not green on failures that are too few for a verdict', () => {
    const world = restarted();
    world.poll(RETURNED + 1000, [INSTANCE]);
    expect(world.cluster().instances.get(INSTANCE)?.verdict).toBe('ok');
    expect(sight(world)).toMatchObject({
      green: false,
      reason: 'its newest look failed: connect ECONNREFUSED',
    });
  });
});
