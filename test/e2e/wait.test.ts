/** `plasmatop wait` by the built program, with real ssh against the embedded cluster. */
import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../helpers/wait-for.ts';
import { type DemoCluster, runProgram, startDemoCluster } from './demo-cluster.ts';
import { program } from './driver.ts';
import { socketDirectoriesOf, sshClientsOf } from './processes.ts';
import { variantOf, wireTo } from './variant.ts';

const inScenario = async (
  args: readonly string[],
  look: (cluster: DemoCluster) => Promise<void>,
): Promise<void> => {
  const cluster = await startDemoCluster(...args);
  try {
    await look(cluster);
  } finally {
    await cluster.stop();
  }
};

type Line = Readonly<Record<string, unknown>>;
const parsed = (stdout: string): Line[] => stdout.split('\n').map((line) => JSON.parse(line) as Line);

/** In their order. Without iam: it is up when it answers, and no step waits for that to be seen. */
const CHAIN = [
  'chainfire',
  'chainfire-cluster-join',
  'flaredb',
  'flaredb-cluster-join',
  'iam-initial-setup',
  'cluster-health-check',
  'ready',
];

type Running = {
  readonly pid: number;
  readonly said: () => string;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  readonly kill: (signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL') => void;
  /** Reads no more, as `head` does. */
  readonly hangUp: () => void;
};

/** `plasmatop wait` under way. */
const start = (...args: readonly string[]): Running => {
  const child = spawn(process.execPath, [program, 'wait', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  return {
    pid: child.pid ?? 0,
    said: () => said,
    ended: new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal }))),
    kill: (signal) => child.kill(signal),
    hangUp: () => child.stdout.destroy(),
  };
};

describe('a first boot', () => {
  it('is told line by line in the documented order, until it is ready', () =>
    inScenario(['--scenario', 'first-boot', '--speed', '4'], async (cluster) => {
      const end = await cluster.run('wait', '--for', 'ready', '--timeout', '2m');
      expect(end).toMatchObject({ exitCode: 0, stderr: '' });
      const lines = end.stdout.split('\n');
      expect(lines.at(-1)).toMatch(/^ready after 0:\d\d: 3 nodes, slowest \S+ on node0\d 0:\d\d$/);
      for (const line of lines.slice(0, -1)) {
        expect(line).toMatch(
          /^\d\d:\d\d:\d\d {2}(?:node0\d|- {5}) {2}\S+(?: quorum)? +(?:seen|unseen|starting|done|late|forming|held)(?: |$)/,
        );
      }
      for (const node of ['node01', 'node02', 'node03']) {
        const done = lines.flatMap(
          (line) => new RegExp(`^\\S+ +${node} +(\\S+) +done`).exec(line)?.[1] ?? [],
        );
        expect(done.filter((name) => CHAIN.includes(name))).toEqual(CHAIN);
        expect(done).toContain('iam');
      }
      expect(end.stdout).toMatch(
        / - +chainfire quorum +held +\d of 3 votes, leader (?:node0\d|not seen yet)/,
      );

      // Now that it is, it holds at once, in the other words, too.
      const again = await cluster.run('wait', '--for', 'flaredb-cluster-join', '--json');
      expect(again.exitCode).toBe(0);
      expect(parsed(again.stdout).at(-1)).toMatchObject({
        v: 1,
        kind: 'end',
        for: 'flaredb-cluster-join',
        outcome: 'holds',
      });
    }));

  it('that takes too long ends with what is missing and what holds it', () =>
    inScenario(['--scenario', 'first-boot'], async (cluster) => {
      const end = await cluster.run('wait', '--for', 'k8shost@node02', '--timeout', '5s');
      expect(end.exitCode).toBe(1);
      expect(end.stdout.split('\n').at(-1)).toMatch(
        /^timeout after 0:05: missing k8shost on node02 \(\S.*\), held by chainfire on node02 \(starting 0:0\d of 0:10\)$/,
      );
      const json = await cluster.run('wait', '--timeout', '3s', '--json');
      expect(json.exitCode).toBe(1);
      expect(parsed(json.stdout).at(-1)).toMatchObject({
        v: 1,
        kind: 'end',
        for: 'ready',
        outcome: 'timeout',
        missing: expect.arrayContaining([
          expect.objectContaining({ what: 'unit', node: 'node01', name: 'ready', state: 'waiting' }),
        ]) as unknown,
        heldBy: { name: 'chainfire' },
      });
    }));

  it('whose join step fails for good ends at once, with what mends it; and then it can be waited for again', () =>
    inScenario(['--scenario', 'join-failure', '--speed', '10'], async (cluster) => {
      const end = await cluster.run('wait', '--timeout', '2m');
      expect(end.exitCode).toBe(2);
      const lines = end.stdout.split('\n');
      // As long as systemd tries again it is failing, not failed.
      const failing = lines.findIndex((line) => /node03 +flaredb-cluster-join +failing +exit 1/.test(line));
      const failed = lines.findIndex((line) =>
        /node03 +flaredb-cluster-join +failed +exit 1, \d restarts/.test(line),
      );
      expect(failing).toBeGreaterThan(-1);
      expect(failed).toBeGreaterThan(failing);
      const last = lines.at(-1) ?? '';
      expect(last).toMatch(
        /^failed after \d:\d\d: flaredb-cluster-join on node03, exit 1, \d restarts: ssh .* node03 -- '/,
      );
      const remedy = /-- '(.*)'$/.exec(last)?.[1] ?? '';
      expect(remedy).toContain('systemctl restart flaredb-cluster-join.service');
      expect((await cluster.ssh('node03', remedy)).exitCode).toBe(0);
      expect(await cluster.run('wait', '--for', 'flaredb-cluster-join@node03')).toMatchObject({
        exitCode: 0,
      });
    }));
});

