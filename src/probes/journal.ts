/** Follows a node's journal for the units that are watched. */
import { wallReading } from '../core/logs/place.ts';
import type { NodeName } from '../core/model/inventory.ts';
import type { Observation } from '../core/model/observation.ts';
import type { UnitName } from '../core/model/topology.ts';
import type { Clock } from '../lib/clock.ts';
import type { Link, OpenEnd } from '../ssh/types.ts';
import { createFeed, type Feed, type FeedSession, type FeedTrouble } from './feed.ts';
import { createJournalIntake, type JournalIntake, type SeenLines } from './journal-intake.ts';
import { JOURNAL_FIELDS } from './journal-line.ts';

/** Lines that a session begins with: how what is there now came about. */
const BACKLOG = 200;
/** A flood reaches the store in so many batches a second at most. */
const DRAIN_MS = 100;
/** A journal may have nothing to say; one that may not be read says so at once. */
const QUIET_IS_LIVE_MS = 2000;
const STDERR_CHARS = 4096;
export const MISSING = 'install systemd there; its units are polled all the same';
const BRACE = 0x7b;

/** What is asked of a journal. */
export type JournalAsk = {
  readonly units: readonly UnitName[];
  readonly follow: boolean;
  /** The newest so many; with `since` all are sent, and whoever takes them in keeps the newest. */
  readonly lines: number;
  /** 0 is this boot, -1 the one before; undefined: all. */
  readonly boot?: number;
  /** Only what these runs wrote, and what systemd says of them: 32 hex digits each. */
  readonly invocations?: readonly string[];
  /** As journalctl reads it. */
  readonly since?: string;
  /** Only of this priority and worse: 0 to 7. */
  readonly priority?: number;
};

/** The command that answers it; every option is understood since systemd 236. */
const journalWords = (ask: JournalAsk): string[] => {
  const { units, follow, lines, boot, invocations = [], since, priority } = ask;
  const own = invocations.map((id) => `_SYSTEMD_INVOCATION_ID=${id}`);
  const told = invocations.map((id) => `INVOCATION_ID=${id}`);
  return [
    'journalctl',
    ...(follow ? ['--follow'] : []),
    ...(boot === undefined ? [] : [boot === 0 ? '--boot' : `--boot=${boot}`]),
    '--output=json',
    '--no-pager',
    // Before 2023, journalctl took the oldest of those since then.
    `--lines=${since === undefined ? lines : 'all'}`,
    `--output-fields=${JOURNAL_FIELDS.join(',')}`,
    ...(since === undefined ? [] : [`--since=${since}`]),
    ...(priority === undefined ? [] : [`--priority=${priority}`]),
    ...units.map((unit) => `--unit=${unit}`),
    ...(own.length === 0 ? [] : [...own, '+', ...told]),
  ];
};

/** What is followed for the facts. */
export const journalCommand = (units: readonly UnitName[]): string[] =>
  journalWords({ units, follow: true, boot: 0, lines: BACKLOG });

type Rule = { readonly says: RegExp; readonly detail: string; readonly remedy: string };

const NO_RIGHT = 'no right to read the journal';
const GROUPS = 'add the user to group adm or systemd-journal';

/** What stands on stderr where the journal stays closed; journalctl then goes on and shows nothing, or ends with 0. */
const RULES: readonly Rule[] = [
  {
    says: /not seeing messages from other users|insufficient permissions|Permission denied/iu,
    detail: NO_RIGHT,
    remedy: GROUPS,
  },
  {
    // Not any word of sudo's: it may complain about its host's name and work.
    says: /^sudo: .*(?:password|terminal|not found)|not allowed to execute|may not run sudo|not in the sudoers/imu,
    detail: NO_RIGHT,
    remedy: `${GROUPS}, or let it sudo journalctl`,
  },
  {
    says: /No journal files were (?:found|opened)/iu,
    detail: 'no journal is kept there',
    remedy: 'set Storage= in journald.conf, or start systemd-journald',
  },
  {
    says: /no persistent journal was found|no such boot|boot entry found|look up boot|no such boot ID/iu,
    detail: 'no journal of the boot before is kept',
    remedy: 'Storage=persistent in journald.conf keeps it from the next boot on',
  },
  {
    says: /unrecognized option|unknown option|invalid option/iu,
    detail: 'its journalctl is too old',
    remedy: 'systemd 236 or newer is needed',
  },
];

/** What journalctl's or sudo's words on stderr mean; undefined when they are of no consequence. */
export const refusalOf = (stderr: string): FeedTrouble | undefined => {
  const rule = RULES.find(({ says }) => says.test(stderr));
  return rule && { kind: 'refused', detail: rule.detail, remedy: rule.remedy };
};

