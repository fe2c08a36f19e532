/** Actions from the command line by the built program, with real ssh against the embedded cluster. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { waitFor } from '../helpers/wait-for.ts';
import { type DemoCluster, runProgram, startQuickCluster } from './demo-cluster.ts';
import { launch, program, type Session } from './driver.ts';
import { journalOf } from './journal.ts';
import { sshClientsOf } from './processes.ts';
import { patient, variantOf, wireTo } from './variant.ts';

type Line = Readonly<Record<string, unknown>>;
const parsed = (stdout: string): Line[] => stdout.split('\n').map((line) => JSON.parse(line) as Line);

/** The run of a unit, as the node itself tells the plain ssh client. */
const runOf = async (cluster: DemoCluster, node: string, unit: string): Promise<string> =>
  (await cluster.ssh(node, `systemctl show -P InvocationID -- ${unit}.service`)).output.trim();

const auditIn = (file: string): Line[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

/** The program under way, without a terminal. */
const start = (...args: readonly string[]) => {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  return {
    pid: child.pid ?? 0,
    said: () => said,
    ended: new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code))),
    kill: (signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL') => child.kill(signal),
  };
};

describe('an action from the command line', () => {
  let cluster: DemoCluster;
  let session: Session | undefined;
  beforeAll(async () => {
    cluster = await startQuickCluster('--speed', '20');
  });
  afterAll(() => cluster.stop());
  afterEach(() => session?.dispose());

  it('with --dry-run shows what would run, and leaves the node and the audit alone', async () => {
    const before = await runOf(cluster, 'node02', 'chainfire');
    const audited = (await cluster.audit()).length;
    const quorum = /^ {2}quorum +chainfire now 3\/3 · during 2\/3 holds/m;
    // A machine with much else to do may be late for a voter's answer: then it is asked again.
    const { exitCode, stdout } = await waitFor(async () => {
      const end = await cluster.run('restart', 'chainfire@node02', '--dry-run', '--yes');
      expect(end.stdout).toMatch(quorum);
      return end;
    }, 150_000);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Restart chainfire on node02\n/);
    expect(stdout).toMatch(
      /^ {2}runs +ssh -F \S+ node02 -- sudo -n systemctl restart -- chainfire\.service$/m,
    );
    expect(stdout).toMatch(/^ {2}takes along +flaredb, .*iam/m);
    expect(stdout).toMatch(/^could-run: restart chainfire@node02: .*nothing was sent$/m);
    expect(await runOf(cluster, 'node02', 'chainfire')).toBe(before);
    expect(await cluster.audit()).toHaveLength(audited);
  }, 200_000);

  it('runs at a yes, is watched until it is healthy, and is in the audit', async () => {
    const before = await runOf(cluster, 'node02', 'fiberlb');
    const audited = (await cluster.audit()).length;
    const { exitCode, stdout, stderr } = await cluster.run('restart', 'fiberlb', '--node', 'node02', '--yes');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d {2}fiberlb@node02 {2}running +sudo -n systemctl restart/m);
    expect(stdout).toMatch(/\nsucceeded after 0:\d\d: restart fiberlb@node02: recovered in .*healthy/);
    expect(await runOf(cluster, 'node02', 'fiberlb')).not.toBe(before);
    expect((await cluster.audit()).slice(audited)).toMatchObject([
      { phase: 'intent', verb: 'restart', target: 'fiberlb@node02' },
      { phase: 'outcome', verb: 'restart', target: 'fiberlb@node02', outcome: 'succeeded' },
    ]);
  });

  it('tells programs all of it, an object per line', async () => {
    const { exitCode, stdout } = await cluster.run('restart', 'novanet.service@node01', '--yes', '--json');
    expect(exitCode).toBe(0);
    const lines = parsed(stdout);
    expect(lines.every(({ v, verb }) => v === 1 && verb === 'restart')).toBe(true);
    expect(lines[0]).toMatchObject({
      kind: 'plan',
      target: 'novanet@node01',
      commands: [['sudo', '-n', 'systemctl', 'restart', '--', 'novanet.service']],
      refusals: [],
    });
    expect(lines.slice(1, -1).every(({ kind }) => kind === 'change')).toBe(true);
    expect(lines.at(-1)).toMatchObject({
      kind: 'end',
      about: 'novanet@node01',
      outcome: 'succeeded',
      exitCode: 0,
      jobs: [{ target: 'novanet@node01', outcome: 'succeeded' }],
    });
  });

  it.each([
    ['without a terminal or --yes', []],
    ['of which --confirm names another', ['--confirm', 'fiberlb']],
  ])('%s does not run', async (_how, flags) => {
    const before = await runOf(cluster, 'node02', 'novanet');
    const audited = (await cluster.audit()).length;
    const { exitCode, stdout, stderr } = await cluster.run('restart', 'novanet@node02', ...flags);
    expect(exitCode).toBe(77);
    expect(stderr).toMatch(/Nothing was sent/);
    expect(stdout).toMatch(/\nunconfirmed: restart novanet@node02: .*nothing was sent$/);
    expect(await runOf(cluster, 'node02', 'novanet')).toBe(before);
    expect(await cluster.audit()).toHaveLength(audited);
  });

  it('that the guard refuses does not run, whoever says yes', async () => {
    const { exitCode, stdout } = await cluster.run('bring-up', 'node02', '--yes');
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/^ {2}refused +nothing is down on node02$/m);
    expect(stdout).toMatch(/\nrefused: bring-up node02: nothing is down on node02; nothing was sent$/);
    expect(await cluster.run('bring-up', 'node02', '--dry-run')).toMatchObject({ exitCode: 2 });
  });

  it.each([
    [['restart'], /restart needs a target/],
    [['restart', 'chainfir@node02'], /no service or step is called "chainfir"\n {2}did you mean chainfire\?/],
    [['restart', 'chainfire@node2'], /no node is called "node2"\n {2}did you mean node0\d\?/],
    [['rerun', 'node02'], /not for a whole node/],
    [['restart', 'iam-initial-setup@node02'], /plasmatop rerun iam-initial-setup@node02/],
    [['bring-up', 'chainfire@node02'], /not for a service/],
    [['restart', 'chainfire@node02', '--timeout', 'soon'], /--timeout is not a time/],
  ])('is refused when typed wrong: %j', async (words, said) => {
    const end = await cluster.run(...words, '--yes');
    expect(end).toMatchObject({ exitCode: 64, stdout: '' });
    expect(end.stderr).toMatch(said);
  });

  it('needs ssh', async () => {
    const variant = variantOf(cluster, {
      config: (text) => text.replace('ssh: {', 'ssh: { enabled: false,'),
    });
    try {
      const end = await runProgram(['restart', 'iam@node02', '--yes', '--config', variant.configFile]);
      expect(end).toMatchObject({ exitCode: 78, stdout: '' });
      expect(end.stderr).toMatch(/ssh is off/);
    } finally {
      variant.remove();
    }
  });

  describe('on a terminal', () => {
    const askOf = ({ configFile }: DemoCluster, ...words: string[]): Session => {
      session = launch({ args: [...words, '--config', configFile], columns: 100, rows: 40 });
      return session;
    };
    const ask = (...words: string[]): Session => askOf(cluster, ...words);

    it.each([
      ['an empty line', 'enter'],
      ['n', 'n'],
      ['the end of the input', '\u0004'],
    ])('takes %s for no', async (_name, key) => {
      const before = await runOf(cluster, 'node03', 'fiberlb');
      const screen = ask('restart', 'fiberlb@node03');
      await screen.until(/Go on\? \[y\/N\]/);
      screen.press(key);
      if (key === 'n') screen.press('enter');
      expect((await screen.exited).code).toBe(77);
      expect(screen.text()).toMatch(/unconfirmed: .*nothing was sent/);
      expect(await runOf(cluster, 'node03', 'fiberlb')).toBe(before);
    });

    it('takes y for yes', async () => {
      const screen = ask('restart', 'fiberlb@node03');
      await screen.until(/Go on\? \[y\/N\]/);
      screen.press('y', 'enter');
      await screen.until(/succeeded after/);
      expect((await screen.exited).code).toBe(0);
    });

    it('leaves at Ctrl-C with nothing sent', async () => {
      const before = await runOf(cluster, 'node03', 'fiberlb');
      const screen = ask('restart', 'fiberlb@node03');
      await screen.until(/Go on\? \[y\/N\]/);
      screen.press('ctrl-c');
      expect((await screen.exited).code).toBe(130);
      expect(screen.text()).toMatch(/nothing was sent/);
      expect(await runOf(cluster, 'node03', 'fiberlb')).toBe(before);
    });

    it('stops watching at Ctrl-C, says that what was sent goes on, and writes that down', async () => {
      // No faster than time: it is to run for as long as Ctrl-C may take.
      const slow = await startQuickCluster();
      onTestFinished(() => slow.stop());
      const journal = await journalOf(slow, 'node01');
      const screen = askOf(slow, 'restart', 'plasmavmc@node01', '--yes');
      await screen.until(/plasmavmc@node01 +running/);
      await journal.says(/Starting plasmavmc/);
      screen.press('ctrl-c');
      expect((await screen.exited).code).toBe(130);
      expect(screen.text()).toMatch(/cancelled after 0:\d\d: .*no longer watched; what was sent goes on/);
      expect((await slow.audit()).at(-1)).toMatchObject({ phase: 'outcome', outcome: 'cancelled' });
    });
  });
});

