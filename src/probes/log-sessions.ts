/** The journals that an operator looks at: one command per node, open while he does, over whatever connection there is. */
import type { LogBatch, LogNews, LogPart, LogRequest, LogSource } from '../core/logs/model.ts';
import type { NodeName } from '../core/model/inventory.ts';
import type { FeedState, LinkState } from '../core/model/observation.ts';
import type { Clock } from '../lib/clock.ts';
import type { Link } from '../ssh/types.ts';
import type { Feed } from './feed.ts';
import { followJournal, type JournalAsk } from './journal.ts';
import { createJournalIntake, type JournalIntake } from './journal-intake.ts';
import { readJournal } from './journal-read.ts';

/** Lines that each node begins with. */
const BACKLOG = 500;
/** Of one unit in one delivery: a flood beyond it is counted, not shown. */
const LINES_PER_UNIT = 500;
const TEXT_CHARS = 2000;
/** What comes is delivered soon, and in no more than ten pieces a second. */
const SOON_MS = 20;
const PACE_MS = 100;

export type LogSessionsOptions = {
  readonly link: (node: NodeName) => Link | undefined;
  /** Where the user may not read a journal, `sudo -n` may be tried. */
  readonly sudo: () => boolean;
  readonly clock: Clock;
  /** What is asked of each node, where that is not as the mode says. */
  readonly ask?: (request: LogRequest, part: LogPart) => JournalAsk;
  readonly deliver: (news: LogNews) => void;
};

export type LogSessions = {
  /** Opens what is asked for, in place of what was open. */
  readonly open: (request: LogRequest) => void;
  readonly close: () => void;
  /** There may be other connections now, or other ways to use them: what is open goes on over these. */
  readonly rebind: () => void;
  /** Told of each new state of a node's connection. */
  readonly onLink: (node: NodeName, link: LinkState) => void;
};

/** One node's journal over one connection. */
type Reading = {
  readonly onLink: (link: LinkState) => void;
  readonly close: () => void;
};

/** One node of the session that is open. */
type Reader = Reading & {
  readonly node: NodeName;
  readonly drain: () => LogBatch | undefined;
  /** Reads over the connection that there is now, unless it does so already or has read all. */
  readonly bind: () => void;
};

const NO_WAY: LogSource = {
  state: 'failed',
  detail: 'the configuration has no ssh to it',
  remedy: 'it goes on by itself when it has again',
};

const askOf = ({ mode }: LogRequest, { units, runs = [] }: LogPart): JournalAsk => {
  switch (mode) {
    case 'boot':
      return { units, follow: true, boot: 0, lines: BACKLOG };
    case 'previous':
      return { units, follow: false, boot: -1, lines: BACKLOG };
    case 'run':
      return { units, follow: true, lines: BACKLOG, invocations: runs };
    default:
      return mode satisfies never;
  }
};

const sourceOf = (state: FeedState): LogSource =>
  state.state === 'failed'
    ? { state: 'failed', detail: state.detail, remedy: state.remedy }
    : { state: state.state };

/** Knows whether what comes after a break follows on what came before it. */
const intakeOf = (
  node: NodeName,
  units: readonly string[],
  backlog: number,
): { readonly intake: JournalIntake; readonly drain: Reader['drain'] } => {
  const inner = createJournalIntake(new Set(units), {
    linesPerUnit: Math.max(LINES_PER_UNIT, backlog),
    cursorsKept: Math.max(BACKLOG, backlog) * 2,
    textChars: TEXT_CHARS,
  });
  let hadLines = false;
  let isAnew = false;
  const restart = (lines: number): void => {
    isAnew = hadLines;
    inner.restart(lines);
  };
  const drain = (): LogBatch | undefined => {
    const { entries, dropped, repeated } = inner.drain();
    if (repeated > 0) isAnew = false;
    if (entries.length === 0 && dropped === 0) return undefined;
    const gap = isAnew;
    isAnew = false;
    hadLines = true;
    return { node, entries, shed: dropped, ...(gap ? { gap } : {}) };
  };
  return { intake: { ...inner, restart }, drain };
};

