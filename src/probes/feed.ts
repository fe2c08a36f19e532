/** Keeps one command open on a node for what it sends by itself: opens it, has it read, opens it again when it ends. */
import type { NodeName } from '../core/model/inventory.ts';
import type { FeedName, FeedState, LinkState, Observation } from '../core/model/observation.ts';
import { sanitiseLine } from '../core/sanitise.ts';
import type { Clock } from '../lib/clock.ts';
import type { Link, OpenCommand, OpenEnd } from '../ssh/types.ts';

const FIRST_RETRY_MS = 1000;
const SLOWEST_RETRY_MS = 60_000;
/** What is not installed or not allowed changes by somebody's hand only. */
const REFUSED_RETRY_MS = 300_000;
/** A command that lived this long failed for a new reason: its next retry comes soon. */
const SETTLED_MS = 30_000;
const DETAIL_CHARS = 200;

export type FeedTrouble = {
  /** `refused`: not there or not allowed, so that the next way is tried, and all of them again only much later. */
  readonly kind: 'ended' | 'refused';
  /** One line; sanitised here. */
  readonly detail: string;
  readonly remedy: string;
};

/** One life of the command, as its reader sees it. */
export type FeedSession = {
  readonly command: OpenCommand;
  /** Says that it works: what comes is what was asked for. */
  readonly live: () => void;
  /** Closes it and says why; what it does afterwards is not looked at. */
  readonly fail: (trouble: FeedTrouble) => void;
};

export type FeedOptions = {
  readonly node: NodeName;
  readonly feed: FeedName;
  readonly link: Pick<Link, 'open' | 'state'>;
  /** Ways to get the same thing, the one with the least rights first. */
  readonly commands: readonly (readonly string[])[];
  /** Reads stdout until the returned function is called, which is once, when this life is over. */
  readonly read: (session: FeedSession) => () => void;
  /** Reads an end that says more than that it ended; undefined: as for any command. */
  readonly explain?: (end: OpenEnd) => FeedTrouble | undefined;
  /** What to do where the command is not installed. */
  readonly missing: string;
  readonly clock: Clock;
  readonly observe: (observation: Observation) => void;
};

export type Feed = {
  /** Told of each new state of the node's connection: opens when it is up. */
  readonly onLink: (link: LinkState) => void;
  /** Ends it for good; nothing is reported any more. */
  readonly close: () => void;
};

/** How long to wait before opening again, ms; `tries` in a row have failed. */
export const feedRetryMs = (kind: FeedTrouble['kind'], tries: number): number =>
  kind === 'refused'
    ? REFUSED_RETRY_MS
    : Math.min(SLOWEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(Math.max(0, tries - 1), 10));

/** Why a command ended that should have gone on. */
export const troubleOf = (end: OpenEnd, program: string, missing: string): FeedTrouble => {
  if (end.kind === 'failed') {
    return { kind: 'ended', detail: end.failure.detail, remedy: end.failure.remedy };
  }
  // 126 and 127 are the shell's own: not allowed to run it, not there.
  if (end.exitCode === 127) return { kind: 'refused', detail: `${program} is not there`, remedy: missing };
  if (end.exitCode === 126) return { kind: 'refused', detail: `${program} may not be run`, remedy: missing };
  const said = end.stderr.trim().split('\n').at(-1) ?? '';
  const ended = `${program} ended with ${end.exitCode}`;
  return {
    kind: 'ended',
    detail: said === '' ? ended : `${ended}: ${said}`,
    remedy: 'it is opened again by itself',
  };
};

/** A feed at rest; it opens as soon as `onLink` says that the connection is up. */
export const createFeed = (options: FeedOptions): Feed => {
  const { node, feed, link, commands, clock, observe } = options;
  let reported: FeedState | undefined;
  /** Ends the life that goes on, if one does. */
  let end: (() => void) | undefined;
  let retryTimer: NodeJS.Timeout | undefined;
  let tries = 0;
  let way = 0;
  let closed = false;

  const report = (state: FeedState): void => {
    if (closed) return;
    const isSame =
      reported?.state === state.state &&
      (reported.state !== 'failed' || state.state !== 'failed' || reported.detail === state.detail);
    if (isSame) return;
    reported = state;
    observe({ kind: 'feed', node, feed, state });
  };

  const retry = (trouble: FeedTrouble): void => {
    if (closed) return;
    if (trouble.kind === 'refused' && way + 1 < commands.length) {
      way += 1;
      void open();
      return;
    }
    way = 0;
    tries += 1;
    report({
      state: 'failed',
      sinceMs: clock.now(),
      detail: sanitiseLine(trouble.detail, DETAIL_CHARS),
      remedy: sanitiseLine(trouble.remedy, DETAIL_CHARS),
    });
    // Without a connection there is nothing to try: it is opened when that is up.
    if (link.state().state !== 'up') return;
    retryTimer = setTimeout(() => void open(), feedRetryMs(trouble.kind, tries));
  };

  const open = async (): Promise<void> => {
    const words = commands[way] ?? [];
    const program = words.find((word) => word !== 'sudo' && !word.startsWith('-')) ?? '';
    const startedMs = clock.monotonic();
    let cleanUp: (() => void) | undefined;
    let command: OpenCommand | undefined;
    let over = false;
    const finish = (trouble?: FeedTrouble): void => {
      if (over) return;
      over = true;
      end = undefined;
      cleanUp?.();
      command?.close();
      if (trouble === undefined) return;
      if (clock.monotonic() - startedMs >= SETTLED_MS) tries = 0;
      retry(trouble);
    };
    end = finish;
    // A failure stays on the screen while it is tried again: it is news when that worked.
    if (reported?.state !== 'failed') report({ state: 'opening', sinceMs: clock.now() });
    const opened = await link.open(words);
    if (!opened.ok) {
      finish(troubleOf({ kind: 'failed', failure: opened.failure }, program, options.missing));
      return;
    }
    command = opened.command;
    if (over) {
      command.close();
      return;
    }
    void command.ended.then((how) =>
      finish(options.explain?.(how) ?? troubleOf(how, program, options.missing)),
    );
    cleanUp = options.read({
      command,
      live: () => {
        if (!over) report({ state: 'live', sinceMs: clock.now() });
      },
      fail: finish,
    });
    // A reader may fail it at once, before there was anything to clean up.
    if (over) cleanUp();
  };

  return {
    onLink: ({ state }) => {
      clearTimeout(retryTimer);
      if (closed || end !== undefined || state !== 'up') return;
      // A new connection is a new login: rights may have been given meanwhile.
      way = 0;
      tries = 0;
      void open();
    },
    close: () => {
      closed = true;
      clearTimeout(retryTimer);
      end?.();
    },
  };
};
