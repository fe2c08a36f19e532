import { describe, expect, it } from 'vitest';
import type { InstanceId } from '../../../src/core/model/inventory.ts';
import { saferThan, saferThanAll } from '../../../src/core/safer.ts';
import { planRestart } from '../../helpers/plan-restart.ts';
import { type Situation, sampleStore } from '../../helpers/sample-cluster.ts';
import { splitBrain } from '../../helpers/split-brain.ts';

const safer = (situation: Situation, instance: InstanceId): string | undefined => {
  const { topology, inventory, cluster, facts, options } = sampleStore(situation).getState();
  return saferThan(
    planRestart({ topology, inventory, cluster, facts, options, instance, sudo: true }),
    cluster,
  );
};

describe('saferThan', () => {
  it('has nothing to say of a lone leaf, or of what is down itself', () => {
    expect(safer('healthy', 'chainfire@node02')).toBeUndefined();
    expect(safer('quorum-lost', 'chainfire@node02')).toBeUndefined();
  });

  it('names what a blocked unit waits for in the end', () => {
    expect(safer('quorum-lost', 'iam@node03')).toBe('restart chainfire on node03 first: iam waits for it');
  });

  it('knows what a restart does not mend', () => {
    const { topology, inventory, cluster, facts, options } = sampleStore('healthy').getState();
    const instances = new Map(cluster.instances);
    const old = instances.get('iam@node02');
    if (old === undefined) throw new Error('no such instance');
    instances.set(old.id, { ...old, verdict: 'down', certificateNotAfterMs: cluster.atMs });
    const plan = planRestart({
      topology,
      inventory,
      cluster,
      facts,
      options,
      instance: 'iam@node02',
      sudo: true,
    });
    expect(saferThan(plan, { ...cluster, instances })).toContain('put a new certificate on node02 first');
  });

  it('names, of two leaders, the one that is nearly alone', () => {
    const { topology, inventory, cluster, facts, options } = sampleStore('healthy').getState();
    const split = splitBrain(cluster);
    const plan = (instance: InstanceId) =>
      planRestart({ topology, inventory, cluster, facts, options, instance, sudo: true });
    expect(saferThan(plan('chainfire@node01'), split)).toContain('restart chainfire on node03 first');
    expect(saferThan(plan('chainfire@node03'), split)).toBeUndefined();
  });

  it('names the member that is down already before one that votes', () => {
    const { topology, inventory, cluster, facts, options } = sampleStore('healthy').getState();
    const instances = new Map(cluster.instances);
    const dead = instances.get('chainfire@node03');
    if (dead === undefined) throw new Error('no such instance');
    instances.set(dead.id, { ...dead, verdict: 'down' });
    const plan = planRestart({
      topology,
      inventory,
      cluster,
      facts,
      options,
      instance: 'chainfire@node01',
      sudo: true,
    });
    expect(saferThan(plan, { ...cluster, instances })).toBe(
      'restart chainfire on node03 first: it is down already',
    );
  });
});

describe('saferThanAll', () => {
  const saferAll = (situation: Situation, instances: readonly InstanceId[]): string | undefined => {
    const { topology, inventory, cluster, facts, options } = sampleStore(situation).getState();
    const plans = instances.map((instance) =>
      planRestart({ topology, inventory, cluster, facts, options, instance, sudo: true }),
    );
    return saferThanAll(plans, cluster);
  };

  it('names what all of them wait for', () => {
    expect(saferAll('quorum-lost', ['iam@node01', 'iam@node02', 'iam@node03'])).toMatch(
      /^restart chainfire on node0[23] first: iam waits for it$/u,
    );
  });

  it('has nothing to say where it is restarted along with them', () => {
    expect(saferAll('quorum-lost', ['chainfire@node02', 'chainfire@node03'])).toBeUndefined();
    expect(saferAll('healthy', ['chainfire@node01', 'chainfire@node02'])).toBeUndefined();
  });
});
