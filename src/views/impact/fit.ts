/** Words made shorter until they fit. */
import { width } from '../text.ts';

/** The first of these that fits, or the last. */
export const firstFitting = (texts: readonly string[], columns: number): string =>
  texts.find((text) => width(text) <= columns) ?? texts.at(-1) ?? '';

/** From the whole to the least: without numbers, without places, and "by" alone for what blocks. */
export const shorter = (words: string): readonly string[] => {
  const [least = ''] = words.split(/, | on /u);
  return [words, words.split(',')[0] ?? words, least, least.replace(/^blocked by /u, 'by ')];
};
