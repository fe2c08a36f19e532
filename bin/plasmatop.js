#!/usr/bin/env node
// Finds a Node that is new enough, then hands over to dist/. Plain syntax, so that an old Node can read it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const newEnough = major > 22 || (major === 22 && minor >= 19);
const bundle = join(root, 'dist', 'cli.js');
const ownNode = join(root, 'node_modules', 'node', 'bin', 'node');

if (!existsSync(bundle)) {
  process.stderr.write('plasmatop: not built yet. Run: npm run setup\n');
  process.exit(70);
} else if (newEnough) {
  const { enableCompileCache } = await import('node:module');
  enableCompileCache?.();
  await import(bundle);
} else if (existsSync(ownNode) && !process.env.PLASMATOP_REEXEC) {
  const child = spawn(ownNode, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, PLASMATOP_REEXEC: '1' },
  });
  // The terminal sends Ctrl-C to both; the child decides what it means.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`plasmatop: ${ownNode} could not be started: ${error.message}\n`);
    process.exit(70);
  });
  child.on('exit', (code, signal) => {
    if (signal) {
      // Our own handlers would swallow it, and the caller would see a success.
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    } else process.exit(code ?? 70);
  });
} else {
  process.stderr.write(
    `plasmatop: needs Node 22.19 or newer, this is ${process.versions.node} (${process.execPath}).\n` +
      '  Install a current Node, or run it from a checkout with: npm run demo\n',
  );
  process.exit(70);
}
