/** Nodes whose sshd, systemd or journal attack: told as they are, none gets a byte to the terminal, none holds up the keys. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../helpers/wait-for.ts';
import { runProgram } from './demo-cluster.ts';
import { launch, type Session } from './driver.ts';
import {
  floodsSoFar,
  HOSTILE_NODES,
  type HostileNodes,
  QUIET_NODES,
  startHostileNodes,
} from './hostile-nodes.ts';
import { timeWord } from './keystrokes.ts';
import { residentMiB } from './processes.ts';
import { readTerminal, unprintable } from './terminal-bytes.ts';

const names = Object.keys(HOSTILE_NODES);
const READY = /x-unit on \d+ nodes? is healthy/;

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});
const open = async (configFile: string): Promise<Session> => {
  const session = launch({ args: ['--config', configFile], columns: 120, rows: 45 });
  cleanups.push(session.dispose);
  await session.until(READY, 60_000);
  return session;
};

/** From the first row of the nodes down to the one of this node. */
const downTo = async (session: Session, name: string, from: number): Promise<void> => {
  for (const next of names.slice(from, names.indexOf(name) + 1)) {
    session.press('down');
    await session.until(new RegExp(`❯ *${next} `));
  }
};

const onNode = async (session: Session, name: string): Promise<void> => {
  session.press('2');
  await session.until(/NODE +STATE/);
  session.press('g');
  await session.until(new RegExp(`❯${names[0]} `));
  await downTo(session, name, 1);
};

const onInstance = async (session: Session, name: string): Promise<void> => {
  session.press('1', '/', '\u0015', 'x-unit', 'enter', 'g');
  const text = await session.until(/❯[▸▾] x-unit[\s\S]* enter open/);
  if (text.includes('❯▸ x-unit')) session.press('right');
  await session.until(/❯▾ x-unit/);
  await downTo(session, name, 0);
};

describe('hostile nodes', () => {
  let cluster: HostileNodes;
  let quiet: HostileNodes;
  beforeAll(async () => {
    [cluster, quiet] = await Promise.all([startHostileNodes(), startHostileNodes(QUIET_NODES)]);
  });
  afterAll(() => Promise.all([cluster?.stop(), quiet?.stop()]));

  it('are each told as they are, and nothing of theirs reaches the terminal', async () => {
    const session = await open(cluster.configFile);
    for (const [name, { fails }] of Object.entries(HOSTILE_NODES)) {
      await onNode(session, name);
      // One that fails is tried again and again: it may be connecting just now.
      await session.until(
        fails === undefined
          ? new RegExp(`❯${name} .*(?:ssh up|polled)`)
          : (text) => fails.test(text.split(`Node ${name} `)[1] ?? ''),
        60_000,
      );
    }

    // What systemd calls a unit, says of it and writes about it.
    await onInstance(session, 'n-texts');
    session.press('enter');
    await session.until(/x-unit on n-texts[\s\S]*active \(running\).* for 1 h[\s\S]*says +·LIVE/);
    session.press('G');
    await session.until(/end of the hostile lines/);
    session.press('y');
    session.press('L');
    await session.until(/LOG [\s\S]*Started ·LIVE[\s\S]*end of the hostile lines/);
    session.press('q');

    // Two hours off, either way: ages are right, lines stand where they belong, and it is said.
    for (const [name, way] of [
      ['n-ahead', 'ahead'],
      ['n-behind', 'behind'],
    ] as const) {
      await onInstance(session, name);
      session.press('enter');
      await session.until(new RegExp(`x-unit on ${name}[\\s\\S]*active \\(running\\).* for 1 h`));
      await session.until(new RegExp(`${name} +its clock is 2 h ${way}; its lines stand where they belong`));
      session.press('L');
      await session.until(
        new RegExp(`LOG [\\s\\S]*${name} +its clock is 2 h ${way}; its lines stand where they belong`),
      );
      session.press('q');
    }
    await onInstance(session, 'n-texts');
    session.press('g', 'L');
    await session.until(/first ahead[\s\S]*middle behind[\s\S]*last ahead[\s\S]*Started ·LIVE/);
    session.press('q', 'q');
    expect((await session.exited).code).toBe(0);
    const { foreign, copied } = readTerminal(session.output());
    expect(foreign).toEqual([]);
    expect(copied).toHaveLength(1);
    expect(unprintable(copied.join())).toEqual([]);
  }, 180_000);

  it('are told the same by status', async () => {
    type Node = {
      readonly name: string;
      readonly link: { readonly state: string; readonly failure?: { readonly detail: string } };
    };
    const expectRight = async (): Promise<void> => {
      const args = ['status', '--json', '--config', cluster.configFile];
      const { exitCode, stdout, stderr } = await runProgram(args);
      expect(unprintable(`${stdout}${stderr}`)).toEqual([]);
      const { nodes } = JSON.parse(stdout) as { readonly nodes: readonly Node[] };
      const links = new Map(nodes.map(({ name, link }) => [name, link]));
      for (const [name, { fails }] of Object.entries(HOSTILE_NODES)) {
        const link = links.get(name);
        if (fails === undefined) expect({ name, ...link }).toMatchObject({ name, state: 'up' });
        // A look from the command line has another deadline.
        else expect(link?.failure?.detail.replace('10 s', '5 s'), name).toMatch(fails);
      }
      expect(exitCode).toBe(0);
    };
    // A machine with much else to do may be late for an honest answer: then it is asked again.
    await waitFor(expectRight, 90_000);
  });

  it('do not hold up the keys, nor do they take memory round after round', async () => {
    const attacked = await open(cluster.configFile);
    const atRest = await open(quiet.configFile);
    const round = floodsSoFar();
    await waitFor(() => expect(floodsSoFar()).toBeGreaterThanOrEqual(round + 2));
    const before = await residentMiB(attacked.pid);
    // By turns, so that whatever else this machine does is the same for both.
    const samples = { attacked: [] as number[], atRest: [] as number[] };
    for (let word = 0; word < 10; word += 1) {
      samples.atRest.push(...(await timeWord(atRest)));
      samples.attacked.push(...(await timeWord(attacked)));
    }
    await waitFor(() => expect(floodsSoFar()).toBeGreaterThanOrEqual(round + 8), 60_000);
    expect((await residentMiB(attacked.pid)) - before).toBeLessThan(80);
    const median = (values: readonly number[]): number =>
      values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
    // On a machine that is busy with other things, no more than it does to a console at rest.
    expect(median(samples.attacked)).toBeLessThan(Math.max(100, 3 * median(samples.atRest)));
  });
});
