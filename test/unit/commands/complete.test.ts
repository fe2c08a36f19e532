import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Command } from '../../../src/commands/command.ts';
import { commands } from '../../../src/commands/command-table.ts';
import { completionLines, unquoted } from '../../../src/commands/complete-run.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'plasmatop-complete-'));
  writeFileSync(
    join(directory, 'plasmatop.yaml'),
    'cluster: a\nnodes:\n  - name: alpha\n  - name: beta\n    services: [iam]\n  - { name: "Gamma:1", address: 10.0.0.3 }\n',
  );
  writeFileSync(join(directory, 'other.yaml'), 'nodes: [omega]\n');
  writeFileSync(
    join(directory, 'tagged.yaml'),
    'nodes:\n  - { name: alpha, tags: [rack-1, "two words"] }\n  - { name: beta, services: [iam], tags: [edge] }\ngroups: { storage: [alpha, beta] }\n',
  );
  writeFileSync(join(directory, 'wrong.yaml'), 'nodes: [{ name: "$(touch /tmp/pwned)" }]\nnonsense: 1\n');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const lines = (...typed: string[]): Promise<string> =>
  completionLines(['zsh', '--', ...typed], { env: {}, cwd: directory, home: directory });

/** The words alone. */
const offered = async (...typed: string[]): Promise<readonly string[]> =>
  (await lines(...typed))
    .split('\n')
    .slice(1, -1)
    .map((line) => line.split('\t')[0] ?? '');

