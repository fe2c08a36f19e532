/** Each scenario reaches the state that its description promises. */
import { describe, expect, test } from 'vitest';
import { scenarios } from '../../../../src/demo/sim/scenarios.ts';
import { bodyOf, nodeNames, stateOf, topology, worldOf } from '../worlds.ts';

const documented = (service: string): Record<string, unknown> => {
  const spec = topology.services
    .find((each) => each.name === service)
    ?.checks.find((check) => check.kind === 'https-json');
  if (spec?.kind !== 'https-json') return {};
  return Object.fromEntries(spec.fields.map((field) => [field.name, field.equals ?? field.example]));
};

test('every scenario has a description and plays from one node up to many', () => {
  for (const entry of scenarios) {
    expect(entry.description).not.toBe('');
    for (const nodes of [entry.minNodes, 3, 5, 12]) {
      const world = worldOf(entry.name, { nodes });
      world.advance(200_000);
      expect(world.nowMs).toBe(200_000);
    }
  }
});

describe('steady', () => {
  test('every endpoint gives the documented answer', () => {
    const world = worldOf('steady');
    for (const service of topology.services) {
      for (const node of nodeNames(3)) {
        expect(world.endpoint(node, service.name)).toEqual({ kind: 'open', delayMs: 0 });
        for (const spec of service.checks) {
          if (spec.kind === 'https-text') expect(world.answer(node, service.name, spec).body).toBe(spec.text);
          if (spec.kind !== 'https-json') continue;
          expect(world.answer(node, service.name, spec).status).toBe(200);
          const body = JSON.parse(world.answer(node, service.name, spec).body) as Record<string, unknown>;
          const { raft: _, ...facts } = documented(service.name);
          expect(body).toMatchObject(facts);
          expect(Object.keys(body)).toEqual(spec.fields.map((field) => field.name));
        }
      }
    }
    const roles = nodeNames(3).map((node) => bodyOf(world, node, 'chainfire').raft);
    expect(roles.toSorted()).toEqual(['follower', 'follower', 'leader']);
    expect(world.nextMs()).toBe(Number.POSITIVE_INFINITY);
  });

  test('a large cluster keeps its voters on five nodes', () => {
    const world = worldOf('steady', { nodes: 8 });
    expect(world.raft('chainfire')?.joinedNodes.toSorted()).toEqual(nodeNames(5));
    expect(world.endpoint('node08', 'chainfire').kind).toBe('closed');
    expect(world.endpoint('node08', 'plasmavmc').kind).toBe('open');
    expect(world.node('node08')?.manager?.systemState).toBe('running');
  });
});

test('first-boot: the nodes boot one after the other, joins wait for the bootstrap node, and all become ready', () => {
  const world = worldOf('first-boot');
  expect(world.nodes().map((node) => node.power)).toEqual(['off', 'off', 'off']);
  world.advance(5000);
  const boots = world.nodes().map((node) => node.manager?.bootAtMs ?? 0);
  expect(boots.map((at) => at - (boots[0] ?? 0))).toEqual([0, 1000, 4000]);
  world.advance(11_200);
  expect(stateOf(world, 'node01', 'chainfire.service')).toBe('active/running');
  expect(bodyOf(world, 'node01', 'chainfire')).toMatchObject({ status: 'joining', raft: 'candidate' });
  world.advance(17_000);
  expect(stateOf(world, 'node03', 'chainfire.service')).toBe('activating/start');
  expect(bodyOf(world, 'node01', 'chainfire')).toMatchObject({ status: 'healthy', cluster_size: 2 });
  world.advance(65_000);
  expect(world.nodes().map((node) => node.manager?.systemState)).toEqual(['running', 'running', 'running']);
  const joins = world
    .nodes()
    .flatMap((node) => node.manager?.journal.entries(['chainfire-cluster-join.service']) ?? [])
    .map((entry) => entry.message);
  expect(joins).toEqual(
    expect.arrayContaining(['joined 1 of 3, bootstrap', 'joined 2 of 3', 'joined 3 of 3']),
  );
});

