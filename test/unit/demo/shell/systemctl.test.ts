/** What systemctl and the other commands of a simulated node answer, in the words of the real ones. */
import { describe, expect, test } from 'vitest';
import type { World } from '../../../../src/demo/sim/world.ts';
import { lookCommand, parseLook } from '../../../../src/probes/systemd.ts';
import { begin, run } from '../shells.ts';
import { topology, worldOf } from '../worlds.ts';

const NODE = 'node02';
const sh = (world: World, script: string) => run(world, NODE, script);

const failing = (world: World, unit: string, code = 3): void =>
  world.inject({
    ...{ kind: 'exits', node: NODE, unit, code, afterMs: 100, line: 'FATAL', kills: false },
    heals: { by: 'reset-failed' },
  });

describe('systemctl show', () => {
  test('separates units by an empty line and keeps its own order of properties', () => {
    const world = worldOf('steady');
    expect(sh(world, 'systemctl show -p SubState,Id,Type -- iam.service multi-user.target').out).toBe(
      'Type=simple\nId=iam.service\nSubState=running\n\nId=multi-user.target\nSubState=active\n',
    );
    expect(sh(world, 'systemctl show --property=ActiveState --value flashdns').out).toBe('active\n');
  });

  test('says not-found of a unit that does not exist, with exit code 0', () => {
    expect(
      sh(worldOf('steady'), 'systemctl show -p Id,LoadState,ActiveState,TimeoutStartUSec nosuch'),
    ).toEqual({
      out: 'TimeoutStartUSec=1min 30s\nId=nosuch.service\nLoadState=not-found\nActiveState=inactive\n',
      err: '',
      code: 0,
    });
  });

  test('a finished oneshot, a stopped daemon and one between two tries look as they do on a real node', () => {
    const world = worldOf('steady');
    const fields = 'MainPID,Result,NRestarts,ExecMainCode,ExecMainStatus,ActiveState,SubState,StatusText';
    expect(sh(world, `systemctl show -p ${fields} chainfire-cluster-join`).out).toBe(
      'MainPID=0\nStatusText=\nResult=success\nNRestarts=0\nExecMainCode=1\nExecMainStatus=0\nActiveState=active\nSubState=exited\n',
    );
    sh(world, 'sudo -n systemctl stop flaredb');
    expect(sh(world, `systemctl show -p ${fields} flaredb`).out).toBe(
      'MainPID=0\nStatusText=serving on :2479\nResult=success\nNRestarts=0\nExecMainCode=1\nExecMainStatus=0\nActiveState=inactive\nSubState=dead\n',
    );
    sh(world, 'sudo systemctl kill -s KILL novanet');
    expect(sh(world, `systemctl show -p ${fields} novanet`).out).toBe(
      'MainPID=0\nStatusText=serving on :9091\nResult=signal\nNRestarts=0\nExecMainCode=2\nExecMainStatus=9\nActiveState=activating\nSubState=auto-restart\n',
    );
  });

  test('times are microseconds of the clock that /proc/uptime shows', () => {
    const world = worldOf('steady');
    sh(world, 'systemctl restart fiberlb');
    const { out } = sh(
      world,
      'cat /proc/uptime; systemctl show -p ActiveEnterTimestampMonotonic --value fiberlb',
    );
    const [uptime = '', entered = ''] = out.split('\n');
    const ageMs = Number(uptime.split(' ')[0]) * 1000 - Number(entered) / 1000;
    expect(ageMs).toBeGreaterThanOrEqual(-10);
    expect(ageMs).toBeLessThan(1000);
    expect(sh(world, 'systemctl show -p ActiveEnterTimestamp --value fiberlb').out).toMatch(
      /^Mon 2026-11-23 10:00:0\d UTC\n$/u,
    );
  });

  test('the console reads its look at a node from it', () => {
    const world = worldOf('first-boot');
    world.advance(8000);
    const units = [...topology.services, ...topology.firstBoot.steps].map((each) => each.unit);
    const look = parseLook(sh(world, lookCommand(units)).out, units, 0);
    if (!look.ok) throw new Error(look.detail);
    expect(look.look).toMatchObject({ systemState: 'starting', bootId: world.node(NODE)?.manager?.bootId });
    expect(look.look.progress).toBeLessThan(1);
    expect(look.look.monotonicMs).toBeGreaterThan(6000);
    const [chainfire, flaredb] = look.look.units;
    expect(look.look.units.map((fact) => fact.unit)).toEqual(units);
    expect(chainfire).toMatchObject({
      active: 'activating',
      sub: 'start',
      type: 'notify',
      statusText: 'warming up',
    });
    expect(flaredb).toMatchObject({ active: 'inactive', sub: 'dead', load: 'loaded' });
    expect(flaredb?.job).toBeGreaterThan(0);
  });
});

