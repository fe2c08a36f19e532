/** The demo's system bus, spoken to by real clients and by the console's own. */
import { spawn } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';
import type { Demo } from '../../../../src/demo/start.ts';
import { busLabel } from '../../../../src/lib/dbus/label.ts';
import type { Message } from '../../../../src/lib/dbus/message.ts';
import { BusClient } from '../../../../src/probes/bus-client.ts';
import { waitFor } from '../../../helpers/wait-for.ts';
import { ssh, startTestDemo } from '../demos.ts';

type Heard = {
  readonly jobs: readonly string[];
  /** For each job that ended, the state in which its unit was told to be just then. */
  readonly ends: readonly string[];
  /** Of each unit, the states that were sent, without doubles. */
  readonly states: ReadonlyMap<string, readonly string[]>;
};

/** The console's client over the system's OpenSSH client, live. */
const listen = async (demo: Demo, node: string) => {
  const child = spawn('ssh', ['-F', demo.sshConfigFile, '-o', 'BatchMode=yes', node, 'systemd-stdio-bridge']);
  onTestFinished(() => void child.kill());
  const jobs: string[] = [];
  const ends: string[] = [];
  const states = new Map<string, string[]>();
  const hear = ({ path = '', member, body }: Message): void => {
    const [first, second, third, result] = body() as readonly unknown[];
    if (member !== 'PropertiesChanged') {
      jobs.push(`${member} ${third}${result === undefined ? '' : ` ${result}`}`);
      const known = states.get(busLabel(String(third)))?.at(-1);
      if (member === 'JobRemoved') ends.push(`${third} ${known}`);
      return;
    }
    if (first !== 'org.freedesktop.systemd1.Unit') return;
    const dict = new Map(
      (second as [string, [unknown, [unknown]]][]).map(([key, variant]) => [key, variant[1][0]]),
    );
    const unit = path.slice(path.lastIndexOf('/') + 1);
    const seen = states.get(unit) ?? [];
    const state = `${dict.get('ActiveState')}/${dict.get('SubState')}`;
    if (seen.at(-1) !== state) seen.push(state);
    states.set(unit, seen);
  };
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const heard: Heard = { jobs, ends, states };
  await new Promise<void>((resolve, reject) => {
    const client = new BusClient({
      write: (bytes) => child.stdin.write(bytes),
      onLive: resolve,
      onSignal: hear,
    });
    child.stdout.on('data', (chunk: Buffer) => client.feed(chunk));
    child.on('close', (code) => reject(new Error(`the bridge ended with ${code}`)));
  });
  return { heard, ended, child };
};

test('tells of a stop as a real systemd does', async () => {
  const demo = await startTestDemo();
  const { heard } = await listen(demo, 'node02');
  const stopped = ssh(demo, ['node02', 'sudo -n systemctl stop iam.service']);
  await waitFor(() => expect(heard.states.get('iam_2eservice')).toEqual(['deactivating/stop-sigterm']));
  demo.advanceTo(demo.world.nowMs + 1000);
  await stopped;
  await waitFor(() =>
    expect(heard.states.get('iam_2eservice')).toEqual(['deactivating/stop-sigterm', 'inactive/dead']),
  );
  expect(heard.jobs).toContain('JobNew iam.service');
  await waitFor(() => expect(heard.jobs).toContain('JobRemoved iam.service done'));
  // What became of the unit first: who hears the end alone would hold it for one that nothing starts any more.
  expect(heard.ends).toContain('iam.service inactive/dead');
  // Only what changed is sent.
  expect(heard.states.has('chainfire_2eservice')).toBe(false);
});

test('tells which jobs ended because another one failed', async () => {
  const demo = await startTestDemo();
  const { world } = demo;
  const { heard } = await listen(demo, 'node03');
  world.inject({
    ...{ kind: 'exits', node: 'node03', unit: 'chainfire.service', code: 3, line: 'store broken' },
    ...{ afterMs: 100, kills: false, heals: { by: 'reset-failed' } },
  });
  world.request('node03', 'restart', 'chainfire.service');
  demo.advanceTo(world.nowMs + 5000);
  demo.advanceTo(world.nowMs + 10_000);
  await waitFor(() => expect(heard.jobs).toContain('JobRemoved flaredb.service dependency'));
  expect(heard.jobs).toContain('JobRemoved chainfire.service failed');
});

test('ends when its node boots anew, and when the client leaves', async () => {
  const demo = await startTestDemo();
  const { ended, child } = await listen(demo, 'node01');
  child.stdin.end();
  expect(await ended).toBe(0);
  const second = await listen(demo, 'node01');
  demo.world.inject({ kind: 'vanish', node: 'node01' });
  demo.world.clearFaults();
  demo.advanceTo(demo.world.nowMs + 60_000);
  await second.ended;
});

test('throws out what speaks no D-Bus, and refuses what it does not know', async () => {
  const demo = await startTestDemo();
  const login = '\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n';
  expect(
    await ssh(demo, ['node01', 'systemd-stdio-bridge'], `${login}GET / HTTP/1.1\r\n\r\nHost: node01\r\n`),
  ).toMatchObject({
    code: 1,
    out: expect.stringMatching(/^DATA\r\nOK [0-9a-f]{32}\r\n$/),
  });
  expect(await ssh(demo, ['node01', 'systemd-stdio-bridge'], '\0AUTH KERBEROS\r\n')).toMatchObject({
    code: 0,
    out: 'ERROR\r\n',
  });
});