test('quorum-loss: chainfire fails on two of three, its dependents feel it, level 3 does not, a restart heals', () => {
  const world = worldOf('quorum-loss');
  expect(bodyOf(world, 'node01', 'chainfire')).toMatchObject({ status: 'healthy', cluster_size: 3 });
  world.advance(9000);
  expect(world.endpoint('node02', 'chainfire').kind).toBe('closed');
  expect(stateOf(world, 'node03', 'chainfire.service')).toBe('activating/auto-restart');
  expect(bodyOf(world, 'node01', 'chainfire')).toMatchObject({
    status: 'degraded',
    raft: 'candidate',
    cluster_size: 1,
  });
  expect(bodyOf(world, 'node01', 'flaredb')).toMatchObject({ status: 'degraded', chainfire: 'disconnected' });
  world.advance(80_000);
  expect(stateOf(world, 'node02', 'chainfire.service')).toBe('failed/failed');
  expect(stateOf(world, 'node03', 'chainfire.service')).toBe('failed/failed');
  expect(bodyOf(world, 'node01', 'iam')).toMatchObject({ status: 'degraded', database: 'disconnected' });
  for (const node of nodeNames(3))
    expect(bodyOf(world, node, 'plasmavmc')).toMatchObject({ status: 'healthy' });

  world.request('node02', 'restart', 'chainfire.service');
  world.advance(100_000);
  expect(stateOf(world, 'node02', 'chainfire.service')).toBe('active/running');
  expect(bodyOf(world, 'node01', 'chainfire')).toMatchObject({ status: 'healthy', cluster_size: 2 });
});

test('quorum-loss: a restart during the crash loop is enough as well', () => {
  const world = worldOf('quorum-loss');
  world.advance(8000);
  for (const node of ['node02', 'node03']) world.request(node, 'restart', 'chainfire.service');
  world.advance(120_000);
  for (const node of nodeNames(3)) {
    expect(bodyOf(world, node, 'chainfire')).toMatchObject({ status: 'healthy', cluster_size: 3 });
    expect(stateOf(world, node, 'iam-initial-setup.service')).toBe('active/exited');
  }
});

test('node-loss: the node is silent, the others keep the quorum', () => {
  const world = worldOf('node-loss');
  world.advance(10_000);
  for (const service of topology.services)
    expect(world.endpoint('node02', service.name)).toEqual({ kind: 'silent' });
  expect(world.request('node02', 'restart', 'chainfire.service')).toBeUndefined();
  expect(bodyOf(world, 'node01', 'chainfire')).toMatchObject({ status: 'healthy', cluster_size: 2 });
  expect(bodyOf(world, 'node03', 'iam')).toMatchObject({ status: 'healthy' });
});

test('join-failure: the last join fails until reset-failed, then a restart of it succeeds and the boot ends', () => {
  const world = worldOf('join-failure');
  const unit = 'flaredb-cluster-join.service';
  world.advance(200_000);
  expect(stateOf(world, 'node03', unit)).toBe('failed/failed');
  expect(bodyOf(world, 'node03', 'flaredb')).toMatchObject({ status: 'joining' });
  expect(world.node('node03')?.manager?.systemState).toBe('starting');
  expect(world.node('node02')?.manager?.systemState).toBe('running');

  world.request('node03', 'restart', unit);
  world.advance(205_000);
  expect(stateOf(world, 'node03', unit)).not.toBe('active/exited');
  world.resetFailed('node03', unit);
  world.request('node03', 'restart', unit);
  world.advance(215_000);
  expect(stateOf(world, 'node03', unit)).toBe('active/exited');
  expect(bodyOf(world, 'node03', 'flaredb')).toMatchObject({ status: 'healthy' });
  expect(world.node('node03')?.manager?.systemState).toBe('running');
});