describe('leaving while it runs', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('at %s stops the watching, not the action', async (signal, code) => {
    const cluster = await startQuickCluster();
    try {
      const before = await runOf(cluster, 'node02', 'plasmavmc');
      const journal = await journalOf(cluster, 'node02');
      const child = start('restart', 'plasmavmc@node02', '--yes', '--config', cluster.configFile);
      await waitFor(() => expect(child.said()).toMatch(/plasmavmc@node02 +running/));
      await journal.says(/Stopping plasmavmc/);
      child.kill(signal);
      expect(await child.ended).toBe(code);
      expect(child.said()).toMatch(/\ncancelled after 0:\d\d: .*what was sent goes on under systemd\n$/);
      expect(await sshClientsOf(child.pid)).toEqual([]);
      expect(await cluster.audit()).toMatchObject([
        { phase: 'intent' },
        { phase: 'outcome', outcome: 'cancelled' },
      ]);
      await waitFor(async () => expect(await runOf(cluster, 'node02', 'plasmavmc')).not.toBe(before));
    } finally {
      await cluster.stop();
    }
  });

  it('after --timeout says that nobody knows', async () => {
    const cluster = await startQuickCluster();
    const wire = await wireTo(cluster, 'node02');
    const variant = variantOf(cluster, { config: patient, ssh: wire.edit });
    const child = start(
      ...['restart', 'plasmavmc@node02', '--yes', '--timeout', '2s', '--config', variant.configFile],
    );
    try {
      await waitFor(() => expect(child.said()).toMatch(/plasmavmc@node02 +running/));
      wire.cut();
      expect(await child.ended).toBe(3);
      expect(child.said()).toMatch(/\ncancelled after 0:0\d: .*no longer watched/);
      expect(auditIn(variant.auditFile)).toMatchObject([{ phase: 'intent' }, { outcome: 'cancelled' }]);
    } finally {
      child.kill('SIGKILL');
      variant.remove();
      await wire.close();
      await cluster.stop();
    }
  });
});

