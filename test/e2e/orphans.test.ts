/** An action whose console is killed under it: nothing without a record, and the next console tells what came of it. */
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { waitFor } from '../helpers/wait-for.ts';
import { type DemoCluster, runProgram, startQuickCluster } from './demo-cluster.ts';
import { launch, program, type Session } from './driver.ts';
import { journalOf } from './journal.ts';
import { childOf, isAlive } from './processes.ts';
import { askRestart } from './select.ts';
import { patient, type Variant, variantOf } from './variant.ts';

const HEALTHY = /All 9 services on 3 nodes are healthy/;

type Line = { readonly id: string; readonly phase: string; readonly [field: string]: unknown };

let cluster: DemoCluster;
const sessions: Session[] = [];
const variants: Variant[] = [];
beforeAll(async () => {
  // No faster than time: what is told from the ages of units would come out wrong.
  cluster = await startQuickCluster();
});
afterAll(() => cluster?.stop());
afterEach(() => {
  for (const session of sessions.splice(0)) session.dispose();
  for (const variant of variants.splice(0)) variant.remove();
});

const variant = (of = cluster): Variant => {
  const made = variantOf(of, { config: patient });
  variants.push(made);
  return made;
};
const open = (configFile: string): Session => {
  const session = launch({ args: ['--config', configFile], columns: 100, rows: 30 });
  sessions.push(session);
  return session;
};
/** Under a shell: the end of the terminal's first process would end ours as well. */
const openUnderShell = (configFile: string): Session => {
  const session = launch({
    args: [],
    command: ['sh', '-c', '"$@"; read never', 'sh', process.execPath, program, '--config', configFile],
    columns: 100,
    rows: 30,
  });
  sessions.push(session);
  return session;
};
const recordsIn = (file: string): readonly Line[] =>
  (existsSync(file) ? readFileSync(file, 'utf8') : '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
const invocationOf = async (unit: string, of = cluster): Promise<string> =>
  (await of.ssh('node02', `systemctl show -P InvocationID -- ${unit}`)).output.trim();

/** Sends a restart of novanet and kills the console once the node is at it. */
const killUnderRestart = async (configFile: string): Promise<void> => {
  const first = openUnderShell(configFile);
  await first.until(HEALTHY);
  await askRestart(first, 'novanet', 'node02');
  const journal = await journalOf(cluster, 'node02');
  first.press('y');
  await journal.says(/Stopping novanet/);
  const pid = await childOf(first.pid);
  process.kill(pid, 'SIGKILL');
  await waitFor(() => expect(isAlive(pid)).toBe(false));
};

describe('a console that is killed under its action', () => {
  it('is found out by the next ones, one of which writes down what came of it', async () => {
    const { configFile, auditFile } = variant();
    await killUnderRestart(configFile);
    expect(recordsIn(auditFile)).toMatchObject([{ phase: 'intent', target: 'novanet@node02' }]);

    const both = [open(configFile), open(configFile)];
    for (const session of both) {
      await session.until(/restart novanet@node02/);
      session.press('4');
      const text = await session.until(/^ +ACTION [\s\S]*found: restarted [\s\S]*healthy/m);
      expect(text).toMatch(/● restart novanet@node02/);
    }
    const records = recordsIn(auditFile);
    expect(records).toMatchObject([
      { phase: 'intent' },
      { phase: 'outcome', outcome: 'succeeded', resolved: true, target: 'novanet@node02' },
    ]);
    expect(records[1]?.id).toBe(records[0]?.id);
    expect(records[1]?.runs).toEqual({ 'novanet.service': await invocationOf('novanet.service') });
    // It holds nobody: what is over is over.
    for (const session of both) {
      session.press('q');
      expect((await session.exited).code).toBe(0);
    }
  });

  it.each([
    ['before anything was sent: it never ran', (file: string) => file],
    ['whose record logrotate has put aside', (file: string) => file.replace('.jsonl', '-20261123.jsonl')],
  ])('%s', async (_, fileOf) => {
    const { configFile, auditFile } = variant();
    const invocation = await invocationOf('iam.service');
    const intent = {
      v: 1,
      phase: 'intent',
      id: 'never-sent',
      ts: new Date(Date.now() - 120_000).toISOString(),
      cluster: /^cluster: *"?([^"\n]+)"?$/mu.exec(readFileSync(configFile, 'utf8'))?.[1],
      verb: 'restart',
      target: 'iam@node02',
      node: 'node02',
      unit: 'iam.service',
      units: ['iam.service'],
      commands: [['systemctl', 'restart', '--', 'iam.service']],
      commandLines: ['ssh node02 -- systemctl restart -- iam.service'],
      before: { 'iam.service': invocation },
      user: { name: 'alice' },
      host: hostname(),
      // A number that no process can have.
      pid: 2 ** 30,
    };
    appendFileSync(fileOf(auditFile), `${JSON.stringify(intent)}\n`, { mode: 0o600 });
    const session = open(configFile);
    await session.until(HEALTHY);
    session.press('4');
    // Of the page: a line at the foot of the one before says the first half as well.
    await session.until(/never ran: all is as it was before[\s\S]*by +alice/);
    // Whoever wants to act on the same is told of it.
    session.press('1');
    const dialog = await askRestart(session, 'iam', 'node02');
    expect(dialog.replace(/[│\s]+/g, ' ')).toContain('recent alice restarted iam@node02 2 m ago: never ran');
    session.press('n');
  });
});

