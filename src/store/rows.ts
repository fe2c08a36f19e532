/** The rows of each view, as the screen shows them now: pure readings of the state. */
import { filterOf } from '../core/filter.ts';
import type { ActionTarget, Job } from '../core/model/action.ts';
import type { ClusterEvent, InstanceState, NodeState, Verdict } from '../core/model/cluster.ts';
import { type ClusterNode, instanceId } from '../core/model/inventory.ts';
import type { Operation } from '../core/model/operation.ts';
import type { NextStep } from '../core/next-steps/model.ts';
import { countVerdicts } from '../core/rollup.ts';
import { type TreeRow, treeRows } from '../core/rows.ts';
import { isTagged, nodesByTag } from '../core/tags.ts';
import { bootRowIds } from './boot.ts';
import { type Entry, jobEntries } from './jobs.ts';
import { nextStepId, nextStepsOf } from './next-steps.ts';
import { locate } from './selection.ts';
import { type AppState, type Shown, type SubjectId, shown, topFrame, type ViewFrame } from './state.ts';
import { subjectOf } from './subjects.ts';

/** Rows of the home view. */
export const treeRowsOf = (state: AppState): readonly TreeRow[] => {
  const rows = treeRows({
    topology: state.topology,
    inventory: state.inventory,
    cluster: shown(state).cluster,
    mode: state.ui.treeMode,
    unfolded: state.ui.unfolded,
    filter: state.ui.filter.text,
    onlyBroken: state.ui.onlyBroken,
  });
  return state.ui.compact ? rows.filter((row) => row.kind !== 'level') : rows;
};

/** Nodes that the filter leaves. */
const nodesShown = (state: AppState, nodes: readonly ClusterNode[]): readonly NodeState[] => {
  const { cluster } = shown(state);
  const matches = filterOf(state.ui.filter.text);
  return nodes.flatMap((node) => {
    const found = cluster.nodes.get(node.name);
    if (found === undefined) return [];
    if (state.ui.onlyBroken && found.verdict === 'ok') return [];
    const text = `${node.name} ${node.tags.join(' ')} ${found.verdict} ${found.reason}`;
    return (matches?.(text, node.tags) ?? true) ? [found] : [];
  });
};

/** Above the nodes of a tag, or of none. */
export type TagRow = {
  readonly kind: 'tag';
  readonly id: SubjectId;
  readonly words: string;
  readonly nodes: number;
  /** Of all its nodes, whatever the filter hides. */
  readonly counts: Readonly<Record<Verdict, number>>;
};

export type NodeRow = TagRow | { readonly kind: 'node'; readonly id: SubjectId; readonly node: NodeState };

const nodeRow = (node: NodeState): NodeRow => ({ kind: 'node', id: nodeRowId(node.name), node });

/** Rows of the nodes view, in the inventory's order; on request each tag's nodes beneath it. */
export const nodeRowsOf = (state: AppState): readonly NodeRow[] => {
  const { inventory, ui } = state;
  if (!ui.byTag || !isTagged(inventory)) return nodesShown(state, inventory.nodes).map(nodeRow);
  const { cluster } = shown(state);
  return nodesByTag(inventory.nodes).flatMap(({ tag, nodes }): readonly NodeRow[] => {
    const rows = nodesShown(state, nodes).map(nodeRow);
    if (rows.length === 0) return [];
    const counts = countVerdicts(nodes.flatMap(({ name }) => cluster.nodes.get(name) ?? []));
    const words = tag === undefined ? 'no tag' : `@${tag}`;
    return [{ kind: 'tag', id: `tag:${tag ?? ''}`, words, nodes: nodes.length, counts }, ...rows];
  });
};

/** Who or what an event is about, in one word. */
export const eventSubject = (event: ClusterEvent): string => {
  const { subject } = event;
  switch (subject.kind) {
    case 'instance':
      return subject.id;
    case 'node':
    case 'service':
      return subject.name;
    case 'cluster':
      return 'cluster';
    default:
      return subject satisfies never;
  }
};

/** The tags of the node that an event is about, if it is about one. */
const eventTags = ({ inventory }: AppState, { subject }: ClusterEvent): readonly string[] => {
  if (subject.kind !== 'instance' && subject.kind !== 'node') return [];
  const name = subject.kind === 'node' ? subject.name : subject.id.slice(subject.id.indexOf('@') + 1);
  return inventory.nodes.find((node) => node.name === name)?.tags ?? [];
};