describe('what breaks a quorum', () => {
  let cluster: DemoCluster;
  beforeAll(async () => {
    cluster = await startQuickCluster('--speed', '20');
    await cluster.ssh('node03', 'sudo systemctl stop chainfire');
  });
  afterAll(() => cluster.stop());

  it('is not answered by --yes, only by its name', async () => {
    const before = await runOf(cluster, 'node02', 'chainfire');
    const yes = await cluster.run('restart', 'chainfire@node02', '--yes');
    expect(yes.exitCode).toBe(77);
    expect(yes.stdout).toMatch(/during 1\/3 BELOW 2/);
    expect(yes.stderr).toMatch(/--yes is not enough for this\n {2}Nothing was sent\. --confirm chainfire /);
    expect((await cluster.run('restart', 'chainfire@node02', '--confirm', 'iam')).exitCode).toBe(77);
    expect(await runOf(cluster, 'node02', 'chainfire')).toBe(before);
    expect(await cluster.audit()).toEqual([]);

    const named = await cluster.run('restart', 'chainfire@node02', '--confirm', 'chainfire');
    expect(named.stdout).toMatch(/\nsucceeded after/);
    expect(named.exitCode).toBe(0);
    expect(await runOf(cluster, 'node02', 'chainfire')).not.toBe(before);
  });

  it('wants the name typed on a terminal', async () => {
    const ask = (): Session =>
      launch({
        args: ['restart', 'chainfire@node01', '--yes', '--config', cluster.configFile],
        columns: 100,
        rows: 40,
      });
    const before = await runOf(cluster, 'node01', 'chainfire');
    const wrong = ask();
    await wrong.until(/This breaks the quorum\. Type chainfire to go on:/);
    wrong.press('y', 'enter');
    expect((await wrong.exited).code).toBe(77);
    wrong.dispose();
    expect(await runOf(cluster, 'node01', 'chainfire')).toBe(before);
    const right = ask();
    await right.until(/Type chainfire to go on:/);
    right.press('chainfire', 'enter');
    await right.until(/succeeded after/);
    expect((await right.exited).code).toBe(0);
    right.dispose();
  });
});

