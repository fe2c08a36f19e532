/** The manual page, in the man(7) macros that groff and mandoc both know. */
import { readFileSync } from 'node:fs';
import type { Example, Row } from '../src/commands/command.ts';
import { exitCodes, wrapped } from '../src/commands/help-text.ts';
import type { Binding } from '../src/keys/binding.ts';
import { BINDINGS, withKeyLabels } from '../src/keys/bindings.ts';
import { chordLabel } from '../src/keys/chords.ts';
import {
  type CommandReference,
  commandReferences,
  ENVIRONMENT,
  everywhereRows,
  FILES,
  nodesRows,
} from './command-reference.ts';

/** Marks that roff takes for something else, and those that it would set as another sign than the one typed. */
const MARKS: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
  '"': '\\(dq',
};

/** Text as it is to be read: no word of it is a request, an escape or a quote to roff. */
export const roff = (text: string): string =>
  text
    .replace(/[\\\-'`^~"]/gu, (mark) => MARKS[mark] ?? mark)
    .replace(/[^\x20-\x7e]/gu, (sign) => {
      const code = sign.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
      return `\\[u${code}]`;
    })
    .replace(/^\./u, '\\&.');

const bold = (text: string): string => `\\fB${roff(text)}\\fR`;

/** A paragraph over several lines of input: a tool that checks pages asks for short ones. */
const prose = (text: string): readonly string[] => wrapped(text, 60).map(roff);

const items = (rows: readonly Row[]): readonly string[] =>
  rows.flatMap(([word, means]) => ['.TP', bold(word), ...prose(means)]);

const exampleLines = (examples: readonly Example[]): readonly string[] =>
  examples.flatMap(([line, why]) => [
    '.PP',
    `${roff(why)}:`,
    '.PP',
    '.RS 4',
    '.EX',
    roff(line),
    '.EE',
    '.RE',
  ]);

const chapter = ({ name, spec, flags, sections, without }: CommandReference): readonly string[] => [
  `.SS ${roff(name)}`,
  `${bold(spec.usage)}: ${roff(spec.help)}.`,
  ...items(flags),
  ...sections.flatMap(({ title, rows, after }) => [
    '.PP',
    `${roff(title)}:`,
    ...items(rows),
    ...(after === undefined ? [] : ['.PP', ...prose(after)]),
  ]),
  ...exampleLines(spec.examples),
  ...(spec.exits === undefined ? [] : ['.PP', 'Exit codes here:', ...items(spec.exits)]),
  ...(without.length === 0
    ? []
    : [
        '.PP',
        'Not here:',
        ...without.map((flag, index) => `${bold(`--${flag}`)}${index + 1 < without.length ? ',' : '.'}`),
      ]),
];

const withDefaults = { mode: { readOnly: false, source: 'live' } } as const;

const keyRow = ({ chords, help }: Binding): Row => [
  chords.length === 0 ? 'no key' : chords.map((chord) => chordLabel(chord)).join(', '),
  withKeyLabels(withDefaults, help),
];

/** Those that work where the console begins. */
const HOME_KEYS = BINDINGS.filter(({ scopes }) => scopes.includes('view') || scopes.includes('tree'));

const DESCRIPTION = [
  'plasmatop is a terminal console for the people who keep a bare-metal cloud alive. It polls the health endpoints of every node, asks their systemd over SSH and hears from it at once when a unit changes, draws a live tree of service levels, names the one cause behind many failures and what it means for users, and restarts units over SSH, safely, from the keyboard.',
  'Without a word it opens the console. The other commands tell the same in one look, wait until something holds, act from a script, or read journals and the audit. Without a configuration, --nodes is enough for a first look, and "plasmatop demo" plays a cluster on this machine.',
] as const;

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

/** The whole page. */
export const manPage = async (): Promise<string> => {
  const references = await commandReferences();
  const lines = [
    '.\\" Generated from src/commands/command-table.ts and the key table by scripts/generate-command-docs.ts.',
    `.TH PLASMATOP 1 "" "plasmatop ${version}" "User Commands"`,
    '.SH NAME',
    'plasmatop \\- watch a cluster of systemd services, find the cause, act over SSH',
    '.SH SYNOPSIS',
    ...references.flatMap(({ spec }, index) => [...(index === 0 ? [] : ['.br']), bold(spec.usage)]),
    '.SH DESCRIPTION',
    ...prose(DESCRIPTION[0]),
    '.PP',
    ...prose(DESCRIPTION[1]),
    '.SH OPTIONS',
    'Of every command, unless it says otherwise:',
    ...items(everywhereRows),
    '.PP',
    'Of those that look at a cluster:',
    ...items(nodesRows),
    '.SH COMMANDS',
    ...references.flatMap(chapter),
    '.SH KEYS',
    'In the tree, where the console begins. Other views have more:',
    'the help of the console lists what works in each.',
    ...items(HOME_KEYS.map(keyRow)),
    '.SH EXIT STATUS',
    ...items(exitCodes),
    '.SH ENVIRONMENT',
    ...items(ENVIRONMENT),
    '.SH FILES',
    ...items(FILES),
    '.SH SEE ALSO',
    ['systemctl(1)', 'journalctl(1)', 'ssh(1)', 'ssh_config(5)', 'sudoers(5)']
      .map((page) => page.replace(/^([a-z_]+)/u, (name) => bold(name)))
      .join(',\n'),
    '.PP',
    ...prose(
      'The pages in docs/ of the package: configuration.md, topology.md, keys.md, commands.md, act.md, wait.md, logs.md, audit.md, rights.md.',
    ),
  ];
  return `${lines.join('\n')}\n`;
};
