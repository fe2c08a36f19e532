/**
 * Key to frame: letters are typed into the filter of the built program while it polls the demo cluster, and each is
 * timed until it comes back in what the program draws.
 */
import { launch, type Session } from '../test/e2e/driver.ts';
import { median, percentile, type Row } from './statistics.ts';

const WORDS = 12;
/** Rare enough on the screen that their arrival is the echo. */
const LETTERS = 'qzxwjv';

const echo = (session: Session, typed: string, from: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const begun = performance.now();
    const deadline = setTimeout(() => reject(new Error(`no echo of "${typed}"\n${session.text()}`)), 5000);
    const look = (): void => {
      if (session.output().slice(from).includes(typed)) {
        clearTimeout(deadline);
        resolve(performance.now() - begun);
      } else setImmediate(look);
    };
    look();
  });

/** Measures against the cluster that `configFile` describes. */
export const measureKeys = async (configFile: string): Promise<readonly Row[]> => {
  const session = launch({ args: ['--config', configFile], columns: 120, rows: 40 });
  const samples: number[] = [];
  try {
    await session.until(/chainfire/);
    for (let word = 0; word < WORDS; word++) {
      session.press('/');
      await session.until(/enter keep/);
      let typed = '';
      for (const letter of LETTERS) {
        typed += letter;
        const from = session.output().length;
        session.press(letter);
        samples.push(await echo(session, typed, from));
      }
      session.press('esc');
      await session.until((text) => !text.includes(typed));
    }
  } finally {
    session.dispose();
  }
  return [
    { what: 'key to frame, p50', value: `${median(samples).toFixed(0)} ms` },
    { what: 'key to frame, p95', value: `${percentile(samples, 0.95).toFixed(0)} ms` },
  ];
};
