/** Writes docs/commands.md and man/plasmatop.1 from the command table; `--check` fails when one is stale. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Row } from '../src/commands/command.ts';
import { exitCodes } from '../src/commands/help-text.ts';
import {
  type CommandReference,
  commandReferences,
  ENVIRONMENT,
  everywhereRows,
  FILES,
  nodesRows,
} from './command-reference.ts';
import { manPage } from './man-page.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|');

const table = (left: string, right: string, rows: readonly Row[]): string =>
  [
    `| ${left} | ${right} |`,
    '| --- | --- |',
    ...rows.map(([word, means]) => `| \`${cell(word)}\` | ${cell(means)} |`),
  ].join('\n');

const chapter = ({ name, spec, flags, sections, without }: CommandReference): string =>
  [
    `## ${name}`,
    `\`${spec.usage}\`: ${spec.help}.`,
    ...(flags.length === 0 ? [] : [table('flag', 'does', flags)]),
    ...sections.flatMap(({ title, rows, after }) => [
      `${title}:`,
      table('word', 'means', rows),
      ...(after === undefined ? [] : [after]),
    ]),
    ['```sh', ...spec.examples.flatMap(([line, why]) => [`# ${why}`, line]), '```'].join('\n'),
    ...(spec.exits === undefined ? [] : [table('exit code', 'means', spec.exits)]),
    ...(without.length === 0 ? [] : [`Not here: ${without.map((flag) => `\`--${flag}\``).join(', ')}.`]),
  ].join('\n\n');

/** The whole of docs/commands.md. */
export const commandsDocument = async (): Promise<string> =>
  `${[
    '# Commands',
    'Generated from `src/commands/command-table.ts` by `scripts/generate-command-docs.ts`; change the table, not this file. `plasmatop COMMAND --help` says the same, `man plasmatop` all of it.',
    table('flag of every command', 'does', everywhereRows),
    `Those that look at a cluster take \`${nodesRows[0]?.[0]}\`, too. Words that begin with a sign are flags wherever they stand.`,
    ...(await commandReferences()).map(chapter),
    '## Exit codes',
    table('exit code', 'means', exitCodes),
    '## Files',
    table('file', 'is', FILES),
    '## Environment',
    table('variable', 'does', ENVIRONMENT),
  ].join('\n\n')}\n`;

if (import.meta.main) {
  for (const [name, wanted] of [
    ['docs/commands.md', await commandsDocument()],
    ['man/plasmatop.1', await manPage()],
  ] as const) {
    const file = new URL(`../${name}`, import.meta.url);
    if (!process.argv.includes('--check')) writeFileSync(file, wanted);
    else if (readFileSync(file, 'utf8') !== wanted) {
      console.error(`${name} is stale: run npm run generate`);
      process.exitCode = 1;
    }
  }
}
