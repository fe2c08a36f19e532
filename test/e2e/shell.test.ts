/** `S` lends the terminal to a shell on a node, and takes it back whatever happens there. */
import { mkdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PROMPT_MS, waitFor } from '../helpers/wait-for.ts';
import { alternateEntries, drawnFromHome } from './balance.ts';
import { type DemoCluster, runProgram, startDemoCluster } from './demo-cluster.ts';
import { launch, program, type Session } from './driver.ts';
import { childOf, isAlive, socketDirectoriesOf, sshClientsOf, sshMastersOf } from './processes.ts';
import { type Variant, variantOf, wireTo } from './variant.ts';

const HEALTHY = /All 9 services on 3 nodes are healthy/;
const PROMPT = /ops@node02:~\$ *$/m;
const BACK = /❯node02/;

describe('a shell on a node', () => {
  let cluster: DemoCluster;
  beforeAll(async () => {
    cluster = await startDemoCluster('--speed', '5');
  });
  afterAll(() => cluster?.stop());

  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
  const variant = (edits?: Parameters<typeof variantOf>[1]): Variant => {
    const made = variantOf(cluster, edits);
    cleanups.push(made.remove);
    return made;
  };
  /** With the cursor on node02 in the nodes view. */
  const open = async (
    { configFile }: Variant,
    options: { env?: Record<string, string>; args?: string[] } = {},
  ) => {
    const session = launch({
      args: ['--config', configFile, ...(options.args ?? [])],
      ...(options.env && { env: options.env }),
    });
    cleanups.push(session.dispose);
    await session.until(HEALTHY);
    session.press('2', 'down');
    await session.until(/❯node02.*ssh up/);
    return session;
  };
  const enter = async (session: Session): Promise<void> => {
    session.press('S');
    await session.until(PROMPT);
    expect(session.text()).toContain('plasmatop: shell on node02, exit or Ctrl-D to return');
    expect(session.alternate()).toBe(false);
    expect(session.cursorShown()).toBe(true);
  };
  const quit = async (session: Session): Promise<void> => {
    session.press('q');
    expect((await session.exited).code).toBe(0);
  };
  const records = ({ auditFile }: Variant): unknown[] =>
    readFileSync(auditFile, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);

  it('runs what is typed there, and ends where it began, on a clean screen, with a record', async () => {
    const files = variant();
    const session = await open(files);
    const rows = (text: string): readonly string[] =>
      text.split('\n').filter((line) => / FDB |ssh up/.test(line));
    // All well: a machine with much else to do may call a service slow for a moment.
    const isWell = (text: string): boolean =>
      HEALTHY.test(text) && rows(text).filter((line) => / ● ok +ssh up(?: +●){9}$/.test(line)).length === 3;
    const before = rows(await session.until(isWell));
    const masters = await sshMastersOf(session.pid);
    await enter(session);
    session.press('systemctl is-active chainfire; echo ki""mono\r');
    await session.until(/^active\nkimono$/m);
    // Keys that mean something to the console, and one that is a signal elsewhere.
    session.press('q!rS', 'ctrl-c');
    await session.until(/q!rS\^C/);
    expect(isAlive(session.pid)).toBe(true);
    session.press('exit 3\r');
    const text = await session.until(/shell on node02 ended \(3\) after 0:\d\d/);
    expect(session.alternate()).toBe(true);
    expect(session.cursorShown()).toBe(false);
    expect(text).not.toMatch(/kimono|plasmatop: shell/);
    expect(session.screen()[0]).toMatch(/^ demo +3 nodes .* live +\d+ s$/);
    expect(rows(await session.until(isWell))).toEqual(before);
    expect(await sshMastersOf(session.pid)).toEqual(masters);
    session.press('?');
    await session.until(/HELP/);
    session.press('q');
    await session.until(BACK);
    await quit(session);
    expect(alternateEntries(session.output())).toBe(2);
    expect(drawnFromHome(session.output())).toBe(2);
    const commands = [expect.arrayContaining(['ssh', '-S', '-tt', 'node02'])];
    const common = {
      verb: 'shell',
      node: 'node02',
      target: 'node02',
      commands,
      user: { name: expect.any(String) },
    };
    expect(records(files)).toMatchObject([
      { phase: 'intent', ...common },
      { phase: 'outcome', ...common, outcome: 'ended', exitCode: 3, durationMs: expect.any(Number) },
    ]);
    const { stdout } = await runProgram(['audit', '--config', files.configFile]);
    expect(stdout).toMatch(/shell node02.*shell on node02 ended \(3\)/s);
  });

  it('paints nothing meanwhile, and knows the news when it is back', async () => {
    const session = await open(variant());
    await enter(session);
    const written = session.output().length;
    await cluster.ssh('node03', 'sudo systemctl stop k8shost');
    session.press('hostname\r');
    await session.until(/^node02$/m);
    expect(session.output().slice(written)).not.toContain('NODE');
    session.press('exit\r');
    await session.until(/node03 +(?:✖ down|◐ degraded)/);
    await cluster.ssh('node03', 'sudo systemctl start k8shost');
    await session.until(HEALTHY);
    await quit(session);
  });

  it('comes back in the size that the terminal has by then', async () => {
    const session = await open(variant());
    await enter(session);
    for (let step = 0; step < 50; step += 1)
      session.resize(40 + ((step * 37) % 100), 15 + ((step * 23) % 40));
    session.resize(120, 40);
    session.press('hostname\r');
    await session.until(/^node02$/m);
    session.press('exit\r');
    await session.until(/shell on node02 ended \(0\)/);
    const lines = session.screen();
    expect(lines.filter((line) => /^─.*─$/.test(line) && line.length === 120)).toHaveLength(2);
    expect(lines.at(-1)).toMatch(/shell on node02 ended/);
    await quit(session);
    expect(alternateEntries(session.output())).toBe(2);
  });

  it('is given up with its connection, and the console says why', async () => {
    const way = await wireTo(cluster, 'node02');
    cleanups.push(way.close);
    const files = variant({ ssh: way.edit });
    const session = await open(files);
    await enter(session);
    way.cut();
    await session.until(/shell on node02 lost after 0:\d\d: /);
    expect(session.alternate()).toBe(true);
    await session.until(/❯node02.*ssh (?:fails|connecting)/);
    session.press('S');
    await session.until(/no shell on node02: |ssh to node02 is still connecting/);
    await quit(session);
    expect(alternateEntries(session.output())).toBe(2);
    expect(records(files)).toMatchObject([
      { phase: 'intent' },
      { phase: 'outcome', outcome: 'failed', exitCode: 255 },
    ]);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])('ends with the console that a %s ends', async (signal, code) => {
    const files = variant();
    const session = await open(files);
    await enter(session);
    session.kill(signal);
    expect((await session.exited).code).toBe(code);
    expect(session.alternate()).toBe(false);
    expect(session.cursorShown()).toBe(true);
    expect(alternateEntries(session.output())).toBeGreaterThan(0);
    expect(await sshClientsOf(session.pid)).toEqual([]);
    expect(socketDirectoriesOf(session.pid)).toEqual([]);
    expect(records(files)).toMatchObject([{ phase: 'intent' }, { phase: 'outcome', outcome: 'failed' }]);
  });

  it('ends with the console when the terminal goes away', async () => {
    const files = variant();
    const session = await open(files);
    await enter(session);
    session.hangUp();
    await waitFor(() => expect(isAlive(session.pid)).toBe(false), PROMPT_MS);
    await waitFor(async () => expect(await sshClientsOf(session.pid)).toEqual([]), PROMPT_MS);
    expect(socketDirectoriesOf(session.pid)).toEqual([]);
    expect(records(files)).toMatchObject([{ phase: 'intent' }, { phase: 'outcome' }]);
  });

  it('gives back a terminal whose ssh was killed outright in the modes that it had', async () => {
    const { configFile } = variant();
    const console = [process.execPath, program, '--config', configFile];
    const session = launch({ args: [], command: ['sh', '-c', '"$@"; stty -a', 'sh', ...console] });
    cleanups.push(session.dispose);
    await session.until(HEALTHY);
    session.press('2', 'down');
    await session.until(/❯node02.*ssh up/);
    await enter(session);
    const clients = await sshClientsOf(await childOf(session.pid));
    const shell = clients.find((line) => line.includes(' -tt '));
    process.kill(Number(shell?.trim().split(' ')[0]), 'SIGKILL');
    await session.until(/shell on node02: ssh was ended by SIGKILL/);
    // The next one finds it cooked: its lines begin where lines begin.
    session.press('S');
    await session.until((text) => text.split('This is node02').length === 3 && PROMPT.test(text));
    expect(session.text().match(/^This is node02/gm)).toHaveLength(2);
    session.press('exit\r');
    await session.until(/shell on node02 ended \(0\)/);
    session.press('q');
    await session.exited;
    expect(session.text()).toMatch(/(?<!-)\bicanon\b/);
    expect(session.text()).toMatch(/(?<!-)\becho\b/);
  });

  it.each(['xterm', 'screen-256color', 'linux'])('works on TERM=%s', async (TERM) => {
    const session = await open(variant(), { env: { TERM } });
    await enter(session);
    session.press('exit\r');
    await session.until(/shell on node02 ended \(0\)/);
    await session.until(BACK);
    await quit(session);
    expect(alternateEntries(session.output())).toBe(2);
  });

  it('is refused where nothing may be changed', async () => {
    const files = variant();
    const session = await open(files, { args: ['--read-only'] });
    session.press('S');
    await session.until(/read-only: nothing can be changed/);
    expect(session.alternate()).toBe(true);
    await quit(session);
    expect(() => records(files)).toThrow('ENOENT');
    expect(alternateEntries(session.output())).toBe(1);
  });

  it('is refused where it cannot be written down', async () => {
    const files = variant();
    mkdirSync(files.auditFile);
    const session = await open(files);
    session.press('S');
    await session.until(/no shell: the audit cannot be written/);
    session.press('?');
    await session.until(/HELP/);
    session.press('q');
    await session.until(BACK);
    await quit(session);
    expect(alternateEntries(session.output())).toBe(1);
  });

  it('says on a row of several nodes that one is to be chosen', async () => {
    const session = await open(variant());
    session.press('1');
    await session.until(/SERVICE/);
    session.press('S');
    await session.until(/this row stands for 3; choose one/);
    await quit(session);
  });
});
