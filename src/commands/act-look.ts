/** Looks until enough is known of the cluster to plan an action in it. */

import { plural, sentenceList } from '../core/format.ts';
import type { NodeName } from '../core/model/inventory.ts';
import { isSure } from '../core/pace.ts';
import { linkFailure } from '../core/wait/looks.ts';
import { isLookedAt } from '../core/wait/state.ts';
import type { AppState } from '../store/state.ts';
import type { AppStore } from '../store/store.ts';

/** One look, connecting included: one such span for every eight nodes, because no more log in at once. */
const LOOK_MS = 15_000;
const LOOK_AT_ONCE = 8;
const LOOK_MAX_MS = 60_000;
const NAMED = 3;

/** How long the looks may take in all, ms. */
export const lookMs = (nodes: number): number =>
  Math.min(LOOK_MAX_MS, LOOK_MS * Math.ceil(nodes / LOOK_AT_ONCE));

/** "the systemd of node03, 4 checks": what has not been seen yet. Pure. */
const missingWords = ({ facts, inventory, options }: AppState): string => {
  const blind = inventory.nodes
    .filter(
      ({ name, ssh }) =>
        ssh !== undefined && !facts.units.has(name) && linkFailure(facts.links.get(name)) === undefined,
    )
    .map(({ name }) => name);
  const open = [...facts.checks.values()].filter((known) => !isSure(known, options));
  const named = blind.length > NAMED ? plural(blind.length, 'node') : sentenceList(blind);
  return sentenceList([
    ...(blind.length === 0 ? [] : [`the systemd of ${named}`]),
    ...(open.length === 0 ? [] : [plural(open.length, 'health check')]),
  ]);
};

/** What is not known by then is tried. */
const RIGHTS_MS = 10_000;

/** What the account may do on these nodes, where ssh leads to them: known, or asked in vain. */
export const untilRightsAsked = (
  store: AppStore,
  nodes: readonly NodeName[],
  stopped: AbortSignal,
): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      unsubscribe();
      clearTimeout(deadline);
      stopped.removeEventListener('abort', end);
      resolve();
    };
    const look = ({ facts }: AppState): void => {
      const isOpen = (node: NodeName): boolean =>
        facts.links.get(node)?.state === 'up' && !facts.rights.has(node);
      if (!nodes.some(isOpen)) end();
    };
    const unsubscribe = store.subscribe(look);
    const deadline = setTimeout(end, RIGHTS_MS);
    stopped.addEventListener('abort', end, { once: true });
    if (stopped.aborted) end();
    else look(store.getState());
  });

/** `seen`: every endpoint and every systemd that ssh leads to, so that a plan is made of facts. */
export const untilSeen = (
  store: AppStore,
  timeoutMs: number,
  stopped: AbortSignal,
): Promise<'seen' | 'stopped' | { readonly missing: string }> =>
  new Promise((resolve) => {
    const end = (result: 'seen' | 'stopped' | { readonly missing: string }): void => {
      unsubscribe();
      clearTimeout(deadline);
      stopped.removeEventListener('abort', onStopped);
      resolve(result);
    };
    const look = (state: AppState): void => {
      if (isLookedAt(state, new Map(), true)) end('seen');
    };
    const onStopped = (): void => end('stopped');
    const unsubscribe = store.subscribe(look);
    const deadline = setTimeout(() => end({ missing: missingWords(store.getState()) }), timeoutMs);
    stopped.addEventListener('abort', onStopped, { once: true });
    if (stopped.aborted) end('stopped');
    else look(store.getState());
  });
