/** Writes docs/configuration-reference.md from the schema of plasmatop.yaml; a test fails when the file is stale. */
import { writeFileSync } from 'node:fs';
import { type ConfigBlock, type ConfigKey, configBlocks } from '../src/config/reference.ts';

const FILE = new URL('../docs/configuration-reference.md', import.meta.url);

const code = (text: string): string => `\`${text}\``;
const cell = (text: string): string => text.replaceAll('|', '\\|');

const withoutIt = (key: ConfigKey): string => {
  if (key.default !== undefined) return code(key.default);
  return key.needed ? 'needed' : '';
};

const row = (key: ConfigKey): string => {
  const example = key.example === undefined ? '' : ` Example: ${code(key.example)}`;
  return `| ${[code(key.name), key.kind, withoutIt(key), `${key.about}${example}`].map(cell).join(' | ')} |`;
};

const section = ({ path, about, keys }: ConfigBlock): string => {
  const [title, text] = path === '' ? ['The file', []] : [code(path), about === '' ? [] : ['', about]];
  const table = ['| key | value | default | what it is for |', '| --- | --- | --- | --- |', ...keys.map(row)];
  return [`## ${title}`, ...text, '', ...table].join('\n');
};

/** The whole document. */
export const configurationReference = (): string => {
  const head = [
    '# Every key of plasmatop.yaml',
    '',
    'Generated from `src/config/schema.ts` by `scripts/generate-configuration-reference.ts`; change the schema, not this file. How the file is found, a complete example and what is refused: [configuration.md](configuration.md).',
    '',
    "A duration is `500ms`, `2s`, `1m`, `1h` or a number of milliseconds, at most 24h; a size is `512KiB`, `10MiB`, `1GiB` or a number of bytes. Relative paths start at the file's own directory; `~/` is the home directory. `plasmatop schema` prints the same as JSON Schema, for editors.",
  ].join('\n');
  return `${[head, ...configBlocks().map(section)].join('\n\n')}\n`;
};

if (import.meta.main) writeFileSync(FILE, configurationReference());
