/** What changed between two judgements, one line each, for the events view and the plain stream. */
import type { ClusterEvent, ClusterState, InstanceState, NodeState, ServiceState } from './model/cluster.ts';

type Change = Pick<ClusterEvent, 'subject' | 'from' | 'to' | 'reason'>;

const isDark = (state: ClusterState | undefined, instance: InstanceState): boolean =>
  state?.nodes.get(instance.node)?.reachable === false;

const nodeChange = (before: NodeState | undefined, node: NodeState): Change[] => {
  const wasReachable = before?.reachable ?? true;
  if (node.reachable === wasReachable) return [];
  const subject = { kind: 'node', name: node.name } as const;
  const reason = node.reachable ? 'reachable again' : node.reason;
  return [{ subject, from: before?.verdict, to: node.verdict, reason }];
};

const instanceChange = (
  previous: ClusterState | undefined,
  next: ClusterState,
  instance: InstanceState,
): Change[] => {
  const before = previous?.instances.get(instance.id);
  if (before === instance || before?.verdict === instance.verdict) return [];
  // The node went dark or came back: that is its event, and this is merely what it hid.
  if (isDark(next, instance)) return [];
  const cameBackFine = instance.verdict === 'ok' && isDark(previous, instance);
  const isFirstSight =
    before?.ageMs === undefined && (instance.verdict === 'ok' || instance.verdict === 'unknown');
  if (cameBackFine || isFirstSight) return [];
  return [
    {
      subject: { kind: 'instance', id: instance.id },
      from: before?.verdict,
      to: instance.verdict,
      reason: instance.reason,
    },
  ];
};

/** What the quorum is worth: standing, and whether it is split. */
const quorumStand = (service: ServiceState | undefined): string | undefined => {
  const quorum = service?.quorum;
  if (quorum === undefined) return undefined;
  return quorum.faults.some((fault) => fault.kind === 'two-leaders') ? 'split' : quorum.standing;
};

const serviceChange = (before: ServiceState | undefined, service: ServiceState): Change[] => {
  const stand = quorumStand(service);
  const stood = quorumStand(before);
  if (stand === undefined || stand === stood) return [];
  if (stand === 'unknown' && stood === undefined) return [];
  return [
    {
      subject: { kind: 'service', name: service.name },
      from: before?.verdict,
      to: service.verdict,
      reason: stand === 'held' ? `quorum held, ${service.reason}` : service.reason,
    },
  ];
};

const clusterChange = (previous: ClusterState | undefined, next: ClusterState): Change[] =>
  previous?.verdict === next.verdict || (previous === undefined && next.verdict === 'unknown')
    ? []
    : [
        {
          subject: { kind: 'cluster' },
          from: previous?.verdict,
          to: next.verdict,
          reason: next.headline.sentence,
        },
      ];

/** Facts that do not fit together any more; the verdict is what it was. */
const contradictionChanges = (previous: ClusterState | undefined, next: ClusterState): Change[] => {
  if (previous === undefined || previous.contradictions === next.contradictions) return [];
  const known = new Set(previous.contradictions.map(({ id }) => id));
  return next.contradictions.flatMap(({ id, kind, instances, words }): Change[] => {
    const instance = next.instances.get(instances[0] ?? '@');
    // That it went down, and that its group is split, are events already.
    const isTold = kind === 'active-but-silent' || kind === 'two-leaders';
    if (known.has(id) || isTold || instance === undefined) return [];
    const { verdict } = instance;
    return [{ subject: { kind: 'instance', id: instance.id }, from: verdict, to: verdict, reason: words }];
  });
};

/**
 * The changes from one judgement to the next, numbered from `nextSeq`, newest last: nodes going dark or coming back,
 * instances, quorums, contradictions, the cluster. A dark node is one event, not one per service; the first sight of something well
 * is none.
 */
export const diffEvents = (
  previous: ClusterState | undefined,
  next: ClusterState,
  nextSeq: number,
): ClusterEvent[] => {
  if (previous === next) return [];
  const changes: Change[] = [];
  if (previous?.nodes !== next.nodes) {
    for (const node of next.nodes.values()) changes.push(...nodeChange(previous?.nodes.get(node.name), node));
  }
  if (previous?.instances !== next.instances) {
    for (const instance of next.instances.values()) changes.push(...instanceChange(previous, next, instance));
  }
  if (previous?.services !== next.services) {
    for (const service of next.services.values()) {
      changes.push(...serviceChange(previous?.services.get(service.name), service));
    }
  }
  changes.push(...contradictionChanges(previous, next), ...clusterChange(previous, next));
  return changes.map((change, index) => ({ seq: nextSeq + index, atMs: next.atMs, ...change }));
};