/** Rows of the events view, newest first. */
export const eventRowsOf = (state: AppState): readonly ClusterEvent[] => {
  const matches = filterOf(state.ui.filter.text);
  const isWanted = (event: ClusterEvent): boolean =>
    matches?.(
      `${eventSubject(event)} ${event.from ?? ''} ${event.to} ${event.reason}`,
      eventTags(state, event),
    ) ?? true;
  return shown(state).events.filter(
    (event) => !(state.ui.onlyBroken && event.to === 'ok') && isWanted(event),
  );
};

export const eventRowId = (event: ClusterEvent): SubjectId => `event:${event.seq}`;
export const jobRowId = (job: Job): SubjectId => `job:${job.id}`;
export const operationRowId = ({ id }: Operation): SubjectId => `operation:${id}`;
export const entryRowId = (entry: Entry): SubjectId =>
  entry.kind === 'job' ? jobRowId(entry.job) : operationRowId(entry.operation);
const nodeRowId = (node: string): SubjectId => `node:${node}`;

/** Ids of the rows a cursor can stand on in this view, top to bottom; empty for pages that only scroll. */
export const rowIds = (state: AppState, frame: ViewFrame): readonly SubjectId[] => {
  switch (frame.view) {
    case 'tree':
      return treeRowsOf(state).map((row) => row.id);
    case 'nodes':
      return nodeRowsOf(state).map((row) => row.id);
    case 'events':
      return eventRowsOf(state).map(eventRowId);
    case 'jobs':
      return jobEntries(state).map(entryRowId);
    case 'steps':
      return nextStepsOf(state).map(nextStepId);
    case 'first-boot':
      return bootRowIds(state);
    case 'impact':
    case 'detail':
    case 'what-if':
    case 'logs':
    case 'help':
      return [];
    default:
      return frame.view satisfies never;
  }
};

/** The id under the cursor of the view on screen. */
export const selectedRow = (state: AppState): SubjectId | undefined => {
  const frame = topFrame(state.ui);
  const ids = rowIds(state, frame);
  return ids[locate(ids, frame.anchor)];
};

/** The proposal under the cursor of its page. */
export const selectedStep = (state: AppState): NextStep | undefined => {
  const id = selectedRow(state);
  return nextStepsOf(state).find((step) => nextStepId(step) === id);
};

/**
 * What `enter` opens and `r` acts on: the row's subject, the cell's instance in the nodes view, the subject of an
 * event or of an action, the page's own subject.
 */
export const selectedSubject = (state: AppState): SubjectId | undefined => {
  const frame = topFrame(state.ui);
  const id = frame.view === 'detail' || frame.view === 'what-if' ? frame.subject : selectedRow(state);
  if (id === undefined) return undefined;
  switch (frame.view) {
    case 'nodes':
      return frame.column === undefined ? id : `instance:${frame.column}@${id.slice('node:'.length)}`;
    case 'events':
      return eventTarget(eventRowsOf(state).find((event) => eventRowId(event) === id));
    case 'jobs': {
      const job = state.jobs.find((other) => jobRowId(other) === id);
      const target =
        job?.plan.target ?? presentTarget(state.operations.find((one) => operationRowId(one) === id));
      return target && subjectOf(target);
    }
    case 'steps': {
      const action = selectedStep(state)?.action;
      return action && subjectOf(action.target);
    }
    case 'tree':
    case 'first-boot':
    case 'impact':
    case 'detail':
    case 'what-if':
    case 'logs':
    case 'help':
      return id;
    default:
      return frame.view satisfies never;
  }
};

/** What an operation is at, or would be next, or was last. */
const presentTarget = (operation: Operation | undefined): ActionTarget | undefined => {
  const steps = operation?.steps ?? [];
  const step =
    steps.find(({ state }) => state === 'running') ??
    steps.find(({ state }) => state === 'waiting') ??
    steps.findLast(({ state }) => state === 'ended') ??
    steps[0];
  return step?.plan.target;
};

const eventTarget = (event: ClusterEvent | undefined): SubjectId | undefined => {
  if (event === undefined) return undefined;
  const { subject } = event;
  switch (subject.kind) {
    case 'instance':
      return `instance:${subject.id}`;
    case 'node':
      return nodeRowId(subject.name);
    case 'service':
      return `service:${subject.name}`;
    case 'cluster':
      return undefined;
    default:
      return subject satisfies never;
  }
};

/** The instance a subject names, when it names one that exists. */
export const instanceOfSubject = (from: Shown, id: SubjectId | undefined): InstanceState | undefined => {
  const match = /^instance:([^@]+)@(.+)$/u.exec(id ?? '');
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return from.cluster.instances.get(instanceId(match[1], match[2]));
};
