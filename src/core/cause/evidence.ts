/** Why an instance is not well, link by link: the effect first, the cause last, each with what proves it. */
import { plural } from '../format.ts';
import type { CauseId, Evidence, RootCause } from '../model/cause.ts';
import type { ClusterFacts, ClusterState, InstanceState } from '../model/cluster.ts';
import type { InstanceId, NodeName } from '../model/inventory.ts';
import type { Topology, UnitName } from '../model/topology.ts';
import { isIdle } from '../unit-standing.ts';
import { stepId, stepOn, withoutSuffix } from './judged.ts';
import { type Origin, rootKey, type Tracer, tracerOf } from './origin.ts';
import { pathEvidence } from './path.ts';

export type EvidenceInput = {
  readonly topology: Topology;
  /** Without them neither logs nor looks are quoted. */
  readonly facts?: ClusterFacts | undefined;
  readonly cluster: ClusterState;
};

/** Longer chains are cut in the middle of nowhere; none is as long as this. */
const MOST_LINKS = 12;
/** syslog: from warning on. */
const WARNING = 4;

/** What its unit last had to say: of its newest start its own last complaint, else anybody's, else the last line. */
const lastLog = (facts: EvidenceInput['facts'], node: NodeName, unit: UnitName | undefined): string => {
  const lines = facts?.news.get(node)?.logs.get(unit ?? '') ?? [];
  const newest = lines.findLast(({ invocation }) => invocation !== undefined)?.invocation;
  const own = lines.filter(({ invocation }) => newest === undefined || invocation === newest);
  const complaints = own.filter(({ priority }) => priority <= WARNING);
  const told = complaints.findLast(({ from }) => from === 'unit') ?? complaints.at(-1) ?? own.at(-1);
  return told === undefined ? '' : `, last log: ${told.text}`;
};

/** What it says of itself, whoever is behind it. */
const ownWords = ({ verdict, reason, checks, blockedBy, unit }: InstanceState): string => {
  if (verdict !== 'blocked') return reason;
  if (unit !== undefined && isIdle(unit)) return `stopped with ${blockedBy?.service ?? 'it'}`;
  const bad = checks.filter((check) => check.reason !== '');
  return bad.map((check) => check.reason).join(', ') || reason;
};

type Chain = {
  readonly input: EvidenceInput;
  readonly tracer: Tracer;
  readonly causeOf: (root: string) => RootCause | undefined;
};

const unitOf = (topology: Topology, service: string): UnitName | undefined =>
  topology.services.find(({ name }) => name === service)?.unit;

const instanceLink = (instance: InstanceState, { input }: Chain, cause: CauseId | undefined): Evidence => ({
  subject: instance.id,
  words: `${ownWords(instance)}${cause === undefined ? '' : lastLog(input.facts, instance.node, unitOf(input.topology, instance.service))}`,
  ...(cause === undefined ? {} : { cause }),
});

const causeLink = (cause: RootCause): Evidence => ({
  subject: cause.where,
  words: cause.why,
  cause: cause.id,
});

const stepLink = ({ input }: Chain, node: NodeName, unit: UnitName, cause: CauseId | undefined): Evidence => {
  const step = stepOn(input.cluster, node, unit);
  const behind = step?.by === undefined ? '' : ` behind ${withoutSuffix(step.by)}`;
  const log = cause === undefined ? '' : lastLog(input.facts, node, unit);
  return {
    subject: stepId(unit, node),
    words: `${step?.reason ?? ''}${behind}${log}`,
    ...(cause === undefined ? {} : { cause }),
  };
};

/** A group that lacks votes, or serves nobody. */
const groupLink = ({ input }: Chain, service: string): Evidence => {
  const { quorum, reason = '' } = input.cluster.services.get(service) ?? {};
  const words =
    quorum === undefined
      ? reason
      : `${quorum.votes} of ${plural(quorum.expected, 'vote')}, ${quorum.needed} needed`;
  return { subject: service, words };
};

const linksOf = (origin: Origin, chain: Chain, self: InstanceState, depth: number): readonly Evidence[] => {
  const { cluster } = chain.input;
  switch (origin.kind) {
    case 'instance': {
      const next = cluster.instances.get(origin.id);
      return next === undefined || depth > MOST_LINKS ? [] : chainOf(next, chain, depth + 1);
    }
    case 'step':
      return [
        stepLink(chain, origin.node, origin.unit, undefined),
        ...linksOf(origin.then, chain, self, depth + 1),
      ];
    case 'members': {
      const group = groupLink(chain, origin.service);
      const causes = new Map(
        origin.ids.flatMap((id) => {
          const cause = chain.causeOf(rootKey(chain.tracer.rootOf(id)));
          return cause === undefined ? [] : [[cause.id, cause] as const];
        }),
      );
      return [group, ...[...causes.values()].map((cause) => toldInFull(cause, chain))];
    }
    case 'root': {
      const cause = chain.causeOf(rootKey(origin.root));
      if (cause === undefined) return [];
      if (origin.root.kind === 'step') return [stepLink(chain, origin.root.node, origin.root.unit, cause.id)];
      if (origin.root.kind === 'path') {
        const told = pathEvidence(origin.root.node, cluster, chain.input.facts, cause.overdue?.withinMs);
        return [...told, causeLink(cause)];
      }
      return cause.subjects.includes(self.id) ? [] : [causeLink(cause)];
    }
    default: {
      const never: never = origin;
      return never;
    }
  }
};

/** With the log of the one unit that it is about. */
const toldInFull = (cause: RootCause, chain: Chain): Evidence => {
  const only = chain.input.cluster.instances.get(cause.subjects[0] as InstanceId);
  return cause.subjects.length === 1 && only !== undefined
    ? instanceLink(only, chain, cause.id)
    : causeLink(cause);
};

const chainOf = (instance: InstanceState, chain: Chain, depth: number): readonly Evidence[] => {
  const { cluster } = chain.input;
  const cause = cluster.causes.find(({ id }) => id === instance.because);
  const isSubject = cause?.subjects.includes(instance.id) === true;
  const link = instanceLink(instance, chain, isSubject ? cause.id : undefined);
  return [link, ...linksOf(chain.tracer.originOf(instance), chain, instance, depth)];
};

/** From the instance to what is behind it; empty when nothing is wrong with it. */
export const evidenceOf = (input: EvidenceInput, id: InstanceId): readonly Evidence[] => {
  const { cluster, topology } = input;
  const instance = cluster.instances.get(id);
  if (instance?.because === undefined) return [];
  const tracer = tracerOf(topology, cluster);
  const byRoot = new Map<string, RootCause>();
  const note = (one: InstanceState): void => {
    const cause = cluster.causes.find((other) => other.id === one.because);
    if (cause !== undefined) byRoot.set(rootKey(tracer.rootOf(one.id)), cause);
  };
  for (const one of cluster.instances.values()) if (one.because !== undefined) note(one);
  return chainOf(instance, { input, tracer, causeOf: (root) => byRoot.get(root) }, 0);
};
