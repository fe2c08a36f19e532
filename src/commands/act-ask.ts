/** Asks on the terminal whether to go on. The default is no. */
import { createInterface } from 'node:readline';
import type { CommandContext } from './context.ts';

/** Both ends are a terminal: a question can be read and answered. */
export const canAsk = ({ stdin, stderr }: CommandContext): boolean =>
  stdin.isTTY === true && stderr.isTTY === true;

/** The line that was typed, trimmed; undefined when there was none: the input ended, or a signal came. */
export const readLine = ({ stdin, stopped }: CommandContext): Promise<string | undefined> =>
  new Promise((resolve) => {
    // Not as a terminal: Ctrl-C is to stay a signal.
    const lines = createInterface({ input: stdin, terminal: false });
    const onStopped = (): void => lines.close();
    let said: string | undefined;
    lines.once('line', (line) => {
      said = line.trim();
      lines.close();
    });
    lines.once('close', () => {
      stopped.removeEventListener('abort', onStopped);
      stdin.pause();
      resolve(said);
    });
    stopped.addEventListener('abort', onStopped, { once: true });
    if (stopped.aborted) lines.close();
  });

/** True only for an explicit yes, or for the very word that the plan wants typed. `where`: the environment's banner. */
export const askToGoOn = async (
  context: CommandContext,
  typed: string | undefined,
  why: string,
  where: string | undefined,
): Promise<boolean> => {
  const { stderr } = context;
  const banner = where === undefined ? '' : `[${where}] `;
  stderr.write(typed === undefined ? `${banner}Go on? [y/N] ` : `${banner}${why}Type ${typed} to go on: `);
  const said = await readLine(context);
  if (said === undefined) stderr.write('\n');
  return typed === undefined ? /^y(?:es)?$/iu.test(said ?? '') : said === typed;
};