describe('systemctl start, stop, restart', () => {
  test('block until the job ends', () => {
    const world = worldOf('steady');
    const running = begin(world, NODE, 'sudo -n systemctl restart -- chainfire.service');
    expect(running.poll()).toEqual({ out: '', err: '' });
    world.advance(5000);
    expect(running.poll()).toEqual({ out: '', err: '' });
    world.advance(12_000);
    expect(running.poll()).toEqual({ out: '', err: '', code: 0 });
    expect(sh(world, 'systemctl is-active chainfire flaredb').out).toBe('active\nactivating\n');
  });

  test('do not block with --no-block', () => {
    const world = worldOf('steady');
    expect(begin(world, NODE, 'systemctl restart --no-block fiberlb').poll()).toEqual({
      out: '',
      err: '',
      code: 0,
    });
    expect(sh(world, 'systemctl list-jobs').out).toMatch(
      /^JOB UNIT {12}TYPE {4}STATE\n\d+ +fiberlb\.service restart running\n\n1 jobs listed\.\n$/u,
    );
  });

  test('give 5 for a unit that does not exist, and still do the others', () => {
    const world = worldOf('steady');
    expect(sh(world, 'sudo -n systemctl restart nosuch')).toEqual({
      out: '',
      err: 'Failed to restart nosuch.service: Unit nosuch.service not found.\n',
      code: 5,
    });
    expect(sh(world, 'systemctl stop nosuch fiberlb').err).toBe(
      'Failed to stop nosuch.service: Unit nosuch.service not loaded.\n',
    );
    expect(sh(world, 'systemctl is-active fiberlb')).toMatchObject({ out: 'inactive\n', code: 3 });
  });

  test('give 1 and systemd’s sentence for a job that failed', () => {
    const world = worldOf('steady');
    failing(world, 'chainfire.service');
    expect(sh(world, 'sudo -n systemctl restart chainfire')).toEqual({
      out: '',
      err: 'Job for chainfire.service failed because the control process exited with error code.\nSee "systemctl status chainfire.service" and "journalctl -xeu chainfire.service" for details.\n',
      code: 1,
    });
    sh(world, 'systemctl stop chainfire');
    expect(sh(world, 'systemctl start flaredb')).toEqual({
      out: '',
      err: "A dependency job for flaredb.service failed. See 'journalctl -xe' for details.\n",
      code: 1,
    });
  });

  test('say so when a job is cancelled', () => {
    const world = worldOf('first-boot');
    world.advance(8000);
    const start = begin(world, NODE, 'systemctl start novanet');
    start.poll();
    sh(world, 'systemctl stop novanet');
    expect(start.poll()).toEqual({ out: '', err: 'Job for novanet.service canceled.\n', code: 1 });
  });

  test('reset-failed lets a unit start again that systemd had given up', () => {
    const world = worldOf('steady');
    failing(world, 'chainfire.service');
    sh(world, 'systemctl restart chainfire');
    world.advance(80_000);
    expect(sh(world, 'systemctl is-failed chainfire')).toMatchObject({ out: 'failed\n', code: 0 });
    expect(sh(world, 'systemctl is-system-running')).toMatchObject({ out: 'degraded\n', code: 1 });
    expect(
      sh(world, 'sudo -n systemctl reset-failed chainfire && sudo -n systemctl restart chainfire').code,
    ).toBe(0);
    expect(sh(world, 'systemctl is-system-running')).toMatchObject({ out: 'running\n', code: 0 });
    expect(sh(world, 'systemctl reset-failed nosuch').code).toBe(1);
  });
});

