import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { LinkState } from '../../../src/core/model/observation.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createLinks, type Links, type SshSettings } from '../../../src/ssh/control.ts';
import type { Link } from '../../../src/ssh/types.ts';
import { answer, type SshServer, type SshServerOptions, startSshServer } from '../../helpers/ssh-server.ts';
import { waitFor } from '../../helpers/wait-for.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const runtime = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'pt-run-'));
  cleanups.push(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
};

const settings = (configFile: string, changes: Partial<SshSettings> = {}): SshSettings => ({
  configFile,
  options: [],
  connectTimeoutMs: 3000,
  maxChannels: 4,
  ...changes,
});

type Bench = {
  readonly links: Links;
  readonly link: Link;
  readonly states: LinkState[];
  readonly runtimeDir: string;
};

const bench = (configFile: string, changes?: Partial<SshSettings>): Bench => {
  const states: LinkState[] = [];
  const runtimeDir = runtime();
  const links = createLinks({
    nodes: [{ name: 'node01', target: 'node01' }],
    ssh: settings(configFile, changes),
    runtimeDir,
    clock: systemClock,
    onState: (_node, state) => states.push(state),
  });
  cleanups.push(() => links.close());
  const link = links.link('node01');
  if (link === undefined) throw new Error('no link');
  return { links, link, states, runtimeDir };
};

const serve = async (options?: SshServerOptions): Promise<SshServer> => {
  const server = await startSshServer(options);
  cleanups.push(() => server.close());
  return server;
};

const failureOf = async (link: Link, timeoutMs = 8000) => {
  const result = await link.run(['true'], { timeoutMs });
  if (result.ok) throw new Error('it ran');
  return result.failure;
};

const sshProcessesUsing = (text: string): string[] =>
  execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(text) && /\bssh\b/u.test(line));

describe('one connection for many commands', () => {
  it('opens one TCP connection, and quotes every word', async () => {
    const server = await serve();
    const { link, states } = bench(server.configFile);
    const words = ['printf', '%s|', 'a b', "it's", '$HOME', '`id`', '; false', ''];
    const results = await Promise.all(Array.from({ length: 12 }, () => link.run(words, { timeoutMs: 8000 })));
    for (const result of results) {
      expect(result).toMatchObject({
        ok: true,
        exitCode: 0,
        stdout: "a b|it's|$HOME|`id`|; false||",
        truncated: false,
      });
    }
    expect(server.connections()).toBe(1);
    expect(states.map((state) => state.state)).toEqual(['connecting', 'up']);
  });

  it('tells exit codes, stderr and a command that a signal ended', async () => {
    const server = await serve();
    const { link } = bench(server.configFile);
    const run = (line: string) => link.runLine(line, { timeoutMs: 8000 });
    expect(await run('echo out; echo err >&2; exit 3')).toMatchObject({
      ok: true,
      exitCode: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    });
    expect(await run('kill -9 $$')).toMatchObject({ ok: true, exitCode: 255 });
    expect(await run('nosuchcommand')).toMatchObject({ ok: true, exitCode: 127 });
    expect(server.connections()).toBe(1);
  });

  it('drains both pipes and keeps no more than it was told', async () => {
    const server = await serve();
    const { link } = bench(server.configFile);
    const line = 'head -c 5000000 /dev/zero | tr "\\0" x >&2; head -c 5000000 /dev/zero | tr "\\0" y; exit 7';
    const result = await link.runLine(line, { timeoutMs: 20_000, maxBytes: 1000 });
    expect(result).toMatchObject({ ok: true, exitCode: 7, stdout: 'y'.repeat(1000), truncated: true });
  });

  it('makes stderr harmless and survives bytes that are not UTF-8', async () => {
    const server = await serve();
    const { link } = bench(server.configFile);
    const result = await link.runLine(`printf 'a\\377b'; printf '\\033]52;c;AAAA\\007x' >&2`, {
      timeoutMs: 8000,
    });
    expect(result).toMatchObject({ ok: true, stdout: 'a\ufffdb', stderr: '·x' });
  });

  it('runs at most maxChannels at once, and says busy when the queue does not move', async () => {
    const server = await serve();
    const release: (() => void)[] = [];
    server.handle((_command, channel) => void release.push(() => answer(channel, 0)));
    const { link } = bench(server.configFile, { maxChannels: 2 });
    const first = [link.run(['a'], { timeoutMs: 20_000 }), link.run(['b'], { timeoutMs: 20_000 })];
    await waitFor(() => expect(release).toHaveLength(2));
    const third = await link.run(['c'], { timeoutMs: 100 });
    expect(third).toMatchObject({ ok: false, sent: false, failure: { kind: 'busy' } });
    for (const end of release) end();
    for (const result of await Promise.all(first)) expect(result).toMatchObject({ ok: true, exitCode: 0 });
    expect(server.peakSessions()).toBe(2);
    expect(server.commands().toSorted()).toEqual(['a', 'b']);
  });
});

