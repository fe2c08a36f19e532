/** `plasmatop metrics`: what the console sees, in the text format of Prometheus, until stopped. */
import { tmpdir } from 'node:os';
import { type App, createApp } from '../app/app.ts';
import { createExposition } from '../metrics/exposition.ts';
import { authority, DEFAULT_LISTEN, isLoopback, listenTrouble, parseListen } from '../metrics/listen.ts';
import { type Health, serveMetrics } from '../metrics/server.ts';
import { type CommandContext, type CommandRun, exitCode, stringFlag } from './context.ts';
import { loadConfigFor } from './load-config.ts';

declare const PLASMATOP_VERSION: string;

/** Nothing has been seen for longer than any pause between two tries: looking itself has come to a halt. */
const STALE_MS = 60_000;

const healthOf = (app: App): Health => {
  const { dataAgeMs } = app.store.getState().cluster;
  if (dataAgeMs === undefined) return { ok: false, words: 'nothing seen yet' };
  if (dataAgeMs > STALE_MS) return { ok: false, words: 'nothing seen for a minute' };
  return { ok: true, words: 'ok' };
};

export const metrics: CommandRun = async (context) => {
  const { clock, random, stdout, stderr } = context;
  const refuse = (code: number, message: string, remedy: string): number => {
    stderr.write(`plasmatop: ${message}\n  ${remedy}\n`);
    return code;
  };
  const said = stringFlag(context, 'listen') ?? DEFAULT_LISTEN;
  const address = parseListen(said);
  if (address === undefined) {
    return refuse(
      exitCode.usage,
      '--listen is no address and port',
      `As in --listen ${DEFAULT_LISTEN}, [::1]:9808, or 0.0.0.0:9808 for everybody who reaches this machine.`,
    );
  }
  const loaded = await loadConfigFor(context);
  if (!loaded) return exitCode.config;
  // Nobody acts from here, and nobody reads logs: no right is asked for, no journal followed.
  const config = { ...loaded, readOnly: true, ssh: { ...loaded.ssh, follow: false } };
  const { topology, inventory } = config;
  const exposition = createExposition({ version: PLASMATOP_VERSION, topology, inventory });
  const app = createApp({
    config,
    clock,
    random,
    source: 'live',
    runtimeDir: tmpdir(),
    onObserved: exposition.count,
  });
  try {
    const listening = await serveMetrics({
      address,
      clock,
      contentType: exposition.contentType,
      text: () => exposition.text(app.store.getState()),
      health: () => healthOf(app),
    });
    if (!listening.ok) {
      const { message, remedy } = listenTrouble(address, listening.code);
      return refuse(exitCode.unavailable, message, remedy);
    }
    if (!isLoopback(address.host)) {
      stderr.write('plasmatop: everybody who reaches this address can read the metrics\n');
    }
    stdout.write(`Serving http://${authority(listening.address)}/metrics until stopped (Ctrl-C).\n`);
    app.start();
    await untilStopped(context);
    await listening.close();
    return exitCode.ok;
  } finally {
    await app.stop();
  }
};

const untilStopped = ({ stopped }: CommandContext): Promise<void> =>
  new Promise((resolve) => {
    if (stopped.aborted) resolve();
    else stopped.addEventListener('abort', () => resolve(), { once: true });
  });
