import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { ServerChannel } from 'ssh2';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { FeedState, JobEnd, LogLine, Observation } from '../../../src/core/model/observation.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import type { Feed } from '../../../src/probes/feed.ts';
import { journalCommand, journalFeed, refusalOf } from '../../../src/probes/journal.ts';
import { createJournalIntake } from '../../../src/probes/journal-intake.ts';
import { readJournal } from '../../../src/probes/journal-read.ts';
import { createLinks } from '../../../src/ssh/control.ts';
import type { OpenEnd } from '../../../src/ssh/types.ts';
import { answer, type Exec, type SshServer, startSshServer } from '../../helpers/ssh-server.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { ssh, startTestDemo } from '../demo/demos.ts';

const HINT = readFileSync(
  fileURLToPath(new URL('../../fixtures/systemd/perm-viewer-journal.err', import.meta.url)),
  'utf8',
);

type Heard = {
  readonly lines: LogLine[];
  readonly ends: JobEnd[];
  readonly states: FeedState[];
  readonly seen: { dropped: number };
};

/** Follows the journal at the other end of an ssh_config with the system's own client. */
const follow = async (
  target: string,
  configFile: string,
  units: readonly string[],
  sudo = false,
): Promise<Heard> => {
  const runtimeDir = mkdtempSync(join(tmpdir(), 'pt-run-'));
  const heard: Heard = { lines: [], ends: [], states: [], seen: { dropped: 0 } };
  let feed: Feed | undefined;
  const links = createLinks({
    nodes: [{ name: target, target }],
    ssh: { configFile, options: [], connectTimeoutMs: 3000, maxChannels: 2 },
    runtimeDir,
    clock: systemClock,
    onState: (_, state) => feed?.onLink(state),
  });
  const link = links.link(target);
  if (link === undefined) throw new Error('no link');
  feed = journalFeed({
    ...{ node: target, link, units, sudo, clock: systemClock },
    observe: (observation: Observation) => {
      if (observation.kind === 'feed') heard.states.push(observation.state);
      if (observation.kind === 'job-end') heard.ends.push(observation.end);
      if (observation.kind !== 'log') return;
      heard.lines.push(...observation.lines);
      heard.seen.dropped += observation.dropped;
    },
  });
  onTestFinished(async () => {
    feed?.close();
    await links.close();
    rmSync(runtimeDir, { recursive: true, force: true });
  });
  await links.preflight({ interactive: false, write: () => {} });
  return heard;
};

const serve = async (exec: Exec): Promise<SshServer> => {
  const server = await startSshServer({ exec });
  onTestFinished(() => server.close());
  return server;
};

const line = (index: number, message: unknown = `line ${index}`): string =>
  `${JSON.stringify({
    __CURSOR: `i=${index}`,
    __REALTIME_TIMESTAMP: String(1_700_000_000_000_000 + index),
    _SYSTEMD_UNIT: 'a.service',
    MESSAGE: message,
  })}\n`;
const texts = ({ lines }: Heard): readonly string[] => lines.map(({ text }) => text);

it('what is read to its end takes in nothing more once it is given up', async () => {
  const [stdout, stderr, ended] = [new PassThrough(), new PassThrough(), Promise.withResolvers<OpenEnd>()];
  const intake = createJournalIntake(new Set(['a.service']));
  const giveUp = new AbortController();
  const ask = { units: ['a.service'], follow: false, lines: 500 };
  const command = { stdin: new PassThrough(), stdout, stderr, ended: ended.promise, close: () => {} };
  const link = { open: () => Promise.resolve({ ok: true, command } as const) };
  const { signal } = giveUp;
  const reading = readJournal({
    ...{ node: 'node01', link, ask, sudo: false, intake, signal },
    report: () => {},
  });
  stdout.write(line(1));
  await waitFor(() => expect(intake.held()).toBeGreaterThan(0));
  expect(intake.drain().entries).toHaveLength(1);
  giveUp.abort();
  // Half a line, to which the next connection's bytes would be added.
  stdout.end(line(2).slice(0, 40));
  ended.resolve({ kind: 'exited', exitCode: 0, stderr: '' });
  expect(await reading).toBeUndefined();
  expect(intake.held()).toBe(0);
});

describe('the command that follows a journal', () => {
  it('names each unit and asks for no more fields than are read', () => {
    const words = journalCommand(['a.service', '-b.service']);
    expect(words.slice(0, 6)).toEqual([
      'journalctl',
      '--follow',
      '--boot',
      '--output=json',
      '--no-pager',
      '--lines=200',
    ]);
    expect(words.slice(-2)).toEqual(['--unit=a.service', '--unit=-b.service']);
  });
});

describe('a refusal to show the journal', () => {
  it.each([
    [HINT, 'no right to read the journal'],
    ['No journal files were opened due to insufficient permissions.', 'no right to read the journal'],
    ['sudo: a password is required', 'no right to read the journal'],
    ['ops is not in the sudoers file.', 'no right to read the journal'],
    ['No journal files were found.', 'no journal is kept there'],
    ["journalctl: unrecognized option '--output-fields=MESSAGE'", 'its journalctl is too old'],
  ])('%s', (stderr, detail) => {
    expect(refusalOf(stderr)).toMatchObject({ kind: 'refused', detail });
  });

  it.each(['', 'sudo: unable to resolve host node01: Name or service not known', '-- Boot 1234 --'])(
    'is not: %s',
    (stderr) => {
      expect(refusalOf(stderr)).toBeUndefined();
    },
  );
});

