/** The stop that a subject stands for, and what it would do: told once per judgement. */
import type { ClusterState } from '../core/model/cluster.ts';
import type { Stop, WhatIf } from '../core/what-if/model.ts';
import { whatIf } from '../core/what-if/what-if.ts';
import { instanceOfSubject } from './rows.ts';
import { type AppState, type SubjectId, shown } from './state.ts';

/** Of an instance, a placed service or a node; undefined for all else, and for what is not there. */
export const stopOf = (state: AppState, id: SubjectId | undefined): Stop | undefined => {
  if (id === undefined) return undefined;
  const now = shown(state);
  const instance = instanceOfSubject(now, id);
  if (instance !== undefined) return { kind: 'instance', service: instance.service, node: instance.node };
  const name = id.slice(id.indexOf(':') + 1);
  if (id.startsWith('service:') && now.cluster.services.has(name)) return { kind: 'service', service: name };
  return id.startsWith('node:') && now.cluster.nodes.has(name) ? { kind: 'node', node: name } : undefined;
};

const keyOf = (stop: Stop): string =>
  stop.kind === 'node' ? `node:${stop.node}` : `${stop.service}@${stop.kind === 'service' ? '' : stop.node}`;

const told = new WeakMap<ClusterState, Map<string, WhatIf>>();

/** What the stop would do to what the screen shows now. */
export const whatIfOf = (state: AppState, stop: Stop): WhatIf => {
  const { cluster, facts } = shown(state);
  const known = told.get(cluster) ?? new Map<string, WhatIf>();
  told.set(cluster, known);
  const key = keyOf(stop);
  const found = known.get(key);
  if (found !== undefined) return found;
  const { topology, inventory, options } = state;
  const next = whatIf({ topology, inventory, cluster, facts, options }, stop);
  known.set(key, next);
  return next;
};