it('without a console, audit --open asks the nodes', async () => {
  const { configFile, auditFile } = variant();
  await killUnderRestart(configFile);
  const asked = await runProgram(['audit', '--open', '--config', configFile]);
  expect(asked.stderr).toBe('');
  expect(asked.stdout).toMatch(
    /restart novanet@node02 +- +(?:found: restarted .* healthy|it may be running)/,
  );
  // A slow machine may have asked before it was over.
  await waitFor(async () => {
    const again = await runProgram(['audit', '--open', '--config', configFile]);
    expect(again.stdout).toBe('');
  }, 60_000);
  expect(recordsIn(auditFile)).toMatchObject([
    { phase: 'intent' },
    { phase: 'outcome', outcome: 'succeeded', resolved: true },
  ]);
});

describe('an action of another console', () => {
  it('is shown as its own, holds nobody here, and ends when that one says so', async () => {
    const { configFile, auditFile } = variant();
    const other = open(configFile);
    await other.until(HEALTHY);
    const session = open(configFile);
    await session.until(HEALTHY);
    await askRestart(other, 'fiberlb', 'node02');
    other.press('y');
    session.press('4');
    await session.until(new RegExp(`running in another console \\(pid ${other.pid}, `));
    await other.until(/recovered in/, 60_000);
    await session.until(/recovered in/);
    expect(recordsIn(auditFile)).toMatchObject([
      { phase: 'intent' },
      { phase: 'outcome', outcome: 'succeeded' },
    ]);
    expect(recordsIn(auditFile)[1]).not.toHaveProperty('resolved');
    session.press('q');
    expect((await session.exited).code).toBe(0);
  });
});

it('kill -9 at any point: no command without a record on the disk, and no half line', async () => {
  const fast = await startQuickCluster('--speed', '6');
  onTestFinished(() => fast.stop());
  const { configFile, auditFile } = variant(fast);
  const unit = 'flashdns.service';
  for (const afterMs of [150, 400, 700, 1000, 1300, 1700, 2200]) {
    const before = { run: await invocationOf(unit, fast), records: recordsIn(auditFile).length };
    const args = [program, 'restart', 'flashdns@node02', '--yes', '--config', configFile];
    const child = spawn(process.execPath, args, { stdio: 'ignore' });
    const gone = new Promise((resolve) => child.once('exit', resolve));
    // The point is chance itself: there is no state to wait for.
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    child.kill('SIGKILL');
    await gone;
    // What was sent takes effect, and comes to its end.
    await waitFor(async () =>
      expect((await fast.ssh('node02', `systemctl is-active ${unit}`)).output).toMatch(/^active/),
    );
    if ((await invocationOf(unit, fast)) !== before.run) {
      expect(recordsIn(auditFile).length).toBeGreaterThan(before.records);
    }
  }
  // The next record is whole, whatever was left before it.
  // A machine with much else to do may be late for the looks before it: then it is asked again.
  await waitFor(async () => {
    const args = ['restart', 'flashdns@node02', '--yes', '--config', configFile];
    expect(await runProgram(args)).toMatchObject({ exitCode: 0 });
  }, 90_000);
  expect(recordsIn(auditFile).at(-1)).toMatchObject({ phase: 'outcome' });
  const told = await fast.run('audit', '--file', auditFile);
  expect(told.stderr).toBe('');
  expect(recordsIn(auditFile).filter(({ phase }) => phase === 'intent').length).toBeGreaterThan(0);
}, 180_000);