describe('a journal over ssh', () => {
  it('tells what is there and what comes, once, over a broken connection too', async () => {
    const channels: ServerChannel[] = [];
    const server = await serve((_, channel) => {
      channels.push(channel);
      channel.write(`motd\n${line(1)}${line(2)}`);
    });
    const heard = await follow('node01', server.configFile, ['a.service']);
    await waitFor(() => expect(texts(heard)).toEqual(['line 1', 'line 2']));
    channels[0]?.write(line(3, 'ev\u001b[31mil\nline'));
    await waitFor(() => expect(texts(heard)).toHaveLength(3));
    expect(texts(heard)[2]).toBe('ev·il line');
    server.handle((_, channel) => void channel.write(line(2) + line(3) + line(4)));
    server.drop();
    await waitFor(() => expect(texts(heard)).toHaveLength(4));
    expect(texts(heard)[3]).toBe('line 4');
    expect(heard.states.map(({ state }) => state)).toEqual(['opening', 'live', 'failed', 'live']);
    expect(heard.seen.dropped).toBe(0);
  });

  it('says that the right is missing, though journalctl goes on as if nothing were to be seen', async () => {
    const server = await serve((_, channel) => void channel.stderr.write(HINT));
    const heard = await follow('node01', server.configFile, ['a.service']);
    await waitFor(() =>
      expect(heard.states.at(-1)).toMatchObject({
        state: 'failed',
        detail: 'no right to read the journal',
        remedy: 'add the user to group adm or systemd-journal',
      }),
    );
    expect(server.commands()).toHaveLength(1);
  });

  it('asks sudo where the user alone may not, and only there', async () => {
    const server = await serve((command, channel) => {
      if (command.startsWith('sudo -n journalctl ')) channel.write(line(1));
      else answer(channel, 0, '-- No entries --\n', HINT);
    });
    const heard = await follow('node01', server.configFile, ['a.service'], true);
    await waitFor(() => expect(texts(heard)).toEqual(['line 1']));
    expect(server.commands().map((command) => command.split(' ')[0])).toEqual(['journalctl', 'sudo']);
    expect(heard.states.map(({ state }) => state)).toEqual(['opening', 'live']);
  });

  it('names the groups, too, where sudo asks for a password in words that nobody knows', async () => {
    const server = await serve((command, channel) =>
      command.startsWith('sudo')
        ? answer(channel, 1, '', 'sudo : il est nécessaire de saisir un mot de passe\n')
        : answer(channel, 1, '', 'No journal files were opened due to insufficient permissions.\n'),
    );
    const heard = await follow('node01', server.configFile, ['a.service'], true);
    await waitFor(() =>
      expect(heard.states.at(-1)).toMatchObject({
        state: 'failed',
        detail: 'no right to read the journal',
        remedy: 'add the user to group adm or systemd-journal, or let it sudo journalctl',
      }),
    );
  });

  it('lets a flood by and counts it', async () => {
    const server = await serve((_, channel) => {
      for (let from = 0; from < 20_000; from += 1000) {
        channel.write(Array.from({ length: 1000 }, (_, index) => line(from + index)).join(''));
      }
      channel.write(line(20_000, 'the last one'));
    });
    const heard = await follow('node01', server.configFile, ['a.service']);
    await waitFor(() => expect(texts(heard).at(-1)).toBe('the last one'));
    // Of the first 200 the older ones are shed without a word.
    expect(heard.lines.length + heard.seen.dropped).toBeGreaterThanOrEqual(20_001 - 200);
    expect(heard.seen.dropped).toBeGreaterThan(10_000);
  });
});

describe('the journal of a simulated node', () => {
  it('tells of a unit’s failure as it happens, of systemd and of the unit itself', async () => {
    const demo = await startTestDemo({ clock: systemClock });
    const heard = await follow('node02', demo.sshConfigFile, ['chainfire.service', 'iam.service']);
    await waitFor(() => expect(texts(heard)).toContain('listening on :8080'));
    expect(heard.states.at(-1)).toMatchObject({ state: 'live' });
    const before = heard.lines.length;
    await ssh(demo, ['node02', 'systemctl kill -s SEGV iam; systemctl restart novanet']);
    await waitFor(() =>
      expect(texts(heard)).toContainEqual(expect.stringContaining("Failed with result 'signal'")),
    );
    const fresh = heard.lines.slice(before);
    expect(new Set(fresh.map(({ unit }) => unit))).toEqual(new Set(['iam.service']));
    expect(fresh.some(({ from, priority }) => from === 'systemd' && priority <= 4)).toBe(true);
    expect(heard.ends.some(({ unit, result }) => unit === 'iam.service' && result === 'done')).toBe(true);
  });
});
