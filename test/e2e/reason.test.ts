/** Where `audit.reason` is set the console asks why before anything runs; with the real ssh client, in a pty. */
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type DemoCluster, startQuickCluster } from './demo-cluster.ts';
import { launch, type Session } from './driver.ts';
import { askRestart } from './select.ts';
import { type Variant, variantOf } from './variant.ts';

const HEALTHY = /All 9 services on 3 nodes are healthy/;

describe('a console in which nothing runs without a reason', () => {
  let cluster: DemoCluster;
  let session: Session;
  let files: Variant;
  beforeAll(async () => {
    cluster = await startQuickCluster('--speed', '20');
  });
  afterAll(() => cluster?.stop());
  afterEach(() => {
    session?.dispose();
    files?.remove();
  });

  const open = async (): Promise<void> => {
    files = variantOf(cluster, { config: (text) => text.replace('audit: {', 'audit: { reason: true,') });
    session = launch({ args: ['--config', files.configFile] });
    await session.until(HEALTHY);
  };
  const records = (): readonly Readonly<Record<string, unknown>>[] =>
    readFileSync(files.auditFile, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  const runOf = async (unit: string): Promise<string> =>
    (await cluster.ssh('node02', `systemctl show -P InvocationID -- ${unit}.service`)).output.trim();

  it('runs what it was told the reason of, and the audit has it', async () => {
    await open();
    const before = await runOf('fiberlb');
    const dialog = await askRestart(session, 'fiberlb', 'node02');
    expect(dialog).toMatch(/why {9}\S? *│/);
    expect(dialog).not.toContain('Go on?');
    session.press('new certificate');
    await session.until(/why {9}new certificate/);
    session.press('enter');
    await session.until(/Go on\?/);
    session.press('y');
    await session.until(/restart fiberlb@node02.*recovered in/s);
    expect(await runOf('fiberlb')).not.toBe(before);
    expect(records()).toMatchObject([
      { phase: 'intent', target: 'fiberlb@node02', reason: 'new certificate' },
      { phase: 'outcome', target: 'fiberlb@node02', reason: 'new certificate', outcome: 'succeeded' },
    ]);
  });

  it('does nothing without one, neither an action nor a shell', async () => {
    await open();
    const before = await runOf('fiberlb');
    await askRestart(session, 'fiberlb', 'node02');
    session.press('enter');
    await session.until(/a reason is required/);
    session.press('y');
    await session.until(/why {9}y/);
    session.press('esc');
    await session.until((text) => !text.includes('Restart fiberlb on node02'));
    session.press('S');
    await session.until(/Shell on node02/);
    session.press('enter');
    await session.until(/a reason is required/);
    session.press('esc');
    await session.until((text) => !text.includes('Shell on node02'));
    expect(await runOf('fiberlb')).toBe(before);
    expect(existsSync(files.auditFile)).toBe(false);
  });

  it('opens a shell with one, and the audit has it', async () => {
    await open();
    session.press('2', 'down');
    await session.until(/❯node02.*ssh up/);
    session.press('S');
    await session.until(/Shell on node02/);
    session.press('look at the disk');
    await session.until(/look at the disk/);
    session.press('enter');
    await session.until(/ops@node02:~\$ *$/m);
    session.press('exit\r');
    await session.until(/shell on node02 ended \(0\)/);
    expect(records()).toMatchObject([
      { phase: 'intent', verb: 'shell', reason: 'look at the disk' },
      { phase: 'outcome', verb: 'shell', reason: 'look at the disk', outcome: 'ended' },
    ]);
  });
});
