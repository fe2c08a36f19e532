/** What changed between two judgements, one line each, for the events view and the plain stream. */
import { isOverdue } from './cause/judged.ts';
import type { ClusterEvent, ClusterState, InstanceState, NodeState, ServiceState } from './model/cluster.ts';
import { rivalsOf } from './split.ts';

type Change = Pick<ClusterEvent, 'subject' | 'from' | 'to' | 'reason'>;

/** The node's own event tells of it: the node is dark, or none of its checks is answered in time. */
const isTold = (state: ClusterState | undefined, instance: InstanceState): boolean =>
  state?.nodes.get(instance.node)?.reachable === false || isOverdue(state, instance);

/** How a node takes what comes to it. */
const standOf = (node: NodeState | undefined): 'dark' | 'overdue' | 'answering' =>
  node?.reachable === false ? 'dark' : node?.overdue === undefined ? 'answering' : 'overdue';

const nodeChange = (before: NodeState | undefined, node: NodeState): Change[] => {
  const [stood, stands] = [standOf(before), standOf(node)];
  if (stood === stands) return [];
  const again = stood === 'dark' ? 'reachable again' : 'answers checks again';
  const reason = stands === 'answering' ? again : node.reason;
  return [{ subject: { kind: 'node', name: node.name }, from: before?.verdict, to: node.verdict, reason }];
};

const instanceChange = (
  previous: ClusterState | undefined,
  next: ClusterState,
  instance: InstanceState,
): Change[] => {
  const before = previous?.instances.get(instance.id);
  if (isTold(next, instance)) return [];
  const wasTold = isTold(previous, instance);
  // What stays down when its node answers again was told by nobody yet.
  if (before?.verdict === instance.verdict && (!wasTold || instance.verdict === 'ok')) return [];
  // The node went dark or came back: that is its event, and this is merely what it hid.
  const cameBackFine = instance.verdict === 'ok' && wasTold;
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

/** What the quorum is worth: standing, and whether it is split. That it is lost says more than who leads. */
const quorumStand = (service: ServiceState | undefined): string | undefined => {
  const quorum = service?.quorum;
  if (quorum === undefined) return undefined;
  const isSplit = quorum.standing !== 'lost' && rivalsOf({ quorum }).length > 0;
  return isSplit ? 'split' : quorum.standing;
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
    // That it went down, that its group is split, and who counts differently, are events already.
    const isOdd = kind === 'sizes' && instances.some((one) => next.instances.get(one)?.split === kind);
    const isEvent = kind === 'active-but-silent' || kind === 'two-leaders' || isOdd;
    if (known.has(id) || isEvent || instance === undefined) return [];
    const { verdict } = instance;
    return [{ subject: { kind: 'instance', id: instance.id }, from: verdict, to: verdict, reason: words }];
  });
};

/**
 * The changes from one judgement to the next, numbered from `nextSeq`, newest last: nodes going dark or coming back,
 * instances, quorums, contradictions, the cluster. A node that is dark, or that only ssh reaches in time, is one event,
 * not one per service; the first sight of something well is none.
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