describe('the other verbs', () => {
  test('status: 0 active, 3 not active, 4 no such unit', () => {
    const world = worldOf('steady');
    const active = sh(world, 'systemctl status chainfire');
    expect(active.code).toBe(0);
    expect(active.out).toMatch(
      /^● chainfire\.service - Chainfire: .*\n {5}Loaded: loaded \(.*\n {5}Active: active \(running\) since Fri 2026-11-20 06:00:\d\d UTC; 3 d ago\n {3}Main PID: \d+ \(chainfire\)\n {5}Status: "serving on :2379"\n\n/u,
    );
    sh(world, 'systemctl stop chainfire');
    expect(sh(world, 'systemctl status chainfire').code).toBe(3);
    expect(sh(world, 'systemctl status nosuch')).toEqual({
      out: '',
      err: 'Unit nosuch.service could not be found.\n',
      code: 4,
    });
  });

  test('daemon-reload: a unit file that was changed waits to be read until then', () => {
    const world = worldOf('steady');
    const asked = (): string =>
      run(world, 'node02', 'systemctl show -p NeedDaemonReload,Requires flaredb').out;
    expect(asked()).toContain('NeedDaemonReload=no');
    world.inject({ kind: 'unit-file', node: 'node02', unit: 'flaredb.service', says: { requires: [] } });
    expect(asked()).toMatch(/^Requires=chainfire\.service .*\nNeedDaemonReload=yes\n$/u);
    expect(run(world, 'node02', 'sudo -n systemctl daemon-reload')).toEqual({ out: '', err: '', code: 0 });
    expect(asked()).toMatch(/^Requires=sysinit\.target .*\nNeedDaemonReload=no\n$/u);
    expect(run(world, 'node02', 'systemctl daemon-reload x').code).toBe(1);
  });

  test('is-enabled, list-units, list-dependencies and list-jobs', () => {
    const world = worldOf('steady');
    expect(sh(world, 'systemctl is-enabled iam nosuch')).toMatchObject({ out: 'enabled\n', code: 0 });
    expect(sh(world, 'systemctl list-jobs').out).toBe('No jobs running.\n');
    failing(world, 'chainfire.service');
    sh(world, 'systemctl restart chainfire');
    world.advance(80_000);
    expect(sh(world, 'systemctl --failed --no-legend').out).toMatch(
      /^● chainfire\.service loaded failed failed /u,
    );
    expect(JSON.parse(sh(world, 'systemctl list-units --failed -o json').out)).toMatchObject([
      { unit: 'chainfire.service', active: 'failed' },
    ]);
    expect(sh(world, 'systemctl list-dependencies --reverse --plain chainfire').out).toContain(
      '\n  flaredb.service\n',
    );
  });

  test.each([
    ['systemctl frobnicate', 1, 'Unknown command verb frobnicate.\n'],
    ['systemctl restart', 1, 'Too few arguments.\n'],
    ['systemctl restart --frob x', 1, "systemctl: unrecognized option '--frob'\n"],
    ['nosuch -x', 127, 'sh: 1: nosuch: not found\n'],
    ['cat /etc/shadow', 1, 'cat: /etc/shadow: No such file or directory\n'],
  ])('%s', (script, code, err) => {
    expect(sh(worldOf('steady'), script)).toMatchObject({ code, err });
  });

  test('a script goes on after ; and stops at a failed &&', () => {
    const world = worldOf('steady');
    expect(sh(world, 'false && echo a; hostname; echo \'b  c\' "d"; exit 7; echo never')).toEqual({
      out: 'node02\nb  c d\n',
      err: '',
      code: 7,
    });
  });

  test('a node without power says nothing more', () => {
    const world = worldOf('steady');
    const running = begin(world, NODE, 'systemctl restart chainfire; hostname');
    running.poll();
    world.inject({ kind: 'vanish', node: NODE });
    world.advance(60_000);
    expect(running.poll()).toEqual({ out: '', err: '' });
    expect(begin(world, NODE, 'true').poll()).toEqual({ out: '', err: '' });
  });
});

describe('several units in one command', () => {
  const services = topology.services.map(({ unit }) => unit);
  const all = services.join(' ');
  const states = (world: World) =>
    new Set(services.map((unit) => sh(world, `systemctl is-active ${unit}`).out.trim()));
  const done = { out: '', err: '', code: 0 };
  const invocations = (world: World) =>
    services.map((unit) => sh(world, `systemctl show -P InvocationID ${unit}`).out);

  test('stop a whole node with what requires them, and start it again without that', () => {
    const world = worldOf('steady');
    expect(sh(world, `sudo -n systemctl stop -- ${all}`)).toEqual(done);
    expect(states(world)).toEqual(new Set(['inactive']));
    expect(sh(world, 'systemctl is-active iam-initial-setup').out).toBe('inactive\n');
    expect(sh(world, `sudo -n systemctl start -- ${all}`)).toEqual(done);
    expect(states(world)).toEqual(new Set(['active']));
    expect(sh(world, 'systemctl is-active iam-initial-setup').out).toBe('inactive\n');
  });

  test('restart each once, whatever order they are named in', () => {
    for (const names of [services, services.toReversed()]) {
      const world = worldOf('steady');
      const before = invocations(world);
      expect(sh(world, `sudo -n systemctl restart -- ${names.join(' ')}`)).toEqual(done);
      world.advance(world.nowMs + 60_000);
      expect(states(world)).toEqual(new Set(['active']));
      expect(invocations(world).filter((run) => before.includes(run))).toEqual([]);
      expect(sh(world, 'systemctl is-active iam-initial-setup').out).toBe('active\n');
    }
  });

  test('a start pulls in what is required, and what that requires', () => {
    const world = worldOf('steady');
    sh(world, 'systemctl stop chainfire iam');
    expect(sh(world, 'systemctl start iam')).toEqual(done);
    expect(sh(world, 'systemctl is-active chainfire flaredb iam').out).toBe('active\nactive\nactive\n');
  });
});

test('lets nobody but root act where polkit does not, in the words that systemd has for it', () => {
  const world = worldOf('no-sudo');
  const act = (node: string, script: string, user?: string) => {
    const { err, code } = run(world, node, script, user);
    return [err, code];
  };
  expect(act('node02', 'systemctl restart fiberlb')).toEqual([
    'Failed to restart fiberlb.service: Access denied\n',
    4,
  ]);
  expect(act('node03', 'systemctl stop fiberlb iam')).toEqual([
    'Failed to stop fiberlb.service: Interactive authentication required.\n' +
      'Failed to stop iam.service: Interactive authentication required.\n',
    1,
  ]);
  expect(act('node02', 'systemctl reset-failed fiberlb')).toEqual([
    'Failed to reset failed state of unit fiberlb.service: Access denied\n',
    1,
  ]);
  for (const [node, user] of [
    ['node01', 'ops'],
    ['node02', 'root'],
    ['node03', 'root'],
  ] as const) {
    expect(act(node, 'systemctl restart fiberlb', user)).toEqual(['', 0]);
  }
  expect(act('node03', 'sudo -n systemctl restart fiberlb')).toEqual(['', 0]);
});
