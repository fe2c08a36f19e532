/** systemd's signals, pushed: the node's system bus over ssh, by `systemd-stdio-bridge`. It needs no rights. */
import type { NodeName } from '../core/model/inventory.ts';
import type { Observation, UnitFacts } from '../core/model/observation.ts';
import type { UnitName } from '../core/model/topology.ts';
import { sanitiseLine } from '../core/sanitise.ts';
import type { Clock } from '../lib/clock.ts';
import { DbusError } from '../lib/dbus/frames.ts';
import type { Link } from '../ssh/types.ts';
import { BusClient, BusRefusal } from './bus-client.ts';
import { BusNews, isReloaded } from './bus-news.ts';
import { createFeed, type Feed, type FeedSession, type FeedTrouble } from './feed.ts';

/** systemd sends the properties of a unit in two signals, one after the other: they are looked at together. */
const SETTLE_MS = 10;
/** Apart from the first, changes reach the screen at this pace, however many there are. */
const PACE_MS = 100;
/** Read per PACE_MS; the rest waits on the node. A whole node that stops sends half of this. */
const BYTES_PER_PACE = 128 * 1024;
/** From the start of the bridge until systemd has agreed to send its signals. */
const HANDSHAKE_MS = 10_000;
/** Changes come in bursts: one look for all of them. */
const LOOK_AFTER_MS = 400;

const POLLED = 'changes are seen by polling meanwhile';

export type BusOptions = {
  readonly node: NodeName;
  readonly link: Pick<Link, 'open' | 'state'>;
  readonly units: readonly UnitName[];
  readonly clock: Clock;
  readonly observe: (observation: Observation) => void;
  /** The newest facts of a unit, observed or only about to be. */
  readonly known: (unit: UnitName) => UnitFacts | undefined;
  /** These units have started, stopped or moved on. */
  readonly onMoved: (units: ReadonlySet<UnitName>) => void;
  /** Something has changed that a look would see. */
  readonly look: () => void;
  /** Systemd has read its unit files anew. */
  readonly onReloaded: () => void;
};

const troubleOf = (error: unknown): FeedTrouble => {
  // A hole in the reading of what a node sends must cost that node's signals, not the console.
  if (!(error instanceof DbusError)) {
    return {
      kind: 'refused',
      detail: sanitiseLine(`system bus not understood: ${String(error)}`, 200),
      remedy: POLLED,
    };
  }
  const kind = error instanceof BusRefusal ? 'refused' : 'ended';
  return { kind, detail: `system bus: ${error.message}`, remedy: POLLED };
};

/** Reads one life of the bridge. */
const readBus = ({ command, live, fail }: FeedSession, options: BusOptions): (() => void) => {
  const { clock, known, observe } = options;
  const news = new BusNews(options.node, options.units);
  let handshake: NodeJS.Timeout | undefined;
  let drainTimer: NodeJS.Timeout | undefined;
  let lookTimer: NodeJS.Timeout | undefined;
  let paceTimer: NodeJS.Timeout | undefined;
  let drainedMs = Number.NEGATIVE_INFINITY;
  let bytesRead = 0;

  const drain = (): void => {
    drainTimer = undefined;
    drainedMs = clock.monotonic();
    const { observations, moved } = news.drain(clock.now(), known);
    for (const observation of observations) observe(observation);
    if (moved.size > 0) options.onMoved(moved);
  };
  const lookSoon = (): void => {
    lookTimer ??= setTimeout(() => {
      lookTimer = undefined;
      options.look();
    }, LOOK_AFTER_MS);
  };
  const breathe = (): void => {
    paceTimer = undefined;
    bytesRead = 0;
    command.stdout.resume();
  };

  const client = new BusClient({
    write: (bytes) => command.stdin.write(bytes),
    onLive: () => {
      clearTimeout(handshake);
      live();
      // What changed between the last look and now was told to nobody.
      options.look();
    },
    onSignal: (message) => {
      if (isReloaded(message)) options.onReloaded();
      if (!news.take(message)) return;
      drainTimer ??= setTimeout(drain, Math.max(SETTLE_MS, drainedMs + PACE_MS - clock.monotonic()));
      lookSoon();
    },
  });
  const onData = (chunk: Buffer): void => {
    try {
      client.feed(chunk);
    } catch (error) {
      fail(troubleOf(error));
      return;
    }
    bytesRead += chunk.length;
    paceTimer ??= setTimeout(breathe, PACE_MS);
    if (bytesRead >= BYTES_PER_PACE) command.stdout.pause();
  };
  handshake = setTimeout(
    () => fail({ kind: 'ended', detail: 'the system bus does not answer', remedy: POLLED }),
    HANDSHAKE_MS,
  );
  command.stdout.on('data', onData);

  return () => {
    command.stdout.off('data', onData);
    // Whatever still comes is drained, so that the process can end.
    command.stdout.resume();
    for (const timer of [handshake, drainTimer, lookTimer, paceTimer]) clearTimeout(timer);
  };
};

/** The feed `bus` of one node; at rest until its connection is up. */
export const busFeed = (options: BusOptions): Feed =>
  createFeed({
    node: options.node,
    feed: 'bus',
    link: options.link,
    commands: [['systemd-stdio-bridge']],
    read: (session) => readBus(session, options),
    missing: 'install systemd-stdio-bridge (it comes with systemd); changes are seen by polling meanwhile',
    clock: options.clock,
    observe: options.observe,
  });
