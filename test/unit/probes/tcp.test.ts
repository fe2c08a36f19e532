import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { createProber } from '../../../src/probes/prober.ts';
import { createServers } from '../../helpers/servers.ts';
import { target } from './target.ts';

const servers = createServers();
const spec = { kind: 'tcp', id: 'raft', port: 2380 } as const;
const prober = createProber({
  tls: { insecure: false },
  timeoutMs: 5000,
  clock: systemClock,
  random: () => 0.5,
});
const never = new AbortController().signal;

afterEach(() => servers.closeAll());

describe('the TCP probe', () => {
  it.each(['127.0.0.1', '::1'])('connects to %s and closes again', async (host) => {
    const server = await servers.tcp((socket) => socket.resume(), host);
    const result = await prober.probe(target(server.port, spec, { host }), never);
    expect(result).toMatchObject({ ok: true, answer: { kind: 'tcp' } });
    expect(result.phases.connectMs).toBeGreaterThanOrEqual(0);
    expect(result.phases.dnsMs).toBeUndefined();
    while (server.accepted() !== 1 || server.open() !== 0)
      await new Promise((resolve) => setImmediate(resolve));
  });

  it('looks a name up first', async () => {
    const server = await servers.tcp((socket) => socket.resume());
    const result = await prober.probe(target(server.port, spec, { host: 'localhost' }), never);
    expect(result.ok).toBe(true);
    expect(result.phases.dnsMs).toBeGreaterThanOrEqual(0);
  });

  it('does not take its own sleep for silence of the node', async () => {
    const server = await servers.tcp((socket) => socket.resume());
    const hasty = createProber({
      tls: { insecure: false },
      timeoutMs: 100,
      clock: systemClock,
      random: () => 0.5,
    });
    const probing = hasty.probe(target(server.port, spec), never);
    // Nothing of this process runs meanwhile: no answer can be read, however early it came.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
    expect(await probing).toMatchObject({ ok: true });
  });

  it('is refused where nothing listens', async () => {
    const port = await servers.closedPort();
    expect(await prober.probe(target(port, spec), never)).toMatchObject({
      ok: false,
      failure: { kind: 'refused', detail: `connect ECONNREFUSED 127.0.0.1:${port}` },
    });
    const byName = await prober.probe(target(port, spec, { host: 'localhost' }), never);
    expect(byName).toMatchObject({ ok: false, failure: { kind: 'refused' } });
  });

  it('has no way to the broadcast address, on any network', async () => {
    const result = await prober.probe(target(9, spec, { host: '255.255.255.255' }), never);
    expect(result).toMatchObject({ ok: false, failure: { kind: 'unreachable' } });
  });

  it('says when there is no such name', async () => {
    const result = await prober.probe(target(1, spec, { host: 'no-such-host.invalid' }), never);
    expect(result).toMatchObject({ ok: false, failure: { kind: 'dns' } });
  });

  it('resolves when it is stopped, even before it began', async () => {
    const result = await prober.probe(target(1, spec, { host: '127.0.0.1' }), AbortSignal.abort());
    expect(result).toMatchObject({
      ok: false,
      failure: { kind: 'timeout', detail: 'stopped before it was answered' },
    });
  });
});
