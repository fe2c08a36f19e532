import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recentSudoActs, type SentAct } from '../../../../src/core/audit/recent-sudo.ts';
import {
  namesUnit,
  parseSudoActs,
  parseSudoMessage,
  type SudoAct,
} from '../../../../src/core/audit/sudo-acts.ts';
import { planRestart } from '../../../helpers/plan-restart.ts';
import { healthyWorld, inventoryOf, options, topology } from '../../actions/world.ts';

const WALL_MS = 1_700_000_000_000;
const said = (command: string, before = 'PWD=/home/alice ; USER=root'): string =>
  `alice : ${before} ; COMMAND=${command}`;
const deed = (command: string) => {
  const found = parseSudoMessage(said(command));
  return found && [found.verb, ...found.units];
};
const line = (message: unknown, more: Record<string, unknown> = {}): string =>
  JSON.stringify({
    __REALTIME_TIMESTAMP: `${WALL_MS}000`,
    __MONOTONIC_TIMESTAMP: '5000000',
    _BOOT_ID: 'b'.repeat(32),
    SYSLOG_IDENTIFIER: 'sudo',
    _TRANSPORT: 'syslog',
    _COMM: 'sudo',
    MESSAGE: message,
    ...more,
  });

describe("sudo's words", () => {
  it('tell who had systemctl do what', () => {
    expect(parseSudoMessage(said('/usr/bin/systemctl restart chainfire'))).toEqual({
      user: 'alice',
      words: ['systemctl', 'restart', 'chainfire'],
      verb: 'restart',
      units: ['chainfire.service'],
    });
    // Padded, on a terminal, as NixOS has it.
    const padded =
      '     bob : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/run/current-system/sw/bin/systemctl stop x.service';
    expect(parseSudoMessage(padded)).toMatchObject({ user: 'bob', verb: 'stop', units: ['x.service'] });
  });

  it.each([
    ['/usr/bin/systemctl --no-block restart -- a b.target', ['restart', 'a.service', 'b.target']],
    ['/bin/systemctl kill -s KILL a', ['kill', 'a.service']],
    ['/bin/systemctl reset-failed', ['reset-failed']],
    ['/bin/systemctl isolate rescue.target', ['isolate']],
    ['/usr/bin/systemctl reboot', ['reboot']],
    ['/usr/sbin/reboot', ['reboot']],
    ['/bin/systemctl restart flaredb*', ['restart', 'flaredb*']],
    ['/bin/systemctl restart *a*', ['restart']],
  ])('%s', (command, expected) => {
    expect(deed(command)).toEqual(expected);
  });

  it.each([
    '/usr/bin/systemctl status chainfire',
    '/usr/bin/systemctl',
    '/usr/bin/systemctl restart',
    '/usr/bin/systemctl -H node01 restart chainfire',
    '/usr/bin/systemctl --user restart chainfire',
    '/usr/bin/systemctl restart --dry-run chainfire',
    '/usr/bin/systemctl restart \u001b[2Jx',
    'list /usr/bin/systemctl restart chainfire',
    'systemctl restart chainfire',
    '/usr/bin/echo /usr/bin/systemctl restart chainfire',
    '/usr/bin/vi systemctl',
  ])('no act: %s', (command) => {
    expect(parseSudoMessage(said(command))).toBeUndefined();
  });

  it.each([
    'alice : a password is required ; PWD=/ ; USER=root ; COMMAND=/usr/bin/systemctl restart chainfire',
    'alice : command not allowed ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/systemctl restart chainfire',
    'alice : 3 incorrect password attempts ; PWD=/ ; USER=root ; COMMAND=/usr/bin/systemctl restart chainfire',
    'alice : PWD=/ ; USER=postgres ; COMMAND=/usr/bin/systemctl restart chainfire',
    'alice : PWD=/ ; COMMAND=/usr/bin/systemctl restart chainfire',
    // A directory of that name.
    'alice : PWD=/tmp/x ; USER=root ; COMMAND=/bin/systemctl restart y ; USER=root ; COMMAND=/bin/ls',
    'alice : USER=postgres ; PWD=/ ; USER=root ; COMMAND=/bin/systemctl restart y',
    'alice : PWD=/tmp/x ; USER=root ; COMMAND=/bin/systemctl restart y ; HOST=z',
    'al\u202eice : PWD=/ ; USER=root ; COMMAND=/usr/bin/systemctl restart chainfire',
    'pam_unix(sudo:session): session opened for user root(uid=0) by alice(uid=1000)',
  ])('refused, or not to be trusted: %s', (message) => {
    expect(parseSudoMessage(message)).toBeUndefined();
  });

  it('never give what is not printable, whatever is sent', () => {
    const word = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(' ; ', 'USER=root', 'COMMAND=', '*'),
    );
    fc.assert(
      fc.property(fc.array(word), fc.string({ unit: 'binary' }), (words, user) => {
        const message = `${user} : PWD=/ ; USER=root ; COMMAND=/bin/systemctl restart ${words.join(' ')}`;
        const found = parseSudoMessage(message);
        for (const text of found === undefined ? [] : [found.user, found.verb, ...found.units]) {
          expect(text).toMatch(/^[\x21-\x7e]+$/u);
        }
      }),
    );
  });
});

