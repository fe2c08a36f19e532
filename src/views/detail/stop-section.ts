/** What if this unit stopped: what systemd takes along, and what is left of the votes. */

import { sentenceList } from '../../core/format.ts';
import { requiredBy, serviceByName, serviceByUnit } from '../../core/graph.ts';
import type { InstanceState } from '../../core/model/cluster.ts';
import { instanceId } from '../../core/model/inventory.ts';
import type { ServiceName } from '../../core/model/topology.ts';
import { type AppState, shown } from '../../store/state.ts';
import type { Line } from '../paint.ts';
import { labelled } from './page.ts';

const votesLeft = (state: AppState, service: ServiceName, node: string): readonly string[] => {
  const { cluster } = shown(state);
  const quorum = cluster.services.get(service)?.quorum;
  const raft = cluster.instances.get(instanceId(service, node))?.raft;
  if (quorum === undefined || (raft !== 'leader' && raft !== 'follower')) return [];
  const left = quorum.votes - 1;
  const how = left < quorum.needed ? `BELOW ${quorum.needed}` : 'holds';
  return [`${service} has ${left} of ${quorum.expected} votes, ${how}`];
};

/** Nothing for a unit that does not run. */
export const stopLines = (state: AppState, instance: InstanceState, columns: number): readonly Line[] => {
  const service = serviceByName(state.topology, instance.service);
  if (service === undefined || instance.verdict === 'down' || instance.verdict === 'blocked') return [];
  const runs = state.inventory.nodes.find((node) => node.name === instance.node)?.services ?? [];
  const along = requiredBy(state.topology, service.unit).flatMap((unit) => {
    const name = serviceByUnit(state.topology, unit)?.name;
    return name !== undefined && runs.includes(name) ? [name] : [];
  });
  const votes = [service.name, ...along].flatMap((name) => votesLeft(state, name, instance.node));
  const stops =
    along.length === 0
      ? 'nothing stops with it'
      : `${sentenceList(along)} ${along.length === 1 ? 'stops' : 'stop'} with it`;
  return labelled('if it stops', [stops, ...votes].join('; '), columns);
};
