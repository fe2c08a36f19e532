/** Whose log the selected row stands for. */
import { unitWord } from '../../core/action-name.ts';
import { serviceByName, serviceByUnit, stepByName, watchedUnits } from '../../core/graph.ts';
import type { LogPart } from '../../core/logs/model.ts';
import type { ClusterNode, NodeName } from '../../core/model/inventory.ts';
import type { Step, UnitName } from '../../core/model/topology.ts';
import { jobRowId, selectedRow, selectedSubject } from '../rows.ts';
import { type AppState, shown, topFrame } from '../state.ts';
import { targetOf } from '../subjects.ts';
import type { LogSubject } from './state.ts';

/** Each node is one more session and process here. */
const NODES_MAX = 32;
const RUN_ID = /^[0-9a-f]{32}$/u;

/** The runs of these units that are there now, as a command may name them. */
export const runsOf = (
  { facts }: Pick<AppState, 'facts'>,
  node: NodeName,
  units: readonly UnitName[],
): string[] =>
  (facts.units.get(node)?.units ?? []).flatMap(({ unit, invocation }) =>
    units.includes(unit) && invocation !== undefined && RUN_ID.test(invocation) ? [invocation] : [],
  );

const isWell = (state: AppState, node: NodeName, units: readonly UnitName[]): boolean =>
  units.every((unit) => {
    const service = serviceByUnit(state.topology, unit)?.name;
    const instance = service && shown(state).cluster.instances.get(`${service}@${node}`);
    return !instance || instance.verdict === 'ok';
  });

/** Of the nodes those that can be read, and no more than can be followed at once: what is not well comes first. */
const subject = (
  state: AppState,
  title: string,
  nodes: readonly ClusterNode[],
  unitsOf: (node: ClusterNode) => readonly UnitName[],
): LogSubject => {
  const parts: readonly LogPart[] = nodes
    .filter(({ ssh }) => ssh !== undefined)
    .map((node) => ({ node: node.name, units: unitsOf(node) }))
    .filter(({ units }) => units.length > 0);
  const isTooMany = parts.length > NODES_MAX;
  const sorted = isTooMany
    ? parts.toSorted(
        (a, b) => Number(isWell(state, a.node, a.units)) - Number(isWell(state, b.node, b.units)),
      )
    : parts;
  const read = new Set(sorted.slice(0, NODES_MAX).map(({ node }) => node));
  const without = nodes.map(({ name }) => name).filter((name) => !read.has(name));
  const why = isTooMany ? `more than ${NODES_MAX} at once are not followed` : 'no ssh';
  return { title, parts: parts.filter(({ node }) => read.has(node)), without, why, isOfRun: false };
};

/** The run of an action: what it named, in the runs that it began where those are known. */
const jobSubject = (state: AppState): LogSubject | undefined => {
  const job = state.jobs.find((other) => jobRowId(other) === selectedRow(state));
  if (job === undefined) return undefined;
  const { node } = job.plan.target;
  const on = state.inventory.nodes.filter(({ name }) => name === node);
  const began = [...(job.runs ?? [])].filter(([, id]) => RUN_ID.test(id));
  const units =
    began.length > 0
      ? began.map(([unit]) => unit)
      : job.plan.target.kind === 'node'
        ? on.flatMap((one) => watchedUnits(state.topology, one))
        : [job.plan.unit];
  const names =
    units.length > 2 ? `${job.plan.verb} of ${node}` : `${units.map(unitWord).join(', ')} on ${node}`;
  const all = subject(state, names, on, () => units);
  const runs = began.map(([, id]) => id);
  return { ...all, parts: all.parts.map((part) => ({ ...part, runs })), isOfRun: runs.length > 0 };
};

const stepNodes = (state: AppState, step: Step): readonly ClusterNode[] =>
  state.inventory.nodes.filter((node) => step.service === undefined || node.services.includes(step.service));

/** The subject of the row, or why it has none. */
export const logSubjectOf = (state: AppState): LogSubject | string => {
  const found = rowSubject(state);
  if (found === undefined) return 'choose a service, a step or a node first';
  if (found.parts.length > 0) return found;
  const [node] = found.without;
  return node === undefined ? 'it runs on no node' : `no ssh to ${node}: its log is not seen from here`;
};

const rowSubject = (state: AppState): LogSubject | undefined => {
  const { topology, inventory } = state;
  if (topFrame(state.ui).view === 'jobs') return jobSubject(state);
  const id = selectedSubject(state);
  const target = targetOf(id);
  const on = inventory.nodes.filter(({ name }) => name === target?.node);
  switch (target?.kind) {
    case 'instance': {
      const unit = serviceByName(topology, target.service)?.unit;
      return unit === undefined
        ? undefined
        : subject(state, `${target.service} on ${target.node}`, on, () => [unit]);
    }
    case 'step': {
      const unit = stepByName(topology, target.step)?.unit;
      return unit === undefined
        ? undefined
        : subject(state, `${target.step} on ${target.node}`, on, () => [unit]);
    }
    case 'node':
      return subject(state, target.node, on, (node) => watchedUnits(topology, node));
    case undefined:
      break;
    default:
      return target satisfies never;
  }
  const name = id?.slice(id.indexOf(':') + 1) ?? '';
  const service = id?.startsWith('service:') ? serviceByName(topology, name) : undefined;
  if (service !== undefined) {
    const nodes = inventory.nodes.filter(({ services }) => services.includes(service.name));
    return subject(state, service.name, nodes, () => [service.unit]);
  }
  const step = id?.startsWith('drift:') ? stepByName(topology, name) : undefined;
  return step && subject(state, step.name, stepNodes(state, step), () => [step.unit]);
};
