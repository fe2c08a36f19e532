/** The built program in a pty against the embedded cluster, with the real ssh client: the story of one incident. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoCluster, startDemoCluster } from './demo-cluster.ts';
import { launch, type Session } from './driver.ts';

const SERVICES = [
  'chainfire',
  'flaredb',
  'iam',
  'plasmavmc',
  'novanet',
  'flashdns',
  'fiberlb',
  'lightningstor',
  'k8shost',
];

/** The tree's row of a service. */
const row = (text: string, service: string): string =>
  text.split('\n').find((line) => new RegExp(`^.[▸▾] ${service} `).test(line)) ?? '';

const healthy = (text: string): boolean => /All 9 services on 3 nodes are healthy/.test(text);

describe('an incident, from the keyboard', () => {
  let cluster: DemoCluster;
  let session: Session;

  beforeAll(async () => {
    cluster = await startDemoCluster('--speed', '5');
    session = launch({ args: ['--config', cluster.configFile], columns: 80, rows: 24 });
  });
  afterAll(async () => {
    session?.dispose();
    await cluster?.stop();
  });

  it('shows nine services on three nodes, all well', async () => {
    // The emulator may be asked in the middle of a frame: the whole of it is waited for.
    const text = await session.until(
      (now) => healthy(now) && SERVICES.every((name) => /●.*●.*●.*●/.test(row(now, name))),
    );
    for (const node of ['node01', 'node02', 'node03']) expect(text).toContain(node);
    // The first frame was painted before Ink came: nothing of it may be left.
    expect(text.split('\n')[0]).toMatch(/^ demo {2}3 nodes {2}● 27 +\d\d:\d\d:\d\d {2}live \d+ s$/);
    expect(session.alternate()).toBe(true);
    expect(session.cursorShown()).toBe(false);
  });

  it('says what a stop by plain ssh did, and why its dependants are gone', async () => {
    const stopped = await cluster.ssh('node02', 'sudo systemctl stop chainfire');
    expect(stopped).toEqual({ exitCode: 0, output: '' });
    const text = await session.until(
      (now) => /chainfire on node02/i.test(now) && /⊘/.test(row(now, 'flaredb')) && /⊘/.test(row(now, 'iam')),
    );
    expect(row(text, 'chainfire')).toContain('✖');
    expect(text).not.toContain('lost its quorum');
    expect((await cluster.run('status')).exitCode).toBe(1);
  });

  it('finds the problem, shows what a restart would do, and takes no for an answer', async () => {
    session.press('g');
    await session.until(/❯.*chainfire/);
    session.press('right', 'down', 'down');
    await session.until(/❯.*node02 +✖ down/);
    session.press('r');
    const dialog = await session.until(/Restart chainfire on node02/);
    // The line may be broken anywhere.
    expect(dialog).toMatch(/ssh -F \S+ssh_config\W+node02 --\W+sudo -n\W+systemctl\W+restart/);
    expect(dialog).toContain('chainfire.service');
    expect(dialog).toMatch(/flaredb/);
    session.press('enter');
    await session.until((now) => !now.includes('Restart chainfire on node02'));
    expect(await cluster.audit()).toEqual([]);
  });

  it('restarts it, watches until it is healthy, and leaves two audit lines', async () => {
    session.press('r');
    await session.until(/Restart chainfire on node02/);
    session.press('y');
    await session.until(/recovered in/, 60_000);
    const lines = await cluster.audit();
    expect(lines.map(({ phase }) => phase)).toEqual(['intent', 'outcome']);
    expect(lines[0]).toMatchObject({
      node: 'node02',
      unit: 'chainfire.service',
      verb: 'restart',
      cluster: 'demo',
    });
    expect(lines[1]).toMatchObject({ outcome: 'succeeded', exitCode: 0 });
    expect((await cluster.ssh('node02', 'systemctl is-active chainfire')).output).toContain('active');
  });

  it('has written down every change', async () => {
    // Together, the two would be Alt-3.
    session.press('esc');
    await session.until((now) => !now.includes('recovered in'));
    session.press('3');
    await session.until(/chainfire@node02 .*down/);
    session.press('1');
    await session.until(/SERVICE/);
  });

  it('survives any size, and garbage from the keyboard', async () => {
    // The detail pane has come; cells are glyphs; all is wide; too small for rows; as before.
    for (const [columns, rows, drawn] of [
      [120, 40, /SERVICE.*│/],
      [40, 15, /chainfire +[●◐✖⊘ ]+/],
      [200, 60, /SERVICE.{100,}│/],
      [20, 5, /small|too/i],
      [80, 24, /SERVICE +STATE +node01 +node02 +node03$/m],
    ] as const) {
      session.resize(columns, rows);
      // Until the program has drawn anew, the emulator shows what is left of the old frame.
      await session.until(drawn);
    }
    session.press(
      '\u001b[200~rm -rf /\r\u0000\u001b]52;c;x\u0007\u001b[201~',
      '\u001b[999;999H',
      '\u0000\u0001',
      '語',
    );
    session.press('/', 'iam');
    await session.until((text) => row(text, 'iam') !== '' && row(text, 'novanet') === '');
    session.press('esc');
    await session.until((text) => row(text, 'novanet') !== '');
  });

  it('gives the terminal back at q', async () => {
    session.press('q');
    expect(await session.exited).toEqual({ code: 0, signal: undefined });
    expect(session.alternate()).toBe(false);
    expect(session.cursorShown()).toBe(true);
  });
});