describe('what may stand at the cursor', () => {
  it('is a command first, wherever flags stand before it', async () => {
    expect(await offered('')).toEqual(Object.keys(commands));
    expect(await offered('re')).toEqual(['restart', 'reset-failed', 'rerun']);
    expect(await offered('--config', 'other.yaml', '--ascii', 'st')).toEqual(['status', 'start', 'stop']);
  });

  it('is a flag of the command that is not there yet, unless it may stand several times', async () => {
    for (const [name, spec] of Object.entries<Command>(commands)) {
      const flags = await offered(name, '--');
      for (const flag of Object.keys(spec.flags)) expect(flags).toContain(`--${flag}`);
      for (const flag of spec.without ?? [])
        if (!(flag in spec.flags)) expect(flags).not.toContain(`--${flag}`);
    }
    expect(await offered('status', '--json', '--j')).toEqual([]);
    expect(await offered('logs', '-f', '--fo')).toEqual([]);
    expect(await offered('logs', '--node', 'alpha', '--node')).toEqual(['--node', '--nodes']);
  });

  it('is a value of the flag before it, or of the flag it is written to', async () => {
    expect(await offered('demo', '--scenario', 'quo')).toEqual(['quorum-loss']);
    expect(await offered('demo', '--scenario=quo')).toEqual(['--scenario=quorum-loss']);
    expect(await offered('audit', '--outcome', 'not')).toEqual(['not-healthy']);
    expect(await offered('audit', '--verb', 'bri')).toEqual(['bring-up']);
    expect(await offered('logs', 'iam', '-p', 'warn')).toEqual(['warning', 'warn']);
    expect(await offered('logs', 'iam', '--node', '')).toEqual(['alpha', 'beta', 'Gamma:1']);
    expect(await offered('wait', '--for', 'hea')).toEqual(['healthy']);
    expect(await offered('--nodes', 'alpha,')).toEqual(['alpha,beta', 'alpha,Gamma:1']);
    expect(await lines('--nodes', 'alpha,')).toMatch(/^open\n/u);
    expect(await offered('wait', '--timeout', '')).toEqual([]);
    expect(await lines('status', '--config', 'o')).toBe('files\n');
    expect(await lines('status', '--config=o')).toBe('files\n');
  });

  it('is a target, with its nodes once it is the only one', async () => {
    expect(await offered('restart', 'i')).toEqual(['iam', 'iam@alpha', 'iam@beta', 'iam@Gamma:1']);
    expect(await offered('restart', 'chainfire@')).toEqual(['chainfire@alpha', 'chainfire@Gamma:1']);
    expect(await offered('restart', 'f')).toEqual(['flaredb', 'flashdns', 'fiberlb']);
    expect(await offered('restart', 'iam.')).toEqual(
      ['', '@alpha', '@beta', '@Gamma:1'].map((end) => `iam.service${end}`),
    );
    expect(await offered('restart', 'iam', 'al')).toEqual(['alpha']);
    expect(await offered('bring-up', '')).toEqual(['alpha', 'beta', 'Gamma:1']);
    expect(await offered('rerun', 'chainfire-cluster')).toContain('chainfire-cluster-join@alpha');
    expect(await offered('explain', 'iam', '')).toEqual([]);
    expect(await offered('status', '')).toEqual([]);
  });

  it('is a tag wherever one may stand for its nodes, and nowhere else', async () => {
    const from = ['--config', 'tagged.yaml'];
    expect(await offered(...from, 'bring-up', '@')).toEqual(['@rack-1', '@storage', '@edge']);
    expect(await offered(...from, 'logs', '@s')).toEqual(['@storage']);
    expect(await offered(...from, 'logs', 'iam', '--node', '@')).toEqual(['@rack-1', '@storage', '@edge']);
    expect(await offered(...from, 'doctor', '--node=@e')).toEqual(['--node=@edge']);
    expect(await offered(...from, 'status', '--nodes', 'alpha,@')).toEqual([
      'alpha,@rack-1',
      'alpha,@storage',
      'alpha,@edge',
    ]);
    expect(await offered(...from, 'status', '--nodes', '@storage,@')).toEqual([
      '@storage,@rack-1',
      '@storage,@edge',
    ]);
    // Of a service only the tags of nodes that run it.
    expect(await offered(...from, 'restart', 'chainfire@')).toEqual([
      'chainfire@alpha',
      'chainfire@@rack-1',
      'chainfire@@storage',
    ]);
    expect(await offered(...from, 'restart', 'iam@@e')).toEqual(['iam@@edge']);
    // A service is restarted, a node is not: its tag alone stands for nodes.
    expect(await offered(...from, 'rerun', '@')).toEqual([]);
    expect(await offered(...from, 'audit', '--node', '@')).toEqual([]);
    expect(await offered(...from, 'audit', '--target', 'iam@@')).toEqual([]);
    expect(await offered(...from, 'wait', '--for', 'iam@@')).toEqual([]);
  });

  it('goes by the configuration that would be used', async () => {
    expect(await offered('bring-up', '--config', 'other.yaml', '')).toEqual(['omega']);
    expect(await offered('--config=other.yaml', 'bring-up', '')).toEqual(['omega']);
    expect(await offered('bring-up', '--nodes', 'one,two', '')).toEqual(['one', 'two']);
    // What is wrong with it is said when it is run.
    expect(await offered('bring-up', '--config', 'wrong.yaml', '')).toEqual([]);
    expect(await offered('bring-up', '--config', '/dev/stdin', '')).toEqual([]);
    expect(await offered('explain', '--config', 'wrong.yaml', 'chainfire')).toContain('chainfire');
  });
});

describe('whatever is typed', () => {
  it('gives lines of plain words that begin as typed, and never throws', async () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom('--for', '--nodes', '--', '-', '--for=', 'restart', 'logs'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 5 }), async (typed) => {
        const text = await lines(...typed);
        expect(text).toMatch(/^(?:files\n|(?:words|open)\n(?:[\x21-\x7e]+\t[\x20-\x7e]*\n)*)$/u);
        const last = typed.at(-1) ?? '';
        for (const line of text.split('\n').slice(1, -1)) expect(line.startsWith(last)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('is taken from bash without its quotes, and nothing of it is run', () => {
    expect(unquoted(`'a b'c"d\\"e"f\\ g`)).toBe('a bcd"ef g');
    expect(unquoted('$(reboot)`x`')).toBe('$(reboot)`x`');
    expect(unquoted(`"open`)).toBe('open');
    expect(unquoted('end\\')).toBe('end');
  });
});
