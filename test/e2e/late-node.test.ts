/** No check is answered in time, and the real ssh client gets through: one cause, wherever an operator looks. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createServers } from '../helpers/servers.ts';
import { type DemoCluster, runProgram, startDemoCluster } from './demo-cluster.ts';
import { launch, type Session } from './driver.ts';
import { selectInstance } from './select.ts';
import { type Variant, variantOf } from './variant.ts';

const LATE = 'answers ssh, but none of its 10 checks within 900 ms.';

describe('checks that run out of time beside an ssh that answers', () => {
  const servers = createServers();
  const cleanups: (() => unknown)[] = [];
  let cluster: DemoCluster;
  let mute: (...nodes: readonly string[]) => Variant;
  beforeAll(async () => {
    cluster = await startDemoCluster();
    // They take what comes, and say nothing.
    const tcp = await servers.tcp(() => {});
    const udp = await servers.udp(() => {});
    const silenced = (ports: string): string =>
      ports.replaceAll(/(\d+): \d+/gu, (_, from) => `${from}: ${from === '53' ? udp.port : tcp.port}`);
    mute = (...nodes) =>
      variantOf(cluster, {
        config: (text) =>
          nodes
            .reduce(
              (now, node) =>
                now.replace(
                  new RegExp(`(name: ${node}\\n[^]*?ports: )\\{(.*?)\\}`, 'u'),
                  (_, head, ports) => `${head}{${silenced(ports)}}`,
                ),
              text,
            )
            .replace('interval: 2s', 'interval: 1s, timeout: 900ms'),
      });
  });
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
  afterAll(async () => {
    await cluster?.stop();
    await servers.closeAll();
  });

  const open = ({ configFile }: Variant, columns: number, rows: number): Session => {
    const session = launch({ args: ['--config', configFile], columns, rows });
    cleanups.push(session.dispose);
    return session;
  };
  const muted = (...nodes: readonly string[]): Variant => {
    const made = mute(...nodes);
    cleanups.push(made.remove);
    return made;
  };

  it('one node: on the screen of either size, with its evidence, its event and what to do', async () => {
    const session = open(muted('node02'), 80, 24);
    const home = await session.until(new RegExp(`node02 ${LATE}`));
    expect(home).toMatch(/cause {2}node02 · slow link, filtered ports, or the node hangs · /);
    expect(home).toMatch(/ {2}●/);
    session.press('3');
    await session.until(/node02 .*answers ssh, but none of 10/);
    session.press('N');
    await session.until(/measure the link to node02: ping, mtr/);
    session.press('1');
    await session.until(/SERVICE/);
    await selectInstance(session, 'novanet', 'node02');
    session.press('enter');
    const page = (await session.until(/ssh answered/)).replaceAll(/\s+/gu, ' ');
    expect(page).toMatch(/ssh answered \d+ s ago, and systemd calls 9 units active/);
    expect(page).toMatch(/10 checks without an answer within 900 ms, on tcp .* 9 got a connection/);
    session.resize(40, 15);
    await session.until(/node02 answers ssh, but none of its\s+10 checks within 900 ms\./);
  });

  it('one node: status, as text and as JSON, with the verdicts of services that serve nobody', async () => {
    const { configFile } = muted('node02');
    const text = await runProgram(['status', '--config', configFile]);
    expect(text.stdout).toContain(`node02 ${LATE}`);
    expect(text.stdout).toMatch(/^ {2}node02: slow link, filtered ports, or the node hangs, changed /mu);
    expect(text.stdout).toContain('<- node02: ssh answered ');
    expect(text.exitCode).toBe(1);
    const json = await runProgram(['status', '--json', '--config', configFile]);
    const told = JSON.parse(json.stdout);
    expect(told.causes).toMatchObject([
      { kind: 'path', subjects: ['node02'], overdue: { checks: 10, withinMs: 900 } },
    ]);
    expect(told.causes[0].explains).toHaveLength(9);
    expect(told.counts).toMatchObject({ ok: 18, unknown: 0 });
    expect(told.next[0]).toMatchObject({ words: 'measure the link to node02: ping, mtr', clears: 9 });
  });

  it('all nodes: the link of this host, and no service is taken for well', async () => {
    const { configFile } = muted('node01', 'node02', 'node03');
    const { stdout, exitCode } = await runProgram(['status', '--config', configFile]);
    expect(stdout).toContain('No check on any of 3 nodes answers in time, though ssh to all does.');
    expect(stdout).toMatch(/cause {2}all 3 nodes · link from this host: slow or filtered · /);
    expect(exitCode).toBe(2);
  });
});
