/** What all nodes send by themselves: one set of feeds per node with ssh. */
import type { NodeName } from '../core/model/inventory.ts';
import type { LinkState, Observation } from '../core/model/observation.ts';
import type { UnitName } from '../core/model/topology.ts';
import type { Clock } from '../lib/clock.ts';
import type { Link } from '../ssh/types.ts';
import type { Feed } from './feed.ts';
import { journalFeed } from './journal.ts';

export type NodeFeedsOptions = {
  readonly nodes: readonly { readonly link: Link; readonly units: readonly UnitName[] }[];
  /** Commands may be run as `sudo -n`. */
  readonly sudo: boolean;
  readonly clock: Clock;
  readonly observe: (observation: Observation) => void;
};

export type NodeFeeds = {
  /** Told of each new state of a node's connection. */
  readonly onLink: (node: NodeName, link: LinkState) => void;
  /** Opens what can be opened; before that nothing is. */
  readonly start: () => void;
  readonly close: () => void;
};

export const createNodeFeeds = ({ nodes, sudo, clock, observe }: NodeFeedsOptions): NodeFeeds => {
  const feeds = new Map<NodeName, readonly Feed[]>();
  const tell = (node: NodeName, link: LinkState): void => {
    for (const feed of feeds.get(node) ?? []) feed.onLink(link);
  };
  return {
    onLink: tell,
    start: () => {
      for (const { link, units } of nodes) {
        if (units.length === 0) continue;
        const { node } = link;
        feeds.set(node, [journalFeed({ node, link, units, sudo, clock, observe })]);
        tell(node, link.state());
      }
    },
    close: () => {
      for (const feed of [...feeds.values()].flat()) feed.close();
    },
  };
};
