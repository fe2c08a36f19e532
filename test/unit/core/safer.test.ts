import { describe, expect, it } from 'vitest';
import type { InstanceId } from '../../../src/core/model/inventory.ts';
import { saferThan } from '../../../src/core/safer.ts';
import { planRestart } from '../../helpers/plan-restart.ts';
import { type Situation, sampleStore } from '../../helpers/sample-cluster.ts';

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
    expect(saferThan(plan, { ...cluster, instances })).toContain('put a new certificate there first');
  });

  it('names, of two leaders, the one that is nearly alone', () => {
    const { topology, inventory, cluster, facts, options } = sampleStore('healthy').getState();
    const instances = new Map(cluster.instances);
    for (const [node, clusterSize] of [
      ['node01', 2],
      ['node03', 1],
    ] as const) {
      const leader = instances.get(`chainfire@${node}`);
      if (leader === undefined) throw new Error('no such instance');
      instances.set(leader.id, { ...leader, raft: 'leader', clusterSize });
    }
    const chainfire = cluster.services.get('chainfire');
    if (chainfire?.quorum === undefined) throw new Error('no quorum');
    const faults = [{ kind: 'two-leaders', nodes: ['node01', 'node03'] }] as const;
    const services = new Map(cluster.services).set('chainfire', {
      ...chainfire,
      quorum: { ...chainfire.quorum, faults },
    });
    const split = { ...cluster, instances, services };
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
