/** What is wrong with a file or flag that the operator wrote, where, and what to do about it. */
import { sanitiseLine } from './sanitise.ts';

export type Problem = {
  /** The file, or the flag (`--nodes`); absent when neither is to blame. */
  readonly file?: string;
  /** 1-based; absent when the place has no line, as for a flag. */
  readonly line?: number;
  readonly column?: number;
  /** Where in the document, in its own words: `nodes[1].address`. Empty for the whole document. */
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
};

/** A file that is something else altogether is wrong in every line; nobody reads on after so many. */
const TOLD = 50;

/** The problems as text, two lines each: `file:line:column: path: message`, then the remedy, indented. */
export const formatProblems = (problems: readonly Problem[]): string => {
  const untold = problems.length - TOLD;
  const told = problems.slice(0, TOLD).map(formatProblem);
  return [...told, ...(untold > 0 ? [`and ${untold} more`] : [])].join('\n');
};

/** One problem on one line, with the last part of its file's name: `plasmatop.yaml:4: poll.timeout: …`. */
export const problemLine = ({ file, line, path, message }: Problem): string => {
  const place = [file?.split('/').at(-1), line].filter((part) => part !== undefined).join(':');
  return sanitiseLine([place, path, message].filter((part) => part !== '').join(': '));
};

const formatProblem = ({ file, line, column, path, message, remedy }: Problem): string => {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  // Problems quote what the file says, and a file may hold escape codes.
  const told = [place, path, message].filter((part) => part !== '').map((part) => sanitiseLine(part));
  return `${told.join(': ')}\n  remedy: ${sanitiseLine(remedy)}`;
};
