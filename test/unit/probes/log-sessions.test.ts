/** The operator's own look at journals, with the system's ssh client. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerChannel } from 'ssh2';
import { expect, it, onTestFinished } from 'vitest';
import type { LogNews, LogPart, LogRequest, LogSource } from '../../../src/core/logs/model.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createLogSessions, type LogSessions } from '../../../src/probes/log-sessions.ts';
import { createLinks, type Links } from '../../../src/ssh/control.ts';
import { answer, type SshServer, startSshServer } from '../../helpers/ssh-server.ts';
import { waitFor } from '../../helpers/wait-for.ts';

type Heard = {
  readonly news: LogNews[];
  readonly texts: () => readonly string[];
  readonly source: () => LogSource | undefined;
  readonly shed: () => number;
};

const serve = async (exec: (command: string, channel: ServerChannel) => void): Promise<SshServer> => {
  const server = await startSshServer({ exec });
  onTestFinished(() => server.close());
  return server;
};

const open = async (
  server: SshServer,
  mode: LogRequest['mode'],
  change: Partial<LogPart> = {},
  sudo = false,
): Promise<{
  readonly heard: Heard;
  readonly sessions: LogSessions;
  /**
   * Closes the connections and opens those to another server, or none, as a changed configuration does; not before
   * `meanwhile` is over.
   */
  readonly reconnect: (to: SshServer | undefined, meanwhile?: () => Promise<unknown>) => Promise<void>;
  readonly allowSudo: () => void;
}> => {
  const runtimeDir = mkdtempSync(join(tmpdir(), 'pt-run-'));
  let sessions: LogSessions | undefined;
  let maySudo = sudo;
  const linksTo = ({ configFile }: SshServer): Links =>
    createLinks({
      nodes: [{ name: 'node01', target: 'node01' }],
      ssh: { configFile, options: [], connectTimeoutMs: 3000, maxChannels: 2 },
      runtimeDir,
      clock: systemClock,
      onState: (node, state) => sessions?.onLink(node, state),
    });
  let links: Links | undefined = linksTo(server);
  const connect = async (): Promise<unknown> => links?.preflight({ interactive: false, write: () => {} });
  const news: LogNews[] = [];
  sessions = createLogSessions({
    link: (node) => links?.link(node),
    sudo: () => maySudo,
    clock: systemClock,
    deliver: (one) => news.push(one),
  });
  const opened = sessions;
  onTestFinished(async () => {
    opened.close();
    await links?.close();
    rmSync(runtimeDir, { recursive: true, force: true });
  });
  opened.open({ session: 7, mode, parts: [{ node: 'node01', units: ['a.service'], ...change }] });
  await connect();
  const heard: Heard = {
    news,
    texts: () =>
      news.flatMap(({ batches }) => batches.flatMap(({ entries }) => entries.map(({ line }) => line.text))),
    source: () => news.flatMap(({ sources }) => sources.get('node01') ?? []).at(-1),
    shed: () => news.reduce((sum, { batches }) => sum + batches.reduce((all, one) => all + one.shed, 0), 0),
  };
  return {
    heard,
    sessions: opened,
    reconnect: async (to, meanwhile) => {
      const closed = links?.close();
      links = to && linksTo(to);
      opened.rebind();
      await meanwhile?.();
      await Promise.all([closed, connect()]);
    },
    allowSudo: () => {
      maySudo = true;
      opened.rebind();
    },
  };
};

const line = (index: number, message: unknown = `line ${index}`): string =>
  `${JSON.stringify({
    __CURSOR: `i=${index}`,
    __REALTIME_TIMESTAMP: String(1_700_000_000_000_000 + index),
    __MONOTONIC_TIMESTAMP: String(index),
    _BOOT_ID: 'a'.repeat(32),
    _SYSTEMD_UNIT: 'a.service',
    MESSAGE: message,
  })}\n`;
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => line(from + index)).join('');

