/** Programs that are not everywhere: a test without one is skipped, but not in CI, where it would prove nothing. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const isThere = (name: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

/** Undefined when it can run here; else why not. Throws in CI. */
export const toolOrSkip = (name: string): string | undefined => {
  if (isThere(name)) return undefined;
  const why = `${name} is not installed`;
  if (process.env.CI === 'true') throw new Error(`${why}: .ci/run should have done it`);
  process.stderr.write(`skipped: ${why}\n`);
  return why;
};
