/** Nodes that answer with attacks: each gets its verdict, none gets a byte of its own to the terminal, none gets our memory. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { runProgram } from './demo-cluster.ts';
import { launch, type Session } from './driver.ts';
import { ATTACKS, HEAVY, type HostileCluster, startHostileCluster } from './hostile-cluster.ts';
import { residentMiB } from './processes.ts';

/** What a terminal acts upon: escape sequences, C1 controls, text that changes its direction or hides. */
const SEQUENCE =
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\|$)|[ -/]*[0-~])|[\u0080-\u009f]|[\u200b-\u200f\u2028-\u202e\u2060-\u206f]/g;
/** What the console itself sends: colours, cursor movements, erasing, and the modes of a full screen. */
const OURS = /^\u001b\[(?:[\d;]*m|\d*[ABCDEFGK]|J|\d*(?:;\d*)?H|\?(?:25|1049|2004|2026)[hl])$/;

const foreignSequences = (output: string): readonly string[] =>
  [...new Set(output.match(SEQUENCE))]
    .filter((sequence) => !OURS.test(sequence))
    .map((one) => JSON.stringify(one));

/** Lines that the terminal had to break because they were wider than it. */
const brokenLines = ({ terminal }: Session): readonly number[] =>
  Array.from({ length: terminal.rows }, (_, row) => row).filter(
    (row) => terminal.buffer.active.getLine(terminal.buffer.active.viewportY + row)?.isWrapped,
  );

/** The verdict's word and the reason, by service: what an operator must be able to read. */
const SAYS: Readonly<Record<string, RegExp>> = {
  'x-body': /◐ degraded/,
  'x-fields': /◐ degraded +503/,
  'x-reason': /◐ degraded +599/,
  'x-location': /✖ down/,
  'x-redirect': /◐ degraded +302 Found, redirects/,
  'x-certificate': /✖ down +certificate has another/,
  'x-huge': /✖ down +answer too large/,
  'x-drip': /✖ down +timeout/,
  'x-cut': /◐ degraded +cut short after 9 bytes/,
  'x-encoding': /◐ degraded +not valid UTF-8/,
  'x-empty': /◐ degraded +empty body/,
  'x-page': /◐ degraded +not JSON/,
  'x-bomb': /◐ degraded +compressed with gzip/,
  'x-prototype': /◐ degraded +says broken/,
  'x-keys': /● ok/,
  'x-deep': /● ok/,
  'x-array': /◐ degraded +JSON, but not an object/,
  'x-silent': /✖ down +timeout/,
  'x-garbage': /✖ down/,
  'x-plain': /✖ down +answers, but not with TLS/,
};

let session: Session | undefined;
let cluster: HostileCluster;
afterEach(() => session?.dispose());

describe('hostile answers', () => {
  beforeAll(async () => {
    cluster = await startHostileCluster(ATTACKS);
  });
  afterAll(() => cluster?.stop());

  it('get a verdict each, on every page, and nothing of theirs reaches the terminal', async () => {
    session = launch({ args: ['--config', cluster.configFile], columns: 160, rows: 50 });
    const screen = session;
    const rowOf = (text: string, name: string): string =>
      text.split('\n').find((line) => new RegExp(`[▸▾] ${name} `).test(line)) ?? '';
    await screen.until(
      (text) => Object.entries(SAYS).every(([name, says]) => says.test(rowOf(text, name))),
      20_000,
    );
    for (const [columns, rows] of [
      [160, 50],
      [80, 24],
      [40, 15],
    ] as const) {
      screen.resize(columns, rows);
      // The page of every instance: the last answer, the certificate, what systemd says.
      for (const name of Object.keys(ATTACKS)) {
        screen.press('/', '\u0015', name, 'enter', 'g', 'right', 'down', 'enter');
        await screen.until(new RegExp(`${name} on node01`));
        screen.press('G');
        await screen.until(/About |of \d+|Depends|When .* fails/);
        screen.press('1');
        await screen.until(new RegExp(`filter ${name}|${name} `));
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
    expect(foreignSequences(screen.output())).toEqual([]);
    // Colours as such are ours; blinking never is.
    expect(screen.output()).not.toMatch(/\u001b\[(?:[\d;]*;)?5[;m]/);
  });

  it('are told without escapes by status, as text and as JSON', async () => {
    for (const flags of [[], ['--json']]) {
      const { exitCode, stdout, stderr } = await runProgram([
        'status',
        ...flags,
        '--config',
        cluster.configFile,
      ]);
      expect(exitCode).toBe(2);
      expect(`${stdout}${stderr}`.match(SEQUENCE)).toBeNull();
      expect(stdout).toContain('x-certificate');
    }
  });
});

describe('heavy answers', () => {
  beforeAll(async () => {
    cluster = await startHostileCluster(HEAVY);
  });
  afterAll(() => cluster?.stop());

  it('leave memory as it was, round after round', async () => {
    session = launch({ args: ['--config', cluster.configFile], columns: 100, rows: 30 });
    const { pid } = session;
    const rounds = (count: number): Promise<void> =>
      vi.waitFor(
        () => {
          for (const name of Object.keys(HEAVY)) expect(cluster.asked(name)).toBeGreaterThanOrEqual(count);
        },
        { timeout: 25_000, interval: 50 },
      );
    await rounds(8);
    const before = await residentMiB(pid);
    await rounds(24);
    expect((await residentMiB(pid)) - before).toBeLessThan(80);
    expect(session.text()).toContain('x-huge');
  }, 60_000);
});
