import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../../src/commands/command-line.ts';

const parsed = (...argv: string[]) => {
  const result = parseCommandLine(argv);
  if (!result.ok) throw new Error(result.error.message);
  return result.invocation;
};
const refused = (...argv: string[]) => {
  const result = parseCommandLine(argv);
  if (result.ok) throw new Error(`accepted: ${argv.join(' ')}`);
  return `${result.error.message}. ${result.error.remedy}`;
};

describe('parseCommandLine', () => {
  it('takes no words as the console', () => {
    expect(parsed()).toEqual({ command: 'watch', flags: {}, words: [] });
    expect(parsed('--read-only').flags).toEqual({ 'read-only': true });
  });

  it('reads flags with and without =, short ones, and words', () => {
    expect(parsed('status', '--json', '-c', 'a.yaml')).toEqual({
      command: 'status',
      flags: { json: true, config: 'a.yaml' },
      words: [],
    });
    expect(parsed('demo', '--nodes=5').flags).toEqual({ nodes: '5' });
    expect(parsed('explain', 'iam').words).toEqual(['iam']);
  });

  it('finds the command behind flags and their values', () => {
    expect(parsed('--config', '/tmp/demo.yaml', 'status').command).toBe('status');
    expect(parsed('-c', 'status', 'status', '--json')).toEqual({
      command: 'status',
      flags: { config: 'status', json: true },
      words: [],
    });
    expect(parsed('--config', 'status')).toEqual({
      command: 'watch',
      flags: { config: 'status' },
      words: [],
    });
    expect(parsed('--ascii', 'explain', 'iam').words).toEqual(['iam']);
  });

  it('refuses flags that mean nothing to a command', () => {
    expect(refused('demo', '--topology', 'x')).toContain('demo takes no --topology. Leave it out');
    expect(refused('--config', 'x', 'completion', 'bash')).toContain('completion takes no --config. Leave');
    expect(refused('demo', '--config', 'x')).toContain('unknown flag "--config". Did you mean --config-out?');
  });

  it('names the nearest command and flag', () => {
    expect(refused('statsu')).toContain('unknown command "statsu". Did you mean status?');
    expect(refused('--readonly')).toContain('unknown flag "--readonly". Did you mean --read-only?');
    expect(refused('demo', '--scenari', 'x')).toContain('Did you mean --scenario?');
    expect(refused('xyzzy')).toContain('There is: watch, demo, status, wait, ');
  });

  it('refuses forgotten, doubled and superfluous values', () => {
    expect(refused('--config')).toContain('--config needs a value');
    expect(refused('--config', '--ascii')).toContain('--config needs a value');
    expect(refused('--ascii=yes')).toContain('--ascii takes no value');
    expect(refused('-c', 'a', '-c', 'b')).toContain('--config stands twice');
    expect(refused('explain', 'iam', 'flaredb')).toContain('"flaredb" is one word too many');
  });

  it('gathers a flag that may stand several times, and any number of targets', () => {
    const { flags, words } = parsed('restart', 'iam', '--node', 'a', 'flaredb', '--node=b', '-y');
    expect(flags).toEqual({ node: ['a', 'b'], yes: true });
    expect(words).toEqual(['iam', 'flaredb']);
    expect(parsed('restart', 'iam', '--node', 'a').flags.node).toEqual(['a']);
    expect(refused('restart', 'iam', '--node')).toContain('--node needs a value');
    expect(refused('restart', 'iam', '--timeout', '1s', '--timeout', '2s')).toContain('stands twice');
  });

  it('does not mistake names of Object.prototype for flags or commands', () => {
    expect(refused('constructor')).toContain('unknown command');
    expect(refused('--constructor')).toContain('unknown flag');
    expect(refused('--__proto__=1')).toContain('unknown flag');
  });

  it('never throws, whatever is typed', () => {
    fc.assert(fc.property(fc.array(fc.string()), (argv) => typeof parseCommandLine(argv).ok === 'boolean'));
  });
});
