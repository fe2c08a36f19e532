/** What journalctl of a simulated node prints. */
import { expect, test } from 'vitest';
import { begin, run, WALL_MS } from '../shells.ts';
import { worldOf } from '../worlds.ts';

const NODE = 'node01';

test('the last lines of a unit in the usual formats', () => {
  const world = worldOf('steady');
  const ask = (format: string): string =>
    run(world, NODE, `journalctl -u iam -n 1 --no-pager -o ${format}`).out;
  expect(ask('short')).toMatch(/^Nov 20 06:00:3\d node01 iam\[\d+\]: listening on :8080\n$/u);
  expect(ask('short-iso')).toMatch(/^2026-11-20T06:00:3\d\+0000 node01 iam\[\d+\]: listening on :8080\n$/u);
  expect(ask('short-monotonic')).toMatch(/^\[ +3\d\.\d{6}\] node01 iam/u);
  expect(ask('cat')).toBe('listening on :8080\n');
});

test('json lines carry what the real ones carry: of systemd with UNIT and the job, of a process with _SYSTEMD_UNIT', () => {
  const world = worldOf('steady');
  run(world, NODE, 'systemctl restart fiberlb');
  const lines = run(world, NODE, 'journalctl -u fiberlb -n 3 -o json').out.trim().split('\n');
  const [starting, listening, started] = lines.map((line) => JSON.parse(line) as Record<string, string>);
  const invocation = world.node(NODE)?.manager?.unit('fiberlb.service')?.invocation;
  expect(starting).toMatchObject({
    UNIT: 'fiberlb.service',
    JOB_TYPE: 'start',
    SYSLOG_IDENTIFIER: 'systemd',
    _PID: '1',
  });
  expect(starting).not.toHaveProperty('JOB_RESULT');
  expect(listening).toMatchObject({
    _SYSTEMD_UNIT: 'fiberlb.service',
    MESSAGE: 'listening on :9092',
    PRIORITY: '6',
    _HOSTNAME: NODE,
    _SYSTEMD_INVOCATION_ID: invocation,
    _BOOT_ID: world.node(NODE)?.manager?.bootId.replaceAll('-', ''),
  });
  expect(Number(listening?.__REALTIME_TIMESTAMP)).toBeGreaterThan(WALL_MS * 1000);
  expect(started).toMatchObject({ JOB_TYPE: 'start', JOB_RESULT: 'done', INVOCATION_ID: invocation });
  const few = run(world, NODE, 'journalctl -u fiberlb -n 1 -o json --output-fields=MESSAGE').out;
  expect(JSON.parse(few)).toMatchObject({ MESSAGE: expect.stringContaining('Started fiberlb') });
  expect(JSON.parse(few)).not.toHaveProperty('PRIORITY');
});

test('-f goes on with what is written later, and only of its units', () => {
  const world = worldOf('steady');
  const following = begin(world, NODE, 'journalctl -f -n 0 -o cat -u fiberlb');
  expect(following.poll()).toEqual({ out: '', err: '' });
  run(world, NODE, 'systemctl restart fiberlb; systemctl restart novanet');
  const said = following.poll();
  expect(said.code).toBeUndefined();
  expect(said.out).toContain('Stopping fiberlb.service');
  expect(said.out).toContain('listening on :9092');
  expect(said.out).not.toContain('novanet');
  expect(following.poll().out).toBe('');
});

test('nothing to show says so; bad options fail', () => {
  const world = worldOf('steady');
  expect(run(world, NODE, 'journalctl -u nosuch')).toEqual({ out: '-- No entries --\n', err: '', code: 0 });
  expect(run(world, NODE, 'journalctl -u nosuch -q').out).toBe('');
  expect(run(world, NODE, 'journalctl -o xml').code).toBe(1);
  expect(run(world, NODE, 'journalctl -n x').code).toBe(1);
});

