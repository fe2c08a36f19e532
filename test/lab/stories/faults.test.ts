/** Services that answer, and not well: a name server that is deaf, a certificate that has ended, a link that is slow. */
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { allActiveOn, calm, desk, healthy, lab, onHost, shown, statusSays } from '../hosts.ts';

describe.skipIf(inject('whyNoLab') !== '')('a service', () => {
  beforeEach(calm);

  it('whose DNS is broken while its HTTPS works is degraded, by one of its two checks', async () => {
    const at = desk();
    const session = await at.open();
    await session.until(healthy, 30_000);
    await lab('fault', 'node02', 'deaf', 'flashdns');
    await session.until(/FlashDNS/, 30_000);
    const text = await session.until(/1 of 2 checks/, 30_000);
    expect(text).not.toMatch(/FlashDNS is down/);
    const told = await statusSays(at, /FlashDNS/);
    expect(told).toMatchObject({ verdict: 'degraded', counts: { degraded: 1, down: 0, ok: 26 } });
    expect(told.instances).toContainEqual(
      expect.objectContaining({
        id: 'flashdns@node02',
        verdict: 'degraded',
        reason: expect.stringMatching(/1 of 2 checks: dns.* timeout/),
      }),
    );
    // For systemd all is well.
    expect(await shown('node02', 'flashdns', 'SubState')).toBe('running');
    await lab('clear', 'node02', 'deaf', 'flashdns');
    await session.until(healthy, 30_000);
    expect(await statusSays(at, healthy)).toMatchObject({ verdict: 'ok', counts: { ok: 27 } });
    expect(at.audit()).toEqual([]);
  });

  it('whose certificate has ended is told as such until it is renewed', async () => {
    const at = desk();
    const session = await at.open();
    await session.until(healthy, 30_000);
    await lab('fault', 'node02', 'expired', 'fiberlb');
    await onHost('node02', 'systemctl', 'restart', 'fiberlb');
    await session.until(/certificate expired/, 30_000);
    expect(await shown('node02', 'fiberlb', 'SubState')).toBe('running');
    const told = await statusSays(at, /FiberLB|certificate/i);
    expect(told.instances).toContainEqual(
      expect.objectContaining({ id: 'fiberlb@node02', reason: 'certificate expired' }),
    );
    await session.until(/NEXT +1 renew the certificate of fiberlb on node02/);
    // It is read at a start: the lab sees to that.
    await lab('clear', 'node02', 'expired', 'fiberlb');
    await session.until(healthy, 30_000);
    expect(await statusSays(at, healthy)).toMatchObject({ verdict: 'ok', counts: { ok: 27 } });
    expect(at.audit()).toEqual([]);
  });

  it('behind a slow link is slow, and nothing there is called down', async () => {
    // With time for a connection made anew, which takes three ways there and back.
    const at = desk({ poll: '{ interval: 4s, timeout: 3900ms }' });
    const session = await at.open();
    await session.until(healthy, 30_000);
    await lab('slow', 'node03', '390');
    const connect =
      'begun=$(date +%s%N); : </dev/tcp/10.77.0.13/22; echo $((($(date +%s%N) - begun) / 1000000))';
    expect(Number(await lab('jump', 'bash', '-c', connect))).toBeGreaterThanOrEqual(780);
    const seen: string[] = [];
    await session.until((text) => {
      seen.push(text);
      return /services are slow on node03/.test(text);
    }, 60_000);
    expect(seen.filter((text) => /lost its quorum|✖/.test(text))).toEqual([]);
    // The screen goes on as ever.
    session.press('2', 'j', 'j');
    const page = await session.until(/❯node03[\s\S]* Node node03/);
    expect(page).toMatch(/❯node03 ◐ degraded ssh up/);
    expect(page).toMatch(/slow (\d{3} ms|1\.\d s)/);
    session.press('1');
    await session.until(/▸ chainfire/);
    const told = await at.status();
    expect(told.counts).toMatchObject({ down: 0, blocked: 0 });
    await allActiveOn('node03');
    await lab('heal', 'node03');
    await session.until(healthy, 60_000);
    expect(await statusSays(at, healthy)).toMatchObject({ verdict: 'ok', counts: { ok: 27 } });
    expect(at.audit()).toEqual([]);
  });
});
