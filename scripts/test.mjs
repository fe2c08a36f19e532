// Everything that needs no root, one after the other; the first failure ends it.
import { join } from 'node:path';
import { pinnedNode, root, run } from './setup.mjs';

const bin = (name) => join(root, 'node_modules', '.bin', name);
const filters = process.argv.slice(2);

const steps = [
  ['lint', bin('biome'), ['check', '--error-on-warnings', '.']],
  ['types', bin('tsc'), ['-p', '.']],
  ['dead code', bin('knip'), []],
  ['tests', bin('vitest'), ['run', ...filters]],
];

// Named test files run alone: quick while working.
for (const [title, command, args] of filters.length > 0 ? steps.slice(-1) : steps) {
  process.stdout.write(`\n── ${title}\n`);
  const status = run(pinnedNode, [command, ...args]);
  if (status !== 0) {
    process.stderr.write(`\nplasmatop: ${title} failed (exit ${status})\n`);
    process.exit(status);
  }
}
