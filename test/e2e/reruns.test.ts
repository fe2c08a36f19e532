/** A failed first-boot step run again, and a node brought up after a stop, from the keyboard. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoCluster, startQuickCluster } from './demo-cluster.ts';
import { launch, type Session } from './driver.ts';

const STEP = 'flaredb-cluster-join.service';

/** One property of a unit, as the node itself gives it to the plain ssh client. */
const shown = async (cluster: DemoCluster, node: string, unit: string, property: string): Promise<string> =>
  (await cluster.ssh(node, `systemctl show -P ${property} -- ${unit}`)).output.trim();

const healthy = /All 9 services on 3 nodes are healthy/;

describe('a first-boot step that fails', () => {
  let cluster: DemoCluster;
  let session: Session;

  beforeAll(async () => {
    cluster = await startQuickCluster('--scenario', 'join-failure', '--speed', '20');
    session = launch({ args: ['--config', cluster.configFile], columns: 80, rows: 24 });
  });
  afterAll(async () => {
    session?.dispose();
    await cluster?.stop();
  });

  it('is found in the boot of its node', async () => {
    await session.until(/SERVICE/);
    session.press('5');
    // Until systemd has given up: between its tries a rerun might meet one that runs.
    await session.until(/held by flaredb-cluster-join on node03: failed, exit 1/);
    session.press('G', 'enter');
    await session.until(/▾ node03/);
    session.press('j', 'j', 'j', 'j');
    await session.until(/❯ ✖ flaredb-cluster-join/);
    expect(await shown(cluster, 'node03', STEP, 'Result')).toBe('exit-code');
  });

  it('shows both commands that a rerun sends, and takes no for an answer', async () => {
    session.press('R');
    const dialog = await session.until(/Rerun flaredb-cluster-join on node03/);
    const plain = dialog.replace(/[│\s]+/g, ' ');
    expect(plain).toMatch(/runs ssh -F \S+ node03 -- sudo -n systemctl reset-failed -- flaredb-cluster-join/);
    expect(plain).toMatch(
      /then ssh -F \S+ node03 -- sudo -n systemctl restart --no-block -- flaredb-cluster-j/,
    );
    expect(plain).toContain('takes along nothing else');
    session.press('n');
    await session.until((text) => !text.includes('Rerun flaredb-cluster-join'));
    expect(await cluster.audit()).toEqual([]);
  });

  it('is mended, which the node itself and the audit say too', async () => {
    const before = await shown(cluster, 'node03', STEP, 'InvocationID');
    session.press('R');
    await session.until(/Rerun flaredb-cluster-join on node03/);
    session.press('y');
    // What it freed may follow, on a line of its own.
    await session.until(/● rerun flaredb-cluster-join@node03 [\s\S]*done in <?\d+ s, exit 0/);
    expect(await shown(cluster, 'node03', STEP, 'ActiveState')).toBe('active');
    expect(await shown(cluster, 'node03', STEP, 'SubState')).toBe('exited');
    expect(await shown(cluster, 'node03', STEP, 'InvocationID')).not.toBe(before);

    const commands = [
      ['sudo', '-n', 'systemctl', 'reset-failed', '--', STEP],
      ['sudo', '-n', 'systemctl', 'restart', '--no-block', '--', STEP],
    ];
    const about = {
      verb: 'rerun',
      target: 'flaredb-cluster-join@node03',
      node: 'node03',
      unit: STEP,
      commands,
    };
    expect(await cluster.audit()).toMatchObject([
      { phase: 'intent', ...about },
      { phase: 'outcome', ...about, outcome: 'succeeded', exitCode: 0 },
    ]);
    await session.until(healthy);
  });

  it('is told of in the jobs view', async () => {
    session.press('4');
    const text = await session.until(/outcome +done in/);
    expect(text).toMatch(/ran +ssh -F/);
    expect(text).toMatch(/then +ssh -F/);
  });
});

describe('a node of which half is left behind', () => {
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

  const row = /❯node02/;

  it('has nothing to bring up while all is well', async () => {
    await session.until(healthy);
    session.press('2', 'j');
    await session.until(row);
    session.press('u');
    await session.until(/nothing is down on node02/);
    expect(session.text()).not.toContain('Bring up node02');
  });

  it('is brought up with one command, which starts all that a stop took down', async () => {
    await cluster.ssh('node02', 'sudo systemctl stop chainfire');
    await cluster.ssh('node02', 'sudo systemctl start chainfire');
    expect(await shown(cluster, 'node02', 'iam.service', 'ActiveState')).toBe('inactive');
    await session.until(/u bring up/);
    session.press('u');
    const dialog = await session.until(/Bring up node02/);
    const plain = dialog.replace(/[│\s]+/g, ' ');
    expect(plain).toMatch(
      /runs ssh -F \S+ node02 -- sudo -n systemctl start --no-block -- multi-user\.target/,
    );
    expect(plain).toMatch(/starts flaredb, iam and 3 first-boot steps|starts .*flaredb.*iam-initial-setup/);
    session.press('y');
    await session.until(/brought back flaredb, iam and 3 steps in \d+ s/);
    for (const unit of [
      'flaredb',
      'iam',
      'chainfire-cluster-join',
      'flaredb-cluster-join',
      'iam-initial-setup',
    ]) {
      expect(await shown(cluster, 'node02', `${unit}.service`, 'ActiveState')).toBe('active');
    }
    expect(await cluster.audit()).toMatchObject([
      { phase: 'intent', verb: 'bring-up', target: 'node02', unit: 'multi-user.target' },
      { phase: 'outcome', verb: 'bring-up', outcome: 'succeeded', exitCode: 0 },
    ]);
    await session.until(healthy);
  });
});
