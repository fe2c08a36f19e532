/** How several targets go: one after the other, so many at a time, or all at once. Pure. */
import { verbs } from '../actions/verbs.ts';
import type { Verb } from '../core/model/action.ts';
import type { Refusal } from './act-words.ts';

export type Group = {
  /** How many at a time. */
  readonly batch: number;
};

export type GroupFlags = {
  readonly rolling: boolean;
  readonly allAtOnce: boolean;
  readonly batch: string | undefined;
};

export type ParsedGroup =
  | {
      readonly ok: true;
      /** Undefined: there is one target. */
      readonly group: Group | undefined;
    }
  | { readonly ok: false; readonly refusal: Refusal };

const refused = (message: string, remedy: string): ParsedGroup => ({
  ok: false,
  refusal: { message, remedy },
});

/** What takes answers away is never done to several by a slip: it is said how. */
export const groupOf = (
  verb: Verb,
  count: number,
  { rolling, allAtOnce, batch }: GroupFlags,
): ParsedGroup => {
  const { interrupts, leavesDown } = verbs[verb];
  if (rolling && allAtOnce)
    return refused('--rolling and --all-at-once exclude each other', 'Keep one of them.');
  if (batch !== undefined && !rolling) return refused('--batch goes with --rolling', 'Add --rolling.');
  const size = batch === undefined ? 1 : /^[1-9]\d{0,3}$/u.test(batch) ? Number(batch) : undefined;
  if (size === undefined)
    return refused('--batch is not a number', 'A whole number from 1, as in --batch 2.');
  if (rolling && (leavesDown || !interrupts)) {
    return refused(
      `${verb} waits for nothing between two`,
      'It is for restart and rerun. Leave --rolling away.',
    );
  }
  if (count === 1) return { ok: true, group: undefined };
  if (interrupts && !rolling && !allAtOnce) {
    const together = `--all-at-once ${leavesDown ? 'stops them all' : 'takes them together'}`;
    return refused(
      `${count} targets: say how`,
      leavesDown ? `${together}.` : `--rolling does one after the other; ${together}.`,
    );
  }
  return { ok: true, group: { batch: rolling ? Math.min(size, count) : count } };
};
