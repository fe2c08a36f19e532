import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { remoteCommand, remoteSequence, shellQuote, sshCommandLine } from '../../../src/core/quote.ts';

/** What a real shell makes of a line: the words that printf receives. */
const wordsOf = (line: string): string[] =>
  execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);

const words = fc.array(
  fc
    .oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom(...`'"\\$\`;&|<>(){}[]*?!#~= \t\n-a`) }),
      fc.constantFrom(
        '$(id)',
        '`id`',
        '; rm -rf /',
        "'",
        "''",
        '~',
        '~root',
        '#',
        '=',
        'a=b',
        '-n',
        '*',
        '',
        '\\',
      ),
    )
    .map((word) => word.replaceAll('\0', '')),
  { minLength: 1, maxLength: 6 },
);

describe('shellQuote', () => {
  it('leaves safe words bare', () => {
    for (const word of ['systemctl', 'chainfire.service', '--', '-p', 'a@b:/c,d+e%f', '--lines=5']) {
      expect(shellQuote(word)).toBe(word);
    }
  });

  it('quotes what a shell would read otherwise', () => {
    expect(shellQuote('')).toBe("''");
    expect(shellQuote("it's")).toBe(`'it'\\''s'`);
    expect(shellQuote('a\\x2db.service')).toBe(`'a\\x2db.service'`);
    expect(shellQuote('K=V')).toBe("'K=V'");
  });

  it('survives a real /bin/sh, whatever the words are', () => {
    fc.assert(
      fc.property(words, (list) => {
        expect(wordsOf(remoteCommand(list))).toEqual(list);
      }),
      { numRuns: 150 },
    );
  });
});

describe('remoteSequence', () => {
  it('runs every command, also after one that fails', () => {
    const line = remoteSequence([['false'], ['printf', '%s.', "a;b'c"], ['printf', '%s.', '$HOME']]);
    expect(execFileSync('/bin/sh', ['-c', line], { encoding: 'utf8' })).toBe("a;b'c.$HOME.");
  });
});

describe('sshCommandLine', () => {
  it('reads like what an operator types', () => {
    expect(sshCommandLine('node02', ['sudo', '-n', 'systemctl', 'restart', '--', 'chainfire.service'])).toBe(
      'ssh node02 -- sudo -n systemctl restart -- chainfire.service',
    );
  });

  it('names what the console sets for ssh', () => {
    const settings = { configFile: '/etc/plasmatop/ssh_config', user: 'ops', options: ['Port=2222'] };
    expect(
      sshCommandLine('node02', ['sudo', '-n', 'systemctl', 'restart', '--', 'chainfire.service'], settings),
    ).toBe(
      'ssh -F /etc/plasmatop/ssh_config -l ops -oPort=2222 node02 -- sudo -n systemctl restart -- chainfire.service',
    );
    const spaced = { configFile: '/home/o ps/ssh_config', options: ['SetEnv=A="b c"'] };
    expect(wordsOf(sshCommandLine('node02', ['true'], spaced))).toEqual([
      'ssh',
      '-F',
      '/home/o ps/ssh_config',
      '-oSetEnv=A="b c"',
      'node02',
      '--',
      'true',
    ]);
  });

  it('quotes twice what passes two shells', () => {
    const list = ['systemctl', 'restart', '--', 'a\\x2db.service'];
    const line = sshCommandLine('node02', list);
    const [, , , remote] = wordsOf(line);
    expect(wordsOf(remote ?? '')).toEqual(list);
  });
});
