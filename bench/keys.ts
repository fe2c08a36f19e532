/**
 * Key to frame: letters are typed into the filter of the built program while it polls the demo cluster, and each is
 * timed until it comes back in what the program draws.
 */
import { launch } from '../test/e2e/driver.ts';
import { timeWord } from '../test/e2e/keystrokes.ts';
import { median, percentile, type Row } from './statistics.ts';

const WORDS = 12;

/** Measures against the cluster that `configFile` describes, once its screen shows `sign`. */
export const measureKeys = async (
  configFile: string,
  what = 'key to frame',
  sign = /chainfire/,
): Promise<readonly Row[]> => {
  const session = launch({ args: ['--config', configFile], columns: 120, rows: 40 });
  const samples: number[] = [];
  try {
    await session.until(sign);
    for (let word = 0; word < WORDS; word++) samples.push(...(await timeWord(session)));
  } finally {
    session.dispose();
  }
  return [
    { what: `${what}, p50`, value: `${median(samples).toFixed(0)} ms` },
    { what: `${what}, p95`, value: `${percentile(samples, 0.95).toFixed(0)} ms` },
  ];
};
