/** `plasmatop metrics` by the built program: real scrapes of the embedded cluster, and those that mean ill. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Family, readPrometheus, seriesValue } from '../helpers/prometheus-text.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { type DemoCluster, runProgram, startDemoCluster } from './demo-cluster.ts';
import { program } from './driver.ts';
import { socketDirectoriesOf, sshClientsOf } from './processes.ts';

type Exporter = {
  readonly pid: number;
  readonly url: string;
  readonly port: number;
  readonly said: () => string;
  readonly scrape: () => Promise<ReadonlyMap<string, Family>>;
  /** Resolves with the exit code. */
  readonly stop: (signal?: 'SIGTERM' | 'SIGINT') => Promise<number | null>;
};

const startExporter = async (configFile: string, listen = '127.0.0.1:0'): Promise<Exporter> => {
  const child = spawn(process.execPath, [program, 'metrics', '--config', configFile, '--listen', listen], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const url = await new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      const found = /^Serving (\S+)\/metrics until stopped/mu.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('close', (code) => reject(new Error(`it exited with ${code}: ${said}`)));
  });
  return {
    pid: child.pid ?? 0,
    url,
    port: Number(new URL(url).port),
    said: () => said,
    scrape: async () => {
      const response = await fetch(`${url}/metrics`);
      expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
      return readPrometheus(await response.text());
    },
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
  };
};

const inScenario = async (scenario: string, look: (exporter: Exporter) => Promise<void>): Promise<void> => {
  const cluster = await startDemoCluster('--scenario', scenario, '--speed', '5');
  const exporter = await startExporter(cluster.configFile);
  try {
    await look(exporter);
    expect(existsSync(join(dirname(cluster.configFile), 'audit.jsonl'))).toBe(false);
  } finally {
    await exporter.stop();
    await cluster.stop();
  }
};

describe('what it tells', () => {
  it('of a healthy cluster: all is ok, counted, and of every node', () =>
    inScenario('steady', async ({ scrape, url }) => {
      await waitFor(async () => {
        const families = await scrape();
        expect(seriesValue(families, 'plasmatop_cluster_verdict', { verdict: 'ok' })).toBe(1);
        for (const node of ['node01', 'node02', 'node03']) {
          expect(seriesValue(families, 'plasmatop_link_state', { node, state: 'up' })).toBe(1);
          expect(seriesValue(families, 'plasmatop_node_reachable', { node })).toBe(1);
          expect(seriesValue(families, 'plasmatop_unit_looks_total', { node })).toBeGreaterThan(0);
          const labels = { service: 'chainfire', node };
          expect(seriesValue(families, 'plasmatop_probes_total', labels)).toBeGreaterThan(0);
          expect(seriesValue(families, 'plasmatop_instance_verdict', { ...labels, verdict: 'ok' })).toBe(1);
        }
        expect(seriesValue(families, 'plasmatop_quorum_votes', { service: 'chainfire' })).toBe(3);
        expect(seriesValue(families, 'plasmatop_data_age_seconds')).toBeLessThan(60);
      });
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
    }));

  it('of a lost quorum: votes, standing, what users lose, and why probes fail', () =>
    inScenario('quorum-loss', ({ scrape }) =>
      waitFor(async () => {
        const families = await scrape();
        const service = 'chainfire';
        expect(seriesValue(families, 'plasmatop_quorum_standing', { service, standing: 'lost' })).toBe(1);
        expect(seriesValue(families, 'plasmatop_quorum_votes', { service })).toBe(1);
        expect(seriesValue(families, 'plasmatop_quorum_votes_needed', { service })).toBe(2);
        expect(seriesValue(families, 'plasmatop_quorum_leader_known', { service })).toBe(0);
        const lost = { capability: 'create-vms', state: 'lost' };
        expect(seriesValue(families, 'plasmatop_capability_state', lost)).toBe(1);
        const failures = families.get('plasmatop_probe_failures_total')?.samples ?? [];
        expect(failures.filter(({ labels }) => labels.service === service).length).toBeGreaterThan(0);
      }),
    ));

  it('of certificates: when they end, also of one that has', () =>
    inScenario('cert-expiry', ({ scrape }) =>
      waitFor(async () => {
        const families = await scrape();
        const { samples = [] } = families.get('plasmatop_certificate_expiry_timestamp_seconds') ?? {};
        const left = new Map(
          samples.map(({ labels, value }) => [labels.node, (value - Date.now() / 1000) / 86_400] as const),
        );
        const days = [...left.values()].toSorted((a, b) => a - b);
        expect(days).toHaveLength(3);
        expect(days[0]).toBeLessThan(0);
        expect(days[1]).toBeGreaterThan(3);
        expect(days[1]).toBeLessThan(6);
        expect(days[2]).toBeGreaterThan(6);
        const failures = families.get('plasmatop_probe_failures_total')?.samples ?? [];
        expect(new Set(failures.map(({ labels }) => labels.kind))).toContain('tls-expired');
      }),
    ));
});

