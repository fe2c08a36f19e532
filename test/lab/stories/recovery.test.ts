/** Services that went down, brought back from the keyboard. */
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { askRestart, selectInstance } from '../../e2e/select.ts';
import { allActiveOn, asked, calm, desk, healthy, lab, onHost, plain, shown, statusSays } from '../hosts.ts';

describe.skipIf(inject('whyNoLab') !== '')('brought back', () => {
  beforeEach(calm);

  it('chainfire that was killed, by a restart', async () => {
    const at = desk();
    const session = await at.open();
    await session.until(healthy, 30_000);
    // A daemon that ends in order at a SIGTERM is not started again by systemd, and takes nothing along.
    await lab('kill', 'node02', 'chainfire', 'TERM');
    await session.until(/chainfire.*down/i, 30_000);
    expect(await shown('node02', 'chainfire', 'ActiveState')).toBe('inactive');
    expect((await statusSays(at, /chainfire/i)).verdict).not.toBe('ok');

    await askRestart(session, 'chainfire', 'node02');
    session.press('y');
    await session.until(/● restart chainfire@node02[\s\S]*recovered/, 60_000);
    await session.until(healthy, 60_000);
    await allActiveOn('node02');
    expect(await statusSays(at, healthy)).toMatchObject({ verdict: 'ok', counts: { ok: 27 } });
    expect(at.audit()).toMatchObject([
      { phase: 'intent', verb: 'restart', target: 'chainfire@node02' },
      { phase: 'outcome', verb: 'restart', outcome: 'succeeded', exitCode: 0 },
    ]);
  });

  it('chainfire that was killed outright, by systemd itself', async () => {
    const at = desk();
    const session = await at.open();
    await session.until(healthy, 30_000);
    await lab('kill', 'node02', 'chainfire', 'KILL');
    const text = await session.until(/killed by SIGKILL/, 30_000);
    expect(text).not.toContain('lost its quorum');
    await session.until(healthy, 60_000);
    expect(await shown('node02', 'chainfire', 'NRestarts')).toBe('1');
    await selectInstance(session, 'chainfire', 'node02');
    session.press('enter');
    await session.until(/active \(running\) for .* · 1 restart/, 20_000);
    // A look may end before a slow host has told of its units.
    const instances = async () => (await statusSays(at, healthy)).instances;
    await expect.poll(instances, { timeout: 60_000, interval: 500 }).toContainEqual(
      expect.objectContaining({
        id: 'chainfire@node02',
        verdict: 'ok',
        unit: expect.objectContaining({ restarts: 1 }),
      }),
    );
    await allActiveOn('node02');
    expect(at.audit()).toEqual([]);
  });

  it('what a stop and a start left behind, by bringing up the node', async () => {
    const at = desk();
    const session = await at.open();
    await session.until(healthy, 30_000);
    await onHost('node02', 'systemctl', 'stop', 'chainfire');
    await onHost('node02', 'systemctl', 'start', 'chainfire');
    expect(await shown('node02', 'iam', 'ActiveState')).toBe('inactive');
    expect(await onHost('node02', 'systemctl', '--failed', '--no-legend')).toBe('');
    expect(
      (await statusSays(at, /5 units on node02 were left behind after chainfire restarted/)).verdict,
    ).not.toBe('ok');
    session.press('2', 'j');
    await session.until(/❯node02/);
    await session.until(/u bring up/, 30_000);
    const dialog = plain(await asked(session, 'u', 'Bring up node02'));
    expect(dialog).toMatch(/starts flaredb, iam and 3 first-boot steps/);
    session.press('y');
    await session.until(/brought back flaredb, iam and 3 steps in \d+ s/, 40_000);
    await allActiveOn('node02');
    expect(await statusSays(at, healthy)).toMatchObject({ verdict: 'ok' });
    expect(at.audit()).toMatchObject([
      { phase: 'intent', verb: 'bring-up', target: 'node02' },
      { phase: 'outcome', verb: 'bring-up', outcome: 'succeeded', exitCode: 0 },
    ]);
  });

  it('a service that hit its start limit, by a start that forgets it first', async () => {
    const at = desk();
    const session = await at.open();
    await session.until(healthy, 30_000);
    await lab('fault', 'node02', 'fail', 'fiberlb', 'no config');
    await lab('kill', 'node02', 'fiberlb');
    // Systemd alone would take half a minute over it.
    await onHost('node02', 'sh', '-c', 'for try in 1 2 3 4 5 6; do systemctl start fiberlb; done');
    const state = () => shown('node02', 'fiberlb', 'ActiveState');
    await expect.poll(state, { timeout: 60_000, interval: 200 }).toBe('failed');
    expect((await statusSays(at, /fiberlb/i)).verdict).not.toBe('ok');
    await lab('clear', 'node02', 'fail', 'fiberlb');
    await selectInstance(session, 'fiberlb', 'node02');
    await session.until(/✖ (failed|down)/, 30_000);
    const dialog = plain(await asked(session, 's', 'Start fiberlb on node02'));
    expect(dialog).toMatch(/reset-failed -- fiberlb\.service/);
    session.press('y');
    await session.until(/● start fiberlb@node02[\s\S]*up in <?\d+ s/, 40_000);
    expect(await state()).toBe('active');
    expect(await statusSays(at, healthy)).toMatchObject({ verdict: 'ok' });
    expect(at.audit()).toMatchObject([
      { phase: 'intent', verb: 'start', target: 'fiberlb@node02' },
      { phase: 'outcome', verb: 'start', outcome: 'succeeded', exitCode: 0 },
    ]);
  });
});
