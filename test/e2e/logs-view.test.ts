/** The logs view and `plasmatop logs`, by the built program with the system's own ssh. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerChannel } from 'ssh2';
import { expect, it, onTestFinished } from 'vitest';
import { answer, startSshServer } from '../helpers/ssh-server.ts';
import { type DemoCluster, runProgram, startQuickCluster } from './demo-cluster.ts';
import { launch, type Session } from './driver.ts';
import { sshClientsOf } from './processes.ts';
import { variantOf } from './variant.ts';

const demo = async (...args: readonly string[]): Promise<DemoCluster> => {
  const cluster = await startQuickCluster(...args);
  onTestFinished(() => cluster.stop());
  return cluster;
};

const console_ = (configFile: string, env: Readonly<Record<string, string>> = {}): Session => {
  const session = launch({ args: ['--config', configFile], columns: 100, rows: 30, env });
  onTestFinished(() => session.dispose());
  return session;
};

const journals = async (session: Session): Promise<number> =>
  (await sshClientsOf(session.pid)).filter((words) => words.includes('journalctl')).length;

it('L on a service of a node shows its lines, new ones as they come, and is gone when it is left', async () => {
  const cluster = await demo();
  const session = console_(cluster.configFile);
  await session.until(/All 9 services on 3 nodes are healthy/);
  const before = await journals(session);
  session.press('l', 'j', 'j');
  await session.until(/❯ +node02/);
  session.press('L');
  await session.until(/LOG chainfire on node02 .*following[\s\S]*listening on :2379/);
  await cluster.ssh('node02', 'systemctl kill -s SEGV chainfire');
  await session.until(/warning chainfire\.service: Failed with result/);
  expect(await journals(session)).toBe(before + 1);

  session.press('l', 'l', 'l', 'l');
  await session.until((text) => /error\+ · following/.test(text) && !text.includes('listening on'));
  session.press('l', 'b');
  await session.until(/node02 +no journal of the boot before is kept/);
  session.press('b', 'i');
  await session.until(/this run · following/);
  session.press('i');
  await session.until((text) => !text.includes('this run ·') && text.includes('listening on :2379'));

  session.press('/', 'listening');
  await session.until(/\/ listening▏/);
  session.press('enter');
  await session.until(/\/listening \d+[\s\S]*❯\d\d:\d\d:\d\d\.\d{3} listening on/);
  session.press('&');
  await session.until((text) => /only \/listening/.test(text) && !text.includes('Failed with result'));

  session.press('q');
  await session.until(/❯ +node02/);
  await expect.poll(() => journals(session)).toBe(before);
  expect(session.text()).toMatch(/ SERVICE +STATE/);
});

it('L on a service merges all of its nodes, marks a reboot, and saves what is shown', async () => {
  const cluster = await demo('--speed', '10');
  const state = mkdtempSync(join(tmpdir(), 'pt-state-'));
  onTestFinished(() => rmSync(state, { recursive: true, force: true }));
  const session = console_(cluster.configFile, { XDG_STATE_HOME: state });
  await session.until(/All 9 services on 3 nodes are healthy/);
  session.press('j', 'L');
  await session.until(/LOG \S+ {2}3 nodes .*following[\s\S]*node01[\s\S]*node02[\s\S]*node03/);
  await cluster.ssh('node02', 'reboot');
  await session.until(/-- node02 rebooted --/, 60_000);
  session.press('s');
  await session.until(/save +\d+ lines: \S+/);
  const [name = ''] = readdirSync(join(state, 'plasmatop', 'logs'));
  const file = join(state, 'plasmatop', 'logs', name);
  expect(session.text().replace(/\n +/gu, ' ')).toContain(file);
  const saved = readFileSync(file, 'utf8');
  expect(saved).toContain('\n-- node02 rebooted --\n');
  expect(saved).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z node0\d \S+\.service /);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  session.press('b');
  await session.until(/boot before · read/);
});

it('opens where nothing is followed otherwise', async () => {
  const cluster = await demo();
  const variant = variantOf(cluster, {
    config: (text) => text.replace('sudo: true }', 'sudo: true, follow: false }'),
  });
  onTestFinished(() => variant.remove());
  const session = console_(variant.configFile);
  await session.until(/All 9 services on 3 nodes are healthy/);
  expect(await journals(session)).toBe(0);
  session.press('L');
  await session.until(/LOG chainfire .*following[\s\S]*listening on :2379/);
  expect(await journals(session)).toBe(3);
});

it('o shows the lines in the pager, and comes back to them', async () => {
  const cluster = await demo();
  const session = console_(cluster.configFile, { PAGER: 'head -n 1' });
  await session.until(/All 9 services on 3 nodes are healthy/);
  const LOG = /LOG chainfire .*following[\s\S]*listening on :2379/;
  session.press('L');
  await session.until(LOG);
  session.press('o');
  // A pager that ends at once: nobody may see its screen.
  const BETWEEN = /\u001b\[\?1049l[\s\S]*T[\d:.]+Z node0\d chainfire\.service [\s\S]*\u001b\[\?1049h/;
  await session.until((text) => BETWEEN.test(session.output()) && session.alternate() && LOG.test(text));
});

const ATTACK =
  '\u001b]52;c;RVZJTA==\u0007\u001b[2J\u009b31m\u001b]0;EVIL\u0007\u001b[?1049l\u202eEVIL\u2066\u200b';

/** One node, whose journal writes what it is told to. */
const oneNode = async (
  onJournal: (channel: ServerChannel, write: (message: string, priority?: number) => void) => void,
) => {
  let count = 0;
  const server = await startSshServer({
    exec: (command, channel) => {
      if (!command.includes('journalctl')) {
        answer(channel, 0, '');
        return;
      }
      onJournal(channel, (message, priority = 6) => {
        count += 1;
        const fields = {
          __CURSOR: `i=${count}`,
          __REALTIME_TIMESTAMP: String(Date.now() * 1000),
          _SYSTEMD_UNIT: 'one.service',
          PRIORITY: String(priority),
          MESSAGE: message,
        };
        channel.write(`${JSON.stringify(fields)}\n`);
      });
    },
  });
  const directory = mkdtempSync(join(tmpdir(), 'pt-one-'));
  // JSON is YAML.
  writeFileSync(
    join(directory, 'topology.yaml'),
    JSON.stringify({
      name: 'one',
      title: 'One',
      levels: [{ number: 1, title: 'All', description: 'all' }],
      services: [
        {
          ...{ name: 'one', title: 'One', level: 1, purpose: 'test', unit: 'one.service', type: 'simple' },
          ...{ start: '1s', checks: [{ id: 'tcp', kind: 'tcp', port: server.port }] },
        },
      ],
    }),
  );
  const configFile = join(directory, 'plasmatop.yaml');
  writeFileSync(
    configFile,
    JSON.stringify({
      ...{ cluster: 'one', topology: 'topology.yaml' },
      nodes: [{ name: 'node01', address: '127.0.0.1', ssh: 'node01' }],
      ssh: { config: server.configFile },
      audit: { file: 'audit.jsonl' },
    }),
  );
  onTestFinished(async () => {
    await server.close();
    rmSync(directory, { recursive: true, force: true });
  });
  return { configFile, directory };
};

