/** What the doctor found, as data; the text and the JSON are made of it. */

/** `warning`: it works, and something will not. `skipped`: it cannot be told, because of another finding. */
export type FindingState = 'ok' | 'warning' | 'failed' | 'skipped';

export type Finding = {
  /** What was looked at, in a word or two. */
  readonly check: string;
  readonly state: FindingState;
  readonly words: string;
  /** How long the look took. */
  readonly ms?: number;
  /** A command, or a sentence: what to do about it. */
  readonly remedy?: string;
};

export type Section = {
  /** `here`, or a node's name. */
  readonly title: string;
  readonly findings: readonly Finding[];
};

export const ok = (check: string, words: string, ms?: number): Finding => ({
  check,
  state: 'ok',
  words,
  ...(ms === undefined ? {} : { ms }),
});

export const bad = (
  state: 'warning' | 'failed',
  check: string,
  words: string,
  remedy: string,
  ms?: number,
): Finding => ({
  check,
  state,
  words,
  ...(remedy === '' ? {} : { remedy }),
  ...(ms === undefined ? {} : { ms }),
});

export const skipped = (check: string, words: string): Finding => ({ check, state: 'skipped', words });

/** The worst of all: failed, warning, or ok. */
export const worstOf = (sections: readonly Section[]): 'ok' | 'warning' | 'failed' => {
  const states = new Set(sections.flatMap(({ findings }) => findings.map(({ state }) => state)));
  if (states.has('failed')) return 'failed';
  return states.has('warning') ? 'warning' : 'ok';
};

export const countOf = (sections: readonly Section[], state: FindingState): number =>
  sections.reduce((sum, { findings }) => sum + findings.filter((one) => one.state === state).length, 0);
