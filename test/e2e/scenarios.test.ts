/** Each scenario of the demo, as `plasmatop status` and the console tell it. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { waitFor } from '../helpers/wait-for.ts';
import {
  type DemoCluster,
  type ProgramEnd,
  runProgram,
  startDemoCluster,
  startQuickCluster,
} from './demo-cluster.ts';
import { launch } from './driver.ts';
import { variantOf } from './variant.ts';

/** Asks `status` again until it says what is expected: the cluster's clock goes on meanwhile. */
const statusUntil = (cluster: DemoCluster, said: RegExp): Promise<ProgramEnd> =>
  waitFor(async () => {
    const end = await cluster.run('status');
    expect(end.stdout).toMatch(said);
    return end;
  });

const inScenario = async (
  args: readonly string[],
  look: (cluster: DemoCluster) => Promise<void>,
  start = startQuickCluster,
): Promise<void> => {
  const cluster = await start(...args);
  try {
    await look(cluster);
  } finally {
    await cluster.stop();
  }
};

describe('scenarios', () => {
  it('steady: all is well, and status says so in text and JSON', () =>
    inScenario(['--scenario', 'steady'], async (cluster) => {
      const end = await statusUntil(cluster, /healthy/);
      expect(end.exitCode).toBe(0);
      const json = await cluster.run('status', '--json');
      const told = JSON.parse(json.stdout) as Record<string, unknown>;
      expect(json.exitCode).toBe(0);
      expect(told).toMatchObject({ schema: 1, cluster: 'demo', verdict: 'ok', counts: { ok: 27, down: 0 } });
    }));

  it('quorum-loss: one cause, and what it means for users', () =>
    inScenario(['--scenario', 'quorum-loss', '--speed', '10'], async (cluster) => {
      const end = await statusUntil(cluster, /lost its quorum: 1 of 3 votes, 2 needed/);
      expect(end.exitCode).toBe(2);
      expect(end.stdout).toMatch(/cause {2}chainfire on node02, node03/);
      expect(end.stdout).toMatch(/Running VMs are not affected/);
    }));

  it('node-loss: one unreachable node, not nine services', () =>
    inScenario(['--scenario', 'node-loss', '--speed', '10'], async (cluster) => {
      const end = await statusUntil(cluster, /node0\d is unreachable/);
      expect(end.exitCode).toBe(1);
      expect(end.stdout).not.toContain('lost its quorum');
    }));

  it('first-boot: starting, and never red on the way', () =>
    inScenario(
      ['--scenario', 'first-boot', '--speed', '4'],
      async (cluster) => {
        const session = launch({ args: ['--config', cluster.configFile], columns: 80, rows: 24 });
        try {
          await session.until(/Cluster is starting: \d+ of 27 instances ready\./);
          await session.until(/forms its quorum: \d of 3/);
          await session.until(/All 9 services on 3 nodes are healthy/, 60_000);
          // All that was ever written, not the last screen alone.
          for (const alarm of ['✖', '⊘', 'lost its quorum', 'is down', 'are down']) {
            expect(session.output()).not.toContain(alarm);
          }
        } finally {
          session.dispose();
        }
      },
      // A busy machine may be late for the time of the quick one, which would be red.
      startDemoCluster,
    ));

  it('slow: answers, but too slowly', () =>
    inScenario(
      ['--scenario', 'slow'],
      async (cluster) => {
        const session = launch({ args: ['--config', cluster.configFile], columns: 120, rows: 40 });
        try {
          await session.until(/LightningStor is slow on node02\./);
        } finally {
          session.dispose();
        }
      },
      // In the time of the quick one it would not answer at all.
      startDemoCluster,
    ));

  it('cert-expiry: names the certificate as the cause', () =>
    inScenario(['--scenario', 'cert-expiry'], async (cluster) => {
      const end = await statusUntil(cluster, /certificate/i);
      expect(end.exitCode).not.toBe(0);
      expect(end.stdout).toMatch(/expired/);
    }));

  it('split-brain: two leaders', () =>
    inScenario(['--scenario', 'split-brain', '--speed', '10'], async (cluster) => {
      const end = await statusUntil(cluster, /two leaders/i);
      expect(end.exitCode).not.toBe(0);
    }));

  it('join-failure: the step is the cause, and its member has not joined', () =>
    inScenario(['--scenario', 'join-failure', '--speed', '10'], async (cluster) => {
      // While a try runs, systemd does not tell how the one before ended; and at first its member is merely starting.
      const end = await statusUntil(
        cluster,
        /FlareDB has not joined on node03: flaredb-cluster-join fail[\s\S]*cause {2}flaredb-cluster-join on node03 · fail(s|ed), exit 1/,
      );
      expect(end.exitCode).toBe(1);
      expect(end.stdout).toMatch(/flaredb@node03 {2}degraded {2}not joined: flaredb-cluster-join/);
    }));

  it('no-sudo: what the account may not do is grey with its reason before it is tried, the rest runs', () =>
    inScenario(['--scenario', 'no-sudo'], async (cluster) => {
      const session = launch({ args: ['--config', cluster.configFile], columns: 100, rows: 30 });
      try {
        await session.until(/All 9 services on 3 nodes are healthy/);
        session.press('2');
        await session.until(/node02.*no sudo/);
        expect(session.text()).toMatch(/node03.*ssh up/);
        session.press('down', 'r');
        await session.until(/this account may not run anything with sudo on node02: see docs\/rights\.md/);
        session.press('down');
        await session.until(/sudo: restart and rerun ok; start, stop, reset-failed and bring-up no/);
        session.press('x');
        await session.until(/this account may not run sudo systemctl stop on node03/);
        session.press('r');
        await session.until(/Restart all services on node03/);
      } finally {
        session.dispose();
      }
    }));

  it('no-sudo, not asked beforehand: it is tried, and sudo says no', () =>
    inScenario(['--scenario', 'no-sudo'], async (cluster) => {
      const variant = variantOf(cluster, {
        config: (text) => text.replace('sudo: true }', 'sudo: true, checkRights: false }'),
      });
      onTestFinished(() => variant.remove());
      const args = ['--config', variant.configFile, 'restart', 'fiberlb@node02', '--yes'];
      const end = await runProgram(args);
      expect(end.stdout).toMatch(/password is required|sudo/);
      expect(end.exitCode).toBe(1);
    }));

  it('no-sudo, without sudo: what systemd would let root alone do is grey, what polkit may refuse is tried and said', () =>
    inScenario(['--scenario', 'no-sudo'], async (cluster) => {
      const withoutSudo = (more = '') => {
        const variant = variantOf(cluster, {
          config: (text) => text.replace('sudo: true }', `sudo: false${more} }`),
        });
        onTestFinished(() => variant.remove());
        return variant.configFile;
      };
      const asOps = withoutSudo();
      const session = launch({ args: ['--config', asOps], columns: 100, rows: 30 });
      try {
        await session.until(/All 9 services on 3 nodes are healthy/);
        session.press('2');
        await session.until(/node02.*no right/);
        expect(session.text()).toMatch(/node03.*ssh up/);
        session.press('down', 'r');
        await session.until(/only root may run systemctl restart on node02, there is no polkit/);
        session.press('down');
        await session.until(/rights +polkit does not let this account act on every unit/);
        session.press('r');
        await session.until(/rights +polkit on node03 may refuse it: not known until it is tried/);
      } finally {
        session.dispose();
      }
      const restart = (configFile: string, target: string, ...flags: string[]) =>
        runProgram(['restart', target, '--config', configFile, '--yes', ...flags]);
      const none = await restart(asOps, 'fiberlb@node02');
      expect(none.stdout).toMatch(
        /^refused: .*no right to `systemctl restart -- fiberlb\.service` on node02/m,
      );
      expect(none.exitCode).toBe(2);
      const asks = await restart(asOps, 'fiberlb@node03');
      expect(asks.stdout).toMatch(/^failed .*Interactive authentication required/m);
      expect(asks.exitCode).toBe(1);
      const root = await restart(withoutSudo(', user: root'), 'fiberlb@node02', '--dry-run');
      expect(root.stdout).toMatch(/^could-run/m);
      expect(root.exitCode).toBe(0);
    }));

  it('drift: all is well, and what will not go as the topology says is told', () =>
    inScenario(['--scenario', 'drift'], async (cluster) => {
      const session = launch({ args: ['--config', cluster.configFile], columns: 80, rows: 24 });
      try {
        const screen = await session.until(/drift {2}flaredb requires chainfire: missing on node02/);
        expect(screen.split('\n').findIndex((line) => line.includes('drift'))).toBe(3);
        expect(screen).toContain('· +1 more');
        await session.until(/All 9 services on 3 nodes are healthy/);
      } finally {
        session.dispose();
      }
      const end = await statusUntil(cluster, /Drift from the topology/);
      expect(end.exitCode).toBe(0);
      expect(end.stdout).toContain('k8shost requires flaredb on node02: not in the topology');
      const told = JSON.parse((await cluster.run('status', '--json')).stdout) as Record<string, unknown>;
      expect(told).toMatchObject({
        verdict: 'ok',
        drift: [
          { unit: 'flaredb.service', on: 'chainfire.service', kind: 'missing', nodes: ['node02'], of: 3 },
          { unit: 'k8shost.service', on: 'flaredb.service', kind: 'extra', nodes: ['node02'], of: 3 },
        ],
      });
    }));

  it('steady, then chainfire is stopped and started: what stayed dead is one cause with its repair', () =>
    inScenario(['--scenario', 'steady', '--speed', '20'], async (cluster) => {
      const ssh = async (command: string): Promise<void> => {
        expect((await cluster.ssh('node02', command)).exitCode).toBe(0);
      };
      await ssh('sudo -n systemctl stop chainfire');
      await ssh('sudo -n systemctl start chainfire');
      const end = await statusUntil(cluster, /5 units on node02 were left behind after chainfire restarted/);
      expect(end.exitCode).toBe(1);
      expect(end.stdout).toMatch(/flaredb \+4 on node02 · left behind: bring up/);
      expect(end.stdout).toMatch(/flaredb@node02 {2}down {2}left behind: bring up/);

      await ssh('sudo -n systemctl start multi-user.target');
      await statusUntil(cluster, /All 9 services on 3 nodes are healthy/);
    }));
});
