/** The journal of one node: bounded per unit, ordered by a sequence number. */
import type { UnitName } from '../../core/model/topology.ts';

export type JournalEntry = {
  readonly seq: number;
  /** World time, ms. */
  readonly atMs: number;
  readonly unit: UnitName;
  /** Written by systemd about the unit, by the unit's own process, or through syslog by a program in a session. */
  readonly from: 'systemd' | 'process' | 'session';
  readonly identifier: string;
  readonly pid: number;
  /** syslog priority: 3 error, 4 warning, 5 notice, 6 info. */
  readonly priority: number;
  readonly message: string;
  readonly invocation: string;
  readonly job?: { readonly id: number; readonly type: string; readonly result?: string };
};

const KEPT_PER_UNIT = 300;

export class Journal {
  readonly #byUnit = new Map<UnitName, JournalEntry[]>();
  #seq = 0;

  /** Sequence number of the newest entry, 0 when empty. */
  get lastSeq(): number {
    return this.#seq;
  }

  append(entry: Omit<JournalEntry, 'seq'>): void {
    this.#seq += 1;
    const entries = this.#byUnit.get(entry.unit) ?? [];
    entries.push({ seq: this.#seq, ...entry });
    if (entries.length > KEPT_PER_UNIT) entries.shift();
    this.#byUnit.set(entry.unit, entries);
  }

  /** Entries of these units (all when empty) newer than `afterSeq`, oldest first. */
  entries(units: readonly UnitName[], afterSeq = 0): readonly JournalEntry[] {
    const chosen = units.length === 0 ? [...this.#byUnit.keys()] : units;
    return chosen
      .flatMap((unit) => this.#byUnit.get(unit) ?? [])
      .filter((entry) => entry.seq > afterSeq)
      .sort((a, b) => a.seq - b.seq);
  }
}
