/** `plasmatop schema [topology]`: the JSON Schema of the files that a person writes, for editors. */
import { configJsonSchema } from '../config/reference.ts';
import { type JsonSchema, jsonSchemaOf } from '../topology/json-schema.ts';
import { suggestName } from '../topology/names.ts';
import { topologySchema } from '../topology/schema.ts';
import { type CommandRun, exitCode } from './context.ts';
import type { HelpSection } from './help-text.ts';

export const fileSchemas = {
  config: configJsonSchema,
  topology: () => jsonSchemaOf(topologySchema, 'A plasmatop topology', 'Which services there are.'),
} as const satisfies Record<string, () => JsonSchema>;

export const schemaHelp: readonly HelpSection[] = [
  {
    title: 'Of which file',
    rows: [
      ['config', 'of plasmatop.yaml (default)'],
      ['topology', 'of a topology file'],
    ],
    after: 'Editors with a language server for YAML complete and check by it, once it lies beside the file.',
  },
  {
    title: 'The first line of plasmatop.yaml, as "plasmatop init" writes it',
    rows: [['# yaml-language-server: $schema=plasmatop.schema.json', 'names it']],
  },
];

const isFile = (word: string): word is keyof typeof fileSchemas => Object.hasOwn(fileSchemas, word);

export const schema: CommandRun = async ({ invocation, stdout, stderr }) => {
  const [word = 'config'] = invocation.words;
  if (!isFile(word)) {
    const remedy = suggestName(word, Object.keys(fileSchemas));
    stderr.write(`plasmatop: there is no schema of "${word}"\n  ${remedy}\n`);
    return exitCode.usage;
  }
  stdout.write(`${JSON.stringify(fileSchemas[word](), null, 2)}\n`);
  return exitCode.ok;
};
