/** Bytes of `journalctl -f -o json` in, a bounded number of log lines out, whatever comes how fast. */
import type { UnitName } from '../core/model/topology.ts';
import { type JournalEntry, parseJournalLine, unitAtGlance } from './journal-line.ts';

/** A longer line is no entry: journalctl leaves long fields out. */
const LINE_CHARS = 64 * 1024;
/** Not yet parsed; more is parsed at once, which makes it small. */
const WAITING_CHARS = 512 * 1024;

export type IntakeLimits = {
  /** Lines of each unit between two drains. */
  readonly linesPerUnit: number;
  /** A new session begins with lines that were seen: so many of their names are kept. */
  readonly cursorsKept: number;
  /** Of a line's text. */
  readonly textChars?: number;
};

/** As many lines of a unit as the facts keep. */
const FACTS: IntakeLimits = { linesPerUnit: 50, cursorsKept: 256 };

/** The newest lines of a journal that were handed out, by their cursors. */
export type SeenLines = {
  /** Whether this line was; from now on it was. */
  readonly isRepeated: (cursor: string) => boolean;
};

export const createSeenLines = (kept: number = FACTS.cursorsKept): SeenLines => {
  const cursors = new Set<string>();
  return {
    isRepeated: (cursor) => {
      if (cursor === '') return false;
      const isKnown = cursors.delete(cursor);
      cursors.add(cursor);
      for (const oldest of cursors) {
        if (cursors.size <= kept) break;
        cursors.delete(oldest);
      }
      return isKnown;
    },
  };
};

export type JournalBatch = {
  /** In the journal's order. */
  readonly entries: readonly JournalEntry[];
  /** Lines of these units that came and are not among them. */
  readonly dropped: number;
  /** Lines that were handed out before, and are not again. */
  readonly repeated: number;
};

export type JournalIntake = {
  readonly take: (chunk: Uint8Array) => void;
  /** Everything since the last drain. */
  readonly drain: () => JournalBatch;
  /** The next bytes begin a new session, which first repeats the last `backlog` lines. */
  readonly restart: (backlog: number) => void;
  /** Characters held, for tests of the bound. */
  readonly held: () => number;
};

type Waiting = { readonly seq: number; readonly text: string };
type Read = { readonly seq: number; readonly entry: JournalEntry };

/** `seen` is given where it outlives the intake. */
export const createJournalIntake = (
  units: ReadonlySet<UnitName>,
  { linesPerUnit, cursorsKept, textChars }: IntakeLimits = FACTS,
  seen: SeenLines = createSeenLines(cursorsKept),
): JournalIntake => {
  let decoder = new TextDecoder();
  let tail = '';
  /** Within a line that is too long. */
  let skipping = false;
  let backlog = 0;
  let seq = 0;
  let dropped = 0;
  let repeated = 0;
  let waitingChars = 0;
  const waiting = new Map<UnitName, Waiting[]>();
  const read = new Map<UnitName, Read[]>();

  /** Parses what waits, oldest first. */
  const settle = (): void => {
    const all = [...waiting.values()].flat().sort((a, b) => a.seq - b.seq);
    waiting.clear();
    waitingChars = 0;
    for (const { seq, text } of all) {
      const entry = parseJournalLine(text, units, textChars);
      if (entry === undefined) continue;
      if (seen.isRepeated(entry.cursor)) {
        repeated += 1;
        continue;
      }
      const list = read.get(entry.line.unit) ?? [];
      read.set(entry.line.unit, list);
      list.push({ seq, entry });
      if (list.length > linesPerUnit) {
        list.shift();
        dropped += 1;
      }
    }
  };

  const takeLine = (text: string): void => {
    const isOld = backlog > 0;
    backlog = Math.max(0, backlog - 1);
    const unit = unitAtGlance(text, units);
    if (unit === undefined) return;
    seq += 1;
    const list = waiting.get(unit) ?? [];
    waiting.set(unit, list);
    list.push({ seq, text });
    waitingChars += text.length;
    if (list.length > linesPerUnit) {
      waitingChars -= list.shift()?.text.length ?? 0;
      // What was before we looked is not lost to anybody.
      if (!isOld) dropped += 1;
    }
    if (waitingChars > WAITING_CHARS) settle();
  };

  return {
    take: (chunk) => {
      const parts = (tail + decoder.decode(chunk, { stream: true })).split('\n');
      tail = parts.pop() ?? '';
      for (const part of parts) {
        if (skipping || part.length > LINE_CHARS) dropped += 1;
        else takeLine(part);
        skipping = false;
      }
      if (tail.length > LINE_CHARS) {
        tail = '';
        skipping = true;
      }
    },
    drain: () => {
      settle();
      const entries = [...read.values()]
        .flat()
        .sort((a, b) => a.seq - b.seq)
        .map(({ entry }) => entry);
      const batch = { entries, dropped, repeated };
      read.clear();
      dropped = 0;
      repeated = 0;
      return batch;
    },
    restart: (lines) => {
      decoder = new TextDecoder();
      tail = '';
      skipping = false;
      backlog = lines;
    },
    held: () => tail.length + waitingChars,
  };
};
