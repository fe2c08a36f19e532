// Bundles src/ into dist/: one entry, split so that what the first frame does not need is loaded later.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Ink asks for react-devtools-core only when DEV=true; a bundle cannot, so it gets an empty module. */
const withoutDevtools = {
  name: 'without-devtools',
  setup(bundler) {
    bundler.onResolve({ filter: /^react-devtools-core$/ }, () => ({
      path: 'react-devtools-core',
      namespace: 'empty',
    }));
    bundler.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'export default {};' }));
  },
};

await build({
  entryPoints: { cli: join(root, 'src', 'cli.ts') },
  outdir: join(root, 'dist'),
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  // ES modules where a package has both: only they keep their named exports behind a dynamic import.
  mainFields: ['module', 'main'],
  minify: true,
  keepNames: false,
  sourcemap: 'linked',
  legalComments: 'linked',
  // ssh2 goes by the names of its classes, which a minifier changes. Only the demo loads it.
  external: ['ssh2'],
  define: { 'process.env.NODE_ENV': '"production"', PLASMATOP_VERSION: JSON.stringify(version) },
  // CommonJS dependencies in an ES module bundle need what CommonJS gives them.
  banner: {
    js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url),__filename=import.meta.filename,__dirname=import.meta.dirname;",
  },
  plugins: [withoutDevtools],
  logLevel: 'warning',
});
