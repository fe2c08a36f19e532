/** What ssh is given changes under the running console: what looks over it goes on, or says that nothing is looked at. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type DemoCluster, startDemoCluster } from './demo-cluster.ts';
import { launch, type Session } from './driver.ts';
import { sshClientsOf, sshMastersOf } from './processes.ts';
import { selectInstance } from './select.ts';
import { type Variant, variantOf } from './variant.ts';

const HEALTHY = /All 9 services on 3 nodes are healthy/;

describe('a change of what ssh is given', () => {
  let cluster: DemoCluster;
  let session: Session;
  let files: Variant;
  beforeAll(async () => {
    cluster = await startDemoCluster('--speed', '8');
  });
  afterAll(() => cluster?.stop());
  afterEach(() => {
    session?.dispose();
    files?.remove();
  });

  const open = async (): Promise<void> => {
    files = variantOf(cluster);
    session = launch({ args: ['--config', files.configFile], columns: 100, rows: 60 });
    await session.until(HEALTHY);
  };
  const change = (from: string, to: string): void =>
    writeFileSync(files.configFile, readFileSync(files.configFile, 'utf8').replace(from, to));
  const count = (words: string): number => session.text().split(words).length - 1;
  const masters = async (): Promise<readonly string[]> =>
    (await sshMastersOf(session.pid)).map((line) => line.trim().split(/ +/)[0] ?? '').toSorted();
  /** Over connections of which none was there before. */
  const reconnected = async (before: readonly string[]): Promise<void> => {
    await expect.poll(async () => (await masters()).filter((pid) => !before.includes(pid)).length).toBe(3);
    await expect.poll(async () => (await masters()).filter((pid) => before.includes(pid))).toEqual([]);
  };

  it('leaves an open log open: what comes then comes over the new connection, and no line twice', async () => {
    await open();
    await selectInstance(session, 'fiberlb', 'node02');
    session.press('L');
    await session.until(/LOG fiberlb on node02 .*following[\s\S]*listening on/);
    await cluster.ssh('node02', 'logger -t fiberlb x; systemctl kill -s SEGV fiberlb');
    await session.until(/fiberlb\.service: Failed with result[\s\S]*listening on/);
    const [before, listening] = [await masters(), count('listening on')];
    change('sudo: true', 'sudo: true, maxChannels: 5');
    await session.until(/the changed configuration holds now/);
    await reconnected(before);
    await session.until(/LOG fiberlb on node02 .*following/);
    await cluster.ssh('node02', 'systemctl kill -s SEGV fiberlb');
    await session.until((text) => text.split('Failed with result').length === 3);
    await session.until((text) => text.split('listening on').length - 1 === listening + 1);
    expect(session.text()).not.toContain('lines may be missing');
  });

  it('leaves the log on a page as it is, and has it go on', async () => {
    await open();
    await selectInstance(session, 'novanet', 'node03');
    session.press('enter');
    await session.until(/novanet on node03[\s\S]*listening on/);
    await cluster.ssh('node03', 'systemctl kill -s SEGV novanet');
    await session.until(/novanet\.service: Failed with result/);
    const before = await masters();
    change('sudo: true', 'sudo: true, maxChannels: 5');
    await session.until(/the changed configuration holds now/);
    await reconnected(before);
    await cluster.ssh('node03', 'systemctl kill -s SEGV novanet');
    await session.until((text) => text.split('Failed with result').length >= 3);
    expect(count('Failed with result')).toBe(2);
  });

  it('that is no ssh at all ends all that looked over it, judges without, and looks again when it is back', async () => {
    await open();
    await cluster.ssh('node02', 'sudo systemctl stop fiberlb');
    await session.until(/FiberLB is down on node02: stopped/);
    await selectInstance(session, 'fiberlb', 'node02');
    session.press('enter');
    await session.until(/fiberlb on node02[\s\S]*Unit\n[\s\S]*inactive/);
    change('sudo: true', 'sudo: true, enabled: false');
    await session.until(/the changed configuration holds now/);
    await expect.poll(() => sshClientsOf(session.pid)).toEqual([]);
    // The endpoints alone are judged: what systemd said before is nowhere any more.
    await session.until(
      /fiberlb on node02 +✖ down[\s\S]*refused[\s\S]*No ssh to this node: what systemd says is not known/,
    );
    expect(session.text()).not.toMatch(/inactive|stopped|\n Log/);
    session.press('q');
    await session.until(/SERVICE +STATE/);
    session.press('esc');
    await session.until((text) => !text.includes('filter fiberlb'));
    session.press('2');
    await session.until((text) => text.split('no ssh').length - 1 === 3);
    change('sudo: true, enabled: false', 'sudo: true');
    await session.until((text) => text.split('ssh up').length - 1 === 3);
    await session.until(/FiberLB is down on node02: stopped/);
    await cluster.ssh('node02', 'sudo systemctl start fiberlb');
    await session.until(HEALTHY);
  });
});
