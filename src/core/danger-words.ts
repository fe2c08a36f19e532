/** Why an action must be asked for twice, in words. Pure. */
import { sentenceList } from './format.ts';
import type { Danger } from './model/action.ts';
import { inSentence } from './users-line.ts';

const FEW = 2;

const titlesWords = (titles: readonly string[]): string => {
  const named = titles.slice(0, FEW).map(inSentence);
  const more = titles.length - named.length;
  return sentenceList(more > 0 ? [...named, `${more} more`] : named);
};

/** After "it would": "break a quorum", "take new VMs and metrics away". */
export const dangerWords = (danger: Danger): string => {
  switch (danger.kind) {
    case 'quorum':
      return 'break a quorum';
    case 'capability':
      return `take ${titlesWords(danger.titles)} away`;
    case 'stays-down':
      return 'leave users with less to spare';
    default:
      return danger satisfies never;
  }
};

/** As a sentence of its own: "This breaks the quorum." */
export const dangerSentence = (danger: Danger): string => {
  switch (danger.kind) {
    case 'quorum':
      return 'This breaks the quorum.';
    case 'capability':
      return `This takes ${titlesWords(danger.titles)} away.`;
    case 'stays-down':
      return 'Nothing starts it again by itself.';
    default:
      return danger satisfies never;
  }
};
