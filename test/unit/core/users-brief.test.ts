/** What users have lost, in a line of 36 characters: the loss first, never a name cut in two. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CapabilityStanding, CapabilityState, Risk } from '../../../src/core/model/cluster.ts';
import { usersBrief } from '../../../src/core/users-line.ts';
import { builtinTopology } from '../../../src/topology/builtin.ts';

const topology = builtinTopology();

const having = (states: Readonly<Record<string, CapabilityStanding>>, risk?: Risk): CapabilityState[] =>
  topology.capabilities.map(({ id, title }) => {
    const state = states[id] ?? 'works';
    const causes = state === 'at-risk' && risk ? [{ service: 'iam', words: '', risk }] : [];
    return { id, title, state, because: [], causes };
  });

const brief = (...told: Parameters<typeof having>): string | undefined =>
  usersBrief(topology, having(...told));

test('names the loss, as much of it as fits, and how much more there is', () => {
  expect(brief({ 'create-vms': 'lost', authentication: 'lost', metrics: 'lost' })).toBe(
    'Down: new VMs, API logins, metrics',
  );
  expect(
    brief({
      ...{ 'create-vms': 'lost', authentication: 'lost', metrics: 'lost', networks: 'lost' },
      ...{ volumes: 'lost', pods: 'degraded' },
    }),
  ).toBe('Down: new VMs, API logins +3');
});

test('names what is degraded, and the risk beside it where both fit', () => {
  const quorum = { kind: 'quorum' } as const;
  expect(brief({ pods: 'degraded', authentication: 'at-risk' }, quorum)).toBe(
    'Pods degraded; no vote to spare',
  );
  expect(brief({ 'running-vms': 'degraded', authentication: 'at-risk' }, quorum)).toBe(
    'Running VMs degraded',
  );
  expect(brief({ authentication: 'at-risk' }, quorum)).toBe('No vote to spare');
  expect(brief({ authentication: 'at-risk' }, { kind: 'last', node: 'node01' })).toBe('IAM runs once');
  expect(brief({ authentication: 'at-risk' }, { kind: 'split' })).toBeUndefined();
  expect(brief({})).toBeUndefined();
});

test('fits, whatever is lost', () => {
  const standing = fc.constantFrom<CapabilityStanding>('works', 'lost', 'degraded', 'at-risk', 'unknown');
  const states = fc.record(Object.fromEntries(topology.capabilities.map(({ id }) => [id, standing])));
  fc.assert(
    fc.property(states, (all) => {
      const told = brief(all, { kind: 'quorum' });
      expect((told ?? '').length).toBeLessThanOrEqual(36);
      if (Object.entries(all).some(([, is]) => is === 'lost')) expect(told).toMatch(/^Down: /u);
    }),
  );
});
