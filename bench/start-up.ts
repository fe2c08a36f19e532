/**
 * Time to the first frame, as a multiple of `node -e 0` in the same pty. The two arms take turns, so that both
 * see the same weather; the median of the pairwise ratios is what counts.
 */
import { spawn } from '@lydell/node-pty';
import { program } from '../test/e2e/driver.ts';
import { median, percentile, type Row } from './statistics.ts';

const RUNS = 15;

/** Runs a command in a 120×40 pty until `done` says so (or it exits) and returns the ms since its spawn. */
const time = (args: readonly string[], done: (output: string) => boolean): Promise<number> =>
  new Promise((resolve) => {
    const begun = performance.now();
    const pty = spawn(process.execPath, [...args], {
      cols: 120,
      rows: 40,
      env: { ...process.env, TERM: 'xterm-256color' },
    });
    let output = '';
    let taken: number | undefined;
    pty.onData((data) => {
      output += data;
      if (taken === undefined && done(output)) {
        taken = performance.now() - begun;
        pty.kill('SIGTERM');
      }
    });
    pty.onExit(() => resolve(taken ?? performance.now() - begun));
  });

/** Measures against the cluster that `configFile` describes. */
export const measureStartUp = async (configFile: string): Promise<readonly Row[]> => {
  const floors: number[] = [];
  const frames: number[] = [];
  const ratios: number[] = [];
  for (let run = -1; run < RUNS; run++) {
    const floor = await time(['-e', '0'], () => false);
    // The header's cluster name is drawn with the first frame and never before.
    const frame = await time([program, '--config', configFile], (output) => output.includes('SERVICE'));
    // The first pair fills the compile cache and the page cache.
    if (run < 0) continue;
    floors.push(floor);
    frames.push(frame);
    ratios.push(frame / floor);
  }
  return [
    { what: '`node -e 0`, median', value: `${median(floors).toFixed(0)} ms` },
    { what: 'first frame, median', value: `${median(frames).toFixed(0)} ms` },
    {
      what: 'ratio, median (p90)',
      value: `${median(ratios).toFixed(1)}× (${percentile(ratios, 0.9).toFixed(1)}×)`,
    },
  ];
};
