/** The documented way of a request through the cluster, hop by hop, as it is now: how far one gets, and why. */
import { type ServiceStanding, type Standings, standingsOf } from './impact/standing.ts';
import { fitLine } from './line-words.ts';
import type { Verdict } from './model/cluster.ts';
import type { FlowHop, Service, ServiceName, Topology } from './model/topology.ts';

/** `unwatched`: it leads out of the cluster, where nobody looks. */
export type HopState = 'passes' | 'slow' | 'uncertain' | 'dead' | 'unwatched';

export type PathHop = {
  readonly hop: FlowHop;
  readonly state: HopState;
  /** Of what stands behind the state: a hop is uncertain while its receiver starts, or fails a check, or is not seen. */
  readonly verdict: Verdict;
  /** "quorum lost, 1 of 3 votes"; empty when it passes. */
  readonly why: string;
  /** No hop before it is dead: a request gets this far. */
  readonly reached: boolean;
};

export type RequestPath = {
  readonly hops: readonly PathHop[];
  readonly state: HopState;
  /** Of the hop that decides. */
  readonly verdict: Verdict;
  /** "A create-VM request dies at IAM: FlareDB has no quorum." Empty where no hop is watched. */
  readonly sentence: string;
  /** Where a request dies; absent when it does not. */
  readonly diesAt?: ServiceName;
  /** Services behind that place that would do their part. */
  readonly behind: readonly ServiceName[];
  /** What still answers, or goes on, without those that are lost: "Token cache (TTL)" of IAM. */
  readonly meanwhile: readonly { readonly service: ServiceName; readonly text: string }[];
};

type Context = {
  readonly topology: Topology;
  readonly state: Standings;
  readonly standings: ReadonlyMap<ServiceName, ServiceStanding>;
};

const serviceOf = ({ topology }: Context, name: ServiceName): Service | undefined =>
  topology.services.find((service) => service.name === name);

const titleOf = (context: Context, name: ServiceName): string => serviceOf(context, name)?.title ?? name;

/** Calls to a Raft service end at its leader, so its slowness is everybody's. */
const slowLeader = ({ state }: Context, name: ServiceName): string | undefined => {
  const service = state.services.get(name);
  const leader = service?.instances
    .flatMap((id) => state.instances.get(id) ?? [])
    .find((instance) => instance.node === service.quorum?.leader);
  const reason = leader?.checks.find((check) => check.reason.startsWith('slow '))?.reason;
  return leader === undefined || reason === undefined ? undefined : `leader ${leader.node} ${reason}`;
};

type Received = Pick<PathHop, 'state' | 'verdict' | 'why'>;

const PASSES: Received = { state: 'passes', verdict: 'ok', why: '' };

/** The receiver decides: with several instances a request passes while any of them works. */
const receive = (context: Context, name: ServiceName): Received => {
  if (serviceOf(context, name) === undefined) return { state: 'unwatched', verdict: 'unknown', why: '' };
  const standing = context.standings.get(name);
  if (standing === undefined)
    return { state: 'uncertain', verdict: 'unknown', why: 'runs on no watched node' };
  const { kind, words: why, slow, risk } = standing;
  switch (kind) {
    case 'lost': {
      const isBlocked = context.state.services.get(name)?.verdict === 'blocked';
      return { state: 'dead', verdict: isBlocked ? 'blocked' : 'down', why };
    }
    case 'failing':
      return { state: slow ? 'slow' : 'uncertain', verdict: 'degraded', why };
    case 'starting':
      return { state: 'uncertain', verdict: 'starting', why };
    case 'unseen':
      return { state: 'uncertain', verdict: 'unknown', why };
    case 'at-risk':
      if (risk?.kind === 'split') return { state: 'uncertain', verdict: 'degraded', why };
      break;
    case 'works':
      break;
    default:
      return kind satisfies never;
  }
  const late = slowLeader(context, name);
  return late === undefined ? PASSES : { state: 'slow', verdict: 'degraded', why: late };
};

