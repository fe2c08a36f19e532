/** ssh's own questions reach the terminal before the console takes it: driven through a real pty. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type IPty, spawn } from '@lydell/node-pty';
import { afterEach, expect, it } from 'vitest';
import { type SshServer, startSshServer } from '../../helpers/ssh-server.ts';
import { waitFor } from '../../helpers/wait-for.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

type Asking = {
  readonly server: SshServer;
  readonly terminal: IPty;
  readonly screen: () => string;
  readonly ended: Promise<void>;
};

/** Nodes of an unknown host key; resolves when the first question stands on the terminal. */
const ask = async (...names: readonly string[]): Promise<Asking> => {
  const server = await startSshServer({ known: 'nothing' });
  cleanups.push(() => server.close());
  const runtimeDir = mkdtempSync(join(tmpdir(), 'pt-run-'));
  cleanups.push(() => rmSync(runtimeDir, { recursive: true, force: true }));
  const script = fileURLToPath(new URL('../../fixtures/ssh/ask.ts', import.meta.url));
  const words = ['--no-warnings', script, server.configFile, runtimeDir, ...names];
  const terminal = spawn(process.execPath, words, { cols: 200 });
  let text = '';
  terminal.onData((chunk) => {
    text += chunk;
  });
  const ended = new Promise<void>((resolve) => terminal.onExit(() => resolve()));
  cleanups.push(() => terminal.kill('SIGKILL'));
  await waitFor(() => expect(text).toContain('continue connecting (yes/no'));
  return { server, terminal, screen: () => text, ended };
};

it('asks about an unknown host key on the terminal, and runs commands after yes', async () => {
  const { server, terminal, screen, ended } = await ask('node01');
  expect(screen()).toContain('says node01: Host key verification failed.');
  terminal.write('yes\r');
  await waitFor(() => expect(screen()).toContain('closed'));
  expect(screen()).toContain('"stdout":"hello\\n"');
  expect(readFileSync(join(server.directory, 'known_hosts'), 'utf8')).toContain('ssh-ed25519');
  await ended;
});

it('asks nothing more after Ctrl-C at a question', async () => {
  const { terminal, screen, ended } = await ask('node01', 'node02');
  terminal.write('\u0003');
  await waitFor(() => expect(screen()).toMatch(/closed|node02: ssh asks now/));
  expect(screen()).not.toContain('node02: ssh asks now');
  await ended;
});

it('ends the question when it is told to stop', async () => {
  const { terminal, screen, ended } = await ask('node01', 'node02');
  process.kill(terminal.pid, 'SIGTERM');
  await waitFor(() => expect(screen()).toContain('closed'));
  expect(screen()).not.toContain('node02: ssh asks now');
  await ended;
});