test('slow: one instance answers late, above its threshold where it has one, below the usual timeout', () => {
  const world = worldOf('slow');
  world.advance(5000);
  const slow = topology.services.flatMap((service) =>
    nodeNames(3).flatMap((node) => {
      const endpoint = world.endpoint(node, service.name);
      return endpoint.kind === 'open' && endpoint.delayMs > 0
        ? [{ service, node, delayMs: endpoint.delayMs }]
        : [];
    }),
  );
  expect(slow).toHaveLength(1);
  expect(slow[0]?.node).toBe('node02');
  expect(slow[0]?.delayMs).toBeGreaterThan(slow[0]?.service.checks[0]?.slowMs ?? 500);
  expect(slow[0]?.delayMs).toBeLessThan(1500);
});

test('cert-expiry: one certificate has expired, another ends soon', () => {
  const world = worldOf('cert-expiry');
  expect(nodeNames(3).map((node) => world.certificate(node))).toEqual(['valid', 'expired', 'soon']);
  expect(world.certificate('node01')).toBe('valid');
  expect(worldOf('cert-expiry', { nodes: 1 }).certificate('node01')).toBe('expired');
});

test('split-brain: two leaders and two sizes, until chainfire is restarted on the odd one out', () => {
  const world = worldOf('split-brain');
  expect(world.raft('chainfire')?.leaders).toHaveLength(1);
  world.advance(10_000);
  expect(world.raft('chainfire')?.leaders).toHaveLength(2);
  expect(nodeNames(3).map((node) => bodyOf(world, node, 'chainfire').cluster_size)).toEqual([1, 2, 2]);
  expect(nodeNames(3).every((node) => bodyOf(world, node, 'chainfire').status === 'healthy')).toBe(true);
  world.request('node01', 'restart', 'chainfire.service');
  world.advance(60_000);
  expect(world.raft('chainfire')?.leaders).toHaveLength(1);
  expect(bodyOf(world, 'node01', 'chainfire')).toMatchObject({ raft: 'follower', cluster_size: 3 });
});

test('drift: unit files of one node change, systemd reads them, and a stop goes as they say', () => {
  const world = worldOf('drift');
  const units = () =>
    ['flaredb.service', 'k8shost.service'].map((name) => world.node('node02')?.manager?.unit(name));
  const requires = () => units().map((unit) => unit?.definition.requires);
  const stale = () =>
    units().map((unit) => world.node('node02')?.manager?.needsReload(unit?.definition.name ?? ''));
  world.advance(4000);
  expect(stale()).toEqual([true, true]);
  expect(requires()).toEqual([['chainfire.service'], []]);
  world.advance(7000);
  expect(stale()).toEqual([false, false]);
  expect(requires()).toEqual([[], ['flaredb.service']]);
  expect(units().map((unit) => unit?.active)).toEqual(['active', 'active']);

  for (const node of ['node01', 'node02']) world.request(node, 'stop', 'chainfire.service');
  world.advance(20_000);
  expect(stateOf(world, 'node01', 'flaredb.service')).toBe('inactive/dead');
  expect(stateOf(world, 'node02', 'flaredb.service')).toBe('active/running');
  world.request('node02', 'stop', 'flaredb.service');
  world.advance(30_000);
  expect(stateOf(world, 'node02', 'k8shost.service')).toBe('inactive/dead');
});

test('unit files are read at a boot as well', () => {
  const world = worldOf('steady');
  world.inject({ kind: 'unit-file', node: 'node02', unit: 'iam.service', says: { requires: [] } });
  world.inject({ kind: 'vanish', node: 'node02' });
  world.clearFaults();
  world.advance(120_000);
  const manager = world.node('node02')?.manager;
  expect(manager?.unit('iam.service')?.definition.requires).toEqual([]);
  expect(manager?.needsReload('iam.service')).toBe(false);
});
