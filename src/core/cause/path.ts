/** Nodes that ssh reaches and no check does in time: one thing about the way there, told with all that speaks for it. */
import { formatAge, formatLatency, plural } from '../format.ts';
import type { Evidence } from '../model/cause.ts';
import type { ClusterFacts, ClusterState, InstanceState, Overdue } from '../model/cluster.ts';
import type { CheckTarget, NodeName } from '../model/inventory.ts';
import { leastTimeoutMs } from '../pace.ts';
import { elapsedOnNode } from '../unit-verdict.ts';
import type { CauseInput, Draft } from './draft.ts';
import type { Judged } from './judged.ts';
import { nodeChange, unwellSince } from './timing.ts';

/** More than one node, and all of them: what they have in common is this host. */
export const isEverywhere = (nodes: readonly NodeName[], { instances }: Pick<Judged, 'instances'>): boolean =>
  nodes.length > 1 &&
  [...instances.values()].every(({ node, checks }) => checks.length === 0 || nodes.includes(node));

const instancesAt = (state: Pick<Judged, 'instances'>, { instances }: Overdue): readonly InstanceState[] =>
  instances.flatMap((id) => state.instances.get(id) ?? []);

/** All such nodes as one. */
export const pathDraft = (input: CauseInput): Draft[] => {
  const { state, facts, options } = input;
  const found = [...state.nodes.values()].flatMap(({ name, overdue }) =>
    overdue === undefined ? [] : [{ name, checks: overdue.checks, here: instancesAt(state, overdue) }],
  );
  if (found.length === 0) return [];
  const nodes = found.map(({ name }) => name);
  const sinceMs = Math.min(...found.flatMap(({ here }) => here.map(unwellSince)));
  return [
    {
      kind: 'path',
      subjects: nodes,
      instances: [],
      nodes: new Map(found.map(({ name, here }) => [name, nodeChange(sinceMs, here, facts, options)])),
      what: '',
      ...(isEverywhere(nodes, state)
        ? { place: `all ${nodes.length} nodes`, why: 'link from this host: slow or filtered' }
        : { why: 'slow link, filtered ports, or the node hangs' }),
      sinceMs,
      roots: nodes.map((node) => ({ kind: 'path', node })),
      overdue: {
        checks: found.reduce((sum, { checks }) => sum + checks, 0),
        withinMs: leastTimeoutMs(
          found.flatMap(({ here }) => here.flatMap((one) => one.checks)),
          facts,
          options,
        ),
      },
    },
  ];
};

/** A check's place on its node, as a firewall's rule has it. */
export type Port = { readonly protocol: 'tcp' | 'udp'; readonly port: number };

/** Where these checks go, each once, by number. */
export const portsOf = (targets: readonly CheckTarget[]): readonly Port[] => {
  const found = new Map(
    targets.map(({ spec, port }): [string, Port] => {
      const protocol = spec.kind === 'dns' ? 'udp' : 'tcp';
      return [`${protocol} ${port}`, { protocol, port }];
    }),
  );
  return [...found.values()].toSorted((a, b) => a.port - b.port);
};

/** "tcp 2379, 8080, udp 5353" */
export const portWords = (ports: readonly Port[]): string =>
  (['tcp', 'udp'] as const)
    .flatMap((protocol) => {
      const numbers = ports.filter((one) => one.protocol === protocol).map(({ port }) => port);
      return numbers.length === 0 ? [] : [`${protocol} ${numbers.join(', ')}`];
    })
    .join(', ');

/** What systemd and ssh say for the node: "ssh answered 1 s ago, systemd calls 9 units active, the newest for 3 d". */
const aliveWords = (overdue: Overdue, node: NodeName, cluster: ClusterState, facts: ClusterFacts): string => {
  const look = facts.units.get(node);
  if (look === undefined) return '';
  const entered = instancesAt(cluster, overdue).flatMap(({ unit }) => unit?.activeEnterMs ?? []);
  const upMs = elapsedOnNode(look, Math.max(0, ...entered), cluster.atMs);
  const since = upMs === undefined ? '' : `, the newest for ${formatAge(upMs)}`;
  const units = plural(overdue.instances.length, 'unit');
  return `ssh answered ${formatAge(cluster.atMs - look.atMs)} ago, and systemd calls ${units} active${since}`;
};

/** What became of the checks: "10 checks without an answer within 1.5 s, on tcp 2379, 8080; not one got a connection". */
const silenceWords = (node: NodeName, withinMs: number | undefined, facts: ClusterFacts): string => {
  const checks = [...facts.checks.values()].filter(
    ({ target, last }) => target.node === node && last?.ok === false,
  );
  // A connection needs no answer of the service: the node's kernel takes it.
  const connected = checks.filter(({ last }) => last?.phases.connectMs !== undefined).length;
  const within = withinMs === undefined ? '' : ` within ${formatLatency(withinMs)}`;
  const got = connected === 0 ? 'not one got a connection' : `${connected} got a connection: no filter there`;
  const ports = portWords(portsOf(checks.map(({ target }) => target)));
  return `${plural(checks.length, 'check')} without an answer${within}, on ${ports}; ${got}`;
};

/** What speaks for the node and what against it, link by link; without facts nothing is quoted. */
export const pathEvidence = (
  node: NodeName,
  cluster: ClusterState,
  facts: ClusterFacts | undefined,
  withinMs: number | undefined,
): readonly Evidence[] => {
  const overdue = cluster.nodes.get(node)?.overdue;
  if (overdue === undefined || facts === undefined) return [];
  const alive = aliveWords(overdue, node, cluster, facts);
  return [
    ...(alive === '' ? [] : [{ subject: node, words: alive }]),
    { subject: node, words: silenceWords(node, withinMs, facts) },
  ];
};