test('of one boot, one run, one priority and a time on', () => {
  const world = worldOf('steady');
  const messages = (options: string): readonly string[] =>
    run(world, NODE, `journalctl -u fiberlb -o cat ${options}`).out.split('\n').filter(Boolean);
  const before = world.node(NODE)?.manager?.unit('fiberlb.service')?.invocation;
  run(world, NODE, 'systemctl restart fiberlb; systemctl kill -s SEGV fiberlb');
  expect(messages('-p warning')).toEqual(["fiberlb.service: Failed with result 'signal'."]);
  expect(messages('-p 4')).toEqual(messages('-p warning'));
  expect(messages('-p err')).toEqual(['-- No entries --']);
  const ofRun = messages(`_SYSTEMD_INVOCATION_ID=${before} + INVOCATION_ID=${before}`);
  expect(ofRun).toContain('listening on :9092');
  expect(ofRun.join('\n')).not.toContain('status=11');
  expect(messages('--since=-1m').length).toBeLessThan(messages('--since=-4d').length);
  expect(run(world, NODE, 'journalctl -p nonsense').code).toBe(1);
  expect(run(world, NODE, 'journalctl --since=soon').code).toBe(1);
});

test('the boot before is there after a reboot, and only then', () => {
  const world = worldOf('steady');
  expect(run(world, NODE, 'journalctl -b -1')).toMatchObject({
    code: 1,
    err: 'Data from the specified boot (-1) is not available: No such boot ID in journal\n',
  });
  run(world, NODE, 'reboot');
  world.advance(world.nowMs + 60_000);
  const boots = (options: string): ReadonlySet<string> =>
    new Set(
      run(world, NODE, `journalctl -u iam -o json ${options}`)
        .out.trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as Record<string, string>)._BOOT_ID ?? ''),
    );
  const [now = ''] = boots('-b');
  const [earlier = ''] = boots('--boot=-1');
  expect(now).not.toBe(earlier);
  expect(boots('-b -1')).toEqual(new Set([earlier]));
  expect([...boots('')]).toEqual([earlier, now]);
});

test('a line from the cluster around a unit bears the time at which it happened', () => {
  const world = worldOf('quorum-loss');
  world.advance(world.nowMs + 30_000);
  const said = run(world, NODE, 'journalctl -u chainfire -o short-iso').out.split('\n');
  const lost = said.findLast((line) => line.includes('no quorum')) ?? '';
  expect(lost.slice(0, 13)).toBe('2026-11-23T10');
});

test('sudo writes down who had it run what, and what it refused', () => {
  const world = worldOf('steady');
  const since = (options: string): readonly Record<string, string>[] =>
    run(world, NODE, `journalctl --since=-10min -o json ${options}`)
      .out.trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>);
  run(
    world,
    NODE,
    'sudo -n systemctl restart iam; sudo -n -l -- systemctl stop -- iam.service; systemctl stop iam',
  );
  const lines = since('SYSLOG_IDENTIFIER=sudo --reverse');
  expect(lines.map(({ MESSAGE }) => MESSAGE)).toEqual([
    '     ops : PWD=/home/ops ; USER=root ; COMMAND=list /usr/bin/systemctl stop -- iam.service',
    '     ops : PWD=/home/ops ; USER=root ; COMMAND=/usr/bin/systemctl restart iam',
  ]);
  expect(lines[0]).toMatchObject({ _COMM: 'sudo', _TRANSPORT: 'syslog', SYSLOG_IDENTIFIER: 'sudo' });
  expect(since('-t sudo')).toHaveLength(2);

  const strict = worldOf('no-sudo');
  const node = strict.nodes().find(({ name }) => strict.scenario.sudoers?.has(name))?.name ?? '';
  run(strict, node, 'sudo -n whoami');
  expect(run(strict, node, 'journalctl -t sudo -o cat').out).toBe(
    '     ops : a password is required ; PWD=/home/ops ; USER=root ; COMMAND=/usr/bin/whoami\n',
  );
});