it('follows a journal, and closes its command when it is no more looked at', async () => {
  let channel: ServerChannel | undefined;
  let closed = false;
  const server = await serve((_command, opened) => {
    channel = opened;
    // The client lets go of both pipes: of stdin this server is told.
    opened.on('end', () => {
      closed = true;
    });
    opened.resume();
    opened.write(lines(0, 3));
  });
  const { heard, sessions } = await open(server, 'boot');
  await waitFor(() => expect(heard.texts()).toEqual(['line 0', 'line 1', 'line 2']));
  expect(heard.source()).toEqual({ state: 'live' });
  channel?.write(line(3));
  await waitFor(() => expect(heard.texts()).toHaveLength(4));
  expect(heard.news.every(({ session }) => session === 7)).toBe(true);
  expect(server.commands().filter((command) => command.startsWith('journalctl'))).toEqual([
    expect.stringMatching(
      /^journalctl --follow --boot --output=json --no-pager --lines=500 .*--unit=a\.service$/,
    ),
  ]);
  sessions.close();
  await waitFor(() => expect(closed).toBe(true));
});

it('goes on after a broken connection: no line twice, and a mark where one may be missing', async () => {
  let round = 0;
  const server = await serve((_command, channel) => {
    round += 1;
    channel.write(round === 1 ? lines(0, 3) : round === 2 ? lines(1, 5) : lines(900, 902));
  });
  const { heard } = await open(server, 'boot');
  await waitFor(() => expect(heard.texts()).toHaveLength(3));
  server.drop();
  await waitFor(() => expect(heard.texts()).toHaveLength(5));
  const gaps = (): number => heard.news.flatMap(({ batches }) => batches).filter(({ gap }) => gap).length;
  expect(gaps()).toBe(0);
  server.drop();
  await waitFor(() => expect(heard.texts()).toHaveLength(7));
  expect(gaps()).toBe(1);
  expect(heard.texts().slice(-4)).toEqual(['line 3', 'line 4', 'line 900', 'line 901']);
}, 60_000);

it('goes on over another connection, says so meanwhile, and loses and doubles no line', async () => {
  const first = await serve((_command, channel) => void channel.write(lines(0, 3)));
  const second = await serve((_command, channel) => void channel.write(lines(0, 5)));
  const elsewhere = await serve((_command, channel) => void channel.write(lines(900, 902)));
  const { heard, reconnect } = await open(first, 'boot');
  await waitFor(() => expect(heard.texts()).toHaveLength(3));
  await waitFor(() => expect(heard.source()).toEqual({ state: 'live' }));
  await reconnect(second, () => waitFor(() => expect(heard.source()).toEqual({ state: 'opening' })));
  await waitFor(() => expect(heard.texts()).toHaveLength(5));
  await waitFor(() => expect(heard.source()).toEqual({ state: 'live' }));
  expect(heard.texts()).toEqual([0, 1, 2, 3, 4].map((index) => `line ${index}`));
  const gaps = (): number => heard.news.flatMap(({ batches }) => batches).filter(({ gap }) => gap).length;
  expect(gaps()).toBe(0);
  await waitFor(() => expect(first.open()).toBe(0));

  await reconnect(undefined);
  await waitFor(() => expect(heard.source()).toMatchObject({ detail: 'the configuration has no ssh to it' }));
  await reconnect(elsewhere);
  await waitFor(() => expect(heard.source()).toEqual({ state: 'live' }));
  await waitFor(() => expect(heard.texts().slice(5)).toEqual(['line 900', 'line 901']));
  expect(gaps()).toBe(1);
}, 60_000);

