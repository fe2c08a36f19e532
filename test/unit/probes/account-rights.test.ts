import { describe, expect, it } from 'vitest';
import { ACCOUNT_LINE, askAccount, parseAccount } from '../../../src/probes/account-rights.ts';
import type { Link, RunResult } from '../../../src/ssh/types.ts';
import { run } from '../demo/shells.ts';
import { worldOf } from '../demo/worlds.ts';

const BUS = 'org.freedesktop.DBus 1 dbus-daemon root :1.0 - - -\n';
const POLKIT = 'org.freedesktop.PolicyKit1 912 polkitd polkitd :1.4 - - -\n';
const answer = (uid: string, may: string, names: string, end = 'plasmatop:end\n'): string =>
  `motd\n1\nplasmatop:uid\n${uid}\nplasmatop:polkit\n${may}plasmatop:bus\n${names}${end}`;

describe('asking how an account stands', () => {
  it('knows root by its number, whatever polkit says', () => {
    expect(parseAccount(answer('0', '', BUS))).toBe('root');
    expect(parseAccount(answer('1000', '', BUS))).toBe('none');
  });

  it('takes the yes of polkit for all units, and anything else for what only trying shows', () => {
    expect(parseAccount(answer('1000', 'plasmatop:may\n', BUS + POLKIT))).toBe('polkit');
    expect(parseAccount(answer('1000', '', BUS + POLKIT))).toBe('untold');
  });

  it('takes a bus without polkit for a no, and one that did not answer for no answer', () => {
    expect(parseAccount(answer('1000', '', BUS))).toBe('none');
    expect(parseAccount(answer('1000', '', BUS.replace('DBus', 'PolicyKit12')))).toBe('none');
    expect(parseAccount(answer('1000', '', '', ''))).toBeUndefined();
    expect(parseAccount(answer('id: not found', '', BUS))).toBeUndefined();
    expect(parseAccount('plasmatop:uid\n0\n')).toBeUndefined();
    expect(parseAccount('')).toBeUndefined();
  });

  it('asks once, and takes a lost connection for no answer', async () => {
    const lines: string[] = [];
    const linkThat = (result: RunResult): Link =>
      ({
        runLine: async (line: string) => {
          lines.push(line);
          return result;
        },
      }) as unknown as Link;
    const { signal } = new AbortController();
    const ran = { exitCode: 0, stderr: '', truncated: false, durationMs: 1 };
    const root = linkThat({ ok: true, ...ran, stdout: answer('0', '', BUS) });
    expect(await askAccount(root, signal)).toBe('root');
    expect(lines).toEqual([ACCOUNT_LINE]);
    const cut = linkThat({ ok: true, ...ran, truncated: true, stdout: answer('0', '', BUS) });
    expect(await askAccount(cut, signal)).toBeUndefined();
  });

  it('is understood by the nodes of the demo', () => {
    const world = worldOf('no-sudo');
    const standing = (node: string, user: string) => parseAccount(run(world, node, ACCOUNT_LINE, user).out);
    expect(['node01', 'node02', 'node03'].map((node) => standing(node, 'ops'))).toEqual([
      'polkit',
      'none',
      'untold',
    ]);
    expect(standing('node02', 'root')).toBe('root');
  });
});