describe('the journal', () => {
  const message = said('/usr/bin/systemctl restart chainfire');

  it("gives acts in our time, by the node's monotonic clock where the boot is known", () => {
    const time = { boot: 'b'.repeat(32), readings: [{ atMs: 100_000, monotonicMs: 9000 }] };
    expect(parseSudoActs(line(message), 'node02', time)).toMatchObject([{ node: 'node02', atMs: 96_000 }]);
    const fast = { ...time, readings: [{ atMs: 90_000, monotonicMs: 1000 }, ...time.readings] };
    expect(parseSudoActs(line(message), 'node02', fast)).toMatchObject([{ atMs: 95_000 }]);
    expect(parseSudoActs(line(message), 'node02', { ...time, boot: 'c'.repeat(32) })).toMatchObject([
      { atMs: WALL_MS },
    ]);
    expect(parseSudoActs(line(message), 'node02')).toMatchObject([{ atMs: WALL_MS }]);
  });

  it.each([
    ['half a line', line(message).slice(0, 60)],
    ['bytes', line([...Buffer.from(message)])],
    ['several', line([message, message])],
    ['no time', line(message, { __REALTIME_TIMESTAMP: 5 })],
    ['another program', line(message, { SYSLOG_IDENTIFIER: 'sudoku' })],
    ['logger -t sudo', line(message, { _COMM: 'logger' })],
    ['systemd-cat -t sudo', line(message, { _TRANSPORT: 'stdout' })],
    ['words', '-- No entries --'],
  ])('passes over %s', (_, text) => {
    expect(parseSudoActs(`${text}\n${line(message)}\n`, 'node02')).toHaveLength(1);
  });

  it('is bounded', () => {
    expect(parseSudoActs(`${line(message)}\n`.repeat(500), 'node02')).toHaveLength(100);
  });
});

describe('what others did on the node', () => {
  const world = healthyWorld(inventoryOf(3), WALL_MS);
  const plan = planRestart({
    topology,
    inventory: inventoryOf(3),
    cluster: world.cluster(),
    facts: world.facts(),
    options,
    instance: 'fiberlb@node02',
    sudo: true,
  });
  const act = (command: string, more: Partial<SudoAct> = {}): SudoAct => {
    const found = parseSudoMessage(said(command));
    if (found === undefined) throw new Error(command);
    return { node: 'node02', atMs: WALL_MS - 60_000, ...found, ...more };
  };
  const recent = (acts: readonly SudoAct[], sent: readonly SentAct[] = []): readonly string[] =>
    recentSudoActs(acts, sent, [plan], WALL_MS).map(({ words }) => words);

  it('to the same unit or to the whole node', () => {
    expect(recent([act('/bin/systemctl restart iam fiberlb')])).toEqual([
      'alice restarted fiberlb@node02 1 m ago, with sudo on the node',
    ]);
    expect(recent([act('/bin/systemctl stop fiber*')])).toEqual([
      'alice stopped fiber*@node02 1 m ago, with sudo on the node',
    ]);
    expect(recent([act('/sbin/reboot')])).toEqual(['alice rebooted node02 1 m ago, with sudo on the node']);
  });

  it('and nothing else', () => {
    const restart = '/bin/systemctl restart fiberlb';
    expect(
      recent([
        act('/bin/systemctl restart iam'),
        act(restart, { node: 'node01' }),
        act(restart, { atMs: WALL_MS - 601_000 }),
        act(restart, { atMs: WALL_MS + 120_000 }),
      ]),
    ).toEqual([]);
  });

  it('newest first', () => {
    const acts = [3, 1, 2].map((minutes) =>
      act('/bin/systemctl stop fiberlb', { atMs: WALL_MS - minutes * 60_000 }),
    );
    expect(recent(acts).map((words) => words.match(/\d m ago/u)?.[0])).toEqual([
      '1 m ago',
      '2 m ago',
      '3 m ago',
    ]);
  });

  it('not what a console sent: the same command at the same time', () => {
    const ours = act('/usr/bin/systemctl restart -- fiberlb.service');
    const sent: SentAct = { node: 'node02', atMs: ours.atMs - 2000, commands: plan.commands };
    expect(recent([ours], [sent])).toEqual([]);
    expect(recent([ours], [{ ...sent, node: 'node01' }])).toHaveLength(1);
    expect(recent([ours], [{ ...sent, atMs: ours.atMs - 60_000 }])).toHaveLength(1);
    expect(recent([act('/usr/bin/systemctl restart fiberlb')], [sent])).toHaveLength(1);
  });
});

it('a star stands for any text, and only there', () => {
  expect(namesUnit('fiber*.service', ['fiberlb.service'])).toBe(true);
  expect(namesUnit('fiberlb.service', ['fiberlb.service'])).toBe(true);
  expect(namesUnit('fiber.service', ['fiberlb.service'])).toBe(false);
  expect(namesUnit('a*a', ['a'])).toBe(false);
});
