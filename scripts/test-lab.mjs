// The stories on real hosts. Not part of `npm test`: they need root, namespaces and a few Debian packages.
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { labScript, storyLabs } from '../test/lab/script.ts';
import { pinnedNode, root } from './setup.mjs';

const config = join(root, 'test', 'lab', 'vitest.config.ts');
const child = spawn(
  pinnedNode,
  [join(root, 'node_modules', '.bin', 'vitest'), 'run', '--config', config, ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  // The tests take them down themselves, unless they were ended in the middle.
  for (const LAB_NAME of storyLabs)
    spawnSync(labScript, ['down'], { stdio: 'inherit', env: { ...process.env, LAB_NAME } });
  process.exit(signal ? 1 : (code ?? 1));
});