/** Sends raw bytes; resolves with all that came back when the other end has closed. */
const raw = (port: number, bytes: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let got = '';
    socket.on('data', (chunk) => {
      got += chunk.toString();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(got));
  });

describe('who asks', () => {
  let cluster: DemoCluster;
  let exporter: Exporter;
  beforeAll(async () => {
    cluster = await startDemoCluster();
    exporter = await startExporter(cluster.configFile);
  });
  afterAll(async () => {
    await exporter?.stop();
    await cluster?.stop();
  });

  it('finds /metrics and /healthz, to read, and nothing else', async () => {
    const { url } = exporter;
    for (const path of ['', '/', '/metrics/', '/metricsx', '//metrics', '/..%2fmetrics', '/favicon.ico']) {
      expect((await fetch(`${url}${path}`)).status, path).toBe(404);
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const { status, headers } = await fetch(`${url}/metrics`, { method });
      expect({ method, status, allow: headers.get('allow') }).toEqual({
        method,
        status: 405,
        allow: 'GET, HEAD',
      });
    }
    const head = await fetch(`${url}/metrics?x=1`, { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(await head.text()).toBe('');
  });

  it('is turned away with nonsense, too much, or too slow a question, and the next one is served', async () => {
    const { port, scrape } = exporter;
    expect(await raw(port, 'nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /u);
    expect(await raw(port, `GET /metrics HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 /u,
    );
    expect(await raw(port, 'GET /metrics HTTP/1.1\r\nhost: x\r\n')).toMatch(/^HTTP\/1\.1 408 /u);
    expect((await scrape()).size).toBeGreaterThan(20);
  });

  it('holds 32 connections at most, and is served again once they are gone', async () => {
    const { port, scrape } = exporter;
    const held: Socket[] = [];
    let refused = 0;
    try {
      await new Promise<void>((resolve) => {
        for (let index = 0; index < 60; index += 1) {
          const socket = connect(port, '127.0.0.1');
          socket.on('error', () => {});
          socket.on('close', () => {
            refused += 1;
            if (refused === 28) resolve();
          });
          held.push(socket);
        }
      });
      expect(held.filter((socket) => !socket.destroyed).length).toBeLessThanOrEqual(32);
    } finally {
      for (const socket of held) socket.destroy();
    }
    await waitFor(async () => expect((await scrape()).size).toBeGreaterThan(20));
  });

  it('of a port that is taken is told whose remedy it is', async () => {
    const listen = `127.0.0.1:${exporter.port}`;
    const { exitCode, stdout, stderr } = await cluster.run('metrics', '--listen', listen);
    expect({ exitCode, stdout }).toEqual({ exitCode: 69, stdout: '' });
    expect(stderr).toContain(`${listen} is taken\n  Another "plasmatop metrics" may be running`);
    const wrong = await runProgram(['metrics', '--listen', '9808']);
    expect(wrong.exitCode).toBe(64);
    expect(wrong.stderr).toContain('--listen is no address and port');
    const away = await cluster.run('metrics', '--listen', '192.0.2.1:9808');
    expect(away.exitCode).toBe(69);
    expect(away.stderr).toContain('192.0.2.1 is no address of this machine');
  });

  it('over IPv6 gets the same, and ends with SIGTERM without a trace', async () => {
    const six = await startExporter(cluster.configFile, '[::1]:0');
    expect(six.url).toMatch(/^http:\/\/\[::1\]:\d+$/u);
    await waitFor(async () => {
      expect(seriesValue(await six.scrape(), 'plasmatop_link_state', { node: 'node01', state: 'up' })).toBe(
        1,
      );
    });
    const clients = await sshClientsOf(six.pid);
    expect(clients.length).toBeGreaterThan(0);
    expect(await six.stop()).toBe(143);
    await expect(fetch(`${six.url}/metrics`)).rejects.toThrow();
    await waitFor(async () => expect(await sshClientsOf(six.pid)).toEqual([]));
    expect(socketDirectoriesOf(six.pid)).toEqual([]);
  });

  it('where others could ask, too, is told so', async () => {
    const open = await startExporter(cluster.configFile, '0.0.0.0:0');
    await waitFor(() => expect(open.said()).toContain('everybody who reaches this address'));
    expect(await open.stop('SIGINT')).toBe(130);
  });
});
