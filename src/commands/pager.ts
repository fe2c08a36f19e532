/** Text in the operator's pager, from a file that only he can read and that is gone afterwards. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChildEnd } from '../actions/shell.ts';
import { sanitiseLine } from '../core/sanitise.ts';
import { abandonedDirectories, makeProcessDirectory } from '../lib/process-directory.ts';
import type { Lender, Words } from './lend.ts';

const PREFIX = 'plasmatop-page';
/** What git takes for a sign that a command line wants a shell. */
const NEEDS_SHELL = /[|&;<>()$`\\"' \t\n*?[#~=%]/u;

/** The words that show `file` in the pager `wanted`; several where nobody asked for one, the first that exists counts. */
export const pagerWords = (wanted: string | undefined, file: string): readonly Words[] => {
  if (wanted === undefined || wanted.trim() === '')
    return [
      ['less', file],
      ['more', file],
    ];
  // The file comes as an argument: only what the operator wrote is read by the shell.
  return NEEDS_SHELL.test(wanted) ? [['sh', '-c', `${wanted} "$@"`, wanted, file]] : [[wanted, file]];
};

/** What a pager shows first of all: the file's name. Letters, figures and marks that mean nothing to a shell. */
const fileName = (title: string): string =>
  title
    .replace(/[^\w@.-]+/gu, '-')
    .replace(/^[-.]+/u, '')
    .slice(0, 80) || 'text';

export type PagerOptions = {
  readonly lender: Lender;
  readonly pager: string | undefined;
  /** Where its private directory is made. */
  readonly runtimeDir: string;
  readonly after: () => void;
};

/** Shows it to the end, then calls `after`, once the file is gone and before the screen is back; resolves with why it could not, or with nothing. Never rejects. */
export const showInPager = async (
  { title, text }: { readonly title: string; readonly text: string },
  { lender, pager, runtimeDir, after }: PagerOptions,
): Promise<string | undefined> => {
  let directory: string | undefined;
  const remove = async (): Promise<void> => {
    if (directory !== undefined) await rm(directory, { recursive: true, force: true }).catch(() => {});
  };
  try {
    // Those of a console that was killed.
    for (const left of await abandonedDirectories(runtimeDir, PREFIX))
      await rm(left, { recursive: true, force: true });
    directory = makeProcessDirectory(runtimeDir, PREFIX);
    const file = join(directory, fileName(title));
    await writeFile(file, text, { mode: 0o600, flag: 'wx' });
    // No shell, no editor and no other file from within: the text is a node's.
    const env = { LESSSECURE: '1' };
    const end = await lender.run(pagerWords(pager, file), {
      env,
      after: async () => {
        await remove();
        after();
      },
    });
    return problemOf(end);
  } catch (error) {
    return sanitiseLine(
      `nothing to show it from: ${error instanceof Error ? error.message : String(error)}`,
      200,
    );
  } finally {
    await remove();
  }
};

const problemOf = (end: ChildEnd): string | undefined => {
  switch (end.kind) {
    case 'exited':
      return end.code === 0 ? undefined : `the pager ended with exit code ${end.code}`;
    case 'killed':
      return `the pager was ended by ${end.signal}`;
    case 'not-started':
      return `no pager: ${end.reason}; set PAGER to one that is there`;
    default:
      return end satisfies never;
  }
};
