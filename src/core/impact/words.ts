/** The words for what users have of a capability. */
import type { CapabilityStanding } from '../model/cluster.ts';

/** "at risk", "lost"; at most 8 characters. */
export const capabilityWord = (state: CapabilityStanding): string =>
  state === 'at-risk' ? 'at risk' : state;
