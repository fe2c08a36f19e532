/** The examples of `--help`, each run as it is written, by bash in a pty, against the embedded cluster. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Command } from '../../src/commands/command.ts';
import { type CommandName, commands } from '../../src/commands/command-table.ts';
import { type DemoCluster, startQuickCluster } from './demo-cluster.ts';
import { launch, program } from './driver.ts';

/** What an example comes to where it does more than print and end with 0. */
type Course = {
  /** Answered, or ended, when this is on the screen. */
  readonly until?: RegExp;
  readonly press?: string;
  readonly code?: number;
  readonly says?: RegExp;
  /** What systemctl was told on node02 before. */
  readonly after?: string;
  /** On a first boot in which a step has failed. */
  readonly failed?: true;
};

const hasJq = spawnSync('jq', ['--version']).status === 0;

const console_: Course = { until: /All \d|healthy|ready|node01/u, press: 'q' };
const asks: Course = { until: /Go on\?/u, press: 'n\r', code: 77, says: /nothing was sent/u };

const serves: Course = { until: /Serving http/u, press: 'ctrl-c', code: 130 };

const courses: Readonly<Record<string, Course>> = {
  plasmatop: console_,
  'plasmatop --nodes node01,node02,node03': console_,
  'plasmatop --read-only': { until: /read-only/iu, press: 'q' },
  'plasmatop | tee changes.log': { until: /All \d/u, press: 'ctrl-c', code: 130 },
  'plasmatop demo': console_,
  'plasmatop demo --scenario first-boot --speed 2': console_,
  'plasmatop demo --headless --config-out demo.yaml': {
    until: /Serving until stopped/u,
    press: 'ctrl-c',
    code: 130,
  },
  'plasmatop metrics': serves,
  'plasmatop metrics --listen 0.0.0.0:9808': serves,
  'plasmatop metrics --listen "[::1]:9808"': serves,
  'plasmatop logs chainfire -f': { until: /node02/u, press: 'ctrl-c', code: 130 },
  'plasmatop logs node02 -b -1 -n 50': { code: 3, says: /no journal of the boot before is kept/u },
  'plasmatop restart chainfire --rolling --reason "new certificate"': asks,
  'plasmatop start iam@node02': { after: 'stop iam', ...asks },
  'plasmatop start node02 --yes --timeout 5m': { after: 'stop iam', says: /succeeded/u },
  'plasmatop bring-up node02 --dry-run': { after: 'stop fiberlb', says: /could run/u },
  'plasmatop bring-up node02 --yes': { after: 'stop fiberlb', says: /succeeded/u },
  'plasmatop wait --for flaredb-cluster-join@node03 --json': { failed: true, code: 2, says: /"failed"/u },
  'plasmatop reset-failed flaredb-cluster-join@node03': { failed: true, ...asks },
  'plasmatop reset-failed node03 --yes': { failed: true, says: /failure forgotten/u },
  'plasmatop rerun flaredb-cluster-join@node03': { failed: true, ...asks },
  'plasmatop rerun flaredb-cluster-join@node03 --yes --timeout 5m': { failed: true, says: /done in/u },
  'plasmatop init node01 node02=10.0.0.12': { until: /Name of the cluster/u, press: 'ctrl-c', code: 130 },
  "plasmatop init --from-ssh-config 'prod-*' --cluster prod": {
    code: 64,
    says: /no host is meant by "prod-\*"/u,
  },
  'plasmatop init --from-file hosts --yes --out -': { says: /#readOnly: false/u },
  'plasmatop doctor': { says: /\d+ ok, 0 failed/u },
  'plasmatop doctor --node node02': { says: /\d+ ok, 0 failed/u },
};

let directory: string;
let well: DemoCluster;
let failed: DemoCluster;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'plasmatop-examples-'));
  const script = join(directory, 'plasmatop');
  writeFileSync(script, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
  chmodSync(script, 0o755);
  writeFileSync(join(directory, 'hosts'), 'node01 10.0.0.11\n');
  [well, failed] = await Promise.all([
    startQuickCluster('--speed', '20'),
    startQuickCluster('--scenario', 'join-failure', '--speed', '20'),
  ]);
  // Until then the step has not failed yet.
  await failed.run('wait', '--for', 'flaredb-cluster-join@node03', '--timeout', '60s');
});
afterAll(async () => {
  await Promise.all([well?.stop(), failed?.stop()]);
  rmSync(directory, { recursive: true, force: true });
});

describe.each(Object.keys(commands) as CommandName[])('plasmatop %s', (name) => {
  const spec: Command = commands[name];
  // What a pipe leads to need not be installed; that it is parsed is told elsewhere.
  const here = spec.examples.filter(([line]) => hasJq || !line.includes('| jq'));
  it.each(here)('%s', async (line) => {
    const course = courses[line] ?? {};
    const cluster = course.failed ? failed : well;
    if (course.after !== undefined) {
      expect((await cluster.ssh('node02', `sudo -n systemctl ${course.after}`)).exitCode).toBe(0);
    }
    const session = launch({
      args: [],
      command: ['bash', '-c', `set -o pipefail; ${line}`],
      columns: 120,
      rows: 40,
      cwd: directory,
      // Nothing of the account that runs the tests is read or written.
      env: {
        HOME: directory,
        XDG_CONFIG_HOME: directory,
        PATH: `${directory}${delimiter}${process.env.PATH}`,
        PLASMATOP_CONFIG: cluster.configFile,
      },
    });
    try {
      if (course.until !== undefined) {
        await session.until(course.until);
        session.press(course.press ?? '');
      }
      const { code } = await session.exited;
      expect(code, session.text()).toBe(course.code ?? 0);
      if (course.says !== undefined) expect(session.text().replaceAll('\n', ' ')).toMatch(course.says);
    } finally {
      session.dispose();
      // Whoever is next finds all of it up, whatever the example did.
      if (course.after !== undefined) {
        const undone = course.after.replace('stop', 'start');
        expect((await cluster.ssh('node02', `sudo -n systemctl ${undone}`)).exitCode).toBe(0);
      }
    }
  });
});

it('has no course for a line that is no example', () => {
  const lines = Object.values<Command>(commands).flatMap(({ examples }) => examples.map(([line]) => line));
  expect(Object.keys(courses).filter((line) => !lines.includes(line))).toEqual([]);
});
