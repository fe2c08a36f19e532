/** The terminal in other hands: a pager, or the operator's shell while the console stands still. */
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { alternateEntries } from './balance.ts';
import { type DemoCluster, startQuickCluster } from './demo-cluster.ts';
import { launch, program, type Session } from './driver.ts';
import { childOf, isAlive, sshMastersOf } from './processes.ts';
import { askRestart } from './select.ts';

const HEALTHY = /All 9 services on 3 nodes are healthy/;

let cluster: DemoCluster;
beforeAll(async () => {
  cluster = await startQuickCluster('--speed', '20');
});
afterAll(() => cluster?.stop());

const sessions: Session[] = [];
afterEach(() => {
  for (const session of sessions.splice(0)) session.dispose();
});

describe('an action in the pager', () => {
  /** In the jobs view, with one action that has ended. */
  const open = async (env: Record<string, string>): Promise<Session> => {
    const session = launch({ args: ['--config', cluster.configFile], columns: 160, env });
    sessions.push(session);
    await session.until(HEALTHY);
    await askRestart(session, 'fiberlb', 'node02');
    session.press('y');
    await session.until((text) => !text.includes('Restart fiberlb on node02'));
    session.press('4');
    await session.until(/outcome +recovered/);
    return session;
  };
  const pagesOf = (pid: number): string[] =>
    readdirSync(tmpdir()).filter((name) => name.startsWith(`plasmatop-page-${pid}-`));
  const quit = async (session: Session): Promise<void> => {
    session.press('q');
    expect((await session.exited).code).toBe(0);
  };

  it('is less without being asked, with all lines; Ctrl-C there is its own, and the file is gone afterwards', async () => {
    const session = await open({ PAGER: '', LESS: '' });
    const masters = await sshMastersOf(session.pid);
    session.press('o');
    const text = await session.until(/fiberlb +listening on/);
    expect(text).toMatch(/^restart fiberlb@node02\n\nran +ssh .*node02 .*systemctl restart/m);
    expect(pagesOf(session.pid)).toHaveLength(1);
    const before = session.output().length;
    session.press('ctrl-c');
    // It answers with a bell or its prompt. A key that comes with the signal may go down with it.
    await session.until(() => session.output().length > before);
    // It is alive, and secure: what would start a shell is refused.
    session.press('!');
    await session.until(/Command not available/);
    expect(isAlive(session.pid)).toBe(true);
    session.press('\r', 'q');
    await session.until((now) => /^─ .*4 jobs/m.test(now) && now.includes('ACTION'));
    expect(pagesOf(session.pid)).toEqual([]);
    expect(await sshMastersOf(session.pid)).toEqual(masters);
    await quit(session);
    // less has switched to a screen of its own and back.
    expect(alternateEntries(session.output())).toBe(3);
  });

  it('is what PAGER says, words and pipes too; what was typed at it and not read is dropped', async () => {
    const session = await open({
      PAGER: 'echo "these words"; head -1 <"$1"; read line; echo "$line" >&2; :',
    });
    session.press('o');
    await session.until(/^these words\nrestart fiberlb@node02$/m);
    // The first line ends it; the rest would leave the console.
    session.press('go\rqq\u0003q');
    await session.until(/ACTION/);
    session.press('?');
    await session.until(/HELP/);
    session.press('q');
    await session.until(/ACTION/);
    await quit(session);
    expect(alternateEntries(session.output())).toBe(2);
  });

  it('that is not there is said', async () => {
    const session = await open({ PAGER: '/nowhere/pager' });
    session.press('o');
    await session.until(/no pager: .*\/nowhere\/pager.*set PAGER/);
    await quit(session);
  });

  it('ends with the console', async () => {
    const session = await open({ PAGER: 'less', LESS: '' });
    session.press('o');
    await session.until(/fiberlb +listening on/);
    session.kill('SIGTERM');
    expect((await session.exited).code).toBe(143);
    expect(session.alternate()).toBe(false);
    expect(pagesOf(session.pid)).toEqual([]);
  });
});

