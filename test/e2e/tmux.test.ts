/** The console inside tmux, where most consoles live: the same screen, at any size, and nothing left when it goes. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PROMPT_MS, waitFor } from '../helpers/wait-for.ts';
import { type DemoCluster, startDemoCluster } from './demo-cluster.ts';
import { launch, program } from './driver.ts';
import { HOME, withoutTimes } from './home.ts';
import { childOf, isAlive, socketDirectoriesOf, sshClientsOf, sshMastersOf } from './processes.ts';
import { consoleOn, startTmux, type Tmux, whyNoTmux } from './tmux.ts';

const missing = whyNoTmux();
// What CI skips, it has not shown.
if (missing !== undefined && process.env.CI === 'true') throw new Error(missing);
if (missing !== undefined) process.stderr.write(`the console in tmux is not tested here: ${missing}\n`);

describe.skipIf(missing !== undefined)('in tmux', () => {
  let cluster: DemoCluster;
  let tmux: Tmux | undefined;
  beforeAll(async () => {
    cluster = await startDemoCluster();
  });
  afterAll(() => cluster?.stop());
  afterEach(() => tmux?.end());

  const start = async (term: string, ...words: readonly string[]): Promise<Tmux> => {
    tmux = await startTmux(term, words.length > 0 ? words : consoleOn(cluster.configFile), {
      PS1: 'shell> ',
      PROGRAM: program,
      CONFIG: cluster.configFile,
      NODE: process.execPath,
    });
    return tmux;
  };

  it.each(['screen-256color', 'tmux-256color'])(
    'draws in TERM=%s what it draws in a bare terminal',
    async (term) => {
      const bare = launch({ args: ['--config', cluster.configFile] });
      const expected = withoutTimes(await bare.until(HOME));
      bare.dispose();
      const pane = await start(term);
      await pane.until((text) => withoutTimes(text) === expected);
      expect(await pane.text('colour')).toMatch(/\u001b\[(?:[\d;]*;)?38[;:][25][;:][\d;:]*m●/);
      expect(await pane.alternate()).toBe(true);
      expect(await pane.cursorShown()).toBe(false);
    },
  );

  it('keeps its frame through two hundred sizes', async () => {
    const pane = await start('tmux-256color');
    const before = withoutTimes(await pane.until(HOME));
    for (const [size, shown] of [
      [[300, 100], HOME],
      [[20, 5], /^20x5 is too small: …$/m],
      [[1, 1], /^●$/],
    ] as const) {
      await pane.resize(size);
      await pane.until(shown);
    }
    for (let batch = 0; batch < 20; batch += 1) {
      // A walk over all shapes without chance.
      const steps = Array.from({ length: 10 }, (_, index) => batch * 10 + index);
      await pane.resize(...steps.map((step) => [1 + ((step * 37) % 210), 1 + ((step * 23) % 65)] as const));
    }
    await pane.resize([80, 24]);
    await pane.until((text) => withoutTimes(text) === before);
  });

  it('stops for Ctrl-Z and comes back with fg, and leaves the pane as it was', async () => {
    const pane = await start('screen-256color', 'bash', '--norc', '--noprofile', '-i');
    await pane.until(/shell>/);
    await pane.press('"$NODE" "$PROGRAM" --config "$CONFIG"', 'Enter');
    const before = withoutTimes(await pane.until(HOME));
    await pane.press('C-z');
    await pane.until(/Stopped/);
    expect(await pane.alternate()).toBe(false);
    expect(await pane.cursorShown()).toBe(true);
    await pane.press('fg', 'Enter');
    await pane.until((text) => withoutTimes(text) === before);
    await pane.press('q');
    await pane.until((text) => text.includes('Stopped') && text.trimEnd().endsWith('shell>'));
    expect(await pane.alternate()).toBe(false);
    expect(await pane.cursorShown()).toBe(true);
  });

  it('goes when its pane goes, with every connection and socket', async () => {
    const pane = await start('tmux-256color', 'bash', '--norc', '--noprofile', '-i');
    await pane.until(/shell>/);
    await pane.press('"$NODE" "$PROGRAM" --config "$CONFIG"', 'Enter');
    await pane.until(HOME);
    const pid = await childOf(await pane.pid());
    expect(await sshMastersOf(pid)).toHaveLength(3);
    await pane.end();
    await waitFor(() => expect(isAlive(pid)).toBe(false), PROMPT_MS);
    await waitFor(async () => expect(await sshClientsOf(pid)).toEqual([]), PROMPT_MS);
    expect(socketDirectoriesOf(pid)).toEqual([]);
  });
});
