/** The bus feed over a real ssh client: against the demo's nodes, and against servers that mean ill. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerChannel } from 'ssh2';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { FeedState, Observation, UnitFacts } from '../../../src/core/model/observation.ts';
import type { UnitName } from '../../../src/core/model/topology.ts';
import { type Clock, systemClock } from '../../../src/lib/clock.ts';
import { encodeMessage, MESSAGE_TYPE } from '../../../src/lib/dbus/message.ts';
import { busFeed } from '../../../src/probes/systemd-bus.ts';
import { createLinks } from '../../../src/ssh/control.ts';
import { answer, type Exec, startSshServer } from '../../helpers/ssh-server.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { startTestDemo } from '../demo/demos.ts';
import { recording } from './bus-recording.ts';

const UNITS = ['chainfire.service', 'flaredb.service', 'iam.service'];

const facts = (unit: UnitName): UnitFacts => ({
  ...{ unit, load: 'loaded', active: 'active', sub: 'running', result: 'success' },
});

/** A feed of `node` as the console runs it; what it observed, and the newest facts that came of it. */
const follow = async (configFile: string, node: string, clock: Clock = systemClock) => {
  const runtimeDir = mkdtempSync(join(tmpdir(), 'pt-run-'));
  const observed: Observation[] = [];
  const units = new Map(UNITS.map((unit) => [unit, facts(unit)]));
  const moved: string[] = [];
  let looks = 0;
  const links = createLinks({
    nodes: [{ name: node, target: node }],
    ssh: { configFile, options: [], connectTimeoutMs: 3000, maxChannels: 1 },
    runtimeDir,
    clock: systemClock,
    onState: () => {},
  });
  await links.preflight({ interactive: false, write: () => {} });
  const link = links.link(node);
  if (link === undefined) throw new Error('no link');
  const feed = busFeed({
    ...{ node, link, units: UNITS, clock },
    observe: (observation) => {
      observed.push(observation);
      if (observation.kind === 'unit') units.set(observation.unit.unit, observation.unit);
    },
    known: (unit) => units.get(unit),
    onMoved: (names) => moved.push(...names),
    look: () => {
      looks += 1;
    },
    onReloaded: () => {},
  });
  onTestFinished(async () => {
    feed.close();
    await links.close();
    rmSync(runtimeDir, { recursive: true, force: true });
  });
  feed.onLink(link.state());
  const states = (): FeedState[] =>
    observed.flatMap((observation) => (observation.kind === 'feed' ? [observation.state] : []));
  const reaches = (state: FeedState['state']) =>
    waitFor(() => {
      const last = states().at(-1);
      if (last?.state !== state) throw new Error(`the feed is ${JSON.stringify(last)}`);
      return last;
    }, 60_000);
  return { feed, observed, units, moved, reaches, looks: () => looks };
};

describe('the bus feed of a demo node', () => {
  it('pushes what changes, names what moved and asks for a look', async () => {
    const demo = await startTestDemo();
    const { reaches, units, moved, observed, looks } = await follow(demo.sshConfigFile, 'node02');
    await reaches('live');
    expect(looks()).toBe(1);
    demo.world.request('node02', 'stop', 'flaredb.service');
    demo.advanceTo(demo.world.nowMs + 2000);
    await waitFor(() => expect(units.get('flaredb.service')?.sub).toBe('dead'));
    await waitFor(() => expect(looks()).toBeGreaterThan(1));
    expect(new Set(moved)).toEqual(new Set(['flaredb.service', 'iam.service']));
    expect(observed).toContainEqual({
      kind: 'job-end',
      node: 'node02',
      end: { atMs: expect.any(Number), id: expect.any(Number), unit: 'iam.service', result: 'done' },
    });
    expect(units.get('flaredb.service')?.job).toBeUndefined();
    expect(units.get('chainfire.service')).toEqual(facts('chainfire.service'));
  });
});

const LOGIN = 'DATA\r\nOK 6d62d92bfbe3575456725c376b0484b4\r\n';

const from = async (exec: Exec) => {
  const server = await startSshServer({ exec });
  onTestFinished(() => server.close());
  return follow(server.configFile, 'node01');
};

/** Everything that a real node sent, up to the answer to Subscribe. */
const greeting = (): Buffer => {
  const bytes = recording('dependency');
  return bytes.subarray(0, bytes.indexOf('l\u0004\u0001\u0001', bytes.indexOf(':1.0\0')));
};

