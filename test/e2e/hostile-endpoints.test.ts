/** Nodes that answer with attacks: each gets its verdict, none gets a byte of its own to the terminal, none gets our memory. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../helpers/wait-for.ts';
import { runProgram } from './demo-cluster.ts';
import { launch, type Session } from './driver.ts';
import { ANSWERS, FLOODS, HEAVY } from './hostile-answers.ts';
import { type HostileCluster, startHostileCluster } from './hostile-cluster.ts';
import { HANDSHAKES } from './hostile-handshakes.ts';
import { NAMES } from './hostile-names.ts';
import { residentMiB } from './processes.ts';
import { readTerminal, unprintable } from './terminal-bytes.ts';

const ATTACKS = { ...ANSWERS, ...HANDSHAKES, ...NAMES };

/** Those whose own words are on the page, which are looked at in every size. */
const WORDY = ['x-body', 'x-fields', 'x-reason', 'x-certificate', 'x-encoded', 'd-alias'];

/** Lines that the terminal had to break because they were wider than it. */
const brokenLines = ({ terminal }: Session): readonly number[] =>
  Array.from({ length: terminal.rows }, (_, row) => row).filter(
    (row) => terminal.buffer.active.getLine(terminal.buffer.active.viewportY + row)?.isWrapped,
  );

const rowOf = (text: string, name: string): string =>
  text.split('\n').find((line) => new RegExp(`[▸▾] ${name} `).test(line)) ?? '';

/** The services that do not stand there as they should, with what stands there. */
const wrong = (rows: (name: string) => string): readonly string[] =>
  Object.entries(ATTACKS).flatMap(([name, { says }]) =>
    says.test(rows(name)) ? [] : [`${name}: ${rows(name)}`],
  );

let session: Session | undefined;
let cluster: HostileCluster;
afterEach(() => session?.dispose());

describe('hostile answers', () => {
  beforeAll(async () => {
    cluster = await startHostileCluster(ATTACKS);
  });
  afterAll(() => cluster?.stop());

  it('get a verdict each, on every page, and nothing of theirs reaches the terminal', async () => {
    const rows = Object.keys(ATTACKS).length + 25;
    session = launch({ args: ['--config', cluster.configFile], columns: 160, rows });
    const screen = session;
    await screen
      .until((text) => wrong((name) => rowOf(text, name)).length === 0, 45_000)
      .catch(() => expect(wrong((name) => rowOf(screen.text(), name))).toEqual([]));
    for (const [columns, lines, names] of [
      [160, rows, WORDY],
      [80, 24, Object.keys(ATTACKS)],
      [40, 15, WORDY],
    ] as const) {
      screen.resize(columns, lines);
      // The pages of instances: the last answer, the certificate, what systemd says.
      for (const name of names) {
        screen.press('/', '\u0015', name, 'enter', 'g', 'right', 'down', 'enter');
        await screen.until(new RegExp(`${name} on node01`));
        screen.press('G');
        await screen.until(/About |of \d+|Depends|When .* fails/);
        screen.press('1');
        await screen.until((text) => text.includes('❯') && text.includes(name));
        expect(brokenLines(screen)).toEqual([]);
      }
      screen.press('2');
      await screen.until(/NODE/);
      screen.press('3');
      await screen.until(/TIME +AGE|─ events ─/);
      expect(brokenLines(screen)).toEqual([]);
      screen.press('1');
      await screen.until(/SERVICE|only|filter/);
    }
    screen.press('q');
    expect((await screen.exited).code).toBe(0);
    expect(readTerminal(screen.output())).toEqual({ foreign: [], copied: [] });
  });

  it('are told the same by status, as text and as JSON, without escapes', async () => {
    const signs: Readonly<Record<string, string>> = { ok: '●', degraded: '◐', down: '✖' };
    type Told = { readonly service: string; readonly verdict: string; readonly reason: string };
    const told = async (...flags: readonly string[]): Promise<string> => {
      const { exitCode, stdout, stderr } = await runProgram([
        'status',
        ...flags,
        '--config',
        cluster.configFile,
      ]);
      expect(exitCode).toBe(2);
      expect(unprintable(`${stdout}${stderr}`)).toEqual([]);
      return stdout;
    };
    const expectRight = (all: readonly Told[]): void =>
      expect(
        wrong((name) => {
          const { verdict = '', reason = '' } = all.find(({ service }) => service === name) ?? {};
          return `${signs[verdict]} ${verdict} ${reason}`;
        }),
      ).toEqual([]);
    // A machine with much else to do may be late for an honest answer: then it is asked again.
    await waitFor(
      async () => expectRight((JSON.parse(await told('--json')) as { instances: Told[] }).instances),
      60_000,
    );
    await waitFor(
      async () =>
        expectRight(
          (await told()).split('\n').map((line) => {
            const [service = '', verdict = '', reason = ''] = line.split(/ {2,}/);
            return { service, verdict, reason };
          }),
        ),
      60_000,
    );
  }, 130_000);
});

describe('heavy answers', () => {
  beforeAll(async () => {
    cluster = await startHostileCluster(HEAVY, { interval: '400ms', timeout: '300ms' });
  });
  afterAll(() => cluster?.stop());

  it('leave memory as it was, round after round', async () => {
    session = launch({ args: ['--config', cluster.configFile], columns: 100, rows: 30 });
    const { pid } = session;
    const rounds = (count: number): Promise<void> =>
      waitFor(() => {
        for (const name of Object.keys(HEAVY)) expect(cluster.asked(name)).toBeGreaterThanOrEqual(count);
      });
    await rounds(8);
    const before = await residentMiB(pid);
    await rounds(24);
    expect((await residentMiB(pid)) - before).toBeLessThan(80);
    expect(session.text()).toContain('x-huge');
  });
});

describe('answers without an end', () => {
  beforeAll(async () => {
    cluster = await startHostileCluster(FLOODS, { interval: '1100ms', timeout: '1s' });
  });
  afterAll(() => cluster?.stop());

  it('leave memory as it was, however much of them is served', async () => {
    session = launch({ args: ['--config', cluster.configFile], columns: 100, rows: 30 });
    const { pid } = session;
    const names = Object.keys(FLOODS);
    let most = 0;
    /** Until so many MiB of each were taken from the servers; what the console has of them meanwhile is looked at, too. */
    const served = (mebibytes: number): Promise<void> =>
      waitFor(async () => {
        most = Math.max(most, await residentMiB(pid));
        const little = names.filter((name) => cluster.served(name) < mebibytes * 1024 ** 2);
        expect(little).toEqual([]);
      }, 110_000);
    await session.until(/x-endless/);
    const before = await residentMiB(pid);
    await served(10);
    // What a console of this size takes as it warms up is part of it: some 70.
    expect(most - before).toBeLessThan(110);
    expect(session.text()).toContain('x-endless');
  }, 150_000);
});