describe('other nodes', () => {
  it('leave the connection of who stays alone, and end that of who goes', async () => {
    const server = await serve();
    const { links, link, runtimeDir } = bench(server.configFile);
    await link.run(['true'], { timeoutMs: 8000 });
    links.update([
      { name: 'node01', target: 'node01' },
      { name: 'other', target: 'node01' },
    ]);
    expect(links.link('node01')).toBe(link);
    const other = links.link('other');
    expect(await other?.run(['true'], { timeoutMs: 8000 })).toMatchObject({ ok: true });
    expect(await link.run(['true'], { timeoutMs: 8000 })).toMatchObject({ ok: true });
    expect(server.connections()).toBe(2);

    links.update([{ name: 'node01', target: 'node01' }]);
    expect(links.link('other')).toBeUndefined();
    expect([...links.states().keys()]).toEqual(['node01']);
    await waitFor(() => expect(sshProcessesUsing(runtimeDir)).toHaveLength(1));
    expect(await link.run(['true'], { timeoutMs: 8000 })).toMatchObject({ ok: true });
    expect(server.connections()).toBe(2);

    // The same name, and somewhere else: that is another connection.
    links.update([{ name: 'node01', target: '127.0.0.1' }]);
    expect(links.link('node01')).not.toBe(link);
  });
});

describe('failures, each from the real client', () => {
  it('unknown host key', async () => {
    const { link } = bench((await serve({ known: 'nothing' })).configFile);
    expect(await failureOf(link)).toMatchObject({ kind: 'host-key-unknown' });
  });

  it('changed host key', async () => {
    const { link } = bench((await serve({ known: 'wrong' })).configFile);
    expect(await failureOf(link)).toMatchObject({ kind: 'host-key-changed' });
  });

  it('wrong key', async () => {
    const { link, states } = bench((await serve({ wrongKey: true })).configFile);
    const failure = await failureOf(link);
    expect(failure).toMatchObject({ kind: 'auth', detail: 'ops@127.0.0.1: Permission denied (publickey).' });
    expect(states.at(-1)).toMatchObject({ state: 'failed', failure });
  });

  it('refused port', async () => {
    const server = await startSshServer();
    const { link } = bench(server.configFile, { options: ['Port=1'] });
    cleanups.push(() => server.close());
    expect(await failureOf(link)).toMatchObject({ kind: 'refused' });
  });

  it('name that does not resolve', async () => {
    const server = await serve();
    const { link } = bench(server.configFile, { options: ['HostName=nowhere.invalid'] });
    expect(await failureOf(link, 15_000)).toMatchObject({ kind: 'dns' });
  });

  it('option that ssh does not know', async () => {
    const server = await serve();
    const { link } = bench(server.configFile, { options: ['NoSuchOption=1'] });
    expect(await failureOf(link)).toMatchObject({ kind: 'config' });
  });

  it('server that accepts and stays silent', async () => {
    const server = await serve();
    const held = new Set<Socket>();
    const silent = createServer((socket) => held.add(socket.on('error', () => {})));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => {
      for (const socket of held) socket.destroy();
      silent.close();
    });
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { link } = bench(server.configFile, { options: [`Port=${port}`], connectTimeoutMs: 1000 });
    expect(await failureOf(link)).toMatchObject({ kind: 'timeout' });
    expect(held.size).toBe(1);
  });

  it('sessions refused by the server', async () => {
    const server = await serve();
    const { link } = bench(server.configFile);
    expect(await link.run(['true'], { timeoutMs: 8000 })).toMatchObject({ ok: true });
    server.refuseSessions(true);
    expect(await link.run(['true'], { timeoutMs: 8000 })).toMatchObject({
      ok: false,
      sent: false,
      failure: { kind: 'busy' },
    });
    expect(server.connections()).toBe(1);
  });

  it('no ssh client', async () => {
    const server = await serve();
    vi.stubEnv('PATH', '/nowhere');
    cleanups.push(() => vi.unstubAllEnvs());
    const { link } = bench(server.configFile);
    expect(await failureOf(link)).toMatchObject({ kind: 'no-client' });
  });

  it('no place for the socket', async () => {
    const server = await serve();
    const links = createLinks({
      nodes: [{ name: 'node01', target: 'node01' }],
      ssh: settings(server.configFile),
      runtimeDir: '/nowhere',
      clock: systemClock,
      onState: () => {},
    });
    cleanups.push(() => links.close());
    expect(await links.link('node01')?.run(['true'], { timeoutMs: 5000 })).toMatchObject({
      ok: false,
      failure: { kind: 'config' },
    });
  });
});