/** In another language sudo's words are not known, but that it was sudo that ended is. */
export const refusalAtEnd = (end: OpenEnd): FeedTrouble | undefined => {
  if (end.kind !== 'exited') return undefined;
  const bySudo = end.exitCode === 1 && /^sudo\b/mu.test(end.stderr) ? 'sudo: a password is required' : '';
  return refusalOf(end.stderr) ?? refusalOf(bySudo);
};

export type JournalOptions = {
  readonly node: NodeName;
  readonly link: Pick<Link, 'open' | 'state'>;
  readonly units: readonly UnitName[];
  /** Where the user may not read it, `sudo -n` may be tried. */
  readonly sudo: boolean;
  /** What feeds before this one told of it is not told again. */
  readonly seen?: SeenLines;
  readonly clock: Clock;
  readonly observe: (observation: Observation) => void;
};

/** Reads one session until it is told to stop, and hands on what was read last. */
const readSession = (
  { command, live, fail }: FeedSession,
  intake: JournalIntake,
  backlog: number,
  report: () => void,
): (() => void) => {
  let draining: NodeJS.Timeout | undefined;
  let said = '';
  intake.restart(backlog);
  const quiet = setTimeout(live, QUIET_IS_LIVE_MS);
  const drain = (): void => {
    draining = undefined;
    report();
  };
  const onOut = (chunk: Uint8Array): void => {
    // An entry, not "-- No entries --" with the reason still on its way.
    if (chunk.includes(BRACE)) live();
    intake.take(chunk);
    draining ??= setTimeout(drain, DRAIN_MS);
  };
  const onErr = (chunk: Uint8Array): void => {
    if (said.length >= STDERR_CHARS) return;
    said = `${said}${new TextDecoder().decode(chunk)}`.slice(0, STDERR_CHARS);
    const refusal = refusalOf(said);
    if (refusal !== undefined) fail(refusal);
  };
  command.stdout.on('data', onOut);
  command.stderr.on('data', onErr);
  return () => {
    clearTimeout(quiet);
    clearTimeout(draining);
    command.stdout.off('data', onOut);
    command.stderr.off('data', onErr);
    // What is still in the pipe is nobody's: it must not hold up the process that ends.
    command.stdout.resume();
    report();
  };
};

export type FollowOptions = {
  readonly node: NodeName;
  readonly link: Pick<Link, 'open' | 'state'>;
  readonly ask: JournalAsk;
  readonly sudo: boolean;
  readonly clock: Clock;
  /** Takes in what comes. */
  readonly intake: JournalIntake;
  /** There is something to drain, or may be. */
  readonly report: () => void;
  readonly observe: (observation: Observation) => void;
};

/** Where the user may not read it, `sudo -n` may be tried. */
export const journalWays = (ask: JournalAsk, sudo: boolean): readonly (readonly string[])[] => {
  const words = journalWords(ask);
  return sudo ? [words, ['sudo', '-n', ...words]] : [words];
};

/** Follows a node's journal as long as it is not closed; `observe` hears how it stands with that. */
export const followJournal = ({
  node,
  link,
  ask,
  sudo,
  clock,
  intake,
  report,
  observe,
}: FollowOptions): Feed =>
  createFeed({
    node,
    feed: 'journal',
    link,
    commands: journalWays(ask, sudo),
    read: (session) => readSession(session, intake, ask.lines, report),
    explain: refusalAtEnd,
    missing: MISSING,
    clock,
    observe,
  });

/** The journal of one node as a feed: `log` observations, and `job-end` where systemd tells of a job's end. */
export const journalFeed = (options: JournalOptions): Feed => {
  const { node, link, units, clock, observe } = options;
  const intake = createJournalIntake(new Set(units), undefined, options.seen);
  const report = (): void => {
    const { entries, dropped } = intake.drain();
    if (entries.length === 0 && dropped === 0) return;
    const wall = wallReading(entries);
    observe({
      ...{ kind: 'log', node, lines: entries.map(({ line }) => line), dropped },
      ...(wall === undefined ? {} : { wall }),
    });
    const nowMs = clock.now();
    for (const { line, job } of entries) {
      if (job === undefined) continue;
      // Of lines from before we looked the node's own time is all there is.
      const atMs = Math.min(nowMs, line.atMs);
      observe({ kind: 'job-end', node, end: { atMs, unit: line.unit, ...job } });
    }
  };
  const ask: JournalAsk = { units, follow: true, boot: 0, lines: BACKLOG };
  return followJournal({ node, link, ask, sudo: options.sudo, clock, intake, report, observe });
};
