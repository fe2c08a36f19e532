/** Starts demos for the tests and reaches them with real clients. */
import { spawn } from 'node:child_process';
import { request } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { onTestFinished } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import type { Config } from '../../../src/config/types.ts';
import { type Demo, type DemoOptions, startDemo } from '../../../src/demo/start.ts';
import { type Clock, systemClock } from '../../../src/lib/clock.ts';
import { createProber, type Prober } from '../../../src/probes/prober.ts';
import { seededRandom, topology } from './worlds.ts';

/** World time stands still but for `advanceTo`. */
const stoppedClock: Clock = { ...systemClock, now: () => Date.now(), monotonic: () => 0 };

export const startTestDemo = async (changes: Partial<DemoOptions> = {}): Promise<Demo> => {
  const demo = await startDemo({
    ...{ nodes: 3, scenario: 'steady', speed: 1, clock: stoppedClock, topology },
    random: seededRandom(Math.floor(Math.random() * 1_000_000)),
    ...changes,
  });
  onTestFinished(() => demo.stop());
  return demo;
};

export const configOf = (demo: Demo): Config => {
  const loaded = loadConfig({ file: demo.configFile, env: {}, cwd: tmpdir(), home: tmpdir() });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.config;
};

/** The console's own prober, with the demo's config. */
export const proberOf = (demo: Demo, timeoutMs = 10_000): Prober => {
  const prober = createProber({
    tls: configOf(demo).tls,
    timeoutMs,
    clock: systemClock,
    random: Math.random,
  });
  onTestFinished(() => prober.close());
  return prober;
};

/** Where a documented port of a node really listens. */
export const portOf = (demo: Demo, node: string, port: number): number => {
  const found = configOf(demo)
    .inventory.nodes.find((each) => each.name === node)
    ?.ports.get(port);
  if (found === undefined) throw new Error(`${node} has no port ${port}`);
  return found;
};

export type Ran = { readonly code: number | null; readonly out: string; readonly err: string };

/** The system's OpenSSH client with the demo's ssh_config; `input` is its stdin. */
export const ssh = (demo: Demo, words: readonly string[], input = ''): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const child = spawn('ssh', ['-F', demo.sshConfigFile, '-o', 'BatchMode=yes', ...words]);
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
    child.stdin.end(input);
  });

export type HttpsReply = { readonly status: number; readonly body: string };

/** One GET over a new TLS connection; rejects with the socket's error, or with `silent` after `timeoutMs` of nothing. */
export const get = (
  demo: Demo,
  node: string,
  port: number,
  path: string,
  timeoutMs = 10_000,
): Promise<HttpsReply> => {
  const { tls } = configOf(demo);
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        ...{
          host: '127.0.0.1',
          port: portOf(demo, node, port),
          path,
          servername: node,
          agent: false,
          timeout: timeoutMs,
        },
        ...(tls.ca === undefined ? {} : { ca: tls.ca }),
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      },
    );
    sent.on('timeout', () => sent.destroy(new Error('silent')));
    sent.on('error', reject);
    sent.end();
  });
};

/** Whether a connection is accepted. */
export const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
