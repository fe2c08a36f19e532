/** Holds the house together: which folder of src/ may import which. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const src = fileURLToPath(new URL('../../src/', import.meta.url));

/** Folder (or top-level file) → what it may import besides itself. '*' is everything but demo. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  core: [],
  config: ['core', 'topology', 'keys'],
  topology: ['core'],
  ssh: ['core', 'lib'],
  probes: ['core', 'lib', 'ssh'],
  poll: ['core', 'lib'],
  actions: ['core', 'lib', 'ssh'],
  metrics: ['core', 'lib'],
  store: ['core'],
  keys: ['store', 'core'],
  hooks: ['store', 'core', 'keys'],
  views: ['hooks', 'core', 'keys', 'store'],
  demo: ['core', 'config', 'lib', 'topology'],
  commands: ['*', 'demo'],
  'render.tsx': ['views', 'store', 'keys', 'core', 'lib', 'tenure.ts'],
  'tenure.ts': [],
  app: ['*'],
  'cli.ts': ['commands', 'lib'],
};

/** Folders that must stay free of Node. */
const pure = ['core', 'store', 'keys', 'views', 'hooks'];

type Import = { readonly file: string; readonly specifier: string };

const read = (file: string): string => readFileSync(join(src, file), 'utf8');
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
const files = globSync('**/*.{ts,tsx}', { cwd: src });
const folderOf = (file: string): string => file.split('/')[0] ?? '';

const importsOf = (file: string): Import[] =>
  [...withoutComments(read(file)).matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)['"]([^'"]+)['"]/g)].map(
    ([, specifier]) => ({ file, specifier: specifier ?? '' }),
  );
const imports = files.flatMap(importsOf);

const targetOf = ({ file, specifier }: Import): string | undefined =>
  specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : undefined;

const violations = (): string[] =>
  imports.flatMap((entry) => {
    const from = folderOf(entry.file);
    const target = targetOf(entry);
    if (target === undefined) return [];
    const to = folderOf(target);
    const may = allowed[from];
    if (!may) return [`${from} has no rule`];
    if (from === to || may.includes(to) || (may.includes('*') && to !== 'demo' && to !== '..')) return [];
    return [`${entry.file} may not import ${target}`];
  });

describe('import graph', () => {
  it('sees the sources', () => {
    expect(files.length).toBeGreaterThan(20);
    expect(imports.length).toBeGreaterThan(files.length);
  });

  it('lets each folder import only what the house rules say', () => {
    expect(violations()).toEqual([]);
  });

  it('keeps planning and guarding free of ssh', () => {
    const bad = imports.filter(
      (entry) => /^actions\/(plan|guard|verbs)/.test(entry.file) && targetOf(entry)?.startsWith('ssh/'),
    );
    expect(bad).toEqual([]);
  });

  it('keeps the pure folders free of node: modules', () => {
    const bad = imports.filter(
      ({ file, specifier }) => pure.includes(folderOf(file)) && specifier.startsWith('node:'),
    );
    expect(bad).toEqual([]);
  });

  it('takes time and chance from outside', () => {
    const offenders = files.filter(
      (file) =>
        file !== 'lib/clock.ts' &&
        // The entry hands chance to all others.
        file !== 'cli.ts' &&
        /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b/.test(withoutComments(read(file))),
    );
    expect(offenders).toEqual([]);
  });

  it('has no cycles', () => {
    const graph = new Map(
      files.map((file) => [file, importsOf(file).flatMap((entry) => targetOf(entry) ?? [])]),
    );
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      if (path.includes(file) || done.has(file)) return;
      for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(cycles).toEqual([]);
  });

  it('keeps files short enough to have one job', () => {
    const long = files.filter((file) => read(file).split('\n').length > 401);
    expect(long).toEqual([]);
  });
});
