/** What is told of the keys of plasmatop.yaml is true, whole, and what the published files say. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configurationReference } from '../../../scripts/generate-configuration-reference.ts';
import { fileSchemas } from '../../../src/commands/schema.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { type ConfigKey, configBlocks } from '../../../src/config/reference.ts';
import { configSchema } from '../../../src/config/schema.ts';
import type { Config } from '../../../src/config/types.ts';
import { formatProblems } from '../../../src/core/problem.ts';

const docs = (name: string): string =>
  readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');

describe('the published files', () => {
  it.each([
    ['plasmatop.schema.json', fileSchemas.config],
    ['topology.schema.json', fileSchemas.topology],
  ] as const)('have %s as the schema is', (file, schema) => {
    expect(JSON.parse(docs(file)), 'run npm run generate').toEqual(JSON.parse(JSON.stringify(schema())));
  });

  it('have a reference that says what the schema says', () => {
    expect(docs('configuration-reference.md'), 'run npm run generate').toBe(configurationReference());
  });
});

const directory = mkdtempSync(join(tmpdir(), 'plasmatop-reference-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const loaded = (text: string): Config => {
  const file = join(directory, 'plasmatop.yaml');
  writeFileSync(file, text);
  const result = loadConfig({ env: {}, cwd: directory, home: directory, file });
  if (!result.ok) throw new Error(formatProblems(result.problems));
  return result.config;
};

type Placed = ConfigKey & { readonly path: string };
const keys: readonly Placed[] = configBlocks().flatMap(({ path, keys: own }) =>
  own.map((key) => ({ ...key, path: path === '' ? key.name : `${path}.${key.name}` })),
);

/** The YAML of one key of the file, with its value. */
const written = (path: string, value: string): string => {
  const [outer = '', ...inner] = path.split('.');
  return `${outer}: ${inner.reduceRight((text, name) => `{ ${name}: ${text} }`, value)}\n`;
};

describe('every key', () => {
  it('is described in whole sentences', () => {
    expect(keys.length).toBeGreaterThan(40);
    expect(keys.filter(({ about }) => !/^[A-Za-z0-9].*\.$/u.test(about)).map(({ path }) => path)).toEqual([]);
  });

  it.each(keys.filter((key) => key.default !== undefined))(
    '$path is $default unless it says otherwise',
    (key) => {
      const base = 'nodes: [node01]\n';
      expect(loaded(`${base}${written(key.path, key.default ?? '')}`)).toEqual(loaded(base));
    },
  );

  it.each(keys.filter((key) => key.example !== undefined && !key.path.includes('[]')))(
    '$path may be $example',
    (key) => {
      expect(configSchema.safeParse(parse(written(key.path, key.example ?? ''))).error).toBeUndefined();
    },
  );

  it.each(keys.filter((key) => key.example !== undefined && key.path.startsWith('nodes[].')))(
    'of a node: $name may be $example',
    (key) => {
      const name = key.name === 'name' ? '' : 'name: node01, ';
      const text = `nodes: [{ ${name}${key.name}: ${key.example} }]`;
      expect(configSchema.safeParse(parse(text)).error).toBeUndefined();
    },
  );
});
