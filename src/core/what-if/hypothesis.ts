/** Facts as they would be during a stop: the same judge makes the same words of them as of a real one. Pure. */
import type { CheckFacts, ClusterFacts, ClusterState, Pace, Sample } from '../model/cluster.ts';
import type { CheckId, InstanceId, NodeName } from '../model/inventory.ts';
import type { JsonScalar, NodeUnits, ProbeResult, UnitFacts } from '../model/observation.ts';
import type { ServiceName, UnitName } from '../model/topology.ts';
import { paceOf } from '../pace.ts';
import type { WhatIfInput } from './model.ts';

type Failed = Extract<ProbeResult, { readonly ok: false }>;

/** The check as if it had brought this for as long as it takes to be believed. */
const failing = (facts: CheckFacts, last: Failed, common: Pace): CheckFacts => {
  const sample: Sample = { atMs: last.atMs, ok: false, totalMs: 1, failure: last.failure.kind };
  const looks = Math.max(1, paceOf(facts.target.spec, common).fall);
  return {
    ...facts,
    last,
    failuresInRow: Math.max(looks, facts.failuresInRow),
    passesInRow: 0,
    firstFailure: last,
    lastFailure: last,
    history: [...facts.history, ...Array.from({ length: looks }, () => sample)],
  };
};

const refusedAt = (atMs: number): Failed => ({
  ok: false,
  atMs,
  phases: { totalMs: 1 },
  failure: { kind: 'refused', detail: 'refused' },
});

const jsonOf = (facts: CheckFacts): Readonly<Record<string, JsonScalar>> => {
  const answer = facts.last?.answer ?? facts.lastOk?.answer;
  return answer?.kind === 'http' ? (answer.json ?? {}) : {};
};

/** A 503 whose fields say why; an undefined one is not said. What cannot carry them is silent. */
const unavailable = (
  facts: CheckFacts,
  changes: Readonly<Record<string, JsonScalar | undefined>>,
  atMs: number,
): Failed => {
  if (facts.target.spec.kind !== 'https-json') return refusedAt(atMs);
  const failure = { kind: 'status', detail: '503 Service Unavailable' } as const;
  const json = Object.fromEntries(
    Object.entries({ ...jsonOf(facts), ...changes }).filter(
      (entry): entry is [string, JsonScalar] => entry[1] !== undefined,
    ),
  );
  const answer = { kind: 'http', status: 503, body: '', json } as const;
  return { ok: false, atMs, phases: { totalMs: 1 }, failure, answer };
};

const stoppedUnit = (unit: UnitFacts, monotonicMs: number | undefined): UnitFacts => {
  const { job: _job, mainPid: _mainPid, ...rest } = unit;
  const stamps =
    monotonicMs === undefined
      ? {}
      : { activeExitMs: monotonicMs, inactiveEnterMs: monotonicMs, stateChangeMs: monotonicMs };
  return { ...rest, active: 'inactive', sub: 'dead', result: 'success', ...stamps };
};

const stoppedLook = (look: NodeUnits, units: ReadonlySet<UnitName>): NodeUnits => ({
  ...look,
  units: look.units.map((unit) => (units.has(unit.unit) ? stoppedUnit(unit, look.monotonicMs) : unit)),
  ...(look.jobs === undefined ? {} : { jobs: look.jobs.filter((job) => !units.has(job.unit)) }),
});

/** A node nobody has asked is known by this much: that nothing is awaited any more. */
const assumedLook = (units: ReadonlySet<UnitName>, atMs: number): NodeUnits => ({
  atMs,
  units: [...units].map((unit) => ({
    unit,
    load: 'loaded',
    active: 'inactive',
    sub: 'dead',
    result: 'success',
  })),
});

/**
 * Stopping a member changes nothing about how many there are: where that goes by what they state, who is left goes on
 * stating it.
 */
