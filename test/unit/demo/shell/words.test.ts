/** The small shell reader against the quoting that the console does, and against a real sh. */
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { remoteCommand, remoteSequence } from '../../../../src/core/quote.ts';
import { parseScript } from '../../../../src/demo/shell/words.ts';

const wordsOf = (script: string): readonly (readonly string[])[] => {
  const parsed = parseScript(script);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.commands.map((command) => command.words);
};

const text = fc.string({ unit: 'binary', maxLength: 12 }).map((each) => each.replaceAll('\0', ''));

describe('parseScript', () => {
  test('reads back exactly what was quoted', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(text, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 }),
        (commands) => {
          expect(wordsOf(remoteSequence(commands))).toEqual(commands);
        },
      ),
    );
  });

  test('reads words as a real sh does', () => {
    const piece = fc.constantFrom(
      'a',
      'b c',
      "'",
      '"',
      '\\',
      ' ',
      "'x y'",
      '"q \\" r"',
      '\\ ',
      '\\;',
      "it\\'s",
      '#',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const line = pieces.join('');
        const parsed = parseScript(`printf "%s\\n" ${line}`);
        fc.pre(parsed.ok && parsed.commands.length === 1);
        // printf reuses its format, and prints it once without arguments.
        const words = parsed.ok ? (parsed.commands[0]?.words.slice(2) ?? []) : [];
        const ours = words.length === 0 ? '\n' : `${words.join('\n')}\n`;
        expect(
          execFileSync('/bin/sh', ['-c', `printf "%s\\n" ${line}`], { encoding: 'utf8', stdio: 'pipe' }),
        ).toBe(ours);
      }),
      { numRuns: 60 },
    );
  });

  test('links commands', () => {
    const parsed = parseScript('true && echo yes || echo no; hostname\nuptime');
    expect(parsed.ok && parsed.commands.map(({ link, words }) => [link, words[0]])).toEqual([
      [';', 'true'],
      ['&&', 'echo'],
      ['||', 'echo'],
      [';', 'hostname'],
      [';', 'uptime'],
    ]);
  });

  test('knows the usual redirections', () => {
    const parsed = parseScript('systemctl status x 2>/dev/null; cat y 2>&1; echo z >/dev/null');
    expect(parsed.ok && parsed.commands.map(({ stdout, stderr }) => [stdout, stderr])).toEqual([
      ['out', 'null'],
      ['out', 'out'],
      ['null', 'err'],
    ]);
  });

  test.each([
    'ls | wc',
    'echo $HOME',
    'echo `id`',
    '(true)',
    'sleep 1 &',
    'cat < x',
    'echo > y',
    '&& true',
    "echo 'a",
    'echo "a',
  ])('refuses %s in words', (script) => {
    const parsed = parseScript(script);
    expect(parsed.ok).toBe(false);
    expect(!parsed.ok && parsed.message).toMatch(/^sh: 1: /u);
  });

  test('remoteCommand of nothing is nothing', () => {
    expect(wordsOf(remoteCommand([]))).toEqual([]);
  });
});
