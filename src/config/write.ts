/** The text of a new plasmatop.yaml: what was chosen, and every other key commented out with what it is for. Pure. */

import type { NamedNode } from './node-sources.ts';
import { type ConfigBlock, type ConfigKey, configBlocks, inlineYaml } from './reference.ts';

export type Draft = {
  readonly nodes: readonly NamedNode[];
  /** By path: `cluster`, `tls.ca`. */
  readonly values: ReadonlyMap<string, string | boolean>;
};

/** Where the first line says that the schema is: beside the file. */
const SCHEMA_FILE = 'plasmatop.schema.json';

const COLUMNS = 96;

/** Text as lines of a comment. */
const comment = (text: string): string[] => {
  const lines: string[] = [];
  let line = '#';
  for (const word of text.split(' ')) {
    if (line !== '#' && line.length + 1 + word.length > COLUMNS) {
      lines.push(line);
      line = '#';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
};

const indented = (lines: readonly string[]): string[] =>
  lines.map((line) => (line === '' ? '' : `  ${line}`));

/** Commented out, so that taking the `#` away is all it takes. */
const off = (lines: readonly string[]): string[] => lines.map((line) => (line === '' ? '' : `#${line}`));

/** A key as it was chosen, else commented out with its default or an example. */
const setting = (key: ConfigKey, chosen: string | boolean | undefined): string[] => {
  const shown = key.default ?? key.example;
  if (chosen === undefined && shown === undefined) return comment(`${key.name}: ${key.about}`);
  const line = chosen === undefined ? off([`${key.name}: ${shown}`]) : [`${key.name}: ${inlineYaml(chosen)}`];
  return [...comment(key.about), ...line];
};

const section = (key: ConfigKey, block: ConfigBlock, values: Draft['values']): string[] => {
  const path = (name: string): string => `${key.name}.${name}`;
  const isChosen = block.keys.some(({ name }) => values.has(path(name)));
  const lines = (choose: boolean): string[] => [
    `${key.name}:`,
    ...indented(
      block.keys.flatMap((one) =>
        // In a block that is off as a whole its keys are on: one `#` less, and it holds.
        choose ? setting(one, values.get(path(one.name))) : on(one),
      ),
    ),
  ];
  return [...comment(key.about), ...(isChosen ? lines(true) : off(lines(false)))];
};

const on = (key: ConfigKey): string[] => {
  const shown = key.default ?? key.example;
  return shown === undefined
    ? comment(`${key.name}: ${key.about}`)
    : [...comment(key.about), `${key.name}: ${shown}`];
};

const nodeLines = ({ name, address, ssh, note }: NamedNode): string[] => {
  const rows = [
    ...(address === undefined ? [] : [`address: ${inlineYaml(address)}`]),
    ...(ssh === undefined ? [] : [`ssh: ${inlineYaml(ssh)}`]),
  ];
  const words = note === undefined ? [] : comment(note);
  return rows.length === 0
    ? [...words, `- ${inlineYaml(name)}`]
    : [...words, `- name: ${inlineYaml(name)}`, ...indented(rows)];
};

/** One node with all it may say, commented out. */
const nodeInFull = ({ keys }: ConfigBlock): string[] => {
  const [first = '', ...rest] = keys.flatMap((key) =>
    key.name === 'name' ? [`name: ${key.example}`] : on(key),
  );
  return off([`- ${first}`, ...indented(rest)]);
};

/** The whole file. It is not read back here: whoever writes it has it checked by the loader. */
export const configText = ({ nodes, values }: Draft): string => {
  const blocks = configBlocks();
  const blockOf = (path: string): ConfigBlock | undefined => blocks.find((block) => block.path === path);
  const full = blockOf('nodes[]');
  const sections = (blockOf('')?.keys ?? []).map((key) => {
    if (key.name === 'nodes') {
      return [
        ...comment(key.about),
        'nodes:',
        ...indented(nodes.flatMap(nodeLines)),
        ...indented([...comment('A node in full:'), ...(full === undefined ? [] : nodeInFull(full))]),
      ];
    }
    const block = blockOf(key.name);
    return block === undefined ? setting(key, values.get(key.name)) : section(key, block, values);
  });
  const head = [
    `# yaml-language-server: $schema=${SCHEMA_FILE}`,
    '# Editors complete and check this file by that schema, once it lies beside it. It is made with:',
    `# plasmatop schema > ${SCHEMA_FILE}`,
    ...comment(
      'What begins with # and a letter is off: the value is what holds without it, or an example. Take the # away to change it.',
    ),
  ];
  return `${[head, ...sections].map((lines) => lines.join('\n')).join('\n\n')}\n`;
};