describe('a healthy cluster', () => {
  let cluster: DemoCluster;
  beforeAll(async () => {
    cluster = await startDemoCluster();
  });
  afterAll(() => cluster.stop());

  it.each([
    ['ready', /^ready after 0:0\d: 3 nodes$/m],
    ['healthy', /^healthy after 0:0\d: 3 nodes$/m],
    ['chainfire', /^chainfire after 0:0\d: ok on 3 nodes$/m],
    ['iam@node02', /^iam@node02 after 0:0\d: ok on 1 node$/m],
    ['iam-initial-setup', /^iam-initial-setup after 0:0\d: done on 3 nodes$/m],
  ])('holds at once for %s', async (what, said) => {
    const end = await cluster.run('wait', '--for', what, '--timeout', '25s');
    expect(end).toMatchObject({ exitCode: 0, stderr: '' });
    expect(end.stdout).toMatch(said);
  });

  it('holds in one look', async () => {
    expect(await cluster.run('wait', '--timeout', '0')).toMatchObject({ exitCode: 0 });
  });

  it('without ssh can be healthy, but nobody can tell whether it is ready', async () => {
    const variant = variantOf(cluster, {
      config: (text) => text.replace('ssh: {', 'ssh: { enabled: false,'),
    });
    try {
      const run = (what: string) => runProgram(['wait', '--for', what, '--config', variant.configFile]);
      expect(await run('healthy')).toMatchObject({ exitCode: 0 });
      expect(await run('ready')).toMatchObject({
        exitCode: 78,
        stdout: '',
        stderr: expect.stringMatching(
          /^plasmatop: ready is told by systemd, and ssh is off.*\n {2}.*healthy/,
        ) as unknown,
      });
    } finally {
      variant.remove();
    }
  });

  it('is ready on the nodes that have ssh, and says which has none', async () => {
    const variant = variantOf(cluster, { config: (text) => text.replace('ssh: node03', 'ssh: false') });
    try {
      expect(await runProgram(['wait', '--config', variant.configFile])).toMatchObject({
        exitCode: 0,
        stdout: expect.stringMatching(/^ready after 0:0\d: 2 nodes$/m) as unknown,
        stderr: 'plasmatop: not waited for, without ssh: node03',
      });
    } finally {
      variant.remove();
    }
  });

  it('is waited for over a cut', async () => {
    const wire = await wireTo(cluster, 'node03');
    const variant = variantOf(cluster, { ssh: wire.edit });
    wire.cut();
    const child = start('--for', 'ready', '--timeout', '60s', '--config', variant.configFile);
    try {
      await waitFor(() => expect(child.said()).toMatch(/node03 +node +unseen +\S/));
      wire.cut('node03');
      expect(await child.ended).toEqual({ code: 0, signal: null });
      expect(child.said()).toMatch(/node03 +node +seen +15 of 15 done\n(?:.*\n)*ready after/);
    } finally {
      child.kill('SIGKILL');
      variant.remove();
      await wire.close();
    }
  });

  it('refuses words that mean nothing, and names the nearest', async () => {
    expect(await cluster.run('wait', '--for', 'chainfir')).toMatchObject({
      exitCode: 64,
      stdout: '',
      stderr: 'plasmatop: no service or step is called "chainfir"\n  did you mean chainfire?',
    });
    expect(await cluster.run('wait', '--timeout', 'soon')).toMatchObject({
      exitCode: 64,
      stderr: expect.stringContaining('90s, 10m, 1h30m') as unknown,
    });
  });
});

describe('leaving', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('at %s says what is missing, and leaves nothing behind', (signal, code) =>
    inScenario(['--scenario', 'first-boot'], async (cluster) => {
      const child = start('--config', cluster.configFile);
      await waitFor(() => expect(child.said()).toMatch(/chainfire +starting/));
      child.kill(signal);
      expect(await child.ended).toEqual({ code, signal: null });
      expect(child.said()).toMatch(/\nstopped after 0:\d\d: missing .*\n$/);
      expect(await sshClientsOf(child.pid)).toEqual([]);
      expect(socketDirectoriesOf(child.pid)).toEqual([]);
    }),
  );

  it('of the reader is no yes', () =>
    inScenario(['--scenario', 'first-boot', '--speed', '4'], async (cluster) => {
      const child = start('--config', cluster.configFile);
      await waitFor(() => expect(child.said()).toMatch(/starting/));
      child.hangUp();
      expect(await child.ended).toEqual({ code: 141, signal: null });
      expect(await sshClientsOf(child.pid)).toEqual([]);
    }));
});
