/** Whether what systemd said on a node can still be believed. */
import type { NodeName } from '../model/inventory.ts';
import type { LinkState, NodeUnits, SshFailure } from '../model/observation.ts';
import type { WaitInput } from './model.ts';

/** A slow node may take several seconds for a look; beyond this it counts for nothing, whatever the interval. */
const FRESH_MS = 15_000;
const FRESH_INTERVALS = 3;

/** Why there is no connection; undefined while there is one, or the first is on its way. */
export const linkFailure = (link: LinkState | undefined): SshFailure | undefined => {
  switch (link?.state) {
    case 'failed':
      return link.failure;
    case 'connecting':
      return link.after;
    case 'none':
    case 'up':
    case undefined:
      return undefined;
    default:
      return link satisfies never;
  }
};

/** The newest look at a node's systemd, unless it is old or the way there is lost. */
export const freshLook = ({ facts, options, nowMs }: WaitInput, node: NodeName): NodeUnits | undefined => {
  const look = facts.units.get(node);
  if (look === undefined || linkFailure(facts.links.get(node)) !== undefined) return undefined;
  const isFresh = nowMs - look.atMs <= Math.max(FRESH_MS, FRESH_INTERVALS * options.intervalMs);
  return isFresh ? look : undefined;
};
