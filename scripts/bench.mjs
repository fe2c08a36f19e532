// Bundles bench/ (Node reads no JSX by itself) and runs it as the product runs: with production React.
import { join } from 'node:path';
import { build } from 'esbuild';
import { pinnedEnv, pinnedNode, root, run } from './setup.mjs';

const outfile = join(root, 'dist', 'bench', 'run.js');
await build({
  entryPoints: [join(root, 'bench', 'run.ts')],
  outfile,
  bundle: true,
  packages: 'external',
  format: 'esm',
  platform: 'node',
  jsx: 'automatic',
  logLevel: 'warning',
});
process.exit(run(pinnedNode, [outfile], { env: { ...pinnedEnv(), NODE_ENV: 'production' } }));
