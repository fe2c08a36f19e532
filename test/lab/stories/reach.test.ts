/** What stands between the console and a host: the network, its key, its sudo. */
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { selectInstance } from '../../e2e/select.ts';
import { allActiveOn, calm, desk, healthy, lab, onHost, shown, statusSays } from '../hosts.ts';

describe.skipIf(inject('whyNoLab') !== '')('a host', () => {
  beforeEach(calm);

  it('that is cut off silently is unreachable, not down, and comes back by itself', async () => {
    const at = desk();
    const session = await at.open();
    await session.until(healthy, 30_000);
    await lab('cut', 'node03', 'drop');
    const text = await session.until(/node03 is unreachable/, 40_000);
    expect(text).not.toContain('lost its quorum');
    await allActiveOn('node03');
    expect(await statusSays(at, /node03 is unreachable/)).toMatchObject({
      verdict: 'degraded',
      counts: { down: 0, blocked: 0 },
    });
    await lab('heal', 'node03');
    await session.until(healthy, 60_000);
    expect(await statusSays(at, healthy)).toMatchObject({ counts: { ok: 27 } });
    expect(at.audit()).toEqual([]);
  });

  it('that refuses every connection is up: its services are down, and it is not called unreachable', async () => {
    const at = desk();
    const session = await at.open();
    await session.until(healthy, 30_000);
    await lab('refuse', 'node03');
    const text = await session.until(/services are down on node03: (stopped|refused)/, 40_000);
    expect(text).not.toMatch(/unreachable|lost its quorum/);
    expect(await shown('node03', 'ssh', 'ActiveState')).toBe('inactive');
    const told = await statusSays(at, /services are down on node03: refused/);
    expect(told).toMatchObject({ verdict: 'degraded', counts: { down: 7, blocked: 2, unknown: 0 } });
    expect(told.nodes).toContainEqual(
      expect.objectContaining({
        name: 'node03',
        reachable: true,
        link: expect.objectContaining({ failure: expect.objectContaining({ kind: 'refused' }) }),
      }),
    );
    session.press('2', 'j', 'j');
    await session.until(/❯node03 .* ssh fails/, 30_000);
    await session.until(/Connection refused\s+the host is up but its sshd does not answer/, 30_000);
    await onHost('node03', 'systemctl', 'start', 'ssh', 'multi-user.target');
    await session.until(healthy, 60_000);
    expect(await statusSays(at, healthy)).toMatchObject({ counts: { ok: 27 } });
    expect(at.audit()).toEqual([]);
  });

  it('that was reinstalled is not trusted until its new key is', async () => {
    const at = desk();
    const session = await at.open();
    await session.until(healthy, 30_000);
    const key = () => onHost('node03', 'cat', '/etc/ssh/ssh_host_ed25519_key.pub');
    const before = await key();
    await lab('rekey', 'node03');
    session.press('2', 'j', 'j');
    await session.until(
      /❯node03 .* ssh fails[\s\S]*key has changed|❯node03 .* ssh fails[\s\S]*host key/i,
      60_000,
    );
    await expect.poll(key).not.toBe(before);
    await allActiveOn('node03');
    expect(JSON.stringify(await at.status())).toContain('host-key-changed');
    await lab('trust');
    await session.until(/All 9[\s\S]*❯node03 .* ssh up/, 90_000);
    expect(JSON.stringify(await at.status())).not.toContain('host-key-changed');
    expect(at.audit()).toEqual([]);
  });

  it('whose sudo allows nothing is watched, and no action is offered', async () => {
    const at = desk({ as: 'viewer' });
    const session = await at.open();
    await session.until(healthy, 30_000);
    const before = await shown('node02', 'fiberlb', 'InvocationID');
    session.press('2');
    await session.until(/no sudo/, 30_000);
    session.press('1');
    await selectInstance(session, 'fiberlb', 'node02');
    session.press('r');
    await session.until(/sudo/);
    session.press('y');
    await session.until((text) => !text.includes('Go on?'));
    expect(at.audit()).toEqual([]);
    expect(await shown('node02', 'fiberlb', 'InvocationID')).toBe(before);
    expect(await statusSays(at, healthy)).toMatchObject({ verdict: 'ok' });
  });
});
