/** Follows a node's journal for the units that are watched. */
import type { NodeName } from '../core/model/inventory.ts';
import type { Observation } from '../core/model/observation.ts';
import type { UnitName } from '../core/model/topology.ts';
import type { Clock } from '../lib/clock.ts';
import type { Link, OpenEnd } from '../ssh/types.ts';
import { createFeed, type Feed, type FeedSession, type FeedTrouble } from './feed.ts';
import { createJournalIntake, type JournalIntake } from './journal-intake.ts';
import { JOURNAL_FIELDS } from './journal-line.ts';

/** Lines that a session begins with: how what is there now came about. */
const BACKLOG = 200;
/** A flood reaches the store in so many batches a second at most. */
const DRAIN_MS = 100;
/** A journal may have nothing to say; one that may not be read says so at once. */
const QUIET_IS_LIVE_MS = 2000;
const STDERR_CHARS = 4096;
const BRACE = 0x7b;

/** `journalctl -f` for these units, of this boot; every option is understood since systemd 236. */
export const journalCommand = (units: readonly UnitName[]): string[] => [
  'journalctl',
  '--follow',
  '--boot',
  '--output=json',
  '--no-pager',
  `--lines=${BACKLOG}`,
  `--output-fields=${JOURNAL_FIELDS.join(',')}`,
  ...units.map((unit) => `--unit=${unit}`),
];

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
const refusalAtEnd = (end: OpenEnd): FeedTrouble | undefined => {
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
  readonly clock: Clock;
  readonly observe: (observation: Observation) => void;
};

/** Reads one session until it is told to stop, and hands on what was read last. */
const readSession = (
  { command, live, fail }: FeedSession,
  intake: JournalIntake,
  report: () => void,
): (() => void) => {
  let draining: NodeJS.Timeout | undefined;
  let said = '';
  intake.restart(BACKLOG);
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

/** The journal of one node as a feed: `log` observations, and `job-end` where systemd tells of a job's end. */
export const journalFeed = (options: JournalOptions): Feed => {
  const { node, link, units, clock, observe } = options;
  const intake = createJournalIntake(new Set(units));
  const command = journalCommand(units);
  const report = (): void => {
    const { entries, dropped } = intake.drain();
    if (entries.length === 0 && dropped === 0) return;
    observe({ kind: 'log', node, lines: entries.map(({ line }) => line), dropped });
    const nowMs = clock.now();
    for (const { line, job } of entries) {
      if (job === undefined) continue;
      // Of lines from before we looked the node's own time is all there is.
      const atMs = Math.min(nowMs, line.atMs);
      observe({ kind: 'job-end', node, end: { atMs, unit: line.unit, ...job } });
    }
  };
  return createFeed({
    node,
    feed: 'journal',
    link,
    commands: options.sudo ? [command, ['sudo', '-n', ...command]] : [command],
    read: (session) => readSession(session, intake, report),
    explain: refusalAtEnd,
    missing: 'install systemd there; its units are polled all the same',
    clock,
    observe,
  });
};
