/** What the impact view shows besides the capabilities, and its text for the clipboard. */
import { capabilityWord } from '../core/impact/words.ts';
import type { ClusterState } from '../core/model/cluster.ts';
import { type RequestPath, requestPath } from '../core/request-path.ts';
import { type AppState, shown } from './state.ts';

/** Followed once per judgement: the page is painted, and its lines are counted. */
const followed = new WeakMap<ClusterState, RequestPath>();

/** The way of a request as the screen shows it now. */
export const requestPathOf = (state: AppState): RequestPath => {
  const { cluster } = shown(state);
  const known = followed.get(cluster);
  if (known !== undefined) return known;
  const path = requestPath(state.topology, cluster);
  followed.set(cluster, path);
  return path;
};

/** "New VMs lost; Metrics lost. A create-VM request dies at …", for a message to others. */
export const impactText = (state: AppState): string => {
  const touched = shown(state)
    .cluster.capabilities.filter((capability) => capability.state !== 'works')
    .map((capability) => `${capability.title} ${capabilityWord(capability.state)}`);
  const what = touched.length === 0 ? 'Everything works.' : `${touched.join('; ')}.`;
  return `${what} ${requestPathOf(state).sentence}`.trim();
};
