import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FeedState, LinkState, Observation } from '../../../src/core/model/observation.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import {
  createFeed,
  type Feed,
  type FeedOptions,
  type FeedSession,
  feedRetryMs,
  troubleOf,
} from '../../../src/probes/feed.ts';
import { createLinks } from '../../../src/ssh/control.ts';
import type { Link, OpenEnd } from '../../../src/ssh/types.ts';
import { answer, startSshServer } from '../../helpers/ssh-server.ts';
import { waitFor } from '../../helpers/wait-for.ts';

const UP: LinkState = { state: 'up', sinceMs: 0 };
const DOWN: LinkState = {
  state: 'failed',
  sinceMs: 0,
  failure: { kind: 'timeout', detail: 'timed out', remedy: 'check power' },
};
const CLOSED: OpenEnd = {
  kind: 'failed',
  failure: { kind: 'closed', detail: 'the connection ended under the command', remedy: 'by itself' },
};
const gone = (exitCode: number, stderr = ''): OpenEnd => ({ kind: 'exited', exitCode, stderr });

/** A connection whose commands live and die by the test's word. */
const puppet = () => {
  let state: LinkState = { state: 'none' };
  const opened: { readonly words: readonly string[]; closes: number; end: (how: OpenEnd) => void }[] = [];
  let asked = 0;
  const link: Pick<Link, 'open' | 'state'> = {
    state: () => state,
    open: async (words) => {
      asked += 1;
      if (state.state !== 'up') return { ok: false, failure: { kind: 'closed', detail: 'no', remedy: '' } };
      const { promise: ended, resolve: end } = Promise.withResolvers<OpenEnd>();
      const life = { words, closes: 0, end };
      opened.push(life);
      const pipe = (): PassThrough => new PassThrough();
      const close = (): void => {
        life.closes += 1;
      };
      return { ok: true, command: { stdin: pipe(), stdout: pipe(), stderr: pipe(), ended, close } };
    },
  };
  const enter = (feed: Feed, next: LinkState): void => {
    state = next;
    feed.onLink(next);
  };
  return { link, opened, enter, asked: () => asked };
};

const watched = (options: Partial<FeedOptions> = {}) => {
  const { link, opened, enter, asked } = puppet();
  const states: FeedState[] = [];
  const sessions: FeedSession[] = [];
  let cleaned = 0;
  const feed = createFeed({
    node: 'node01',
    feed: 'journal',
    link,
    commands: [['tail', '-f']],
    read: (session) => {
      sessions.push(session);
      return () => {
        cleaned += 1;
      };
    },
    missing: 'install it',
    clock: systemClock,
    observe: (observation: Observation) => {
      if (observation.kind === 'feed') states.push(observation.state);
    },
    ...options,
  });
  return {
    feed,
    opened,
    asked,
    states,
    sessions,
    enter: (state: LinkState) => enter(feed, state),
    cleaned: () => cleaned,
    words: () => states.map(({ state }) => state),
  };
};

describe('a feed', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const settle = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

  it('opens when the connection is up, and says when it works', async () => {
    const { enter, opened, sessions, words } = watched();
    enter({ state: 'connecting', sinceMs: 0 });
    await settle(5000);
    expect(opened).toHaveLength(0);
    enter(UP);
    await settle();
    expect(opened.map((life) => life.words)).toEqual([['tail', '-f']]);
    sessions[0]?.live();
    sessions[0]?.live();
    expect(words()).toEqual(['opening', 'live']);
  });

  it('opens again after an end, each time later, and tells one failure once', async () => {
    const { enter, opened, states, words } = watched();
    enter(UP);
    await settle();
    for (const [index, waitMs] of [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000].entries()) {
      opened[index]?.end(gone(1, 'broken'));
      await settle(waitMs - 1);
      expect(opened).toHaveLength(index + 1);
      await settle(1);
      expect(opened).toHaveLength(index + 2);
    }
    expect(words()).toEqual(['opening', 'failed']);
    expect(states[1]).toMatchObject({ detail: 'tail ended with 1: broken' });
  });

  it('tries soon again what had lived for a while', async () => {
    const { enter, opened, sessions, words } = watched();
    enter(UP);
    await settle();
    for (const waitMs of [1000, 2000, 4000]) {
      opened.at(-1)?.end(gone(1));
      await settle(waitMs);
    }
    sessions.at(-1)?.live();
    await settle(30_000);
    opened.at(-1)?.end(gone(1));
    await settle(1000);
    expect(opened).toHaveLength(5);
    expect(words()).toEqual(['opening', 'failed', 'live', 'failed']);
  });

  it('asks only every five minutes for what is not there', async () => {
    const { enter, opened, states } = watched();
    enter(UP);
    await settle();
    opened[0]?.end(gone(127, 'sh: 1: tail: not found'));
    await settle(299_999);
    expect(opened).toHaveLength(1);
    await settle(1);
    expect(opened).toHaveLength(2);
    expect(states.at(-1)).toMatchObject({ detail: 'tail is not there', remedy: 'install it' });
  });

  it('goes through its ways at once where one is refused, and begins with the first the next time', async () => {
    const { enter, opened, sessions, states } = watched({ commands: [['tail'], ['sudo', '-n', 'tail']] });
    const refused = { kind: 'refused', detail: 'no \u001b[31mright', remedy: 'ask' } as const;
    enter(UP);
    await settle();
    sessions[0]?.fail(refused);
    await settle();
    expect(opened.map((life) => life.words)).toEqual([['tail'], ['sudo', '-n', 'tail']]);
    expect(opened[0]?.closes).toBe(1);
    expect(states.map(({ state }) => state)).toEqual(['opening']);
    sessions[1]?.fail(refused);
    await settle(299_999);
    expect(opened).toHaveLength(2);
    await settle(1);
    expect(opened[2]?.words).toEqual(['tail']);
    expect(JSON.stringify(states)).not.toContain('\\u001b');
  });

  it('waits for the connection instead of a timer, and then opens at once, all ways from the first', async () => {
    const { enter, opened, words } = watched();
    enter(UP);
    await settle();
    opened[0]?.end(CLOSED);
    await settle();
    enter(DOWN);
    await settle(600_000);
    expect(opened).toHaveLength(1);
    enter(UP);
    await settle();
    expect(opened).toHaveLength(2);
    expect(words()).toEqual(['opening', 'failed']);
  });

  it('does not try by itself when the connection ended before the command did', async () => {
    const { enter, opened, asked } = watched();
    enter(UP);
    await settle();
    enter(DOWN);
    opened[0]?.end(CLOSED);
    await settle(600_000);
    expect(asked()).toBe(1);
    enter(UP);
    await settle();
    expect(asked()).toBe(2);
  });

  it('has one life at a time, however often the connection says that it is up', async () => {
    const { enter, opened } = watched();
    enter(UP);
    enter(UP);
    await settle();
    enter(UP);
    await settle(600_000);
    expect(opened).toHaveLength(1);
  });

  it('ends with the console: closed, cleaned up once, and silent', async () => {
    const { enter, feed, opened, sessions, cleaned, words } = watched();
    enter(UP);
    await settle();
    feed.close();
    opened[0]?.end(CLOSED);
    sessions[0]?.live();
    enter(UP);
    await settle(600_000);
    expect([opened.length, opened[0]?.closes, cleaned()]).toEqual([1, 1, 1]);
    expect(words()).toEqual(['opening']);
  });

  it('leaves nothing open that comes up when it is closed already', async () => {
    const { enter, feed, opened, sessions } = watched();
    enter(UP);
    feed.close();
    await settle();
    expect(opened.map(({ closes }) => closes)).toEqual([1]);
    expect(sessions).toHaveLength(0);
  });

  it('cleans up after a reader that gives up at once', async () => {
    let cleaned = 0;
    const { enter, opened } = watched({
      read: ({ fail }) => {
        fail({ kind: 'ended', detail: 'garbage', remedy: '' });
        return () => {
          cleaned += 1;
        };
      },
    });
    enter(UP);
    await settle();
    expect([opened.length, opened[0]?.closes, cleaned]).toEqual([1, 1, 1]);
  });
});

