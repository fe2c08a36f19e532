// Writes every generated file but the pictures, one after the other; the first failure ends it.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pinnedNode, root, run } from './setup.mjs';

const scripts = readdirSync(join(root, 'scripts')).filter((name) => /^generate-.*\.ts$/.test(name));

for (const name of scripts.toSorted()) {
  process.stdout.write(`── ${name}\n`);
  const status = run(pinnedNode, [join(root, 'scripts', name)]);
  if (status !== 0) process.exit(status);
}
