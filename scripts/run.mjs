// `npm run demo`, `npm test` …: set up what is missing, then run the named thing on the pinned Node.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pinnedEnv, pinnedNode, root, setUp } from './setup.mjs';

const [name, ...rest] = process.argv.slice(2);

const targets = {
  demo: [join(root, 'bin', 'plasmatop.js'), 'demo'],
  start: [join(root, 'bin', 'plasmatop.js')],
  test: [join(root, 'scripts', 'test.mjs')],
  lab: [join(root, 'scripts', 'lab.mjs')],
  'test:lab': [join(root, 'scripts', 'test-lab.mjs')],
  bench: [join(root, 'scripts', 'bench.mjs')],
  pictures: [join(root, 'scripts', 'pictures.ts')],
  generate: [join(root, 'scripts', 'generate.mjs')],
};

const target = targets[name];
if (!target) {
  process.stderr.write(
    `plasmatop: nothing to run is called "${name}". There is: ${Object.keys(targets).join(', ')}\n`,
  );
  process.exit(64);
}

setUp();

const child = spawn(pinnedNode, [...target, ...rest], { stdio: 'inherit', env: pinnedEnv() });
// The terminal sends Ctrl-C to both; the child decides what it means.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  if (signal) {
    // Our own handlers would swallow it, and the caller would see a success.
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  } else process.exit(code ?? 1);
});
