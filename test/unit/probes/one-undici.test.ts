/** What the https probe loads with itself: every command that looks at a cluster pays for it. */
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, it } from 'vitest';

const probe = fileURLToPath(new URL('../../../src/probes/https.ts', import.meta.url));

it('does not have Node load its own undici beside ours', async () => {
  const script = `await import(${JSON.stringify(probe)}); console.log(process.moduleLoadList.join('\\n'));`;
  const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', script]);
  const loaded = stdout.split('\n');
  expect(loaded).toContain('NativeModule http');
  expect(loaded.filter((name) => /undici/u.test(name))).toEqual([]);
});
