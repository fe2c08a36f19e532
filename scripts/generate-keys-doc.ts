/** Writes docs/keys.md from the key table; `--check` fails when the file is stale. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Binding, Scope } from '../src/keys/binding.ts';
import { BINDINGS, withKeyLabels } from '../src/keys/bindings.ts';
import { chordLabel } from '../src/keys/chords.ts';
import { isFixed } from '../src/keys/remap.ts';

const FILE = new URL('../docs/keys.md', import.meta.url);

const SECTIONS: readonly (readonly [string, readonly Scope[]])[] = [
  ['Everywhere', ['view']],
  ['Tree', ['tree']],
  ['Nodes', ['nodes']],
  ['Events', ['events']],
  ['Jobs', ['jobs']],
  ['First boot', ['first-boot']],
  ['Impact', ['impact']],
  ['Next steps', ['steps']],
  ['Detail page, what-if page and help', ['detail', 'what-if', 'help']],
  ['Logs', ['logs']],
  ['While the palette is open', ['palette']],
  ['While typing a filter', ['filter']],
  ['While searching a log', ['logs-search']],
  ['While searching the help', ['help-search']],
  ['When asked for the reason (`audit.reason`)', ['confirm-reason']],
  ['When asked to confirm', ['confirm']],
  ["When asked to type the service's name", ['confirm-typed']],
];

const keyCell = (binding: Binding): string =>
  binding.chords.length === 0 ? 'none' : binding.chords.map((chord) => `\`${chordLabel(chord)}\``).join(' ');

const withDefaults = { mode: { readOnly: false, source: 'live' } } as const;

const row = (binding: Binding): string => {
  const command = isFixed(binding) ? '' : `\`${binding.command}\``;
  const help = withKeyLabels(withDefaults, binding.help);
  return `| ${keyCell(binding)} | ${command} | ${help}${binding.danger ? ' Off in read-only.' : ''} |`;
};

/** The whole document. */
export const keysDocument = (): string => {
  const sections = SECTIONS.map(([title, scopes]) => {
    const rows = BINDINGS.filter((binding) => binding.scopes.some((scope) => scopes.includes(scope))).map(
      row,
    );
    return [`## ${title}`, '', '| key | command | what it does |', '| --- | --- | --- |', ...rows].join('\n');
  });
  const head = [
    '# Keys',
    '',
    'Generated from `src/keys/bindings.ts` by `scripts/generate-keys-doc.ts`; change the table, not this file.',
    'A view hides keys of "Everywhere" that mean something else in it. An open input or dialog hides the view.',
    '`keys` in `plasmatop.yaml` gives a command other keys: see configuration.md. One without a name here keeps its key.',
  ].join('\n');
  return `${[head, ...sections].join('\n\n')}\n`;
};

if (import.meta.main) {
  const wanted = keysDocument();
  if (!process.argv.includes('--check')) writeFileSync(FILE, wanted);
  else if (readFileSync(FILE, 'utf8') !== wanted) {
    console.error('docs/keys.md is stale: run npm run generate');
    process.exitCode = 1;
  }
}
