import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { verbs } from '../../../src/actions/verbs.ts';
import type { Verb } from '../../../src/core/model/action.ts';
import type { AccountStanding, NodeRights } from '../../../src/core/model/observation.ts';
import {
  ANY_UNIT,
  isPowerless,
  rightsDoubt,
  rightsKey,
  rightsQuestion,
  rightsRefusals,
  rightsWords,
  SYSTEMCTL_WORDS,
  verbBarred,
} from '../../../src/core/rights.ts';

const ALL = Object.keys(SYSTEMCTL_WORDS) as Verb[];
const UNITS = ['chainfire.service', 'iam.service'];

/** As the node's sudo says when `allows` decides. */
const rightsThat = (allows: (verb: Verb, unit: string) => boolean): NodeRights => ({
  by: 'sudo',
  atMs: 0,
  may: new Map(
    [ANY_UNIT, ...UNITS].flatMap((unit) =>
      ALL.map((verb) => [rightsKey(rightsQuestion(verb, unit)), allows(verb, unit)] as const),
    ),
  ),
});

const sudo = (...words: string[]): readonly string[] => ['sudo', '-n', 'systemctl', ...words];

describe('what sudo lets the account do', () => {
  it('asks about the very words that an action ends with', () => {
    for (const verb of ALL) expect(SYSTEMCTL_WORDS[verb]).toEqual(verbs[verb].systemctl.at(-1)?.words);
  });

  it('has a line in the sudoers to copy for each of them, and no other', () => {
    const text = readFileSync(new URL('../../../docs/rights.md', import.meta.url), 'utf8');
    const lines = [...text.matchAll(/^ops ALL=\(root\) NOPASSWD: \/usr\/bin\/(.*)$/gmu)].map(
      ([, words]) => words,
    );
    expect(lines).toHaveLength(ALL.length);
    expect(new Set(lines)).toEqual(new Set(ALL.map((verb) => rightsKey(rightsQuestion(verb, '*')))));
  });

  it('refuses the command that is refused, word for word, and no other', () => {
    const rights = rightsThat((verb, unit) => verb === 'restart' && unit === 'iam.service');
    const refusals = (...words: string[]) => rightsRefusals('node02', rights, [sudo(...words)]);
    expect(refusals('restart', '--', 'iam.service')).toEqual([]);
    expect(refusals('restart', '--', 'chainfire.service')).toEqual([
      'no right to `sudo -n systemctl restart -- chainfire.service` on node02: allow it in /etc/sudoers.d on node02, see docs/rights.md',
    ]);
    expect(refusals('stop', '--', 'iam.service')).toHaveLength(1);
    // Nobody asked about several at once: sudoers may well have a line for just that.
    expect(refusals('restart', '--', 'iam.service', 'chainfire.service')).toEqual([]);
  });

  it('refuses one of several commands, and none that goes without sudo or of which nothing is known', () => {
    const rights = rightsThat((verb) => verb === 'reset-failed');
    const rerun = [
      sudo('reset-failed', '--', 'iam.service'),
      sudo('restart', '--no-block', '--', 'iam.service'),
    ];
    expect(rightsRefusals('node02', rights, rerun)[0]).toContain('restart --no-block -- iam.service');
    expect(rightsRefusals('node02', rights, [['systemctl', 'restart', '--', 'iam.service']])).toEqual([]);
    expect(rightsRefusals('node02', undefined, rerun)).toEqual([]);
  });

  it('takes what is allowed for any unit as allowed for several, and nothing at all as nothing', () => {
    const several = [sudo('restart', '--', ...UNITS)];
    expect(
      rightsRefusals(
        'n',
        rightsThat(() => true),
        several,
      ),
    ).toEqual([]);
    expect(
      rightsRefusals(
        'n',
        rightsThat(() => false),
        several,
      ),
    ).toHaveLength(1);
  });

  it('bars a verb on a unit, and on a node only where it is for none of its units', () => {
    const rights = rightsThat((verb, unit) => verb === 'restart' && unit === 'iam.service');
    expect(verbBarred('n', rights, 'restart', 'iam.service')).toBeUndefined();
    expect(verbBarred('n', rights, 'restart', 'chainfire.service')).toMatch(/sudo systemctl restart on n/);
    expect(verbBarred('n', rights, 'restart')).toBeUndefined();
    expect(verbBarred('n', rights, 'stop')).toMatch(/sudo systemctl stop on n/);
    expect(verbBarred('n', undefined, 'stop')).toBeUndefined();
    expect(
      verbBarred(
        'n',
        rightsThat(() => false),
        'stop',
      ),
    ).toMatch(/anything with sudo on n/);
  });

  it('tells what is missing in a line, and nothing where nothing is', () => {
    expect(rightsWords(rightsThat(() => true))).toBe('');
    expect(rightsWords(rightsThat(() => false))).toMatch(/runs nothing/);
    expect(rightsWords(rightsThat((verb) => verb === 'restart' || verb === 'start'))).toBe(
      'sudo: restart and start ok; stop, reset-failed, rerun and bring-up no',
    );
    expect(rightsWords(rightsThat((verb, unit) => verb !== 'stop' && unit !== 'iam.service'))).toMatch(
      /stop no/,
    );
  });
});

describe('an account without sudo', () => {
  const standing = (of: AccountStanding): NodeRights => ({ by: 'account', atMs: 0, standing: of });
  const restart = ['systemctl', 'restart', '--', 'iam.service'];

  it('is refused where there is no polkit and it is not root, and nowhere else', () => {
    expect(rightsRefusals('node02', standing('none'), [restart])).toEqual([
      'no right to `systemctl restart -- iam.service` on node02: without polkit there it takes root: set ssh.sudo: true, or let ssh log in as root, see docs/rights.md',
    ]);
    expect(verbBarred('node02', standing('none'), 'restart', 'iam.service')).toBe(
      'only root may run systemctl restart on node02, there is no polkit: see docs/rights.md',
    );
    for (const of of ['root', 'polkit', 'untold'] as const) {
      expect(rightsRefusals('node02', standing(of), [restart])).toEqual([]);
      expect(verbBarred('node02', standing(of), 'restart', 'iam.service')).toBeUndefined();
      expect(isPowerless(standing(of))).toBe(false);
    }
    // What goes through sudo is not for polkit to say.
    expect(rightsRefusals('node02', standing('none'), [['sudo', '-n', ...restart]])).toEqual([]);
  });

  it('is told what is missing, and what only trying shows', () => {
    expect(rightsWords(standing('root'))).toBe('');
    expect(rightsWords(standing('polkit'))).toBe('');
    expect(rightsWords(standing('untold'))).toMatch(/which trying shows$/);
    expect(rightsWords(standing('none'))).toMatch(/^no polkit there/);
    expect(rightsDoubt('node02', standing('untold'))).toMatch(/^polkit on node02 may refuse it/);
    expect(rightsDoubt('node02', standing('polkit'))).toBeUndefined();
    expect(rightsDoubt('node02', undefined)).toBeUndefined();
  });

  it('is unknown where nobody answered: nothing is barred, refused or said', () => {
    const unknown: NodeRights = { by: 'unknown', atMs: 0 };
    expect(rightsRefusals('node02', unknown, [restart, ['sudo', '-n', ...restart]])).toEqual([]);
    expect(verbBarred('node02', unknown, 'stop')).toBeUndefined();
    expect(rightsWords(unknown)).toBe('');
    expect(isPowerless(unknown)).toBe(false);
  });
});
