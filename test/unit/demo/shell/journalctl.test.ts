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
