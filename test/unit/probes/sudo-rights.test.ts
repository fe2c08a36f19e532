import { describe, expect, it } from 'vitest';
import { ANY_UNIT, rightsKey, rightsQuestion } from '../../../src/core/rights.ts';
import { askRights, parseRights, rightsLine } from '../../../src/probes/sudo-rights.ts';
import type { Link, RunResult } from '../../../src/ssh/types.ts';
import { topology } from '../actions/world.ts';

const { signal } = new AbortController();
const UNITS = ['chainfire.service', 'iam.service'];

/** A node whose sudo allows a command, or not, and says the same on stderr at each call. */
const node = (allows: (command: string) => boolean, stderr = '') => {
  const lines: string[] = [];
  const runLine = async (line: string): Promise<RunResult> => {
    lines.push(line);
    const stdout = line
      .split('; ')
      .map((one, index) => {
        const command = /^sudo -n -l -- (.*) >\/dev\/null && /u.exec(one)?.[1] ?? '';
        return `plasmatop:${allows(command) ? 'may' : 'not'} ${index}\n`;
      })
      .join('');
    return { ok: true, exitCode: 0, stdout, stderr, truncated: false, durationMs: 1 };
  };
  const link = { node: 'node01', runLine } as unknown as Link;
  return { lines, may: () => askRights(link, topology, UNITS, signal) };
};

describe('asking sudo', () => {
  it('has one line for all, each word quoted', () => {
    expect(rightsLine([['systemctl', 'restart', '--', "a';reboot.service"]])).toBe(
      "sudo -n -l -- systemctl restart -- 'a'\\'';reboot.service' >/dev/null && echo plasmatop:may 0 || echo plasmatop:not 0",
    );
  });

  it('takes its own answers only, whatever else a node prints', () => {
    const asked = [rightsQuestion('restart', 'a.service'), rightsQuestion('stop', 'a.service')];
    const said = 'motd\nplasmatop:may 7\nplasmatop:may 1x\n plasmatop:may 1\nplasmatop:may 0\n';
    expect([...parseRights(said, asked)]).toEqual([['systemctl restart -- a.service', true]]);
  });

  it('asks six times where anything is allowed', async () => {
    const open = node(() => true);
    const may = await open.may();
    expect(open.lines).toHaveLength(1);
    expect([...(may?.values() ?? [])]).toEqual(Array.from({ length: 6 }, () => true));
  });

  it('asks of each unit only what is not allowed for all', async () => {
    const strict = node((command) => command.startsWith('systemctl restart -- '));
    const may = await strict.may();
    expect(strict.lines).toHaveLength(2);
    expect(strict.lines[1]).not.toContain('systemctl restart -- ');
    expect(may?.get(rightsKey(rightsQuestion('restart', ANY_UNIT)))).toBe(true);
    expect(may?.get(rightsKey(rightsQuestion('stop', 'iam.service')))).toBe(false);
  });

  it('finds the one command that is allowed', async () => {
    const strict = node((command) => command === 'systemctl restart -- iam.service');
    const may = await strict.may();
    expect([...(may ?? [])].filter(([, allowed]) => allowed)).toEqual([
      ['systemctl restart -- iam.service', true],
    ]);
  });

  it('asks no more of who may nothing', async () => {
    const none = node(() => false, 'sudo: a password is required\n');
    const may = await none.may();
    expect(none.lines).toHaveLength(1);
    expect(new Set(may?.values())).toEqual(new Set([false]));
  });

  it('takes sudo that is out of order for no answer, and a name that it cannot resolve for nothing', async () => {
    expect(await node(() => false, 'sudo: unable to open /etc/sudoers: I/O error\n').may()).toBeUndefined();
    const unresolved = node(() => true, 'sudo: unable to resolve host node01: Name or service not known\n');
    expect((await unresolved.may())?.size).toBe(6);
  });
});
