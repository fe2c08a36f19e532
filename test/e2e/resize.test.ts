/** The window of the terminal changes its size: the frame fits again, and no line of it is lost. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type DemoCluster, startDemoCluster } from './demo-cluster.ts';
import { launch, type Session } from './driver.ts';
import { HOME, withoutTimes } from './home.ts';

let cluster: DemoCluster;
beforeAll(async () => {
  cluster = await startDemoCluster();
});
afterAll(() => cluster?.stop());

const sessions: Session[] = [];
afterEach(() => {
  for (const session of sessions.splice(0)) session.dispose();
});
const open = async (columns = 80, rows = 24): Promise<Session> => {
  const session = launch({ args: ['--config', cluster.configFile], columns, rows });
  sessions.push(session);
  await session.until(HOME);
  return session;
};
/** The lines that the terminal had to wrap: none of a frame that fits. */
const wrapped = ({ terminal: { buffer } }: Session): readonly number[] =>
  Array.from({ length: buffer.active.length }, (_, row) => row).filter(
    (row) => buffer.active.getLine(row)?.isWrapped === true,
  );

it('keeps its frame through two hundred sizes', async () => {
  const session = await open();
  const before = withoutTimes(session.text());
  for (let step = 0; step < 200; step += 1) {
    // A walk over all shapes without chance, and time for the program to see most of them.
    session.resize(1 + ((step * 37) % 210), 1 + ((step * 23) % 65));
    await new Promise((resolve) => setImmediate(resolve));
  }
  session.resize(80, 24);
  await session.until((text) => withoutTimes(text) === before);
  expect(wrapped(session)).toEqual([]);
  session.press('q');
  expect((await session.exited).code).toBe(0);
});

it.each([
  [100, 30],
  [40, 15],
])('draws what it draws in a new terminal of %i × %i, whatever size it had before', async (columns, rows) => {
  const fresh = withoutTimes((await open(columns, rows)).text());
  const session = await open(60, 20);
  for (const [width, height, shown] of [
    [300, 100, HOME],
    [20, 5, /^20x5 is too small: …$/m],
    [1, 1, /^●$/],
  ] as const) {
    session.resize(width, height);
    await session.until((text) => shown.test(text) && wrapped(session).length === 0);
  }
  session.resize(columns, rows);
  await session.until((text) => withoutTimes(text) === fresh);
  expect(wrapped(session)).toEqual([]);
});

it('draws all of it again in a terminal that lost its lines and has its old size back before anybody looked', async () => {
  const session = await open();
  const before = withoutTimes(session.text());
  session.terminal.resize(1, 1);
  session.terminal.resize(80, 24);
  expect(session.text()).not.toMatch(HOME);
  session.kill('SIGWINCH');
  await session.until((text) => withoutTimes(text) === before);
  session.press('?');
  await session.until(/HELP/);
});