/** What stands behind a lost service: the end of its chain of blockers, as far as these are lost, too. */
const rootOf = (context: Context, name: ServiceName): ServiceName => {
  const seen = new Set<ServiceName>();
  let at = name;
  while (!seen.has(at)) {
    seen.add(at);
    const next = context.state.services.get(at)?.blockedBy?.service;
    if (next === undefined || context.standings.get(next)?.kind !== 'lost') return at;
    at = next;
  }
  return name;
};

const rootWords = (context: Context, name: ServiceName, place: ServiceName): string => {
  const root = rootOf(context, name);
  const { quorum, verdict } = context.state.services.get(root) ?? {};
  const title = titleOf(context, root);
  const subject = root === place ? '' : `${title} `;
  if (quorum?.standing === 'lost' && verdict !== 'blocked') {
    const lack = quorum.votes < quorum.needed ? 'no quorum' : 'no leader';
    return root === place ? lack : `${title} has ${lack}`;
  }
  return `${subject}${subject === '' ? '' : 'is '}${context.standings.get(root)?.words ?? 'lost'}`;
};

/** A call that fails fails its caller; what is handed on is lost with the receiver. */
const placeOf = ({ from, to, kind }: FlowHop): ServiceName => (kind === 'call' ? from : to);

const sentenceOf = (context: Context, hops: readonly PathHop[]): string => {
  const what = context.topology.request ?? 'request';
  const first = (state: HopState): PathHop | undefined => hops.find((hop) => hop.state === state);
  const dead = first('dead');
  if (dead !== undefined) {
    const place = placeOf(dead.hop);
    return `A ${what} dies at ${titleOf(context, place)}: ${rootWords(context, dead.hop.to, place)}.`;
  }
  const unsure = first('uncertain');
  if (unsure !== undefined) {
    const title = titleOf(context, unsure.hop.to);
    if (unsure.verdict === 'starting') return `A ${what} does not pass yet: ${title} is ${unsure.why}.`;
    return unsure.verdict === 'degraded'
      ? `A ${what} may fail at ${title}: ${unsure.why}.`
      : `It cannot be seen whether a ${what} passes ${title}.`;
  }
  const slow = first('slow');
  if (slow !== undefined) return `A ${what} passes, slowly: ${titleOf(context, slow.hop.to)}, ${slow.why}.`;
  return first('passes') === undefined ? '' : `A ${what} passes.`;
};

const WORST: readonly HopState[] = ['dead', 'uncertain', 'slow', 'passes'];

/** What goes on without the service in general, before what helps only some of those who use it. */
const withoutIt = (service: Service): string | undefined => {
  const loss = service.mitigations.filter((mitigation) => mitigation.when === 'loss');
  return (loss.find((mitigation) => mitigation.capabilities === undefined) ?? loss[0])?.text;
};

const unique = <T>(items: readonly T[]): readonly T[] => [...new Set(items)];

/** Holds the topology's flow against the judged cluster. */
export const requestPath = (topology: Topology, state: Standings): RequestPath => {
  const context: Context = { topology, state, standings: standingsOf(topology, state) };
  const received = topology.flow.map((hop) => ({ hop, ...receive(context, hop.to) }));
  const died = received.findIndex((one) => one.state === 'dead');
  const hops = received.map((one, index): PathHop => ({ ...one, reached: died < 0 || index <= died }));
  const sum = WORST.find((one) => hops.some((hop) => hop.state === one)) ?? 'unwatched';
  const dead = hops[died];
  const behind = dead === undefined ? [] : hops.slice(died + 1);
  const lost = unique(hops.filter((one) => one.state === 'dead').map((one) => one.hop.to));
  return {
    hops,
    state: sum,
    verdict: sum === 'dead' ? 'down' : (hops.find((hop) => hop.state === sum)?.verdict ?? 'unknown'),
    sentence: fitLine(sentenceOf(context, hops)),
    ...(dead === undefined ? {} : { diesAt: placeOf(dead.hop) }),
    behind: unique(
      behind.filter((one) => one.state === 'passes' || one.state === 'slow').map((one) => one.hop.to),
    ),
    meanwhile: lost.flatMap((name) => {
      const service = serviceOf(context, name);
      const text = service === undefined ? undefined : withoutIt(service);
      return text === undefined ? [] : [{ service: name, text }];
    }),
  };
};
