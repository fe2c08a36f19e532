import { describe, expect, it } from 'vitest';
import type { Command } from '../../../src/commands/command.ts';
import { parseCommandLine } from '../../../src/commands/command-line.ts';
import { type CommandName, commands } from '../../../src/commands/command-table.ts';
import { sectionsOf } from '../../../src/commands/help-sections.ts';
import { helpText } from '../../../src/commands/help-text.ts';
import { commandsOf } from '../../helpers/example-words.ts';

const names = Object.keys(commands) as CommandName[];

describe('helpText', () => {
  it('names every command, and fits 80 columns', () => {
    for (const name of names) expect(helpText()).toContain(commands[name].usage);
    expect(
      Math.max(
        ...helpText()
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(80);
  });

  it('lists what can be typed after a verb, a scenario or a goal', async () => {
    expect(helpText('rerun', await sectionsOf('rerun'))).toContain('STEP@NODE');
    expect(helpText('bring-up', await sectionsOf('bring-up'))).not.toContain('STEP@NODE');
    expect(helpText('demo', await sectionsOf('demo'))).toContain('quorum-loss');
    expect(helpText('wait', await sectionsOf('wait'))).toContain('SERVICE@NODE');
  });
});

describe.each(names)('plasmatop %s', (name) => {
  const spec: Command = commands[name];

  it('is told in 80 columns, with every flag and example', async () => {
    const text = helpText(name, await sectionsOf(name));
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    for (const flag of Object.keys(spec.flags)) expect(text).toContain(`--${flag}`);
    for (const [line, why] of spec.examples) expect(text).toContain(`  ${line}\n      ${why}\n`);
  });

  it.each(spec.examples)('takes the example: %s', (line) => {
    const ours = commandsOf(line).filter(([program]) => program === 'plasmatop');
    expect(ours).not.toEqual([]);
    for (const [, ...words] of ours) {
      const parsed = parseCommandLine(words);
      expect(parsed).toMatchObject({ ok: true, invocation: { command: name } });
    }
  });
});