const withSize = (facts: CheckFacts, cluster: ClusterState): CheckFacts => {
  const { spec, service } = facts.target;
  const quorum = cluster.services.get(service)?.quorum;
  const { last } = facts;
  if (quorum === undefined || last?.answer?.kind !== 'http' || spec.kind !== 'https-json') return facts;
  const field = spec.fields.find(({ role }) => role === 'cluster-size')?.name;
  const said = field === undefined ? undefined : last.answer.json?.[field];
  if (field === undefined || typeof said !== 'number') return facts;
  if (Math.max(said, quorum.expected) <= quorum.members.length) return facts;
  const json = { ...last.answer.json, [field]: quorum.expected };
  return { ...facts, last: { ...last, answer: { ...last.answer, json } } };
};

/** What stops: the instances by id, and on each node the units. */
export type Stopped = {
  readonly instances: ReadonlySet<InstanceId>;
  readonly units: ReadonlyMap<NodeName, ReadonlySet<UnitName>>;
};

/** The facts once everything that stops has stopped. */
export const withStopped = ({ facts, cluster, options }: WhatIfInput, stopped: Stopped): ClusterFacts => {
  const { atMs } = cluster;
  const checks = new Map<CheckId, CheckFacts>();
  for (const [id, known] of facts.checks) {
    const isStopped = stopped.instances.has(known.target.instance);
    checks.set(id, isStopped ? failing(known, refusedAt(atMs), options) : withSize(known, cluster));
  }
  const units = new Map(facts.units);
  for (const [node, names] of stopped.units) {
    const look = facts.units.get(node);
    units.set(node, look === undefined ? assumedLook(names, atMs) : stoppedLook(look, names));
  }
  return { ...facts, checks, units };
};

/** How an instance depends on a service: its answers name it, or its unit requires it. */
const fieldsTo = (facts: CheckFacts, service: ServiceName): readonly string[] =>
  facts.target.spec.kind === 'https-json'
    ? facts.target.spec.fields.flatMap(({ role, service: other, name }) =>
        role === 'link' && other === service ? [name] : [],
      )
    : [];

const raftField = (facts: CheckFacts): string | undefined =>
  facts.target.spec.kind === 'https-json'
    ? facts.target.spec.fields.find(({ role }) => role === 'raft')?.name
    : undefined;

/** It answers, so that its answer can become a worse one. */
const isAnswering = (cluster: ClusterState, id: InstanceId): boolean => {
  const verdict = cluster.instances.get(id)?.verdict;
  return verdict === 'ok' || verdict === 'degraded';
};

/**
 * The facts once `lost` serves nobody any more: its own members elect in vain, and whoever needs it and still answers
 * says so. `needs` are the services that require it without a word in their answers. The same object: nobody does.
 */
export const withoutFunction = (
  facts: ClusterFacts,
  cluster: ClusterState,
  lost: ServiceName,
  needs: ReadonlySet<ServiceName>,
  common: Pace,
): ClusterFacts => {
  const checks = new Map<CheckId, CheckFacts>();
  const speaking = new Set<InstanceId>();
  for (const { target, ...known } of facts.checks.values()) {
    if (fieldsTo({ target, ...known }, lost).length > 0) speaking.add(target.instance);
  }
  for (const [id, known] of facts.checks) {
    const { instance, service } = known.target;
    if (!isAnswering(cluster, instance)) continue;
    const field = raftField(known);
    const role = cluster.instances.get(instance)?.raft;
    const links = fieldsTo(known, lost);
    const changes: Record<string, JsonScalar | undefined> = {};
    // Who states no role holds no vote, and does not begin to.
    const isElecting = service === lost && field !== undefined && role !== undefined;
    if (field !== undefined) changes[field] = isElecting ? 'candidate' : role;
    for (const name of links) changes[name] = 'disconnected';
    const isSilentNeed = needs.has(service) && !speaking.has(instance);
    if (!isElecting && links.length === 0 && !isSilentNeed) continue;
    checks.set(id, failing(known, unavailable(known, changes, cluster.atMs), common));
  }
  return checks.size === 0 ? facts : { ...facts, checks: new Map([...facts.checks, ...checks]) };
};
