/** Actions that must not run: from a read-only console, and where they cannot be written down. */
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type DemoCluster, startDemoCluster } from './demo-cluster.ts';
import { launch, type Session } from './driver.ts';
import { askRestart, selectInstance } from './select.ts';
import { type Variant, variantOf } from './variant.ts';

const HEALTHY = /All 9 services on 3 nodes are healthy/;

describe('actions that must not run', () => {
  let cluster: DemoCluster;
  let variant: Variant;
  let session: Session | undefined;
  beforeAll(async () => {
    cluster = await startDemoCluster();
  });
  afterAll(() => cluster?.stop());
  afterEach(() => {
    session?.dispose();
    variant?.remove();
  });

  const open = async (...args: string[]): Promise<Session> => {
    session = launch({ args: ['--config', variant.configFile, ...args], columns: 100, rows: 30 });
    await session.until(HEALTHY);
    return session;
  };
  /** What systemd counts up at every start of the unit: its main process, and since when it runs. */
  const life = (unit: string, node = 'node02'): Promise<string> =>
    cluster
      .ssh(node, `systemctl show -p MainPID -p InvocationID -p ActiveEnterTimestampMonotonic ${unit}`)
      .then(({ output }) => output);
  const journal = (): Promise<string> =>
    cluster.ssh('node02', 'journalctl -n 1000 -o cat').then(({ output }) => output);

  describe.each([
    ['--read-only', (text: string) => text, ['--read-only']],
    ['readOnly: true', (text: string) => `${text}readOnly: true\n`, []],
    ['readOnly: true, which no flag can lift', (text: string) => `${text}readOnly: true\n`, ['--no-color']],
  ])('%s', (_how, config, flags) => {
    it('refuses r with the reason, asks nothing, writes nothing and sends nothing', async () => {
      variant = variantOf(cluster, { config });
      const before = [await life('fiberlb'), await journal()];
      const screen = await open(...flags);
      expect(screen.screen()[0]).toContain('READ-ONLY');
      await selectInstance(screen, 'fiberlb', 'node02');
      screen.press('r');
      const text = await screen.until(/^ read-only: nothing can be changed/m);
      expect(text).not.toContain('Restart fiberlb on node02');
      // No other key gets through, and no word typed blindly.
      screen.press('y', 'enter', 'esc');
      await screen.until((now) => /▾ fiberlb/.test(now) && !/^ (?:read-only: |copied: )/m.test(now));
      screen.press('esc');
      await screen.until((now) => !now.includes('filter fiberlb'));
      screen.press('2', 'right', 'r');
      await screen.until((now) => /NODE +STATE/.test(now) && /^ read-only: nothing can be/m.test(now));
      screen.press('y');
      await screen.until(/^ copied: /m);
      screen.press('4');
      await screen.until(/^ +No action was sent from here yet\.$/m);
      screen.press('q');
      expect((await screen.exited).code).toBe(0);
      expect(existsSync(variant.auditFile)).toBe(false);
      expect([await life('fiberlb'), await journal()]).toEqual(before);
    });
  });

  const atFull = (text: string): string => text.replace(/^audit:.*$/mu, 'audit: { file: /dev/full }');

  it.each<[why: string, spoil: (file: string) => void, reason: RegExp, config?: (text: string) => string]>([
    ['it is a directory', (file) => mkdirSync(file), /illegal operation on a directory/],
    ['the disk is full', () => {}, /no space left on device/, atFull],
    [
      'it is a link to somewhere else',
      (file) => symlinkSync('/nowhere/audit.jsonl', file),
      /it is a symbolic link/,
    ],
  ])('where the audit cannot be written because %s', async (_why, spoil, reason, config) => {
    variant = variantOf(cluster, config === undefined ? {} : { config });
    spoil(variant.auditFile);
    const before = await life('fiberlb');
    const screen = await open();
    await askRestart(screen, 'fiberlb', 'node02');
    screen.press('y');
    await screen.until((text) => !text.includes('Restart fiberlb on node02'));
    screen.press('4');
    // Of the page: the line at the foot of the one before is cut.
    const text = await screen.until(/^ +ACTION [\s\S]*nothing ran: /m);
    expect(text).toMatch(reason);
    screen.press('q');
    expect((await screen.exited).code).toBe(0);
    expect(await life('fiberlb')).toBe(before);
    rmSync(variant.auditFile, { recursive: true, force: true });
  });
});
