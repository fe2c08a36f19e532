/** One look at a node's systemd as a poll task. */
import type { ClusterNode } from '../core/model/inventory.ts';
import type { LinkState, Observation } from '../core/model/observation.ts';
import type { UnitName } from '../core/model/topology.ts';
import type { Clock } from '../lib/clock.ts';
import type { PollTask } from '../poll/poller.ts';
import { lookAtNode } from '../probes/systemd.ts';
import type { Link } from '../ssh/types.ts';

export type UnitLook = {
  readonly clock: Clock;
  readonly observe: (observation: Observation) => void;
  readonly onMoved: (units: ReadonlySet<UnitName>) => void;
  /** Unit files were changed on the node's disk, or read anew by its systemd. */
  readonly onReloaded: () => void;
};

/** What it saw, or on its link why it saw nothing. */
export const unitLook = (
  node: ClusterNode,
  link: Link,
  units: readonly UnitName[],
  { clock, observe, onMoved, onReloaded }: UnitLook,
): PollTask['run'] => {
  let before: ReadonlyMap<UnitName, string> | undefined;
  let stale: string | undefined;
  // A connection can be up while systemd does not answer over it: that is the link's state, too.
  let blind = false;
  return async (signal) => {
    const seen = await lookAtNode(link, units, { clock, signal });
    if (signal.aborted) return false;
    if (seen.ok) {
      observe({ kind: 'units', node: node.name, look: seen.look });
      const now = new Map(
        seen.look.units.map(({ unit, active, sub, invocation }) => [unit, `${active} ${sub} ${invocation}`]),
      );
      const moved = [...now].filter(
        ([unit, standing]) => before !== undefined && before.get(unit) !== standing,
      );
      if (moved.length > 0) onMoved(new Set(moved.map(([unit]) => unit)));
      before = now;
      const changed = seen.look.units
        .flatMap(({ unit, needsReload }) => (needsReload ? [unit] : []))
        .join(' ');
      if (stale !== undefined && stale !== changed) onReloaded();
      stale = changed;
      if (blind) observe({ kind: 'link', node: node.name, link: link.state() });
      blind = false;
      return true;
    }
    if (link.state().state === 'up') {
      blind = true;
      const failed: LinkState = { state: 'failed', sinceMs: clock.now(), failure: seen.failure };
      observe({ kind: 'link', node: node.name, link: failed });
    }
    return false;
  };
};