it('leaves the screen for a stop that it hears of, and comes back to it', async () => {
  const session = launch({
    args: [],
    command: ['bash', '--norc', '--noprofile', '-i'],
    env: { PS1: 'shell> ', PROGRAM: program, CONFIG: cluster.configFile, NODE: process.execPath },
  });
  sessions.push(session);
  await session.until(/shell>/);
  session.press('"$NODE" "$PROGRAM" --config "$CONFIG"\r');
  await session.until(HEALTHY);
  const pid = await childOf(session.pid);
  for (const round of [1, 2]) {
    process.kill(pid, 'SIGTSTP');
    await session.until(/Stopped/);
    expect(session.alternate()).toBe(false);
    expect(session.cursorShown()).toBe(true);
    // It echoes: the terminal is cooked, and nobody else reads.
    session.press(`echo over"written" ${round}\r`);
    await session.until(new RegExp(`^overwritten ${round}`, 'm'));
    session.press('fg\r');
    await session.until((text) => HEALTHY.test(text) && !text.includes('overwritten'));
    expect(session.screen()[0]).toMatch(/^ demo +3 nodes/);
    expect(session.alternate()).toBe(true);
  }
  session.press('q');
  await session.until((text) => text.trimEnd().endsWith('shell>'));
  expect(alternateEntries(session.output())).toBe(3);
});

it('stops for Ctrl-Z with all that the shell started, and fg brings the page back in the size of now', async () => {
  const session = launch({
    args: [],
    command: ['bash', '--norc', '--noprofile', '-i'],
    env: { PS1: 'shell> ', PROGRAM: program, CONFIG: cluster.configFile, NODE: process.execPath },
  });
  sessions.push(session);
  await session.until(/shell>/);
  session.press('cooked=$(stty -a)\r');
  // A script that starts it is no less in the way of the shell.
  session.press('sh -c \'"$0" "$@"; :\' "$NODE" "$PROGRAM" --config "$CONFIG"\r');
  await session.until(HEALTHY);
  session.press('?');
  await session.until(/HELP/);
  // What comes behind it was typed for the shell.
  session.press('\u001aqq');
  await session.until(/Stopped/);
  expect(session.alternate()).toBe(false);
  expect(session.cursorShown()).toBe(true);
  session.press('[ "$cooked" = "$(stty -a)" ] && echo same modes"" here\r');
  await session.until(/^same modes here/m);
  session.resize(100, 30);
  session.press('fg\r');
  await session.until((text) => /HELP/.test(text) && /^─ .*─{10}$/m.test(text));
  expect(session.screen().find((line) => line.startsWith('─ '))).toHaveLength(100);
  expect(session.alternate()).toBe(true);
  // A key at the first frame that is back counts.
  session.press('q');
  await session.until((text) => HEALTHY.test(text) && !/HELP/.test(text));
  session.press('q');
  await session.until((text) => text.trimEnd().endsWith('shell>'));
  expect(alternateEntries(session.output())).toBe(2);
});

it('goes on after a stop that nobody could continue', async () => {
  // Its own session and no shell above it: the system does not stop it.
  const session = launch({ args: ['--config', cluster.configFile] });
  sessions.push(session);
  await session.until(HEALTHY);
  session.kill('SIGTSTP');
  // It is away for a moment only: whoever looks at the screen may come too late.
  const AWAY_AND_BACK = /\u001b\[\?1049l[\s\S]*\u001b\[\?1049h/;
  await session.until(
    (text) => AWAY_AND_BACK.test(session.output()) && session.alternate() && HEALTHY.test(text),
  );
  session.press('ctrl-z');
  await session.until(/no shell is there that could continue the console/);
  expect(session.alternate()).toBe(true);
  session.press('?');
  await session.until(/HELP/);
  session.press('q', 'q');
  expect((await session.exited).code).toBe(0);
});
