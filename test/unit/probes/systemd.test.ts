import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { lookAtNode, lookCommand, parseLook, showCommand } from '../../../src/probes/systemd.ts';
import { createLinks } from '../../../src/ssh/control.ts';
import { type Exec, startSshServer } from '../../helpers/ssh-server.ts';

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../fixtures/systemd/${name}`, import.meta.url));
const said = (name: string): string => readFileSync(fixture(name), 'utf8');

const thirteen = [
  'chainfire.service',
  'chainfire-cluster-join.service',
  'flaredb.service',
  'flaredb-cluster-join.service',
  'iam.service',
  'iam-initial-setup.service',
  'plasmavmc.service',
  'novanet.service',
  'flashdns.service',
  'fiberlb.service',
  'lightningstor.service',
  'k8shost.service',
  'cluster-health-check.service',
];

const answerOf = (show: string, uptime = '833.15 1339.79'): string =>
  [
    'plasmatop:begin',
    uptime,
    'cba672ed-d1dd-437d-aee2-ce5365f84bdf',
    'plasmatop:manager',
    said('show-manager.out').trimEnd(),
    'plasmatop:units',
    `${show.trimEnd()}`,
    'plasmatop:jobs',
    'No jobs running.',
    'plasmatop:end',
    '',
  ].join('\n');

describe('lookCommand', () => {
  it('asks for everything in one line', () => {
    expect(lookCommand(['a.service', 'b\\x2dc.service'])).toBe(
      [
        'echo plasmatop:begin',
        'cat /proc/uptime',
        'cat /proc/sys/kernel/random/boot_id',
        'echo plasmatop:manager',
        'systemctl show -p Version,SystemState,Progress',
        'echo plasmatop:units',
        `${showCommand([]).join(' ')} a.service 'b\\x2dc.service'`,
        'echo plasmatop:jobs',
        'systemctl list-jobs --full --no-pager',
        'echo plasmatop:end',
      ].join('; '),
    );
  });

  it('does not ask about the manager twice when there are no units', () => {
    expect(lookCommand([]).match(/systemctl show/gu)).toHaveLength(1);
  });
});

describe('parseLook', () => {
  it('reads clock, boot, manager and units', () => {
    const parsed = parseLook(answerOf(said('show-13-units.out')), thirteen, 7);
    expect(parsed).toMatchObject({
      ok: true,
      look: {
        atMs: 7,
        bootId: 'cba672ed-d1dd-437d-aee2-ce5365f84bdf',
        monotonicMs: 833_150,
        systemVersion: '252.39-1~deb12u2',
        systemState: 'running',
        progress: 1,
        jobs: [],
      },
    });
    expect(parsed.ok && parsed.look.units.map((unit) => unit.unit)).toEqual(thirteen);
  });

  it('passes over login noise and CRLF', () => {
    const noisy = `Welcome\nA=b\n\n${answerOf(said('show-13-units.out'))}`.replaceAll('\n', '\r\n');
    expect(parseLook(noisy, thirteen, 7)).toEqual(
      parseLook(answerOf(said('show-13-units.out')), thirteen, 7),
    );
  });

  it('calls a unit what the topology calls it, when the node knows it by another name', () => {
    const parsed = parseLook(answerOf(said('show-notify-running.out')), ['alias.service'], 7);
    expect(parsed.ok && parsed.look.units).toMatchObject([{ unit: 'alias.service', mainPid: 29 }]);
  });

  it('does not take an uptime for a clock that is behind what systemd remembers', () => {
    const parsed = parseLook(
      answerOf(said('show-notify-running.out'), '12.00 3.00'),
      ['chainfire.service'],
      7,
    );
    expect(parsed.ok && parsed.look).not.toHaveProperty('monotonicMs');
  });

  it.each([
    ['', 'the node did not run the command'],
    ['This account is not available.\n', 'the node did not run the command'],
    ['plasmatop:begin\n1.00 1.00\n', 'the answer was cut short'],
    [answerOf(said('show-13-units.out')).slice(0, -20), 'the answer was cut short'],
    ['plasmatop:begin\nplasmatop:manager\nplasmatop:units\nplasmatop:end\n', 'the answer was cut short'],
    [
      'plasmatop:begin\nplasmatop:manager\nplasmatop:units\nplasmatop:jobs\nplasmatop:end\n',
      'systemctl did not answer',
    ],
  ])('refuses %j', (stdout, detail) => {
    expect(parseLook(stdout, ['chainfire.service'], 7)).toEqual({ ok: false, detail });
  });
});

describe('lookAtNode over a real ssh', () => {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  /** A node whose systemctl is a script; its shell, cat and /proc are this machine's. */
  const nodeWith = async (systemctl: string) => {
    const directory = mkdtempSync(join(tmpdir(), 'pt-node-'));
    cleanups.push(() => rmSync(directory, { recursive: true, force: true }));
    writeFileSync(join(directory, 'systemctl'), `#!/bin/sh\n${systemctl}\n`);
    chmodSync(join(directory, 'systemctl'), 0o755);
    const exec: Exec = (command, channel) => {
      const env = { PATH: `${directory}:/usr/bin:/bin` };
      const child = spawn('/bin/sh', ['-c', command], { env, stdio: ['ignore', 'pipe', 'pipe'] });
      child.stdout.pipe(channel, { end: false });
      child.stderr.pipe(channel.stderr, { end: false });
      child.on('close', (code) => {
        channel.exit(code ?? 0);
        channel.end();
      });
    };
    const server = await startSshServer({ exec });
    cleanups.push(() => server.close());
    const links = createLinks({
      nodes: [{ name: 'node01', target: 'node01' }],
      ssh: { configFile: server.configFile, options: [], connectTimeoutMs: 3000, maxChannels: 4 },
      runtimeDir: directory,
      clock: systemClock,
      onState: () => {},
    });
    cleanups.push(() => links.close());
    const link = links.link('node01');
    if (link === undefined) throw new Error('no link');
    return link;
  };

  it('sees the units and the clock of the node', async () => {
    const link = await nodeWith(
      `case "$*" in *Version*) cat ${fixture('show-manager.out')};; *) cat ${fixture('show-13-units.out')};; esac`,
    );
    const before = Date.now();
    const seen = await lookAtNode(link, thirteen, { clock: systemClock, timeoutMs: 10_000 });
    expect(seen).toMatchObject({ ok: true, look: { systemState: 'running', bootId: expect.any(String) } });
    expect(seen.ok && seen.look.units).toHaveLength(13);
    expect(seen.ok && seen.look.atMs).toBeGreaterThanOrEqual(before);
  });

  it('says what a node without systemd said', async () => {
    const link = await nodeWith(
      'echo "System has not been booted with systemd as init system (PID 1)." >&2; exit 1',
    );
    expect(await lookAtNode(link, thirteen, { clock: systemClock, timeoutMs: 10_000 })).toMatchObject({
      ok: false,
      failure: {
        kind: 'config',
        detail: 'systemctl did not answer: System has not been booted with systemd as init system (PID 1).',
      },
    });
  });

  it('says that systemctl stayed silent', async () => {
    const link = await nodeWith('exit 0');
    const seen = await lookAtNode(link, thirteen, { clock: systemClock, timeoutMs: 10_000 });
    expect(seen).toMatchObject({
      ok: false,
      failure: { kind: 'config', detail: 'systemctl did not answer' },
    });
  });
});
