/** A whole demo, reached as a real cluster is: config, HTTPS, DNS, and that it leaves nothing behind. */
import { existsSync, statSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { expectedTargets } from '../../../src/core/graph.ts';
import { MAX_NODES, startDemo } from '../../../src/demo/start.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { accepts, configOf, get, portOf, proberOf, ssh, startTestDemo } from './demos.ts';
import { seededRandom, topology } from './worlds.ts';

describe('steady', () => {
  test('every check of the console passes, and the config says how to reach it', async () => {
    const demo = await startTestDemo();
    const config = configOf(demo);
    expect(config.cluster).toBe('demo');
    expect(config.ssh.configFile).toBe(demo.sshConfigFile);
    expect(config.audit.file.startsWith(demo.directory)).toBe(true);
    const prober = proberOf(demo);
    const targets = expectedTargets(topology, config.inventory);
    const results = await Promise.all(
      targets.map(async (target) => ({
        id: target.id,
        result: await prober.probe(target, new AbortController().signal),
      })),
    );
    expect(results).toHaveLength(30);
    expect(results.filter(({ result }) => !result.ok)).toEqual([]);
  });

  test('its files are private', async () => {
    const demo = await startTestDemo();
    expect(statSync(demo.directory).mode & 0o777).toBe(0o700);
    for (const name of await readdir(demo.directory))
      expect(statSync(join(demo.directory, name)).mode & 0o777).toBe(0o600);
  });

  test('an unknown path is 404, an unknown DNS name does not exist', async () => {
    const demo = await startTestDemo();
    expect(await get(demo, 'node01', 2379, '/nosuch')).toMatchObject({ status: 404 });
    const config = configOf(demo);
    const prober = proberOf(demo);
    const target = expectedTargets(topology, config.inventory).find(({ spec }) => spec.kind === 'dns');
    if (target?.spec.kind !== 'dns') throw new Error('no dns check');
    const result = await prober.probe(
      { ...target, spec: { ...target.spec, query: 'nosuch.local' } },
      new AbortController().signal,
    );
    expect(result).toMatchObject({ ok: false, answer: { kind: 'dns', rcode: 'NXDOMAIN' } });
  });

  test('a large cluster tells the console which services run where', async () => {
    const demo = await startTestDemo({ nodes: 7 });
    const config = configOf(demo);
    expect(config.inventory.nodes.map((node) => node.services.length)).toEqual([9, 9, 9, 9, 9, 6, 6]);
    expect((await get(demo, 'node07', 10_250, '/healthz')).body).toBe('ok');
  });
});

describe('a unit that goes down', () => {
  test('refuses at once, drops its connections, and listens on the same port again', async () => {
    const demo = await startTestDemo();
    const config = configOf(demo);
    const prober = proberOf(demo);
    const targets = expectedTargets(topology, config.inventory).filter(
      ({ service, node }) => service === 'flashdns' && node === 'node02',
    );
    const look = () =>
      Promise.all(targets.map((target) => prober.probe(target, new AbortController().signal)));
    expect((await look()).map(({ ok }) => ok)).toEqual([true, true]);

    expect(await ssh(demo, ['node02', 'sudo -n systemctl stop --no-block flashdns'])).toMatchObject({
      code: 0,
    });
    await waitFor(async () => {
      const kinds = (await look()).map((result) => (result.ok ? 'ok' : result.failure.kind));
      expect(kinds).toEqual(['refused', 'refused']);
    });
    await expect(get(demo, 'node02', 853, '/health')).rejects.toMatchObject({ code: 'ECONNREFUSED' });

    await ssh(demo, ['node02', 'sudo -n systemctl start --no-block flashdns']);
    demo.advanceTo(demo.world.nowMs + 10_000);
    await waitFor(async () => expect((await look()).map(({ ok }) => ok)).toEqual([true, true]));
  });

  test('a degraded service answers 503 with the reason', async () => {
    const demo = await startTestDemo({ scenario: 'quorum-loss' });
    demo.advanceTo(10_000);
    const reply = await get(demo, 'node01', 2379, '/health');
    expect(reply.status).toBe(503);
    expect(JSON.parse(reply.body)).toMatchObject({
      status: 'degraded',
      raft: 'candidate',
      error: 'no leader',
    });
  });
});

test('node-loss: the node accepts and stays silent, for kept-alive connections as well', async () => {
  const demo = await startTestDemo({ scenario: 'node-loss' });
  const config = configOf(demo);
  const prober = proberOf(demo, 300);
  const target = expectedTargets(topology, config.inventory).find(
    ({ id }) => id === 'chainfire@node02#health',
  );
  if (target === undefined) throw new Error('no target');
  await waitFor(async () => {
    expect(await prober.probe(target, new AbortController().signal)).toMatchObject({ ok: true });
  });
  demo.advanceTo(10_000);
  expect(await prober.probe(target, new AbortController().signal)).toMatchObject({
    ok: false,
    failure: { kind: 'timeout' },
  });
  expect(await accepts(target.port)).toBe(true);
  await expect(get(demo, 'node02', 9090, '/health', 300)).rejects.toThrow('silent');
  const other = await ssh(demo, ['-o', 'ConnectTimeout=1', 'node02', 'true']);
  expect(other.code).toBe(255);
  expect((await get(demo, 'node01', 2379, '/health')).status).toBe(200);
});

test('first-boot: ports open one after the other', async () => {
  const demo = await startTestDemo({ scenario: 'first-boot' });
  await expect(get(demo, 'node01', 2379, '/health')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  expect((await ssh(demo, ['node01', 'true'])).err).toContain('Connection refused');
  demo.advanceTo(14_000);
  await waitFor(async () => expect((await get(demo, 'node01', 2379, '/health')).status).toBe(200));
  await expect(get(demo, 'node03', 2379, '/health')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  demo.advanceTo(70_000);
  await waitFor(async () => expect((await get(demo, 'node03', 10_250, '/healthz')).body).toBe('ok'));
});

test('slow: the answer comes, late', async () => {
  const demo = await startTestDemo({ scenario: 'slow' });
  demo.advanceTo(5000);
  const endpoint = demo.world.endpoint('node02', 'lightningstor');
  expect(endpoint.kind === 'open' && endpoint.delayMs).toBeGreaterThan(0);
  expect((await get(demo, 'node02', 9093, '/health')).status).toBe(200);
  await expect(get(demo, 'node02', 9093, '/health', 200)).rejects.toThrow('silent');
});

test('cert-expiry: one certificate is refused, the other still good for some days', async () => {
  const demo = await startTestDemo({ scenario: 'cert-expiry' });
  await expect(get(demo, 'node02', 2379, '/health')).rejects.toMatchObject({ code: 'CERT_HAS_EXPIRED' });
  expect((await get(demo, 'node01', 2379, '/health')).status).toBe(200);
  const config = configOf(demo);
  const prober = proberOf(demo);
  const target = expectedTargets(topology, config.inventory).find(
    ({ id }) => id === 'chainfire@node03#health',
  );
  if (target === undefined) throw new Error('no target');
  const result = await prober.probe(target, new AbortController().signal);
  const days = ((result.certificate?.notAfterMs ?? 0) - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(4);
  expect(days).toBeLessThan(6);
  expect(result.certificate?.names).toEqual(expect.arrayContaining(['node03', 'localhost', '127.0.0.1']));
});

test('world time follows the clock at the given speed', async () => {
  let monotonicMs = 0;
  const clock = { now: () => Date.now(), monotonic: () => monotonicMs };
  const demo = await startTestDemo({ scenario: 'quorum-loss', speed: 10, clock });
  expect((await get(demo, 'node02', 2379, '/health')).status).toBe(200);
  monotonicMs = 500;
  await waitFor(async () => {
    await expect(get(demo, 'node02', 2379, '/health')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
  expect(demo.world.nowMs).toBe(5000);
});

describe('stop', () => {
  test('leaves no port open, no connection and no file, whatever is still going on', async () => {
    const demo = await startTestDemo({ scenario: 'node-loss' });
    const config = configOf(demo);
    const ports = config.inventory.nodes.flatMap((node) => [...node.ports.values()]);
    const prober = proberOf(demo);
    const targets = expectedTargets(topology, config.inventory);
    await Promise.all(targets.map((target) => prober.probe(target, new AbortController().signal)));
    const following = ssh(demo, ['node01', 'journalctl -f -u chainfire']);
    const loggedIn = ssh(demo, ['node03', 'hostname']);
    await loggedIn;
    demo.advanceTo(10_000);
    const hanging = ssh(demo, ['node02', 'true']);
    await waitFor(async () => expect(await accepts(portOf(demo, 'node02', 2379))).toBe(true));
    await demo.stop();
    expect((await following).code).toBe(255);
    expect((await hanging).code).toBe(255);
    for (const port of ports) expect(await accepts(port)).toBe(false);
    expect(existsSync(demo.directory)).toBe(false);
    await demo.stop();
  });

  test('leaves a directory that was there before, with what is not ours', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'plasmatop-test-'));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    await writeFile(join(directory, 'mine'), 'keep');
    const demo = await startTestDemo({ directory });
    expect(await readdir(directory)).toContain('plasmatop.yaml');
    await demo.stop();
    expect(await readdir(directory)).toEqual(['mine']);
  });
});

test('two demos at once do not get in each other’s way', async () => {
  const [first, second] = await Promise.all([
    startTestDemo({ scenario: 'first-boot', random: seededRandom(7) }),
    startTestDemo({ scenario: 'first-boot', random: seededRandom(7) }),
  ]);
  const portsOf = (demo: typeof first): readonly number[] =>
    configOf(demo).inventory.nodes.flatMap((node) => [...node.ports.values()]);
  expect(new Set([...portsOf(first), ...portsOf(second)]).size).toBe(60);
});

test.each([
  [{ scenario: 'nosuch' }, /unknown scenario "nosuch": choose one of steady, first-boot/u],
  [{ nodes: 0 }, /1 to 200 nodes, not 0/u],
  [{ nodes: MAX_NODES + 1 }, /1 to 200 nodes/u],
  [{ nodes: 1, scenario: 'split-brain' }, /needs at least 2 nodes/u],
  [{ speed: 0 }, /speed must be above 0/u],
])('%o is refused', async (changes, message) => {
  const options = {
    nodes: 3,
    scenario: 'steady',
    speed: 1,
    clock: systemClock,
    random: seededRandom(1),
    topology,
  };
  await expect(startDemo({ ...options, ...changes })).rejects.toThrow(message);
});