describe('a connection that dies', () => {
  it('reconnects after the server cut it, and says that the command may have run', async () => {
    const server = await serve();
    const { link, states } = bench(server.configFile);
    server.handle((command, channel) => {
      if (command === 'true') answer(channel, 0);
      else server.drop();
    });
    expect(await link.run(['true'], { timeoutMs: 8000 })).toMatchObject({ ok: true });
    expect(await link.run(['cut'], { timeoutMs: 8000 })).toMatchObject({
      ok: false,
      sent: true,
      failure: { kind: 'closed' },
    });
    await waitFor(() => expect(link.state().state).toBe('up'));
    expect(states.map((state) => state.state)).toEqual(['connecting', 'up', 'failed', 'connecting', 'up']);
    expect(await link.run(['true'], { timeoutMs: 8000 })).toMatchObject({ ok: true });
    expect(server.connections()).toBe(2);
  });

  it('is not fooled by the socket that a killed connection has left', async () => {
    const server = await serve();
    const { link, states, runtimeDir } = bench(server.configFile);
    expect(await link.run(['true'], { timeoutMs: 8000 })).toMatchObject({ ok: true });
    const [master] = sshProcessesUsing(runtimeDir);
    process.kill(Number.parseInt(master ?? '', 10), 'SIGKILL');
    await waitFor(() => expect(states.map(({ state }) => state)).toContain('failed'));
    await waitFor(() => expect(link.state().state).toBe('up'));
    expect(await link.run(['true'], { timeoutMs: 8000 })).toMatchObject({ ok: true, exitCode: 0 });
    expect(server.connections()).toBe(2);
  });

  it('connects anew when its socket is gone', async () => {
    const server = await serve();
    const { link, states, runtimeDir } = bench(server.configFile);
    expect(await link.run(['true'], { timeoutMs: 8000 })).toMatchObject({ ok: true });
    const [directory = ''] = readdirSync(runtimeDir);
    rmSync(join(runtimeDir, directory, '0'));
    expect(await link.run(['true'], { timeoutMs: 8000 })).toMatchObject({
      ok: false,
      failure: { kind: 'closed' },
    });
    await waitFor(() => expect(states.map(({ state }) => state)).toContain('failed'));
    await waitFor(() => expect(link.state().state).toBe('up'));
    expect(await link.run(['true'], { timeoutMs: 8000 })).toMatchObject({ ok: true, exitCode: 0 });
    expect(server.connections()).toBe(2);
  });

  it('gives up a connection on which nothing comes back', async () => {
    const server = await serve({ exec: () => {} });
    const { link } = bench(server.configFile);
    expect(await link.run(['hang'], { timeoutMs: 1000 })).toMatchObject({
      ok: false,
      sent: true,
      failure: { kind: 'timeout', detail: 'no answer in 1 s' },
    });
    await waitFor(() =>
      expect(link.state()).toMatchObject({ state: 'failed', failure: { kind: 'timeout' } }),
    );
    server.handle((_command, channel) => answer(channel, 0));
    await waitFor(() => expect(link.state().state).toBe('up'));
    expect(server.connections()).toBe(2);
  });

  it('keeps a connection that answers others while one command is slow', async () => {
    const server = await serve();
    server.handle((command, channel) => {
      if (command === 'true') answer(channel, 0);
    });
    const { link } = bench(server.configFile);
    await link.run(['true'], { timeoutMs: 8000 });
    const slow = link.run(['hang'], { timeoutMs: 3000 });
    await waitFor(() => expect(server.commands()).toContain('hang'));
    expect(await link.run(['true'], { timeoutMs: 8000 })).toMatchObject({ ok: true });
    expect(await slow).toMatchObject({ ok: false, failure: { kind: 'timeout' } });
    expect(link.state().state).toBe('up');
    expect(server.connections()).toBe(1);
  });

  it('leaves a restart its connection when a look meanwhile is slow', async () => {
    const server = await serve();
    let finish = (): void => {};
    server.handle((command, channel) => {
      if (command === 'restart') finish = () => answer(channel, 0, 'restarted');
    });
    const { link, states } = bench(server.configFile);
    const restart = link.run(['restart'], { timeoutMs: 60_000 });
    await waitFor(() => expect(server.commands()).toContain('restart'));
    expect(await link.run(['look'], { timeoutMs: 500 })).toMatchObject({
      ok: false,
      failure: { kind: 'timeout' },
    });
    finish();
    expect(await restart).toMatchObject({ ok: true, exitCode: 0, stdout: 'restarted' });
    expect(states.map(({ state }) => state)).toEqual(['connecting', 'up']);
    expect(server.connections()).toBe(1);
  });

  it('stops waiting when it is told to', async () => {
    const server = await serve({ exec: () => {} });
    const { link } = bench(server.configFile);
    const abort = new AbortController();
    const running = link.run(['hang'], { timeoutMs: 20_000, signal: abort.signal });
    await waitFor(() => expect(server.commands()).toEqual(['hang']));
    abort.abort();
    expect(await running).toMatchObject({ ok: false, sent: true, failure: { kind: 'cancelled' } });
    expect(link.state().state).toBe('up');
  });
});

