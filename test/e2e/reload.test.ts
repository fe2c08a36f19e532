/** A configuration that is changed under the running console: taken up when it is good, told of when it is not. */
import { existsSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type DemoCluster, startQuickCluster } from './demo-cluster.ts';
import { launch, program, type Session } from './driver.ts';
import { askRestart } from './select.ts';
import { type Variant, variantOf } from './variant.ts';

const HEALTHY = /All 9 services on 3 nodes are healthy/;

describe('a changed configuration', () => {
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

  const open = async (edit?: (text: string) => string): Promise<void> => {
    files = variantOf(cluster, edit === undefined ? {} : { config: edit });
    session = launch({ args: ['--config', files.configFile] });
    await session.until(HEALTHY);
  };
  const change = (edit: (text: string) => string): void =>
    writeFileSync(files.configFile, edit(readFileSync(files.configFile, 'utf8')));

  it('adds a node, and keeps the cursor and what is known of the others', async () => {
    await open();
    session.press('down', 'down', 'down');
    await session.until(/❯▸ iam/);
    change((text) => text.replace('poll:', '  - { name: node04, address: 127.0.0.9, ssh: false }\npoll:'));
    const text = await session.until(/demo {2}4 nodes/);
    // Nothing was unseen meanwhile: only the new node is to be looked at.
    expect(text).toMatch(/❯▸ iam/);
    expect(text).not.toMatch(/no data yet/);
    await session.until(/node04/);
    change((now) => now.replace(/ {2}- \{ name: node04.*\n/, ''));
    await session.until(/demo {2}3 nodes/);
    await session.until(HEALTHY);
  });

  it('keeps the old one when the new one is bad, says where and what, and goes on when it is mended', async () => {
    await open();
    const good = readFileSync(files.configFile, 'utf8');
    change((text) => `${text}adress: 5\nreadOny: true\n`);
    await session.until(/old configuration kept: plasmatop.yaml:\d+: adress: unknown key "adress"/);
    expect(session.text()).toMatch(HEALTHY);
    session.press('?');
    await session.until(/readOny: unknown key "readOny"\s+remedy: did you mean readOnly\?/);
    session.press('?');
    // As editors do it: another file in its place.
    writeFileSync(`${files.configFile}.new`, `${good}banner: STAGING\n`, { mode: 0o600 });
    renameSync(`${files.configFile}.new`, files.configFile);
    await session.until((text) => text.includes(' STAGING ') && !text.includes('old configuration'));
  });

  it('changes theme and keys on the screen', async () => {
    await open();
    expect(session.output()).not.toContain('38;5;75');
    change((text) => `${text}ui: { theme: colour-blind }\nkeys: { help: H }\n`);
    await session.until(/H help/);
    session.press('H');
    await session.until(/HELP/);
    await session.until(() => /38;5;75m|38;2;95;175;255m/u.test(session.output()));
  });

  it('forbids actions at once, even the one that is asked about, and lets them again', async () => {
    await open();
    await askRestart(session, 'fiberlb', 'node02');
    change((text) => `${text}readOnly: true\n`);
    await session.until(/READ-ONLY/);
    await session.until(/holds when the question is answered/);
    session.press('y');
    await session.until(/read-only: nothing can be changed from here/);
    session.press('n');
    await session.until((text) => !text.includes('holds when'));
    expect(session.text()).toContain('READ-ONLY');
    expect(existsSync(files.auditFile)).toBe(false);
    change((text) => text.replace('readOnly: true\n', ''));
    await session.until((text) => !text.includes('READ-ONLY'));
    // The cursor is where it was.
    session.press('r');
    await session.until(/Restart fiberlb on node02/);
    session.press('y');
    await session.until(/restart fiberlb@node02.*recovered in/s);
  });

  it('waits with what an action is in the way of', async () => {
    await open();
    await askRestart(session, 'fiberlb', 'node02');
    session.press('y');
    await session.until(/restart fiberlb@node02/);
    change((text) => text.replace('cluster: demo', 'cluster: renamed'));
    await session.until(/recovered in/);
    await session.until(/ renamed {2}3 nodes/);
    expect(readFileSync(files.auditFile, 'utf8').trim().split('\n')).toHaveLength(2);
  });

  it('is read when the palette asks for it, and what came of it is told each time', async () => {
    await open();
    const reload = async (): Promise<void> => {
      session.press(':');
      await session.until(/^─ : ▏/mu);
      session.press('reload');
      await session.until(/❯reload configuration/u);
      session.press('enter');
    };
    await reload();
    await session.until(/^ the configuration is unchanged$/mu);
    // Whoever watches sees it in the middle of being written, and waits.
    const busy = setInterval(() => utimesSync(files.configFile, new Date(), new Date()), 50);
    onTestFinished(() => clearInterval(busy));
    change((text) => text.replace('cluster: demo', 'cluster: renamed'));
    await reload();
    await session.until(/ renamed {2}3 nodes/);
    await reload();
    await session.until(/^ the configuration is unchanged$/mu);
    change((text) => `${text}adress: 5\nreadOny: true\n`);
    await reload();
    await session.until(/^ 2 mistakes: the old one is kept$/mu);
    expect(session.text()).toMatch(/old configuration kept: plasmatop.yaml:\d+: adress: unknown key/);
  });

  it('is taken up, or told of and not used, where there is no terminal as well', async () => {
    files = variantOf(cluster);
    const command = ['sh', '-c', 'exec "$@" <&-', 'sh', process.execPath, program, '--config'] as const;
    session = launch({ args: [], command: [...command, files.configFile], columns: 200 });
    await session.until(/ {2}ok {2}All 9 services on 3 nodes are healthy/);
    const good = readFileSync(files.configFile, 'utf8');
    change((text) => `${text}adress: 5\n`);
    await session.until(
      /^[\d-]+ [\d:]+ {2}configuration {2}old configuration kept: \S+:\d+: adress: unknown key "adress"/m,
    );
    change(() => good);
    await session.until(/configuration {2}its mistake is mended/);
    expect(session.text()).not.toMatch(/the changed configuration holds now/);
    change((text) => text.replace('poll:', '  - { name: node04, address: 127.0.0.9, ssh: false }\npoll:'));
    await session.until(/configuration {2}the changed configuration holds now/);
    await session.until(/node04/);
  });
});
