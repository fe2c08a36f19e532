/** ssh's own questions reach the terminal before the console takes it: driven through a real pty. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawn } from '@lydell/node-pty';
import { expect, it, vi } from 'vitest';
import { startSshServer } from '../../helpers/ssh-server.ts';

it('asks about an unknown host key on the terminal, and runs commands after yes', async () => {
  const server = await startSshServer({ known: 'nothing' });
  const runtimeDir = mkdtempSync(join(tmpdir(), 'pt-run-'));
  const script = fileURLToPath(new URL('../../fixtures/ssh/ask.ts', import.meta.url));
  const terminal = spawn(process.execPath, ['--no-warnings', script, server.configFile, runtimeDir], {
    cols: 200,
  });
  let screen = '';
  terminal.onData((text) => {
    screen += text;
  });
  const ended = new Promise<void>((resolve) => terminal.onExit(() => resolve()));
  try {
    await vi.waitFor(() => expect(screen).toContain('continue connecting (yes/no'), { timeout: 15_000 });
    expect(screen).toContain('says node01: Host key verification failed.');
    terminal.write('yes\r');
    await vi.waitFor(() => expect(screen).toContain('closed'), { timeout: 15_000 });
    expect(screen).toContain('"stdout":"hello\\n"');
    expect(readFileSync(join(server.directory, 'known_hosts'), 'utf8')).toContain('ssh-ed25519');
    await ended;
  } finally {
    terminal.kill();
    await server.close();
    rmSync(runtimeDir, { recursive: true, force: true });
  }
});