describe('a first-boot step', () => {
  it('that failed is run again', async () => {
    const cluster = await startQuickCluster('--scenario', 'join-failure', '--speed', '20');
    try {
      await waitFor(async () =>
        expect(
          (await cluster.ssh('node03', 'systemctl show -P Result flaredb-cluster-join.service')).output,
        ).toMatch(/exit-code|start-limit/),
      );
      await cluster.run('wait', '--for', 'flaredb-cluster-join@node03', '--timeout', '20s');
      const end = await cluster.run('rerun', 'flaredb-cluster-join@node03', '--yes');
      expect(end.stdout).toMatch(/ {2}then +ssh .*systemctl restart --no-block -- flaredb-cluster-join/);
      expect(end.stdout).toMatch(/\nsucceeded after 0:\d\d: .*done in .*exit 0/);
      expect(end.exitCode).toBe(0);
    } finally {
      await cluster.stop();
    }
  });
});

describe('a restart that comes to nothing', () => {
  it('is told as such', async () => {
    const cluster = await startQuickCluster();
    const journal = await journalOf(cluster, 'node02');
    const child = start('restart', 'plasmavmc@node02', '--yes', '--config', cluster.configFile);
    try {
      await journal.says(/Starting plasmavmc/);
      await cluster.ssh('node02', 'sudo systemctl stop plasmavmc');
      expect(await child.ended).toBe(1);
      expect(child.said()).toMatch(
        /\nfailed after 0:\d\d: restart plasmavmc@node02: exit 1: Job for plasmavmc/,
      );
    } finally {
      child.kill('SIGKILL');
      await cluster.stop();
    }
  });
});

