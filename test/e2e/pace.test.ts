/** A check with a pace of its own, beside others without: in one look, and on the screen. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoCluster, runProgram, startDemoCluster } from './demo-cluster.ts';
import { launch } from './driver.ts';
import { selectInstance } from './select.ts';
import { variantOf } from './variant.ts';

type Instance = {
  readonly id: string;
  readonly verdict: string;
  readonly checks: readonly { readonly verdict: string; readonly reason: string }[];
};

describe('a check with a pace of its own', () => {
  let cluster: DemoCluster;
  beforeAll(async () => {
    cluster = await startDemoCluster('--scenario', 'slow');
  });
  afterAll(() => cluster?.stop());

  const instancesIn = async (configFile: string): Promise<readonly Instance[]> => {
    const { stdout, stderr } = await runProgram(['status', '--json', '--config', configFile]);
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout).instances;
  };

  it('is given up after its own timeout, and its neighbour is not', async () => {
    const files = variantOf(cluster, {
      config: (text) => `${text}services: { lightningstor: { timeout: 400ms } }\n`,
    });
    const checkIn = async (configFile: string) =>
      (await instancesIn(configFile)).find(({ id }) => id === 'lightningstor@node02')?.checks[0];
    try {
      await expect
        .poll(() => checkIn(files.configFile))
        .toMatchObject({ verdict: 'failing', reason: 'timeout' });
      // It answers, late: in the time that all others have, it is not failing.
      expect(await checkIn(cluster.configFile)).toMatchObject({ verdict: 'ok' });
      const others = (await instancesIn(files.configFile)).filter(({ id }) => id !== 'lightningstor@node02');
      expect(others.flatMap(({ checks }) => checks.map(({ verdict }) => verdict))).not.toContain('failing');
    } finally {
      files.remove();
    }
  });

  it('is down after its own number of failures, which its page tells, and its neighbour before it', async () => {
    const files = variantOf(cluster, {
      // Systemd would tell at once that a unit was stopped.
      config: (text) =>
        `${text.replace('ssh: {', 'ssh: { enabled: false,')}services: { fiberlb: { interval: 3s, checks: { health: { fall: 20, rise: 2 } } } }\n`,
    });
    const session = launch({ args: ['--config', files.configFile], columns: 120, rows: 40 });
    try {
      await session.until(/\d of 9 services|All 9 services|degraded/);
      await cluster.ssh('node03', 'sudo -n systemctl stop fiberlb.service flashdns.service');
      await session.until(/FlashDNS is down on node03/);
      expect(session.text()).not.toMatch(/FiberLB is down/);
      await selectInstance(session, 'fiberlb', 'node03');
      session.press('enter');
      await session.until(/asked +every 3 s · within 1\.5 s · fails after 20 · well after 2/);
      await session.until(/fails since/);
      expect(session.text()).not.toMatch(/fiberlb@node03[^\n]*down/);
    } finally {
      session.dispose();
      files.remove();
    }
  });

  it('that is made seldom holds up no action: not the looks before it, not those that confirm it', async () => {
    const files = variantOf(cluster, {
      config: (text) => `${text}services: { fiberlb: { interval: 1h } }\n`,
    });
    try {
      await cluster.ssh('node02', 'sudo -n systemctl stop fiberlb.service');
      const end = await runProgram(['start', 'fiberlb@node02', '--yes', '--config', files.configFile]);
      expect(end).toMatchObject({ exitCode: 0, stderr: '' });
    } finally {
      files.remove();
    }
  });
});
