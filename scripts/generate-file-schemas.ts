/** Writes docs/plasmatop.schema.json and docs/topology.schema.json, which `plasmatop schema` prints; a test fails when they are stale. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fileSchemas } from '../src/commands/schema.ts';

const pathOf = (relative: string): string => fileURLToPath(new URL(`../${relative}`, import.meta.url));

for (const [file, schema] of [
  ['docs/plasmatop.schema.json', fileSchemas.config()],
  ['docs/topology.schema.json', fileSchemas.topology()],
] as const) {
  writeFileSync(pathOf(file), `${JSON.stringify(schema, null, 2)}\n`);
  execFileSync(pathOf('node_modules/.bin/biome'), ['format', '--write', pathOf(file)], { stdio: 'inherit' });
}
