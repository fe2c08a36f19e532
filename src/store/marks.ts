/** Marks: instances that the next action is about, instead of the selected row. */

import type { ActionTarget } from '../core/model/action.ts';
import { type InstanceId, instanceId } from '../core/model/inventory.ts';
import { withUi } from './outcome.ts';
import { selectedSubject } from './rows.ts';
import { type AppState, topFrame } from './state.ts';
import { targetOf } from './subjects.ts';

/** The instances that the selected row stands for, in the topology's order. */
const belowSelected = (state: AppState): readonly InstanceId[] => {
  const id = selectedSubject(state);
  const target = targetOf(id);
  const service = id?.startsWith('service:') ? id.slice('service:'.length) : undefined;
  return placed(state)
    .filter(([name, node]) => {
      if (service !== undefined) return name === service;
      if (target?.kind === 'node') return node === target.node;
      return target?.kind === 'instance' && name === target.service && node === target.node;
    })
    .map(([name, node]) => instanceId(name, node));
};

const placed = ({ topology, inventory }: AppState): readonly (readonly [string, string])[] =>
  topology.services.flatMap(({ name }) =>
    inventory.nodes
      .filter(({ services }) => services.includes(name))
      .map((node) => [name, node.name] as const),
  );

export const canMark = (state: AppState): boolean => belowSelected(state).length > 0;

/** Marks all that the row stands for; takes their marks off where all of them have one. */
export const toggleMarks = (state: AppState): AppState => {
  const below = belowSelected(state);
  const marks = new Set(state.ui.marks);
  const hasAll = below.every((id) => marks.has(id));
  for (const id of below) {
    if (hasAll) marks.delete(id);
    else marks.add(id);
  }
  return withUi(state, { marks });
};

export const dropMarks = (state: AppState): AppState => withUi(state, { marks: new Set() });

/** Marks are set and shown in these views; elsewhere a key means what is selected there. */
const isMarking = (state: AppState): boolean => {
  const { view } = topFrame(state.ui);
  return view === 'tree' || view === 'nodes';
};

/** What is marked, in the topology's order; empty where marks do not count. */
export const markedTargets = (state: AppState): readonly ActionTarget[] =>
  !isMarking(state) || state.ui.marks.size === 0
    ? []
    : placed(state)
        .filter(([service, node]) => state.ui.marks.has(instanceId(service, node)))
        .map(([service, node]) => ({ kind: 'instance', service, node }));