describe('preflight and close', () => {
  it('connects to all, and reports each', async () => {
    const [right, wrong] = [await serve(), await serve({ wrongKey: true })];
    const links = createLinks({
      nodes: [
        { name: 'a', target: 'node01' },
        { name: 'b', target: `ssh://ops@127.0.0.1:${wrong.port}` },
      ],
      ssh: settings(right.configFile, {
        options: [`UserKnownHostsFile=${wrong.directory}/known_hosts ${right.directory}/known_hosts`],
      }),
      runtimeDir: runtime(),
      clock: systemClock,
      onState: () => {},
    });
    cleanups.push(() => links.close());
    const written: string[] = [];
    const states = await links.preflight({ interactive: false, write: (line) => written.push(line) });
    expect(states.get('a')).toMatchObject({ state: 'up' });
    expect(states.get('b')).toMatchObject({ state: 'failed', failure: { kind: 'auth' } });
    expect(written).toEqual([]);
  });

  it('does not ask about every node when the key is wrong', async () => {
    const server = await serve({ wrongKey: true });
    const links = createLinks({
      nodes: ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name, target: 'node01' })),
      ssh: settings(server.configFile),
      runtimeDir: runtime(),
      clock: systemClock,
      onState: () => {},
    });
    cleanups.push(() => links.close());
    const written: string[] = [];
    await links.preflight({ interactive: true, write: (line) => written.push(line) });
    expect(written.filter((line) => line.includes('ssh asks now')).map((line) => line[0])).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect(written.at(-1)).toBe('3 refusals in a row: 2 more nodes are not asked about');
    expect(server.connections()).toBe(5 + 3);
  });

  it('leaves no process and no socket, also with a command under way', async () => {
    const server = await serve({ exec: () => {} });
    const { links, link, runtimeDir } = bench(server.configFile);
    const running = link.run(['hang'], { timeoutMs: 20_000 });
    await waitFor(() => expect(server.commands()).toEqual(['hang']));
    expect(sshProcessesUsing(runtimeDir).length).toBe(2);
    await links.close();
    expect(await running).toMatchObject({ ok: false, failure: { kind: 'cancelled' } });
    expect(sshProcessesUsing(runtimeDir)).toEqual([]);
    expect(readdirSync(runtimeDir)).toEqual([]);
    await waitFor(() => expect(server.open()).toBe(0));
    expect(await link.run(['true'], { timeoutMs: 100 })).toMatchObject({
      ok: false,
      failure: { kind: 'cancelled' },
    });
  });

  it('closes while it is still connecting', async () => {
    const server = await serve();
    const { links, link, runtimeDir } = bench(server.configFile, { options: ['ProxyCommand=sleep 60'] });
    const running = link.run(['true'], { timeoutMs: 20_000 });
    await waitFor(() => expect(sshProcessesUsing(runtimeDir).length).toBeGreaterThan(0));
    await links.close();
    expect(await running).toMatchObject({ ok: false, failure: { kind: 'cancelled' } });
    await waitFor(() => expect(sshProcessesUsing(runtimeDir)).toEqual([]));
  });
});
