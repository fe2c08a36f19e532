/** Everything that ssh can refuse, ask or lose: the console goes on, says what it does not know, and what would help. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newKeyPair } from '../helpers/ssh-server.ts';
import { type DemoCluster, startQuickCluster } from './demo-cluster.ts';
import { launch, type Session } from './driver.ts';
import { journalOf } from './journal.ts';
import { selectInstance } from './select.ts';
import { type Variant, variantOf, type Wire, wireTo } from './variant.ts';

const HEALTHY = /All 9 services on 3 nodes are healthy/;

describe('ssh trouble', () => {
  let cluster: DemoCluster;
  beforeAll(async () => {
    cluster = await startQuickCluster();
  });
  afterAll(() => cluster?.stop());

  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
  const variant = (edits: Parameters<typeof variantOf>[1]): Variant => {
    const made = variantOf(cluster, edits);
    cleanups.push(made.remove);
    return made;
  };
  const wire = async (node: string): Promise<Wire> => {
    const made = await wireTo(cluster, node);
    cleanups.push(made.close);
    return made;
  };
  const open = (configFile: string, columns = 100): Session => {
    const session = launch({ args: ['--config', configFile], columns, rows: 40 });
    cleanups.push(session.dispose);
    return session;
  };

  it('a key that nobody takes: endpoints tell what they can, and the pages say what is missing', async () => {
    const { configFile, directory } = variant({
      ssh: (text, to) => text.replace(/IdentityFile .*/, `IdentityFile "${join(to, 'other_key')}"`),
    });
    writeFileSync(join(directory, 'other_key'), newKeyPair().private, { mode: 0o600 });
    const session = open(configFile);
    await session.until(HEALTHY);
    expect(session.alternate()).toBe(true);
    session.press('2');
    // Each is tried again and again: one may be connecting just now.
    await session.until((text) =>
      ['node01', 'node02', 'node03'].every((node) => new RegExp(`${node} .*ssh fails`).test(text)),
    );
    session.press('enter');
    const page = await session.until((text) => /ssh fails: /.test(text) && !/NODE +STATE +SSH/.test(text));
    expect(page).toContain('Permission denied (publickey)');
    expect(page).toContain('check user and key');
    session.press('1');
    await selectInstance(session, 'chainfire', 'node01');
    session.press('r');
    const refused = await session.until(/Restart chainfire on node01/);
    expect(refused).toMatch(/no ssh to node01: .*Permission denied/);
  });

  it('another host key than before: the console says so at once, and how to go on', async () => {
    const way = await wire('node02');
    const { configFile } = variant({ ssh: way.edit });
    const session = open(configFile);
    await session.until(HEALTHY);
    session.press('2', 'down');
    await session.until(/❯node02.*ssh up/);
    way.cut('node03');
    await session.until(/❯node02.*ssh fails/);
    const changed = /ssh fails: .*(?:IDENTIFICATION HAS CHANGED|has changed)/i;
    // Nothing else about the node is lost.
    const page = await session.until((text) => changed.test(text) && HEALTHY.test(text));
    expect(page).toContain('ssh-keygen -R');
    way.cut('node02');
    await session.until(/❯node02.*ssh up/);
  });

  it('a connection that is lost under a restart: what came of it is told from what is seen', async () => {
    const way = await wire('node02');
    const { configFile, auditFile } = variant({ ssh: way.edit });
    const session = open(configFile);
    await session.until(HEALTHY);
    await selectInstance(session, 'fiberlb', 'node02');
    session.press('r');
    await session.until(/Restart fiberlb on node02/);
    const journal = await journalOf(cluster, 'node02');
    session.press('y');
    // Cut only when the node has the command: before that, nothing would have been lost.
    await journal.says(/Stopping fiberlb/);
    way.cut();
    await session.until((text) => !text.includes('Restart fiberlb on node02'));
    session.press('4');
    await session.until(/lost contact/);
    // It comes back, and with it the sign that the unit was restarted.
    way.cut('node02');
    const text = await session.until(/recovered in|no sign since/, 90_000);
    expect(text).toContain('ssh was lost meanwhile');
    const lines = readFileSync(auditFile, 'utf8').trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { phase: string }).phase)).toEqual(['intent', 'outcome']);
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ outcome: 'succeeded' });
  });

  describe('an unknown host key', () => {
    const unknown = () =>
      variant({
        ssh: (text) => text.replace('StrictHostKeyChecking yes', 'StrictHostKeyChecking ask'),
        knownHosts: (text) => text.replace(/^node02 .*\n/m, ''),
      });

    it('is asked about before the screen opens; yes goes on', async () => {
      const { configFile, knownHostsFile } = unknown();
      const session = open(configFile);
      await session.until(/continue connecting \(yes\/no/);
      expect(session.alternate()).toBe(false);
      session.press('yes\r');
      await session.until(HEALTHY);
      expect(session.alternate()).toBe(true);
      expect(readFileSync(knownHostsFile, 'utf8')).toMatch(/^node02 ssh-ed25519/m);
      session.press('2');
      await session.until(/node02.*ssh up/);
    });

    it('is asked about before the screen opens; no goes on without this node', async () => {
      const { configFile, knownHostsFile } = unknown();
      const session = open(configFile);
      await session.until(/continue connecting \(yes\/no/);
      session.press('no\r');
      await session.until(HEALTHY);
      session.press('2', 'down');
      // The first words may be those of the try that was broken off.
      await session.until((text) =>
        [/❯node02.*ssh fails/, /node01.*ssh up/, /Host key verification failed/].every((what) =>
          what.test(text),
        ),
      );
      expect(readFileSync(knownHostsFile, 'utf8')).not.toContain('node02');
    });

    it('is asked about, and a signal does not wait for the answer', async () => {
      const { configFile } = unknown();
      const session = open(configFile);
      await session.until(/continue connecting \(yes\/no/);
      session.kill('SIGTERM');
      expect((await session.exited).code).toBe(143);
      expect(session.alternate()).toBe(false);
      expect(existsSync(`/proc/${session.pid}`)).toBe(false);
    });
  });
});
