/** Services and a whole node stopped, started and their failures forgotten, from the keyboard over a real ssh. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoCluster, startQuickCluster } from './demo-cluster.ts';
import { launch, type Session } from './driver.ts';

const healthy = /All 9 services on 3 nodes are healthy/;

/** What systemd itself says of a unit, asked with the plain ssh client. */
const state = async (cluster: DemoCluster, node: string, unit: string): Promise<string> =>
  (await cluster.ssh(node, `systemctl show -P ActiveState -- ${unit}`)).output.trim();

/** Without frame and line breaks. */
const plain = (text: string): string => text.replace(/[│\s]+/g, ' ');

/**
 * Asks until it may be asked: what systemd says is not there from the first moment on. Only a refusal, which stands for a
 * while where the keys are shown, has the key pressed again: a second one would be typed into the question.
 */
const asked = async (session: Session, key: string, title: string): Promise<string> => {
  const isFree = (text: string): boolean => /\? help$/.test(text.trimEnd());
  for (;;) {
    await session.until(isFree);
    session.press(key);
    const text = await session.until((now) => now.includes(title) || !isFree(now));
    if (text.includes(title)) return text;
  }
};

describe('a service that is stopped', () => {
  let cluster: DemoCluster;
  let session: Session;

  beforeAll(async () => {
    cluster = await startQuickCluster('--speed', '20');
    session = launch({ args: ['--config', cluster.configFile], columns: 80, rows: 24 });
  });
  afterAll(async () => {
    session?.dispose();
    await cluster?.stop();
  });

  it('asks for its name, and tells what stays down and the way back', async () => {
    await session.until(healthy);
    session.press('l', 'j', 'j');
    await session.until(/❯ +node02/);
    const dialog = plain(await asked(session, 'x', 'Stop chainfire on node02'));
    expect(dialog).toMatch(/runs ssh -F \S+ node02 -- sudo -n systemctl stop -- chainfire\.service/);
    expect(dialog).toContain('stops too flaredb, iam and 3 first-boot steps');
    expect(dialog).toContain('way back bring up node02 for all of it, a start for chainfire alone');
    expect(dialog).toContain('quorum chainfire now 3/3 · during 2/3 holds · after 2/3, 2 needed');
    // One key is not enough.
    session.press('y', 'enter');
    await session.until(/type chainfire to go on/);
    session.press('esc');
    await session.until((text) => !text.includes('Stop chainfire'));
    expect(await cluster.audit()).toEqual([]);
    expect(await state(cluster, 'node02', 'chainfire.service')).toBe('active');
  });

  it('is down then, with all that requires it, and nothing brings it back', async () => {
    await asked(session, 'x', 'Stop chainfire on node02');
    session.press(...'chainfire');
    await session.until(/to go on: chainfire/);
    session.press('enter');
    await session.until(/stopped in <?\d+ s; flaredb, iam and 3 steps stopped with it/);
    for (const unit of ['chainfire', 'flaredb', 'iam', 'iam-initial-setup']) {
      expect(await state(cluster, 'node02', `${unit}.service`)).toBe('inactive');
    }
    const about = {
      verb: 'stop',
      target: 'chainfire@node02',
      units: ['chainfire.service'],
      commands: [['sudo', '-n', 'systemctl', 'stop', '--', 'chainfire.service']],
    };
    expect(await cluster.audit()).toMatchObject([
      { phase: 'intent', ...about },
      { phase: 'outcome', ...about, outcome: 'succeeded', exitCode: 0 },
    ]);
  });

  it('is started alone, as its question says', async () => {
    await session.until(/✖ down +stopped/);
    session.press('x');
    await session.until(/it is down already/);
    const dialog = plain(await asked(session, 's', 'Start chainfire on node02'));
    expect(dialog).toMatch(/runs ssh -F \S+ node02 -- sudo -n systemctl start -- chainfire\.service/);
    expect(dialog).toContain('leaves flaredb, iam and 3 first-boot steps stopped: bring up the node next');
    session.press('y');
    await session.until(/● start chainfire@node02[\s\S]*up in \d+ s: active after/);
    expect(await state(cluster, 'node02', 'chainfire.service')).toBe('active');
    expect(await state(cluster, 'node02', 'flaredb.service')).toBe('inactive');
  });

  it('and the rest is brought back by a start of what needs it', async () => {
    session.press('2');
    await session.until(/❯node01/);
    session.press('j', 'l', 'l', 'l');
    await session.until(/─ iam ─/);
    const dialog = plain(await asked(session, 's', 'Start iam on node02'));
    expect(dialog).toContain('starts too flaredb');
    session.press('y');
    await session.until(/started flaredb and iam in \d+ s|started iam and flaredb in \d+ s/);
    expect(await state(cluster, 'node02', 'flaredb.service')).toBe('active');
  });
});

