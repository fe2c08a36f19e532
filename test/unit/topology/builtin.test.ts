/** The built-in topology is the commented YAML file, and loading it costs neither YAML nor zod. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { builtinTopology } from '../../../src/topology/builtin.ts';
import { loadTopology } from '../../../src/topology/load.ts';

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../src/topology/${path}`, import.meta.url)), 'utf8');

describe('the built-in topology', () => {
  it('is what plasmacloud.yaml says; if not, run npm run generate', () => {
    const loaded = loadTopology({ path: 'plasmacloud.yaml', text: read('plasmacloud.yaml') });
    expect(loaded).toEqual({ ok: true, topology: builtinTopology() });
  });

  it('imports nothing but its data', () => {
    const imports = [...read('builtin.ts').matchAll(/from '([^']+)'/gu)].map((match) => match[1]);
    expect(imports).toEqual(['../core/model/topology.ts', './plasmacloud.generated.json']);
  });
});
