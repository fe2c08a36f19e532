/** Hosts that go in order, as for maintenance: the console stays, and finds them again by itself. */
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { selectInstance } from '../../e2e/select.ts';
import { allActiveOn, calm, desk, healthy, lab, onHost, shown, statusSays } from '../hosts.ts';

describe.skipIf(inject('whyNoLab') !== '')('a host in order', () => {
  beforeEach(calm);

  it('powered off is unreachable, and back when it has power again', async () => {
    const at = desk();
    const session = await at.open();
    await session.until(healthy, 30_000);
    await lab('off', 'node02');
    await session.until(/node02 is unreachable/, 40_000);
    expect(await lab('status')).toMatch(/node02 .* off /);
    expect(await statusSays(at, /node02 is unreachable/)).toMatchObject({ verdict: 'degraded' });
    session.press('2', 'j');
    await session.until(/❯node02 .* ssh fails/, 30_000);
    await lab('on', 'node02');
    await session.until(/❯node02 .* ssh up/, 60_000);
    await session.until(healthy, 60_000);
    await allActiveOn('node02');
    expect(await statusSays(at, healthy)).toMatchObject({ verdict: 'ok', counts: { ok: 27 } });
    expect(at.audit()).toEqual([]);
  });

  it('rebooted is seen to go, to start and to be back, with nothing of its life before', async () => {
    const at = desk();
    const session = await at.open();
    await session.until(healthy, 30_000);
    const bootOf = () => onHost('node02', 'cat', '/proc/sys/kernel/random/boot_id');
    const runOf = () => shown('node02', 'chainfire', 'InvocationID');
    const before = { boot: await bootOf(), run: await runOf() };
    let seen = '';
    await lab('reboot', 'node02');
    // On a busy machine a member may be missed by the others for a moment before anything goes.
    for (const sign of [/Cluster is starting|(?:is|are) starting on node02/, healthy])
      await session.until((text) => {
        seen += text;
        return sign.test(text);
      }, 90_000);
    expect(seen).not.toContain('lost its quorum');
    expect(await bootOf()).not.toBe(before.boot);
    await allActiveOn('node02');
    const run = await runOf();
    expect(run).not.toBe(before.run);
    session.press('2', 'j');
    await session.until(/❯node02 .* ssh up/, 30_000);
    const told = await statusSays(at, healthy);
    expect(told).toMatchObject({ verdict: 'ok', counts: { ok: 27 } });
    // A look may end before a slow host has told of its units.
    const instances = async () => JSON.stringify((await at.status()).instances);
    await expect.poll(instances, { timeout: 60_000, interval: 500 }).toContain(run);
    // What the console shows is of this life, too.
    session.press('1');
    await selectInstance(session, 'chainfire', 'node02');
    session.press('enter');
    const pid = await shown('node02', 'chainfire', 'MainPID');
    await session.until(new RegExp(`active \\(running\\) for .* · 0 restarts · pid ${pid}\\b`), 20_000);
    expect(at.audit()).toEqual([]);
  });
});