/** Nothing is open until it is asked for. */
export const createLogSessions = ({
  link,
  sudo,
  clock,
  ask: askFor = askOf,
  deliver,
}: LogSessionsOptions): LogSessions => {
  let readers: readonly Reader[] = [];
  let session = 0;
  let timer: NodeJS.Timeout | undefined;
  let deliveredMs = Number.NEGATIVE_INFINITY;
  let changed = new Map<NodeName, LogSource>();

  const flush = (): void => {
    timer = undefined;
    const batches = readers.flatMap(({ drain }) => drain() ?? []);
    if (batches.length === 0 && changed.size === 0) return;
    const sources = changed;
    changed = new Map();
    deliveredMs = clock.monotonic();
    deliver({ session, batches, sources });
  };
  const soon = (): void => {
    timer ??= setTimeout(flush, Math.max(SOON_MS, deliveredMs + PACE_MS - clock.monotonic()));
  };

  const readerOf = (request: LogRequest, part: LogPart): Reader => {
    const { node, units } = part;
    const ask = askFor(request, part);
    // It outlives connections: what was handed out before is not handed out again.
    const { intake, drain } = intakeOf(node, units, ask.lines);
    let bound: { readonly over: Link | undefined; readonly maySudo: boolean } | undefined;
    let reading: Reading | undefined;
    let isRead = false;
    const tell = (source: LogSource): void => {
      if (session !== request.session) return;
      isRead = source.state === 'read';
      changed.set(node, source);
      soon();
    };
    const withoutLink = (state: LinkState): void => {
      if (state.state !== 'failed') return;
      tell({ state: 'failed', detail: state.failure.detail, remedy: state.failure.remedy });
    };
    const follow = (over: Link, maySudo: boolean): Reading => {
      const feed: Feed = followJournal({
        ...{ node, link: over, ask, sudo: maySudo, clock, intake },
        report: soon,
        observe: (seen) => {
          if (seen.kind === 'feed') tell(sourceOf(seen.state));
        },
      });
      return {
        onLink: (state) => {
          withoutLink(state);
          feed.onLink(state);
        },
        close: feed.close,
      };
    };
    const bind = (): void => {
      const [over, maySudo] = [link(node), sudo()];
      if (isRead || (bound !== undefined && bound.over === over && bound.maySudo === maySudo)) return;
      reading?.close();
      reading = undefined;
      bound = { over, maySudo };
      if (over === undefined) {
        tell(NO_WAY);
        return;
      }
      tell({ state: 'opening' });
      reading = ask.follow
        ? follow(over, maySudo)
        : readOnce(node, over, { ask, maySudo, intake, tell, withoutLink });
      reading.onLink(over.state());
    };
    return {
      node,
      drain,
      bind,
      onLink: (state) => reading?.onLink(state),
      close: () => reading?.close(),
    };
  };

  type Once = {
    readonly ask: JournalAsk;
    readonly maySudo: boolean;
    readonly intake: JournalIntake;
    readonly tell: (source: LogSource) => void;
    readonly withoutLink: (state: LinkState) => void;
  };
  const readOnce = (
    node: NodeName,
    over: Link,
    { ask, maySudo, intake, tell, withoutLink }: Once,
  ): Reading => {
    const ending = new AbortController();
    const { signal } = ending;
    let isAsked = false;
    const read = async (): Promise<void> => {
      isAsked = true;
      const trouble = await readJournal({
        node,
        link: over,
        ask,
        sudo: maySudo,
        intake,
        report: soon,
        signal,
      });
      if (signal.aborted) return;
      tell(trouble === undefined ? { state: 'read' } : { state: 'failed', ...trouble });
    };
    return {
      onLink: (state) => {
        withoutLink(state);
        if (state.state === 'up' && !isAsked) void read();
      },
      close: () => ending.abort(),
    };
  };

  const close = (): void => {
    for (const reader of readers) reader.close();
    clearTimeout(timer);
    timer = undefined;
    readers = [];
    changed = new Map();
  };

  return {
    open: (request) => {
      close();
      session = request.session;
      readers = request.parts.map((part) => readerOf(request, part));
      for (const reader of readers) reader.bind();
    },
    close,
    rebind: () => {
      for (const reader of readers) reader.bind();
    },
    onLink: (node, state) => {
      for (const reader of readers) if (reader.node === node) reader.onLink(state);
    },
  };
};