it('lets no escape code of a unit through, on screen, in a file or in a pipe', async () => {
  const { configFile, directory } = await oneNode((_channel, write) => {
    write(`before ${ATTACK} after`, 3);
    write('harmless');
  });
  const session = console_(configFile, { XDG_STATE_HOME: directory });
  await session.until(/ one /);
  session.press('L');
  await session.until(/error before .* after[\s\S]*harmless/);
  session.press('w', 's');
  await session.until(/save +2 lines/);
  expect(session.output()).not.toContain('EVIL\u0007');
  expect(session.output()).not.toContain('RVZJTA==');
  expect(session.output()).not.toMatch(/\u001b\]0;|[\u0080-\u009f\u202e\u2066\u200b]/u);
  expect(session.alternate()).toBe(true);
  const logs = join(directory, 'plasmatop', 'logs');
  const saved = readFileSync(join(logs, readdirSync(logs)[0] ?? ''), 'utf8');
  expect(saved).toMatch(/^[\x20-\x7e\u00b7\n]*$/u);
});

it('stays quick in a flood, stands still when told to, and says how much it left out', async () => {
  let timer: NodeJS.Timeout | undefined;
  onTestFinished(() => clearTimeout(timer));
  let number = 0;
  const { configFile } = await oneNode((channel, write) => {
    const burst = (): void => {
      const startedAt = performance.now();
      // Whoever does not read holds the writer back, as a pipe does.
      for (let line = 0; line < 1000 && !channel.writableNeedDrain; line += 1) {
        number += 1;
        write(`flood ${number}`);
      }
      // What is left out of the others depends on how fast they come; this one is too long at any pace.
      if (!channel.writableNeedDrain) write('x'.repeat(70_000));
      // This process reads the screen, too: on a busy machine it must not be the flood that keeps it from that.
      timer = setTimeout(burst, Math.max(100, 4 * (performance.now() - startedAt)));
    };
    channel.on('close', () => clearTimeout(timer));
    burst();
  });
  const session = console_(configFile);
  await session.until(/ one /);
  session.press('L');
  await session.until(/LOG one .*\d+ dropped · following[\s\S]*flood \d+/, 120_000);
  session.press('f');
  const standing = await session.until(/paused, [1-9]\d* new/);
  const rows = (text: string): readonly string[] => text.match(/^.*flood \d+$/gmu) ?? [];
  const later = await session.until((text) => !text.includes(/paused, \d+ new/u.exec(standing)?.[0] ?? ''));
  expect(rows(standing).length).toBeGreaterThan(10);
  expect(rows(later)).toEqual(rows(standing));
  session.press('G');
  await session.until((text) => /· following/.test(text) && rows(text)[0] !== rows(standing)[0]);
  session.press('?');
  await session.until(/In a log/);
  session.press('q', 'q');
  await session.until(/ SERVICE +STATE/);
}, 200_000);

