/** A session through an incident for a screen reader: the built program in a pty, lines only, the same keys. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type DemoCluster, startDemoCluster } from './demo-cluster.ts';
import { launch, type Session } from './driver.ts';

const HEALTHY = /All 9 services on 3 nodes are healthy/;
/** Switches on any report of a mouse: 9, 1000 to 1007, 1015, 1016. */
const MOUSE = /\u001b\[\?(?:9|100[0-7]|101[56])h/;

describe('a console for a screen reader', () => {
  let cluster: DemoCluster;
  let session: Session;
  beforeAll(async () => {
    cluster = await startDemoCluster('--speed', '5');
  });
  afterAll(() => cluster?.stop());
  afterEach(() => session?.dispose());

  /** Waits for words among all that was ever written since the last call. */
  let heard = 0;
  const hear = async (what: RegExp): Promise<void> => {
    await session
      .until(() => what.test(session.output().slice(heard)))
      .catch((error: Error) => {
        throw new Error(`not heard: ${String(what)}\n${session.output().slice(heard)}\n${error.message}`);
      });
    const match = what.exec(session.output().slice(heard));
    heard += (match?.index ?? 0) + (match?.[0].length ?? 0);
  };

  it.each([
    ['--screen-reader', {}],
    ['INK_SCREEN_READER', { INK_SCREEN_READER: 'true' }],
  ])('tells an incident, asks, acts and tells how it ended: %s', async (flag, env) => {
    heard = 0;
    session = launch({
      args: ['--config', cluster.configFile, ...(flag.startsWith('--') ? [flag] : [])],
      env,
    });
    await hear(HEALTHY);
    expect((await cluster.ssh('node02', 'sudo systemctl stop fiberlb')).exitCode).toBe(0);
    await hear(/FiberLB.* on node02/i);
    await hear(/^fiberlb on node02 is down.*$/m);
    session.press(':');
    await hear(/Palette: type what to look for/);
    session.press('rest fiber n2');
    await hear(/^rest fiber n2: restart fiberlb on node02, key r; 1 of 1\r?$/m);
    session.press('enter');
    await hear(/^Restart fiberlb on node02\r?$/m);
    await hear(/^runs, ssh .*node02 -- sudo -n systemctl .*restart -- fiberlb\.service\r?$/m);
    await hear(/^Keys: y for yes, run it; n for no \(default\)\.\r?$/m);
    session.press('y');
    await hear(HEALTHY);
    await hear(/^restart fiberlb on node02: succeeded, recovered in .*$/m);
    session.press('2');
    await hear(/^Nodes: 3 rows\.\r?$/m);
    session.press('down');
    await hear(/^node02 ok.*; row 2 of 3\r?$/m);
    session.press('q');
    expect(await session.exited).toEqual({ code: 0, signal: undefined });
    const output = session.output();
    // Appended lines only: no other screen, no cursor sent anywhere, nothing drawn, and no mouse.
    expect(output).not.toMatch(/\u001b\[(?!\?2004[hl])/);
    expect(output).not.toMatch(/[─│┌└❯▸●✖⊘◐]/u);
    expect(output).not.toMatch(MOUSE);
  });

  it('needs no mouse on the drawn screen either', async () => {
    session = launch({ args: ['--config', cluster.configFile] });
    await session.until(HEALTHY);
    session.press('?');
    await session.until(/HELP/);
    session.press('ctrl-c');
    await session.exited;
    expect(session.output()).toContain('\u001b[?1049h');
    expect(session.output()).not.toMatch(MOUSE);
  });
});