it('reads what ends over another connection only where it has not read it', async () => {
  const first = await serve((_command, channel) => void channel.write(lines(0, 3)));
  const second = await serve((_command, channel) => answer(channel, 0, lines(0, 5)));
  const { heard, reconnect } = await open(first, 'previous');
  await waitFor(() => expect(heard.texts()).toHaveLength(3));
  await reconnect(second);
  await waitFor(() => expect(heard.source()).toEqual({ state: 'read' }));
  expect(heard.texts()).toEqual([0, 1, 2, 3, 4].map((index) => `line ${index}`));
  await reconnect(first);
  await reconnect(undefined);
  expect(heard.source()).toEqual({ state: 'read' });
  expect(first.commands()).toHaveLength(1);
}, 60_000);

it('tries sudo as soon as it may', async () => {
  const hint = 'Hint: You are currently not seeing messages from other users and the system.\n';
  const server = await serve((command, channel) => {
    if (command.startsWith('sudo -n ')) channel.write(lines(0, 2));
    else answer(channel, 0, '-- No entries --\n', hint);
  });
  const { heard, allowSudo } = await open(server, 'boot');
  await waitFor(() => expect(heard.source()).toMatchObject({ state: 'failed' }));
  allowSudo();
  await waitFor(() => expect(heard.source()).toEqual({ state: 'live' }));
  await waitFor(() => expect(heard.texts()).toHaveLength(2));
});

it('takes of a flood what it can hold, counts all the rest, and stays small in what it delivers', async () => {
  const count = 60_000;
  const server = await serve((_command, channel) => {
    channel.write(lines(0, count));
    channel.write(line(count, 'the last'));
  });
  const { heard } = await open(server, 'boot');
  await waitFor(() => expect(heard.texts().at(-1)).toBe('the last'));
  // The first 500 are from before we looked: what is left out of them is lost to nobody.
  const seen = heard.texts().length + heard.shed();
  expect(seen).toBeLessThanOrEqual(count + 1);
  expect(seen).toBeGreaterThanOrEqual(count + 1 - 500);
  for (const { batches } of heard.news) {
    for (const { entries } of batches) expect(entries.length).toBeLessThanOrEqual(500);
  }
}, 60_000);

it('reads the boot before to its end, once', async () => {
  const server = await serve((_command, channel) => answer(channel, 0, lines(0, 400)));
  const { heard } = await open(server, 'previous');
  await waitFor(() => expect(heard.source()).toEqual({ state: 'read' }));
  expect(heard.texts()).toHaveLength(400);
  const [command] = server.commands();
  expect(command).toContain('--boot=-1');
  expect(command).not.toContain('--follow');
});

it('says what is not kept, and what may not be read, with the remedy', async () => {
  const none = await serve((_command, channel) =>
    answer(
      channel,
      1,
      '',
      'Data from the specified boot (-1) is not available: No such boot ID in journal\n',
    ),
  );
  const { heard } = await open(none, 'previous');
  await waitFor(() =>
    expect(heard.source()).toMatchObject({ detail: 'no journal of the boot before is kept' }),
  );
  const hint = 'Hint: You are currently not seeing messages from other users and the system.\n';
  const closed = await serve((command, channel) =>
    command.startsWith('sudo -n ')
      ? answer(channel, 0, lines(0, 2))
      : answer(channel, 0, '-- No entries --\n', hint),
  );
  const refused = await open(closed, 'previous');
  await waitFor(() =>
    expect(refused.heard.source()).toMatchObject({ detail: 'no right to read the journal' }),
  );
  const allowed = await open(closed, 'previous', {}, true);
  await waitFor(() => expect(allowed.heard.source()).toEqual({ state: 'read' }));
  expect(allowed.heard.texts()).toHaveLength(2);
});

it('asks for runs by their ids', async () => {
  const run = 'ab'.repeat(16);
  const server = await serve((_command, channel) => void channel.write(lines(0, 1)));
  const { heard } = await open(server, 'run', { runs: [run] });
  await waitFor(() => expect(heard.texts()).toHaveLength(1));
  expect(server.commands().join('\n')).toContain(` '_SYSTEMD_INVOCATION_ID=${run}' + 'INVOCATION_ID=${run}'`);
});