describe('the wait before a feed is opened again', () => {
  it('is never shorter than a second nor longer than a minute, and five minutes where it is refused', () => {
    fc.assert(
      fc.property(fc.nat(), (tries) => {
        const waitMs = feedRetryMs('ended', tries);
        expect(waitMs).toBeGreaterThanOrEqual(1000);
        expect(waitMs).toBeLessThanOrEqual(60_000);
        expect(feedRetryMs('ended', tries + 1)).toBeGreaterThanOrEqual(waitMs);
        expect(feedRetryMs('refused', tries)).toBe(300_000);
      }),
    );
  });
});

describe('why a feed ended', () => {
  it.each([
    [CLOSED, 'ended', 'the connection ended under the command'],
    [gone(0), 'ended', 'tail ended with 0'],
    [gone(1, 'first\nlast\n'), 'ended', 'tail ended with 1: last'],
    [gone(126), 'refused', 'tail may not be run'],
    [gone(127, 'not found'), 'refused', 'tail is not there'],
  ])('%o', (end, kind, detail) => {
    expect(troubleOf(end, 'tail', 'install it')).toMatchObject({ kind, detail });
  });
});

describe('a feed over ssh', () => {
  it('hands over what comes, and comes back with the connection', async () => {
    const server = await startSshServer({
      exec: (command, channel) =>
        command === 'missing' ? answer(channel, 127, '', 'not found') : channel.write('hello'),
    });
    const runtimeDir = mkdtempSync(join(tmpdir(), 'pt-run-'));
    const feeds: Feed[] = [];
    const links = createLinks({
      nodes: [{ name: 'node01', target: 'node01' }],
      ssh: { configFile: server.configFile, options: [], connectTimeoutMs: 3000, maxChannels: 1 },
      runtimeDir,
      clock: systemClock,
      onState: (_, state) => {
        for (const feed of feeds) feed.onLink(state);
      },
    });
    const link = links.link('node01');
    if (link === undefined) throw new Error('no link');
    const states: FeedState[] = [];
    let heard = '';
    const make = (command: string): Feed =>
      createFeed({
        node: 'node01',
        feed: 'journal',
        link,
        commands: [[command]],
        read: ({ command: { stdout }, live }) => {
          stdout.on('data', (chunk: Buffer) => {
            heard += chunk.toString();
            live();
          });
          return () => stdout.removeAllListeners('data');
        },
        missing: 'install it',
        clock: systemClock,
        observe: (observation) => {
          if (observation.kind === 'feed') states.push(observation.state);
        },
      });
    try {
      feeds.push(make('talk'));
      await links.preflight({ interactive: false, write: () => {} });
      await waitFor(() => expect(heard).toBe('hello'));
      server.drop();
      await waitFor(() => expect(heard).toBe('hellohello'));
      expect(states.map(({ state }) => state)).toEqual(['opening', 'live', 'failed', 'live']);
      feeds.push(make('missing'));
      feeds.at(-1)?.onLink(link.state());
      await waitFor(() => expect(states.at(-1)).toMatchObject({ detail: 'missing is not there' }));
    } finally {
      for (const feed of feeds) feed.close();
      await links.close();
      await server.close();
      rmSync(runtimeDir, { recursive: true, force: true });
    }
  });
});