describe('a whole node', () => {
  let cluster: DemoCluster;
  let session: Session;

  beforeAll(async () => {
    cluster = await startQuickCluster('--speed', '20');
    session = launch({ args: ['--config', cluster.configFile], columns: 80, rows: 24 });
  });
  afterAll(async () => {
    session?.dispose();
    await cluster?.stop();
  });

  it('is stopped with one command that names all its services', async () => {
    await session.until(healthy);
    session.press('2', 'j');
    await session.until(/❯node02/);
    const dialog = plain(await asked(session, 'x', 'Stop all services on node02'));
    expect(dialog).toMatch(/systemctl stop -- chainfire\.service flaredb\.service .*k8shost\.service/);
    session.press(...'node02');
    await session.until(/to go on: node02/);
    session.press('enter');
    await session.until(/● stop node02[\s\S]*stopped in <?\d+ s; 3 steps stopped with it/);
    for (const unit of ['chainfire', 'iam', 'k8shost']) {
      expect(await state(cluster, 'node02', `${unit}.service`)).toBe('inactive');
    }
    const [intent, outcome] = await cluster.audit();
    expect(intent).toMatchObject({ verb: 'stop', target: 'node02', unit: 'chainfire.service' });
    expect(intent?.units).toHaveLength(9);
    expect(outcome).toMatchObject({ phase: 'outcome', outcome: 'succeeded' });
  });

  it('is started with one command', async () => {
    const dialog = plain(await asked(session, 's', 'Start all services on node02'));
    expect(dialog).toMatch(/systemctl start -- chainfire\.service flaredb\.service .*k8shost\.service/);
    session.press('y');
    await session.until(/● start node02[\s\S]*started chainfire, [\s\S]* in \d+ s/, 40_000);
    for (const unit of ['chainfire', 'iam', 'k8shost']) {
      expect(await state(cluster, 'node02', `${unit}.service`)).toBe('active');
    }
  });
});

describe('a service that systemd has given up', () => {
  let cluster: DemoCluster;
  let session: Session;

  beforeAll(async () => {
    cluster = await startQuickCluster('--scenario', 'quorum-loss', '--speed', '20');
    session = launch({ args: ['--config', cluster.configFile], columns: 80, rows: 24 });
  });
  afterAll(async () => {
    session?.dispose();
    await cluster?.stop();
  });

  it('has its failure forgotten, and nothing else', async () => {
    await session.until(/SERVICE/);
    session.press('2', 'j', 'l');
    await session.until(/❯node02/);
    const failed = async (): Promise<boolean> =>
      (await state(cluster, 'node02', 'chainfire.service')) === 'failed';
    await expect.poll(failed).toBe(true);
    const dialog = plain(await asked(session, 'c', 'Forget the failure of chainfire on node02'));
    expect(dialog).toMatch(/runs ssh -F \S+ node02 -- sudo -n systemctl reset-failed -- chainfire\.service/);
    session.press('y');
    await session.until(/failure forgotten: chainfire; start brings it up/);
    expect(await state(cluster, 'node02', 'chainfire.service')).toBe('inactive');
    expect(await cluster.audit()).toMatchObject([
      { phase: 'intent', verb: 'reset-failed', units: ['chainfire.service'] },
      { phase: 'outcome', verb: 'reset-failed', outcome: 'succeeded', exitCode: 0 },
    ]);
  });
});
