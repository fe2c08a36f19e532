/**
 * What typed letters find among names. Own, after two libraries were tried: one needs seconds for twelve letters that
 * nearly match (its patterns backtrack), the other scatters a word's letters over the whole text, so that "n2" finds
 * what is on node01 and marks letters of other words. Here a typed word stays within one word, and takes linear time.
 */

export type Hit<Item> = {
  readonly item: Item;
  /** Which characters of its text were found, rising. */
  readonly at: readonly number[];
};

type Word = { readonly text: string; readonly start: number };
type Found = { readonly score: number; readonly at: readonly number[] };

const EXACT = 1;
const PREFIX = 0.9;
/** Behind a dash within the word. */
const PART = 0.8;
const INITIALS = 0.7;
const INSIDE = 0.6;
const SCATTERED = 0.4;
/** Of two that are found alike, the one that ends there: "n2" is node02 rather than node020. */
const TO_THE_END = 0.05;
/** It has no other words. */
const WHOLE = 0.3;

const wordsOf = (text: string): readonly Word[] =>
  [...text.matchAll(/\S+/gu)].map((match) => ({ text: match[0], start: match.index }));

const range = (start: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => start + index);

const isPartStart = (word: string, index: number): boolean =>
  index === 0 || /[-_.]/u.test(word[index - 1] ?? '');

/** The letters in order, the first where a part of the word begins. */
const scattered = (term: string, word: string): readonly number[] | undefined => {
  for (let start = 0; start < word.length; start += 1) {
    if (word[start] !== term[0] || !isPartStart(word, start)) continue;
    const at = [start];
    for (const letter of term.slice(1)) {
      const next = word.indexOf(letter, (at.at(-1) ?? 0) + 1);
      if (next < 0) break;
      at.push(next);
    }
    if (at.length === term.length) return at;
  }
  return undefined;
};

const inWord = (term: string, { text, start }: Word): Found | undefined => {
  const whole = text.indexOf(term);
  const at = whole < 0 ? scattered(term, text) : range(whole, term.length);
  if (at === undefined) return undefined;
  const part = range(0, text.length).find(
    (index) => isPartStart(text, index) && text.startsWith(term, index),
  );
  const kind =
    text === term ? EXACT : whole === 0 ? PREFIX : part !== undefined ? PART : whole > 0 ? INSIDE : SCATTERED;
  const places = part !== undefined ? range(part, term.length) : at;
  const score = kind + (places.at(-1) === text.length - 1 ? TO_THE_END : 0);
  return { score, at: places.map((index) => start + index) };
};

/** "fb" finds "first boot". */
const asInitials = (term: string, words: readonly Word[]): Found | undefined => {
  if (term.length < 2) return undefined;
  const initials = words.map(({ text }) => text[0] ?? '').join('');
  const from = initials.indexOf(term);
  if (from < 0) return undefined;
  return { score: INITIALS, at: words.slice(from, from + term.length).map(({ start }) => start) };
};

const better = (one: Found | undefined, other: Found | undefined): Found | undefined =>
  one === undefined || (other !== undefined && other.score > one.score) ? other : one;

const inText = (terms: readonly string[], text: string): Found | undefined => {
  const words = wordsOf(text);
  const at = new Set<number>();
  let score = 0;
  for (const term of terms) {
    const best = words.map((word) => inWord(term, word)).reduce(better, asInitials(term, words));
    if (best === undefined) return undefined;
    score += best.score / terms.length;
    for (const index of best.at) at.add(index);
  }
  const isWhole = words.every(({ text: word }) => terms.includes(word));
  return { score: score + (isWhole ? WHOLE : 0), at: [...at].toSorted((one, other) => one - other) };
};

/**
 * The items in which every typed word is found, in any order and case: the best first, equals in the order given. All
 * of them, when nothing was typed. `weight` is above 0 and at most 1: of what is found alike, less gives way.
 */
export const search = <Item>(
  query: string,
  items: readonly Item[],
  textOf: (item: Item) => string,
  weight: (item: Item) => number,
): readonly Hit<Item>[] => {
  const terms = query
    .toLowerCase()
    .split(/\s+/u)
    .filter((term) => term !== '');
  if (terms.length === 0) return items.map((item) => ({ item, at: [] }));
  return items
    .flatMap((item) => {
      const found = inText(terms, textOf(item).toLowerCase());
      return found === undefined ? [] : [{ item, at: found.at, score: found.score * weight(item) }];
    })
    .toSorted((one, other) => other.score - one.score);
};
