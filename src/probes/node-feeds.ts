/** What all nodes send by themselves: one set of feeds per node with ssh. */
import type { NodeName } from '../core/model/inventory.ts';
import type { FeedName, FeedState, LinkState, Observation, UnitFacts } from '../core/model/observation.ts';
import type { UnitName } from '../core/model/topology.ts';
import type { Clock } from '../lib/clock.ts';
import type { Link } from '../ssh/types.ts';
import type { Feed } from './feed.ts';
import { journalFeed } from './journal.ts';
import type { SeenLines } from './journal-intake.ts';

export type NodeFeedsOptions = {
  readonly nodes: readonly { readonly link: Link; readonly units: readonly UnitName[] }[];
  /** Off, nothing is opened, and each feed says why. */
  readonly follow: boolean;
  /** Commands may be run as `sudo -n`. */
  readonly sudo: boolean;
  /** The lines of each node's journal that were told already. */
  readonly seen: (node: NodeName) => SeenLines;
  readonly clock: Clock;
  readonly observe: (observation: Observation) => void;
  /** Takes what should be seen at once. */
  readonly push: (observation: Observation) => void;
  /** The newest facts of a unit, delivered or only about to be. */
  readonly known: (node: NodeName, unit: UnitName) => UnitFacts | undefined;
  /** These units have started, stopped or moved on. */
  readonly onMoved: (node: NodeName, units: ReadonlySet<UnitName>) => void;
  /** Something has changed that a look at the node would see. */
  readonly look: (node: NodeName) => void;
  /** Systemd has read its unit files anew. */
  readonly onReloaded: (node: NodeName) => void;
};

export type NodeFeeds = {
  /** Told of each new state of a node's connection. */
  readonly onLink: (node: NodeName, link: LinkState) => void;
  /** Opens what can be opened; before that nothing is. */
  readonly start: () => void;
  readonly close: () => void;
};

const FEEDS: readonly FeedName[] = ['bus', 'journal'];

export const createNodeFeeds = (options: NodeFeedsOptions): NodeFeeds => {
  const { sudo, clock, observe, push } = options;
  const nodes = options.nodes.filter(({ units }) => units.length > 0);
  const feeds = new Map<NodeName, readonly Feed[]>();
  let closed = false;
  const tell = (node: NodeName, link: LinkState): void => {
    for (const feed of feeds.get(node) ?? []) feed.onLink(link);
  };
  const add = (link: Link, feed: Feed): void => {
    feeds.set(link.node, [...(feeds.get(link.node) ?? []), feed]);
    feed.onLink(link.state());
  };
  /** The first frame does not wait for what reads the bus. */
  const addBuses = async (): Promise<void> => {
    const { busFeed } = await import('./systemd-bus.ts');
    if (closed) return;
    for (const { link, units } of nodes) {
      const { node } = link;
      const feed = busFeed({
        ...{ node, link, units, clock, observe: push },
        known: (unit) => options.known(node, unit),
        onMoved: (moved) => options.onMoved(node, moved),
        look: () => options.look(node),
        onReloaded: () => options.onReloaded(node),
      });
      add(link, feed);
    }
  };
  return {
    onLink: tell,
    start: () => {
      if (!options.follow) {
        const state: FeedState = {
          state: 'failed',
          sinceMs: clock.now(),
          detail: 'not followed, as the configuration says',
          remedy: 'ssh.follow: true follows it',
        };
        for (const { link } of nodes) {
          for (const feed of FEEDS) observe({ kind: 'feed', node: link.node, feed, state });
        }
        return;
      }
      for (const { link, units } of nodes) {
        const { node } = link;
        add(link, journalFeed({ node, link, units, sudo, seen: options.seen(node), clock, observe }));
      }
      void addBuses();
    },
    close: () => {
      closed = true;
      for (const feed of [...feeds.values()].flat()) feed.close();
    },
  };
};
