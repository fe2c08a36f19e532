/** Leaving the console in every hurry: nothing of it stays behind, and what goes on without it is said. */
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PROMPT_MS, waitFor } from '../helpers/wait-for.ts';
import { type DemoCluster, startDemoCluster } from './demo-cluster.ts';
import { launch, program, type Session } from './driver.ts';
import { childOf, isAlive, socketDirectoriesOf, sshClientsOf, sshMastersOf } from './processes.ts';
import { variantOf } from './variant.ts';

const HEALTHY = /All 9 services on 3 nodes are healthy/;
/** An exit that waits for a node takes as long as the node; one that does not is over long before this. */
const AT_ONCE_MS = 4000;

const sessions: Session[] = [];
afterEach(() => {
  for (const session of sessions.splice(0)) session.dispose();
});
const open = (configFile: string, ...args: string[]): Session => {
  const session = launch({ args: ['--config', configFile, ...args], columns: 100, rows: 30 });
  sessions.push(session);
  return session;
};

/** Resolves with the exit code; fails when it took long or left something behind. */
const expectPromptEnd = async (session: Session): Promise<number> => {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(`still running\n${session.text()}`)), AT_ONCE_MS).unref();
  });
  const { code } = await Promise.race([session.exited, late]);
  expect(await sshClientsOf(session.pid)).toEqual([]);
  expect(socketDirectoriesOf(session.pid)).toEqual([]);
  expect(session.alternate()).toBe(false);
  expect(session.cursorShown()).toBe(true);
  return code;
};

describe('while a node does not answer', () => {
  let cluster: DemoCluster;
  beforeAll(async () => {
    cluster = await startDemoCluster('--scenario', 'node-loss', '--speed', '20');
    await waitFor(async () => expect((await cluster.run('status')).stdout).toMatch(/unreachable/));
  });
  afterAll(() => cluster?.stop());

  it('q ends at once', async () => {
    const session = open(cluster.configFile);
    await session.until(/node02 is unreachable/);
    session.press('q');
    expect(await expectPromptEnd(session)).toBe(0);
  });

  it('a signal ends before the screen has opened', async () => {
    const session = open(cluster.configFile);
    await waitFor(async () => expect(await sshClientsOf(session.pid)).not.toEqual([]));
    expect(session.alternate()).toBe(false);
    session.kill('SIGTERM');
    expect(await expectPromptEnd(session)).toBe(143);
    expect(session.output()).not.toContain('\u001b[?1049h');
  });
});

describe('while an action runs', () => {
  let cluster: DemoCluster;
  beforeAll(async () => {
    // No faster than time: the action is to run for as long as it is left.
    cluster = await startDemoCluster();
  });
  afterAll(() => cluster?.stop());

  it('q stays, and Ctrl-C says what goes on without the console, and the audit has it', async () => {
    const variant = variantOf(cluster);
    try {
      const session = open(variant.configFile);
      await session.until(HEALTHY);
      session.press('/', 'k8shost', 'enter');
      await session.until(/filter k8shost/);
      session.press('g', 'right', 'down', 'down');
      await session.until(/❯ +node02/);
      session.press('r');
      await session.until(/Restart k8shost on node02/);
      session.press('y');
      await session.until((text) => !text.includes('Restart k8shost on node02'));
      session.press('4');
      await session.until(/restart k8shost@node02.*(?:runs on node02|not green)/s);
      session.press('q');
      await session.until(/restart k8shost@node02 still runs; Ctrl-C leaves/);
      session.press('ctrl-c');
      expect(await expectPromptEnd(session)).toBe(0);
      expect(session.text()).toMatch(/restart k8shost@node02: no longer watched; .*goes on under systemd/);
      const lines = readFileSync(variant.auditFile, 'utf8').trim().split('\n');
      expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
        { phase: 'intent', unit: 'k8shost.service' },
        { phase: 'outcome', outcome: 'cancelled' },
      ]);
    } finally {
      variant.remove();
    }
  });

  it('kill -9 leaves connections, and the next start ends them', async () => {
    // From a shell, as always: the end of the terminal's first process would end ours as well.
    const shell = launch({
      args: [],
      command: [
        'sh',
        '-c',
        '"$@"; read never',
        'sh',
        process.execPath,
        program,
        '--config',
        cluster.configFile,
      ],
    });
    sessions.push(shell);
    await shell.until(HEALTHY);
    const killed = await childOf(shell.pid);
    process.kill(killed, 'SIGKILL');
    await waitFor(() => expect(isAlive(killed)).toBe(false), PROMPT_MS);
    expect(await sshMastersOf(killed)).toHaveLength(3);
    expect(socketDirectoriesOf(killed)).toHaveLength(1);

    const other = open(cluster.configFile);
    await other.until(HEALTHY);
    const next = open(cluster.configFile);
    await next.until(HEALTHY);
    await waitFor(async () => expect(await sshClientsOf(killed)).toEqual([]), PROMPT_MS);
    await waitFor(() => expect(socketDirectoriesOf(killed)).toEqual([]), PROMPT_MS);
    // Those of a console that runs are none of its business.
    expect(await sshMastersOf(other.pid)).toHaveLength(3);
    expect(socketDirectoriesOf(other.pid)).toHaveLength(1);
  });
});

it('a demo that was killed is cleared away by the next one', async () => {
  const first = launch({ args: ['demo', '--headless'], columns: 200 });
  sessions.push(first);
  const directoryIn = (text: string): string | undefined =>
    /^config +(\S+)\/plasmatop\.yaml$/m.exec(text)?.[1];
  const directory = directoryIn(await first.until(/Serving/)) ?? '';
  expect(existsSync(directory)).toBe(true);
  first.kill('SIGKILL');
  await first.exited;
  expect(existsSync(directory)).toBe(true);
  const second = launch({ args: ['demo', '--headless'], columns: 200 });
  sessions.push(second);
  await second.until(/Serving/);
  expect(existsSync(directory)).toBe(false);
  second.press('ctrl-c');
  expect((await second.exited).code).toBe(130);
  expect(isAlive(second.pid)).toBe(false);
});

it('a closed standard input is no terminal: lines are written, and it ends when told to', async () => {
  const cluster = await startDemoCluster();
  try {
    const session = launch({
      args: [],
      command: ['sh', '-c', 'exec "$@" <&-', 'sh', process.execPath, program, '--config', cluster.configFile],
      columns: 120,
    });
    sessions.push(session);
    await session.until(/^[\d-]+ \d\d:\d\d:\d\d {2}ok {2}All 9 services/m);
    expect(session.alternate()).toBe(false);
    session.press('ctrl-c');
    expect((await session.exited).code).toBe(130);
  } finally {
    await cluster.stop();
  }
});