it('plasmatop logs prints all nodes in the order of time', async () => {
  const cluster = await demo('--scenario', 'quorum-loss');
  const end = await cluster.run('logs', 'chainfire', '-n', '50');
  expect(end).toMatchObject({ exitCode: 0, stderr: '' });
  const lines = end.stdout.split('\n');
  expect(lines.length).toBeGreaterThan(5);
  const times = lines.map((line) => line.slice(0, 24));
  expect(times).toEqual(times.toSorted());
  expect(new Set(lines.map((line) => line.split(' ')[1]))).toEqual(new Set(['node01', 'node02', 'node03']));

  const json = await cluster.run(
    'logs',
    'chainfire',
    '--node',
    'node02',
    '--node',
    'node03',
    '-p',
    'err',
    '--json',
  );
  for (const line of json.stdout.split('\n').filter(Boolean)) {
    expect(JSON.parse(line)).toMatchObject({ schema: 1, kind: 'line', unit: 'chainfire.service' });
    expect(JSON.parse(line)).toHaveProperty('priority', 3);
  }
  const boot = await cluster.run('logs', 'node01', '-b', '-1');
  expect(boot).toMatchObject({ exitCode: 3, stdout: '' });
  expect(boot.stderr).toContain('node01: no journal of the boot before is kept');
  const wrong = await cluster.run('logs', 'chainfir');
  expect(wrong).toMatchObject({ exitCode: 64 });
  expect(wrong.stderr).toContain('did you mean chainfire?');
  expect((await runProgram(['logs', '--help'])).stdout).toContain('plasmatop logs chainfire -f');
});

it('plasmatop logs -f goes on until it is interrupted', async () => {
  const cluster = await demo('--speed', '10');
  const session = launch({ args: ['logs', 'fiberlb', '-f', '--config', cluster.configFile], columns: 160 });
  onTestFinished(() => session.dispose());
  await session.until(/node01 fiberlb\.service listening on :9092/);
  await cluster.ssh('node03', 'systemctl restart fiberlb');
  await session.until(
    /node03 fiberlb\.service systemd: Stopping fiberlb[\s\S]*node03 fiberlb\.service listening on :9092/,
  );
  session.press('ctrl-c');
  expect((await session.exited).code).toBe(130);
  expect(await sshClientsOf(session.pid)).toEqual([]);
});
