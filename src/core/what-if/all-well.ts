/** A cluster in which everything is well, made of its topology alone: what a stop does when nothing else is wrong. Pure. */
import { emptyFacts, observe } from '../facts.ts';
import { expectedTargets, watchedUnits } from '../graph.ts';
import { judge } from '../judge.ts';
import type { JudgeOptions } from '../model/cluster.ts';
import type { CheckTarget, ClusterNode, Inventory, NodeName } from '../model/inventory.ts';
import type { Answer, JsonScalar, NodeUnits, Observation } from '../model/observation.ts';
import type { BodyField, ServiceName, Topology } from '../model/topology.ts';
import type { WhatIfInput } from './model.ts';

/** Up for a day: nothing is on its way any more. */
const UP_MS = 86_400_000;

/** One look tells it all, and nothing of it grows old. */
const OPTIONS: JudgeOptions = {
  fall: 1,
  rise: 1,
  intervalMs: 1000,
  timeoutMs: 1000,
  firstLookMs: 0,
  certificateWarnMs: 0,
};

/** `count` nodes that run everything. */
export const plainInventory = (topology: Topology, count: number): Inventory => ({
  cluster: topology.name,
  nodes: Array.from({ length: count }, (_, index) => {
    const name = `node${String(index + 1).padStart(2, '0')}`;
    const services = topology.services.map((service) => service.name);
    return { name, address: name, services, ports: new Map(), tags: [] };
  }),
});

/** The first of its nodes leads, and all of them count as many members as there are. */
const fieldValue = (field: BodyField, node: NodeName, members: readonly NodeName[]): JsonScalar => {
  switch (field.role) {
    case 'raft':
      return node === members[0] ? 'leader' : 'follower';
    case 'cluster-size':
      return members.length;
    case 'status':
    case 'link':
    case 'info':
      return field.equals ?? field.oneOf?.[0] ?? field.example ?? '';
    default:
      return field.role satisfies never;
  }
};

const answerOf = ({ spec, node }: CheckTarget, members: readonly NodeName[]): Answer => {
  switch (spec.kind) {
    case 'https-json': {
      const json = Object.fromEntries(
        spec.fields.map((field) => [field.name, fieldValue(field, node, members)]),
      );
      return { kind: 'http', status: spec.status, body: '', json };
    }
    case 'https-text':
      return { kind: 'http', status: spec.status, body: spec.text };
    case 'dns':
      return { kind: 'dns', rcode: 'NOERROR', addresses: [spec.address] };
    case 'tcp':
      return { kind: 'tcp' };
    default:
      return spec satisfies never;
  }
};

const lookAt = (topology: Topology, node: ClusterNode): NodeUnits => {
  const steps = new Map(topology.firstBoot.steps.map((step) => [step.unit, step]));
  return {
    atMs: UP_MS,
    monotonicMs: UP_MS,
    units: watchedUnits(topology, node).map((unit) => {
      const step = steps.get(unit);
      const isDone = step !== undefined && !step.remainAfterExit;
      return {
        unit,
        load: 'loaded',
        active: isDone ? 'inactive' : 'active',
        sub: isDone ? 'dead' : step === undefined ? 'running' : 'exited',
        result: 'success',
        inactiveExitMs: 0,
        activeEnterMs: 0,
      };
    }),
  };
};

/** Every check of every node passes, every unit runs, every quorum is whole. */
export const allWell = (topology: Topology, inventory: Inventory): WhatIfInput => {
  const targets = expectedTargets(topology, inventory);
  const membersOf = (service: ServiceName): readonly NodeName[] =>
    inventory.nodes.flatMap(({ name, services }) => (services.includes(service) ? [name] : []));
  const members = new Map(topology.services.map(({ name }) => [name, membersOf(name)]));
  const facts = observe(emptyFacts(targets, inventory.nodes, 0), [
    ...inventory.nodes.flatMap((node): Observation[] => [
      { kind: 'link', node: node.name, link: { state: 'up', sinceMs: 0 } },
      { kind: 'units', node: node.name, look: lookAt(topology, node) },
    ]),
    ...targets.map((target): Observation => {
      const answer = answerOf(target, members.get(target.service) ?? []);
      return {
        kind: 'probe',
        check: target.id,
        result: { ok: true, atMs: UP_MS, phases: { totalMs: 1 }, answer },
      };
    }),
  ]);
  const cluster = judge({ topology, inventory, facts, options: OPTIONS, nowMs: UP_MS, previous: undefined });
  return { topology, inventory, facts, cluster, options: OPTIONS };
};
