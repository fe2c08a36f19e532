/** Actions whose end nobody saw, and what a console leaves on the hosts when it looks away. */
import { beforeEach, describe, expect, inject, it } from 'vitest';
import type { Session } from '../../e2e/driver.ts';
import { childOf, isAlive } from '../../e2e/processes.ts';
import { askRestart, selectInstance } from '../../e2e/select.ts';
import { calm, desk, healthy, lab, nodes, onHost, shown, statusSays } from '../hosts.ts';

/** On the page of the jobs: a line at the foot of another page says the same. */
const onJobs = (words: RegExp): RegExp => new RegExp(`ACTION .*SENT +TOOK[\\s\\S]*(?:${words.source})`);

/** Sends a restart that systemd on the host is still at when this returns: the daemon does not become ready. */
const restartThatHangs = async (session: Session): Promise<void> => {
  await lab('fault', 'node02', 'hang', 'novanet');
  await askRestart(session, 'novanet', 'node02');
  session.press('y');
  const state = () => shown('node02', 'novanet', 'ActiveState');
  await expect.poll(state, { interval: 100 }).toBe('activating');
};

describe.skipIf(inject('whyNoLab') !== '')('an action', () => {
  beforeEach(calm);

  it('whose link is cut under it is told by what is found when the link is back', async () => {
    const at = desk();
    const session = await at.open();
    await session.until(healthy, 30_000);
    await restartThatHangs(session);
    session.press('4');
    await session.until(onJobs(/restart novanet@node02/));
    await lab('cut', 'node02', 'drop');
    await session.until(onJobs(/lost contact/), 60_000);
    await lab('clear', 'node02', 'hang', 'novanet');
    await lab('heal', 'node02');
    const text = await session.until(onJobs(/recovered in|no sign since/), 90_000);
    expect(text).toContain('ssh was lost meanwhile');
    await session.until(healthy, 60_000);
    const run = await shown('node02', 'novanet', 'InvocationID');
    await expect.poll(() => at.audit().length).toBe(2);
    expect(at.audit()).toMatchObject([
      { phase: 'intent', verb: 'restart', target: 'novanet@node02' },
      { phase: 'outcome', outcome: 'succeeded', runs: { 'novanet.service': run } },
    ]);
    expect(await statusSays(at, healthy)).toMatchObject({ verdict: 'ok' });
  });

  it('whose console is killed under it is looked up by the next one', async () => {
    const at = desk();
    const first = await at.openUnderShell();
    await first.until(healthy, 30_000);
    const before = await shown('node02', 'novanet', 'InvocationID');
    await restartThatHangs(first);
    const pid = await childOf(first.pid);
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => isAlive(pid)).toBe(false);
    expect(at.audit()).toMatchObject([
      { phase: 'intent', target: 'novanet@node02', before: { 'novanet.service': before } },
    ]);

    const session = await at.open();
    session.press('4');
    await session.until(onJobs(/restart novanet@node02/), 30_000);
    await lab('clear', 'node02', 'hang', 'novanet');
    await session.until(onJobs(/found: restarted .* after the command, active since, healthy/), 60_000);
    const run = await shown('node02', 'novanet', 'InvocationID');
    expect(run).not.toBe(before);
    await expect.poll(() => at.audit().length).toBe(2);
    expect(at.audit()[1]).toMatchObject({
      phase: 'outcome',
      id: at.audit()[0]?.id,
      outcome: 'succeeded',
      resolved: true,
      runs: { 'novanet.service': run },
    });
    expect(await statusSays(at, healthy)).toMatchObject({ verdict: 'ok' });
  });
});

describe.skipIf(inject('whyNoLab') !== '')('a console', () => {
  beforeEach(calm);

  it('leaves no process on the hosts: not of a log that was looked at, nor of its sessions', async () => {
    const at = desk();
    const session = await at.open();
    await session.until(healthy, 30_000);
    const readers = async (): Promise<number> =>
      (await onHost('node02', 'pgrep', '-u', 'ops', '-x', 'journalctl')).split('\n').filter(Boolean).length;
    const sessions = () => Promise.all(nodes.map((node) => onHost(node, 'pgrep', '-u', 'ops', '-a')));
    await expect.poll(readers).toBe(1);
    await selectInstance(session, 'fiberlb', 'node02');
    session.press('L');
    await session.until(/fiberlb: listening/, 20_000);
    await expect.poll(readers).toBe(2);
    session.press('esc');
    await expect.poll(readers).toBe(1);
    session.press('q');
    expect((await session.exited).code).toBe(0);
    await expect.poll(sessions).toEqual(nodes.map(() => ''));
    expect(await statusSays(at, healthy)).toMatchObject({ verdict: 'ok' });
    await expect.poll(sessions).toEqual(nodes.map(() => ''));
    expect(at.audit()).toEqual([]);
  });
});
