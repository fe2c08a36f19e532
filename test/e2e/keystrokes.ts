/** How long a key takes until the program has drawn what it does. */
import type { Session } from './driver.ts';

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

/** Types a word into the filter and takes it back; ms from each letter's writing until it has come back. */
export const timeWord = async (session: Session): Promise<readonly number[]> => {
  const samples: number[] = [];
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
  return samples;
};
