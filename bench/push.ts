/**
 * A unit stops on a node: until the built program has drawn it. The program polls once an hour, so that what is seen
 * was pushed.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Demo } from '../src/demo/start.ts';
import { launch } from '../test/e2e/driver.ts';
import { median, percentile, type Row } from './statistics.ts';

const ROUNDS = 25;
const NODE = 'node02';
const UNIT = 'k8shost.service';
const RUNNING = /▸ k8shost +● ok/;
const STOPPED = /▸ k8shost .*✖ stopped/;
/** World time in which the unit stops, and in which it starts and settles. */
const STOP_MS = 1000;
const START_MS = 60_000;

/** Measures against a demo, whose k8shost on node02 it stops and starts. */
export const measurePush = async (demo: Demo): Promise<readonly Row[]> => {
  const directory = await mkdtemp(join(tmpdir(), 'plasmatop-bench-'));
  const configFile = join(directory, 'plasmatop.yaml');
  const config = await readFile(demo.configFile, 'utf8');
  await writeFile(configFile, config.replace(/^poll:.*$/mu, 'poll: { interval: 1h, timeout: 1s }'));
  const session = launch({ args: ['--config', configFile], columns: 120, rows: 40 });
  const change = (type: 'start' | 'stop', takesMs: number): void => {
    demo.world.request(NODE, type, UNIT);
    demo.advanceTo(demo.world.nowMs + takesMs);
  };
  const samples: number[] = [];
  try {
    await session.until(RUNNING);
    // Once for the connection, the bus and the code paths to be there.
    for (let round = -1; round < ROUNDS; round++) {
      const begun = performance.now();
      change('stop', STOP_MS);
      await session.until(STOPPED);
      if (round >= 0) samples.push(performance.now() - begun);
      change('start', START_MS);
      await session.until(RUNNING);
      // Not always in the same place between two batches.
      await sleep(150 + ((round * 37) % 100));
    }
  } finally {
    session.dispose();
    await rm(directory, { recursive: true, force: true });
  }
  return [
    { what: 'change to frame, p50', value: `${median(samples).toFixed(0)} ms` },
    { what: 'change to frame, p95', value: `${percentile(samples, 0.95).toFixed(0)} ms` },
  ];
};
