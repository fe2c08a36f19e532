/** docs/commands.md and the manual page: fresh, whole, and readable by the tools that show pages. */
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ENVIRONMENT } from '../../../scripts/command-reference.ts';
import { commandsDocument } from '../../../scripts/generate-command-docs.ts';
import { manPage, roff } from '../../../scripts/man-page.ts';
import type { Command } from '../../../src/commands/command.ts';
import { commands } from '../../../src/commands/command-table.ts';
import { toolOrSkip } from '../../helpers/tool.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (name: string): string => readFileSync(`${root}${name}`, 'utf8');
const all = Object.values<Command>(commands);

describe('generated pages', () => {
  it.each([
    ['docs/commands.md', commandsDocument],
    ['man/plasmatop.1', manPage],
  ])('%s is fresh', async (name, made) => {
    expect(read(name), 'run npm run generate').toBe(await made());
  });

  it('know every variable that the program reads', () => {
    const files = globSync('src/**/*.{ts,tsx}', { cwd: root }).map(read.bind(undefined)).join('\n');
    const used = new Set(
      [
        ...read('src/cli.ts')
          .concat(files)
          .matchAll(/\benv\.([A-Z_]+)\b/gu),
      ].map(([, name]) => name),
    );
    const told = ENVIRONMENT.flatMap(([names]) => names.split(', '));
    expect(told.toSorted()).toEqual([...used].toSorted());
  });

  it('README lists every command', () => {
    const listed = /## Commands\n\n```\n(.*?)```/su.exec(read('README.md'))?.[1] ?? '';
    for (const name of Object.keys(commands)) expect(listed).toMatch(new RegExp(`\\b${name}\\b`, 'u'));
  });
});

describe('roff', () => {
  it('takes no text for a request, an escape or a quote', () => {
    expect(roff('.SH x')).toBe('\\&.SH x');
    expect(roff("'br")).toBe('\\(aqbr');
    expect(roff('a\\fB --b "c"')).toBe('a\\efB \\-\\-b \\(dqc\\(dq');
    expect(roff('TARGET…')).toBe('TARGET\\[u2026]');
  });
});

/** What a reader sees in 200 columns, without the overstriking of bold. */
const shown = (text: string): string => text.replace(/.\u0008/gu, '').replace(/\s+/gu, ' ');

describe('the manual page', () => {
  it.skipIf(toolOrSkip('mandoc') !== undefined)(
    'is clean to mandoc, and shows every example as typed',
    () => {
      const lint = spawnSync('mandoc', ['-Tlint', `${root}man/plasmatop.1`], { encoding: 'utf8' });
      // Without a date: it says the version, and a date would be stale with every change.
      const found = lint.stdout.split('\n').filter((line) => line !== '' && !line.includes('missing date'));
      expect(found).toEqual([]);
      const page = spawnSync('mandoc', ['-Tutf8', '-Owidth=200', `${root}man/plasmatop.1`], {
        encoding: 'utf8',
      });
      expect(page.status).toBe(0);
      const text = shown(page.stdout);
      for (const { usage, examples, flags } of all) {
        expect(text).toContain(usage);
        for (const [line] of examples) expect(text).toContain(line);
        for (const flag of Object.keys(flags)) expect(text).toContain(`--${flag}`);
      }
    },
  );

  it.skipIf(toolOrSkip('man') !== undefined)('is shown by man without a warning', () => {
    const env = {
      ...process.env,
      MANWIDTH: '200',
      LC_ALL: 'C.UTF-8',
      MANROFFOPT: '',
      MAN_KEEP_FORMATTING: '',
    };
    const { status, stdout, stderr } = spawnSync('man', ['-l', '--warnings', `${root}man/plasmatop.1`], {
      encoding: 'utf8',
      env,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const { examples } of all) for (const [line] of examples) expect(shown(stdout)).toContain(line);
  });

  it('is one that npm installs', () => {
    const { man, files } = JSON.parse(read('package.json')) as { man: string; files: string[] };
    expect(man).toBe('man/plasmatop.1');
    expect(files).toContain('man');
  });
});