describe('several targets', () => {
  it('want it said how', async () => {
    const cluster = await startQuickCluster('--speed', '20');
    try {
      const end = await cluster.run('restart', 'chainfire', '--yes');
      expect(end).toMatchObject({ exitCode: 64, stdout: '' });
      expect(end.stderr).toMatch(/3 targets: say how\n {2}--rolling does one after the other/);
      const dry = await cluster.run('restart', 'chainfire', '--all-at-once', '--yes');
      expect(dry.exitCode).toBe(77);
      expect(dry.stderr).toMatch(/--yes is not enough for this/);
      expect(await cluster.audit()).toEqual([]);
    } finally {
      await cluster.stop();
    }
  });

  it('go one after the other with --rolling, the leader last', async () => {
    const cluster = await startQuickCluster('--speed', '20');
    try {
      const nodes = ['node01', 'node02', 'node03'];
      const before = await Promise.all(nodes.map((node) => runOf(cluster, node, 'chainfire')));
      const dry = await cluster.run('restart', 'chainfire', '--rolling', '--dry-run');
      expect(dry.exitCode).toBe(0);
      expect(dry.stdout).toMatch(/1 node0\d follower {2}2 node0\d follower {2}3 node0\d leader, last/);
      const child = start(
        'restart',
        'chainfire',
        '--rolling',
        '--yes',
        '--json',
        '--config',
        cluster.configFile,
      );
      expect(await child.ended).toBe(0);
      const lines = parsed(child.said().trim());
      expect(lines.at(-1)).toMatchObject({
        kind: 'end',
        about: 'chainfire on 3 nodes',
        outcome: 'succeeded',
        jobs: [{ outcome: 'succeeded' }, { outcome: 'succeeded' }, { outcome: 'succeeded' }],
      });
      expect(lines[0]).toMatchObject({ kind: 'plan', gated: true, batch: 1, refusals: [] });
      const after = await Promise.all(nodes.map((node) => runOf(cluster, node, 'chainfire')));
      expect(after.every((run, index) => run !== before[index])).toBe(true);
      const outcomes = (await cluster.audit()).map(({ phase, outcome }) => [phase, outcome]);
      expect(outcomes.filter(([phase]) => phase === 'outcome')).toHaveLength(3);
      expect(outcomes[0]?.[0]).toBe('operation-begin');
      expect(outcomes.at(-1)).toEqual(['operation-end', 'done']);
    } finally {
      await cluster.stop();
    }
  });

  it('stop at the first that fails, and say what was not touched', async () => {
    const cluster = await startQuickCluster();
    const nodes = ['node01', 'node02', 'node03'];
    const journals = await Promise.all(nodes.map((node) => journalOf(cluster, node)));
    const child = start('restart', 'plasmavmc', '--rolling', '--yes', '--config', cluster.configFile);
    try {
      await waitFor(() => expect(child.said()).toMatch(/plasmavmc@node0\d +running/));
      const first = /plasmavmc@(node0\d) +running/.exec(child.said())?.[1] ?? '';
      await journals[nodes.indexOf(first)]?.says(/Starting plasmavmc/);
      await cluster.ssh(first, 'sudo systemctl stop plasmavmc');
      expect(await child.ended).toBe(1);
      expect(child.said()).toMatch(
        /\nincomplete after .*stopped: node0\d: exit 1.*none done; not touched node0\d/,
      );
      expect((await cluster.audit()).filter(({ phase }) => phase === 'intent')).toHaveLength(1);
    } finally {
      child.kill('SIGKILL');
      await cluster.stop();
    }
  });

  it('at SIGINT begin no more, and what was sent goes on', async () => {
    const cluster = await startQuickCluster();
    const child = start('restart', 'plasmavmc', '--rolling', '--yes', '--config', cluster.configFile);
    try {
      await waitFor(() => expect(child.said()).toMatch(/plasmavmc@node0\d +running/));
      child.kill('SIGINT');
      expect(await child.ended).toBe(130);
      expect(child.said()).toMatch(/\ncancelled after .*not touched node0\d/);
      expect(await cluster.audit()).toMatchObject([
        { phase: 'operation-begin' },
        { phase: 'intent' },
        { phase: 'outcome', outcome: 'cancelled' },
        { phase: 'operation-end', outcome: 'stopped' },
      ]);
    } finally {
      child.kill('SIGKILL');
      await cluster.stop();
    }
  });
});
