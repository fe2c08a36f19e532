/** Signals, hang-ups and closed pipes: the console ends when it should, goes on when it should, and leaves nothing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROMPT_MS, waitFor } from '../helpers/wait-for.ts';
import { type DemoCluster, startDemoCluster } from './demo-cluster.ts';
import { launch, program, type Session } from './driver.ts';
import { childOf, isAlive, socketDirectoriesOf, sshClientsOf } from './processes.ts';

const HEALTHY = /All 9 services on 3 nodes are healthy/;

/** What is left of the console with this pid: nothing, or the test fails with it. */
const expectNothingLeft = async (pid: number): Promise<void> => {
  await waitFor(async () => expect(await sshClientsOf(pid)).toEqual([]), PROMPT_MS);
  expect(socketDirectoriesOf(pid)).toEqual([]);
};

describe('the life of a console', () => {
  let cluster: DemoCluster;
  beforeAll(async () => {
    cluster = await startDemoCluster('--speed', '5');
  });
  afterAll(() => cluster?.stop());

  const open = async (): Promise<Session> => {
    const session = launch({ args: ['--config', cluster.configFile] });
    await session.until(HEALTHY);
    return session;
  };

  it('goes on after a stop and a continue, and draws all of its screen again', async () => {
    // A shell with job control takes the terminal while the console stands still, and writes over its screen.
    const session = launch({
      args: [],
      command: ['bash', '--norc', '--noprofile', '-i'],
      env: { PS1: 'shell> ', PROGRAM: program, CONFIG: cluster.configFile, NODE: process.execPath },
    });
    try {
      await session.until(/shell>/);
      session.press('"$NODE" "$PROGRAM" --config "$CONFIG"\r');
      await session.until(HEALTHY);
      const pid = await childOf(session.pid);
      process.kill(pid, 'SIGSTOP');
      await session.until(/Stopped/);
      session.press('echo over"written"\r');
      await session.until(/^overwritten/m);
      session.press('fg\r');
      await session.until((text) => HEALTHY.test(text) && !text.includes('overwritten'));
      expect(session.alternate()).toBe(true);
      expect(session.cursorShown()).toBe(false);
      // Keys come one by one again, and unseen.
      session.press('?');
      await session.until(/HELP/);
      session.press('q');
      await session.until(/SERVICE/);
      session.press('q');
      await session.until((text) => text.trimEnd().endsWith('shell>'));
      expect(session.alternate()).toBe(false);
    } finally {
      session.dispose();
    }
  });

  it.each([
    ['and tells it by a signal', undefined],
    ['and no signal comes', ['sh', '-c', 'trap "" HUP; "$@"; :', 'sh'] as const],
  ])('ends when its terminal goes away %s', async (_how, shell) => {
    const session = launch({
      args: ['--config', cluster.configFile],
      ...(shell && { command: [...shell, process.execPath, program, '--config', cluster.configFile] }),
    });
    await session.until(HEALTHY);
    const pid = shell ? await childOf(session.pid) : session.pid;
    expect(await sshClientsOf(pid)).not.toEqual([]);
    session.hangUp();
    await waitFor(() => expect(isAlive(pid)).toBe(false), PROMPT_MS);
    await expectNothingLeft(pid);
    session.dispose();
  });

  it('leaves nothing when the reader of its lines goes away', async () => {
    const child = spawn(process.execPath, [program, '--config', cluster.configFile], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    await waitFor(async () => expect(await sshClientsOf(child.pid ?? 0)).not.toEqual([]));
    child.stdout.destroy();
    // Its next line is the one that nobody reads.
    await cluster.ssh('node03', 'sudo systemctl stop k8shost');
    expect(await ended).toEqual([0, null]);
    await cluster.ssh('node03', 'sudo systemctl start k8shost');
    await expectNothingLeft(child.pid ?? 0);
  });

  it.each(['status', 'status --json', 'explain', '--help'])(
    '%s whose reader goes away complains to nobody',
    async (words) => {
      const child = spawn(process.execPath, [program, ...words.split(' '), '--config', cluster.configFile], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const ended = once(child, 'exit');
      child.stdout.destroy();
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
      expect(await ended).toEqual([0, null]);
      expect(said).toBe('');
      await expectNothingLeft(child.pid ?? 0);
    },
  );

  it('takes two megabytes of pasted text for what it is', async () => {
    const session = await open();
    session.press('/');
    await session.until(/enter keep/);
    session.press(`\u001b[200~${'rm -rf / \r\n'.repeat(180_000)}\u001b[201~`);
    await session.until(/rm -rf/);
    session.press('esc');
    await session.until((text) => !text.includes('rm -rf') && HEALTHY.test(text));
    session.press('q');
    expect((await session.exited).code).toBe(0);
  });
});
