import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { createLinks } from '../../../src/ssh/control.ts';
import type { Link, OpenCommand } from '../../../src/ssh/types.ts';
import { answer, type Exec, type SshServer, startSshServer } from '../../helpers/ssh-server.ts';
import { waitFor } from '../../helpers/wait-for.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Says every byte back. */
const echo: Exec = (_command, channel) => {
  channel.pipe(channel);
};

const connect = async (exec: Exec): Promise<{ readonly server: SshServer; readonly link: Link }> => {
  const server = await startSshServer({ exec });
  cleanups.push(() => server.close());
  const runtimeDir = mkdtempSync(join(tmpdir(), 'pt-run-'));
  cleanups.push(() => rmSync(runtimeDir, { recursive: true, force: true }));
  const links = createLinks({
    nodes: [{ name: 'node01', target: 'node01' }],
    ssh: { configFile: server.configFile, options: [], connectTimeoutMs: 3000, maxChannels: 1 },
    runtimeDir,
    clock: systemClock,
    onState: () => {},
  });
  cleanups.push(() => links.close());
  await links.preflight({ interactive: false, write: () => {} });
  const link = links.link('node01');
  if (link === undefined) throw new Error('no link');
  return { server, link };
};

const opened = async (link: Link): Promise<OpenCommand> => {
  const result = await link.open(['cat', "it's"]);
  if (!result.ok) throw new Error(result.failure.detail);
  return result.command;
};

const heard = (stdout: Readable): (() => string) => {
  let text = '';
  stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return () => text;
};

describe('a command that is left open', () => {
  it('is quoted, hears what is written and says what comes, beside other commands', async () => {
    const { server, link } = await connect((command, channel) =>
      command === 'true' ? answer(channel, 0) : echo(command, channel),
    );
    const command = await opened(link);
    const said = heard(command.stdout);
    command.stdin.write('one');
    await waitFor(() => expect(said()).toBe('one'));
    // maxChannels is 1: it does not count.
    expect(await link.run(['true'], { timeoutMs: 5000 })).toMatchObject({ ok: true, exitCode: 0 });
    command.stdin.write('two');
    await waitFor(() => expect(said()).toBe('onetwo'));
    expect(server.commands()[0]).toBe(String.raw`cat 'it'\''s'`);
  });

  it('ends when it is closed, and its connection stays', async () => {
    const { link } = await connect(echo);
    const command = await opened(link);
    command.close();
    expect(await command.ended).toMatchObject({ kind: 'failed', failure: { kind: 'cancelled' } });
    expect(link.state()).toMatchObject({ state: 'up' });
  });

  it('tells its exit code and what it said on stderr', async () => {
    const { link } = await connect((_command, channel) => answer(channel, 127, '', 'not\u001b[31m found'));
    const { ended } = await opened(link);
    const end = await ended;
    expect(end).toMatchObject({ kind: 'exited', exitCode: 127 });
    expect(JSON.stringify(end)).toContain('not');
    expect(JSON.stringify(end)).not.toContain('\\u001b');
  });

  it('ends with its connection', async () => {
    const { server, link } = await connect(echo);
    const { ended } = await opened(link);
    server.drop();
    expect(await ended).toMatchObject({ kind: 'failed', failure: { kind: 'closed' } });
  });

  it('is refused, and says so, when sshd allows no further session', async () => {
    const { server, link } = await connect(echo);
    server.refuseSessions(true);
    const { ended } = await opened(link);
    expect(await ended).toMatchObject({ kind: 'failed', failure: { kind: 'busy' } });
  });

  it('does not start without a connection', async () => {
    const { server, link } = await connect(echo);
    server.drop();
    await waitFor(() => expect(link.state().state).not.toBe('up'));
    expect(await link.open(['cat'])).toMatchObject({ ok: false, failure: { kind: 'closed' } });
  });
});
