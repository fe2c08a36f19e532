/** What is wrong with a file or flag that the operator wrote, where, and what to do about it. */

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

/** `plasmatop.yaml:12:5` as far as it is known; empty when nothing is. */
export const formatPlace = ({ file, line, column }: Problem): string =>
  [file, line, column].filter((part) => part !== undefined).join(':');

/** All problems as text, two lines each: place and message, then the remedy, indented. */
export const formatProblems = (problems: readonly Problem[]): string =>
  problems
    .map((problem) => {
      const place = formatPlace(problem);
      const where = [place, problem.path].filter((part) => part !== '').join(': ');
      return `${where === '' ? '' : `${where}: `}${problem.message}\n  remedy: ${problem.remedy}`;
    })
    .join('\n');