const CHAINFIRE = '/org/freedesktop/systemd1/unit/chainfire_2eservice';
const changed = (serial: number, active: string): Buffer =>
  encodeMessage({
    ...{ type: MESSAGE_TYPE.signal, serial, sender: ':1.0', path: CHAINFIRE },
    ...{ interface: 'org.freedesktop.DBus.Properties', member: 'PropertiesChanged', signature: 'sa{sv}as' },
    body: ['org.freedesktop.systemd1.Unit', [['ActiveState', ['s', active]]], []],
  });

describe('the bus feed of a hostile node', () => {
  it.each<[string, (channel: ServerChannel) => void, RegExp, RegExp]>([
    [
      'has no bridge',
      (channel) => answer(channel, 127, '', 'sh: 1: systemd-stdio-bridge: not found\n'),
      /systemd-stdio-bridge is not there/,
      /install systemd-stdio-bridge/,
    ],
    [
      'ends at once',
      (channel) => answer(channel, 1, '', 'Failed to connect\n'),
      /ended with 1: Failed to/,
      /by itself/,
    ],
    [
      'talks of something else',
      (channel) => channel.write('y\n'.repeat(100_000)),
      /no D-Bus login/,
      /polling/,
    ],
    [
      'lets nobody in',
      (channel) => channel.write('REJECTED\r\nREJECTED\r\n'),
      /does not let this user in/,
      /polling/,
    ],
    [
      'sends what is no message',
      (channel) => channel.write(`${LOGIN}${'?'.repeat(64)}`),
      /no D-Bus message/,
      /polling/,
    ],
    [
      'announces 2 GB',
      (channel) => {
        channel.write(LOGIN);
        channel.write(Buffer.from('6c04000100000080010000000000000000000000', 'hex'));
      },
      /2147483664 bytes was announced/,
      /polling/,
    ],
    [
      'hides escape codes in its error',
      (channel) => answer(channel, 1, '', '\u001b]0;owned\u0007x\n'),
      /ended with 1: /,
      /./,
    ],
  ])('that %s is said to fail, with a remedy', async (_, say, detail, remedy) => {
    const { reaches } = await from((_command, channel) => say(channel));
    const state = await reaches('failed');
    expect(state).toMatchObject({
      detail: expect.stringMatching(detail),
      remedy: expect.stringMatching(remedy),
    });
    expect(JSON.stringify(state)).not.toMatch(/u001b|u0007/);
  });

  it('that never answers is given up', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
    onTestFinished(() => void vi.useRealTimers());
    const asked = Promise.withResolvers<void>();
    const { observed } = await from((_command, channel) => channel.once('data', () => asked.resolve()));
    await asked.promise;
    await vi.advanceTimersByTimeAsync(11_000);
    expect(observed).toContainEqual(
      expect.objectContaining({
        state: expect.objectContaining({ detail: 'the system bus does not answer' }),
      }),
    );
  });

  it('that sends signals without end costs a few observations a second, the newest among them', async () => {
    const count = 20_000;
    // Made beforehand: this process is the console's, too, and must not be the one that holds it up.
    const signals = Array.from({ length: count }, (_, index) =>
      changed(index + 1, index % 2 === 0 ? 'failed' : 'active'),
    );
    signals.push(changed(count + 1, 'inactive'));
    const startedAt = performance.now();
    const { reaches, units, observed } = await from((_command, channel) => {
      channel.write(greeting());
      let sent = 0;
      const pour = (): void => {
        let isRoom = true;
        for (const until = sent + 100; isRoom && sent < until && sent < signals.length; sent += 1) {
          isRoom = channel.write(signals[sent]);
        }
        if (sent === signals.length) return;
        if (isRoom) setImmediate(pour);
        else channel.once('drain', pour);
      };
      pour();
    });
    await reaches('live');
    await waitFor(() => expect(units.get('chainfire.service')?.active).toBe('inactive'), 120_000);
    // Of all the time there was, however much of it a busy machine took: no timer is early.
    const seconds = (performance.now() - startedAt) / 1000;
    expect(observed.length).toBeLessThan(15 * seconds + 10);
    expect(observed.length).toBeLessThan(count / 20);
  }, 200_000);
});
