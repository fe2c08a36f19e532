// The stories on real hosts. Not part of `npm test`: they need root, namespaces and a few Debian packages.
import { spawn, spawnSync } from 'node:child_process';
import { ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { labHome, labScript, storyLabs } from '../test/lab/script.ts';
import { pinnedNode, root } from './setup.mjs';

// Where no lab can run, the stories say why, and there is nothing to lock.
const hasLabs = spawnSync(labScript, ['check'], { stdio: 'ignore' }).status === 0;
if (hasLabs) {
  const file = join(labHome, 'stories.lock');
  const lock = openSync(file, 'a');
  // It is this process that has the lock then, for as long as it lives: nothing that it starts gets the descriptor.
  const { status } = spawnSync('flock', ['-n', '3'], { stdio: ['ignore', 'inherit', 'inherit', lock] });
  if (status !== 0) {
    process.stderr.write(
      `plasmatop: the stories are being told by process ${readFileSync(file, 'utf8')} (${file}): try again when it has ended\n`,
    );
    process.exit(1);
  }
  ftruncateSync(lock);
  writeSync(lock, String(process.pid));
}

const config = join(root, 'test', 'lab', 'vitest.config.ts');
const child = spawn(
  pinnedNode,
  [join(root, 'node_modules', '.bin', 'vitest'), 'run', '--config', config, ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  // The tests take them down themselves, unless they were ended in the middle.
  for (const LAB_NAME of hasLabs ? storyLabs : [])
    spawnSync(labScript, ['down'], { stdio: 'inherit', env: { ...process.env, LAB_NAME } });
  process.exit(signal ? 1 : (code ?? 1));
});
