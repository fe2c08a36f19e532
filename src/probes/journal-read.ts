/** Reads a node's journal once, to its end. */
import type { NodeName } from '../core/model/inventory.ts';
import { sanitiseLine } from '../core/sanitise.ts';
import type { Link } from '../ssh/types.ts';
import { type FeedTrouble, troubleOf } from './feed.ts';
import { type JournalAsk, journalWays, MISSING, refusalAtEnd } from './journal.ts';
import type { JournalIntake } from './journal-intake.ts';

const DETAIL_CHARS = 200;

export type ReadOptions = {
  readonly node: NodeName;
  readonly link: Pick<Link, 'open'>;
  readonly ask: JournalAsk;
  readonly sudo: boolean;
  readonly intake: JournalIntake;
  /** There is something to drain, or may be. */
  readonly report: () => void;
  readonly signal: AbortSignal;
};

export type ReadTrouble = Pick<FeedTrouble, 'detail' | 'remedy'>;

/** Takes all of it in; resolves with why it could not be read, and with undefined when it was read or given up. */
export const readJournal = async (options: ReadOptions): Promise<ReadTrouble | undefined> => {
  const { ask, sudo } = options;
  let trouble: FeedTrouble | undefined;
  for (const words of journalWays(ask, sudo)) {
    trouble = await readOnce(words, options);
    if (trouble?.kind !== 'refused') break;
  }
  return (
    trouble && {
      detail: sanitiseLine(trouble.detail, DETAIL_CHARS),
      remedy: sanitiseLine(trouble.remedy, DETAIL_CHARS),
    }
  );
};

const readOnce = async (
  words: readonly string[],
  { link, ask, intake, report, signal }: ReadOptions,
): Promise<FeedTrouble | undefined> => {
  if (signal.aborted) return undefined;
  const opened = await link.open(words);
  if (!opened.ok) return troubleOf({ kind: 'failed', failure: opened.failure }, 'journalctl', MISSING);
  const { command } = opened;
  intake.restart(ask.lines);
  command.stdout.on('data', (chunk: Uint8Array) => {
    // Another command may fill the intake by now.
    if (signal.aborted) return;
    intake.take(chunk);
    report();
  });
  // What it says there comes with its end, too.
  command.stderr.resume();
  signal.addEventListener('abort', command.close, { once: true });
  if (signal.aborted) command.close();
  const drained = new Promise((resolve) => command.stdout.once('close', resolve));
  const [end] = await Promise.all([command.ended, drained]);
  signal.removeEventListener('abort', command.close);
  if (signal.aborted) return undefined;
  report();
  const refusal = refusalAtEnd(end);
  if (refusal !== undefined) return refusal;
  return end.kind === 'exited' && end.exitCode === 0 ? undefined : troubleOf(end, 'journalctl', MISSING);
};
