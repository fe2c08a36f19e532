/** What a node sends by itself is on the screen long before anybody asks. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoCluster, startDemoCluster } from './demo-cluster.ts';
import { launch } from './driver.ts';
import { variantOf } from './variant.ts';

const HEALTHY = /All 9 services on 3 nodes are healthy/;
const ROW = (what: string): RegExp => new RegExp(`▸ k8shost .*${what}`);

describe('systemd signals', () => {
  let cluster: DemoCluster;
  beforeAll(async () => {
    cluster = await startDemoCluster('--speed', '20');
  });
  afterAll(() => cluster?.stop());

  it('show a stop, a start and what hangs on it, although the next look is hours away', async () => {
    // Nothing that is asked for can bring the change within the life of this test.
    const variant = variantOf(cluster, {
      config: (text) => text.replace(/^poll:.*$/mu, 'poll: { interval: 1h, timeout: 1s }'),
    });
    const session = launch({ args: ['--config', variant.configFile], columns: 120, rows: 40 });
    try {
      await session.until(HEALTHY);
      expect(await cluster.ssh('node02', 'sudo -n systemctl stop k8shost')).toMatchObject({ exitCode: 0 });
      await session.until(ROW('✖ stopped'));
      expect(await cluster.ssh('node02', 'sudo -n systemctl start k8shost')).toMatchObject({ exitCode: 0 });
      await session.until(HEALTHY);
      expect(await cluster.ssh('node02', 'sudo -n systemctl stop chainfire')).toMatchObject({ exitCode: 0 });
      await session.until(/Chainfire is down on node02/);
      await session.until(/▸ flaredb .*⊘/);
    } finally {
      session.dispose();
      variant.remove();
    }
  });
});
