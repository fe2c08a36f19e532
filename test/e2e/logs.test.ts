/** What a unit writes on a node is on the screen: in the page of its instance and in the first-boot view. */
import { expect, it } from 'vitest';
import { startDemoCluster } from './demo-cluster.ts';
import { launch } from './driver.ts';
import { sshClientsOf } from './processes.ts';
import { variantOf } from './variant.ts';

it('a unit that dies tells so in the page of its instance', async () => {
  const cluster = await startDemoCluster('--scenario', 'steady');
  const session = launch({ args: ['--config', cluster.configFile], columns: 100, rows: 50 });
  try {
    await session.until(/All 9 services on 3 nodes are healthy/);
    session.press('/', 'fiberlb', 'enter');
    await session.until(/filter fiberlb/);
    session.press('g', 'right', 'down', 'down');
    await session.until(/❯ +node02/);
    session.press('enter');
    await session.until(/fiberlb on node02.*Log\n.*listening on :9092/s);
    await cluster.ssh('node02', 'systemctl kill -s SEGV fiberlb');
    const text = await session.until(/Main process exited, code=(?:killed|dumped), status=11/);
    expect(text).toMatch(/ \d\d:\d\d:\d\d {2}fiberlb.service: Main process exited/);
    session.press('q', 'q');
  } finally {
    session.dispose();
    await cluster.stop();
  }
});

it('a join step that is refused says why in the first-boot view', async () => {
  const cluster = await startDemoCluster('--scenario', 'join-failure', '--speed', '10');
  const session = launch({ args: ['--config', cluster.configFile], columns: 80, rows: 24 });
  try {
    session.press('5');
    await session.until(
      /held by flaredb-cluster-join on node03.*\n +log +\d\d:\d\d:\d\d {2}ERROR join refused by leader/,
      40_000,
    );
  } finally {
    session.dispose();
    await cluster.stop();
  }
});

it('follows no node where the configuration says so, and says that on its page', async () => {
  const cluster = await startDemoCluster('--scenario', 'steady');
  const variant = variantOf(cluster, {
    config: (text) => text.replace('sudo: true }', 'sudo: true, follow: false }'),
  });
  const session = launch({ args: ['--config', variant.configFile], columns: 100, rows: 50 });
  try {
    await session.until(/All 9 services on 3 nodes are healthy/);
    session.press('2', 'enter');
    await session.until(/journal +not followed, as the configuration says/);
    // The poll sees it all the same.
    await cluster.ssh('node01', 'systemctl stop fiberlb');
    await session.until(/FiberLB is down on node01: stopped/);
    const clients = await sshClientsOf(session.pid);
    expect(clients.length).toBeGreaterThanOrEqual(3);
    expect(clients.join('\n')).not.toMatch(/journalctl|systemd-stdio-bridge/);
  } finally {
    session.dispose();
    variant.remove();
    await cluster.stop();
  }
});
