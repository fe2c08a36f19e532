/** The text of `--help`. Pure. */

import type { Command, Example, Row } from './command.ts';
import { everywhereFlags } from './command-line.ts';
import { type CommandName, commands } from './command-table.ts';
import { everywhere, type Flag } from './flags.ts';

/** What a command's help says besides its flags: words of its own, and what they mean. */
export type HelpSection = {
  readonly title: string;
  readonly rows: readonly Row[];
  /** A paragraph after them. */
  readonly after?: string;
};

const WIDTH = 78;

/** Lines of at most so many characters, broken at spaces. */
export const wrapped = (text: string, width: number): readonly string[] => {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + word.length >= width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
};

const column = (rows: readonly Row[]): string => {
  const width = Math.max(...rows.map(([left]) => left.length));
  const indent = ' '.repeat(width + 4);
  return rows
    .map(([left, right]) => {
      const lines = wrapped(right, WIDTH + 2 - indent.length);
      return `  ${left.padEnd(width)}  ${lines.join(`\n${indent}`)}`;
    })
    .join('\n');
};

/** `-n, --lines N`, as it is written on a line. */
export const flagWords = (name: string, { short, value }: Flag): string =>
  `${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`;

const flagRows = (flags: Readonly<Record<string, Flag>>): readonly Row[] =>
  Object.entries(flags).map(([name, flag]) => [
    `${flag.short ? '' : '    '}${flagWords(name, flag)}`,
    flag.help,
  ]);

export const exitCodes: readonly Row[] = [
  ['0', 'ok; it holds (wait); done and healthy (actions)'],
  ['1', 'degraded (status), warnings (doctor), timeout (wait), not healthy (actions), or a crash'],
  ['2', 'down (status), failures (doctor), failed for good (wait), refused (actions)'],
  ['3', 'unknown (status, actions), a node not read (logs)'],
  ['64', 'wrong usage'],
  ['66', 'a file cannot be read (audit, init)'],
  ['69', 'the address cannot be listened on (metrics)'],
  ['70', 'cannot run here: Node too old, or not built'],
  ['73', 'a file is there, or cannot be written (init)'],
  ['77', 'read-only, or nobody said yes (actions)'],
  ['78', 'wrong configuration or topology'],
  ['128+n', 'ended by signal n'],
];

const titled = (title: string, text: string): string => `${title}\n${text}`;

const exampleText = (examples: readonly Example[]): string =>
  examples.map(([line, why]) => `  ${line}\n      ${why}`).join('\n');

const programHelp = (): readonly string[] => [
  'plasmatop: watch a cluster of systemd services, find the cause, act over SSH',
  titled('Commands', column(Object.values<Command>(commands).map(({ usage, help }) => [usage, help]))),
  titled('Flags', column(flagRows({ ...commands.watch.flags, ...everywhere }))),
  titled('Examples', exampleText([...commands.watch.examples, commands.demo.examples[0]])),
  titled('Exit codes', column(exitCodes)),
  'More about one of them: plasmatop COMMAND --help',
];

const commandHelp = (spec: Command, sections: readonly HelpSection[]): readonly string[] => [
  `${spec.usage}\n  ${spec.help}`,
  ...(Object.keys(spec.flags).length === 0 ? [] : [titled('Flags', column(flagRows(spec.flags)))]),
  ...sections.flatMap(({ title, rows, after }) => [
    titled(title, column(rows)),
    ...(after === undefined ? [] : [wrapped(after, WIDTH).join('\n')]),
  ]),
  titled('Examples', exampleText(spec.examples)),
  ...(spec.exits === undefined ? [] : [titled('Exit codes here', column(spec.exits))]),
  titled('Everywhere', column(flagRows(everywhereFlags(spec)))),
];

/** For the program, or for one command with what else there is to say of it. */
export const helpText = (command?: CommandName, sections: readonly HelpSection[] = []): string => {
  const parts =
    command === undefined || command === 'watch' ? programHelp() : commandHelp(commands[command], sections);
  return `${parts.join('\n\n')}\n`;
};
