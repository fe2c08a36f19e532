/**
 * Writes src/topology/plasmacloud.generated.json from plasmacloud.yaml; with --check it only says whether that is due.
 * Run: npm run generate
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { formatProblems } from '../src/core/problem.ts';
import { loadTopology } from '../src/topology/load.ts';

const pathOf = (relative: string): string => fileURLToPath(new URL(`../${relative}`, import.meta.url));
const YAML = 'src/topology/plasmacloud.yaml';
const JSON_FILE = 'src/topology/plasmacloud.generated.json';

const loaded = loadTopology({ path: YAML, text: readFileSync(pathOf(YAML), 'utf8') });
if (!loaded.ok) {
  console.error(formatProblems(loaded.problems));
  process.exit(1);
}

if (process.argv.includes('--check')) {
  // Compared as data: how the formatter breaks the lines is nobody's business.
  const stored: unknown = JSON.parse(readFileSync(pathOf(JSON_FILE), 'utf8'));
  if (!isDeepStrictEqual(stored, JSON.parse(JSON.stringify(loaded.topology)))) {
    console.error(`${JSON_FILE} is stale: run npm run generate`);
    process.exit(1);
  }
} else {
  writeFileSync(pathOf(JSON_FILE), `${JSON.stringify(loaded.topology, null, 2)}\n`);
  execFileSync(pathOf('node_modules/.bin/biome'), ['format', '--write', pathOf(JSON_FILE)], {
    stdio: 'inherit',
  });
}
