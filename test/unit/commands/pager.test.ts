import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Loan, Words } from '../../../src/commands/lend.ts';
import { pagerWords, showInPager } from '../../../src/commands/pager.ts';

describe('the words of a pager', () => {
  it.each([
    ['most', [['most', '/tmp/f']]],
    ['/opt/less', [['/opt/less', '/tmp/f']]],
    ['less -S', [['sh', '-c', 'less -S "$@"', 'less -S', '/tmp/f']]],
    ['cat -A | less', [['sh', '-c', 'cat -A | less "$@"', 'cat -A | less', '/tmp/f']]],
    [
      '',
      [
        ['less', '/tmp/f'],
        ['more', '/tmp/f'],
      ],
    ],
    [
      undefined,
      [
        ['less', '/tmp/f'],
        ['more', '/tmp/f'],
      ],
    ],
  ])('of %j', (wanted, words) => {
    expect(pagerWords(wanted, '/tmp/f')).toEqual(words);
  });
});

describe('a page', () => {
  let runtimeDir: string;
  beforeEach(() => {
    runtimeDir = mkdtempSync(join(tmpdir(), 'pt-page-test-'));
  });
  afterEach(() => rmSync(runtimeDir, { recursive: true, force: true }));

  it('is a file for this user alone, whatever its title, and gone afterwards', async () => {
    let seen = '';
    let isGone = false;
    const after = (): void => {
      isGone = !existsSync(dirname(seen));
    };
    const lender = {
      close: () => {},
      run: async ([words]: readonly Words[], loan?: Loan) => {
        seen = words?.at(-1) ?? '';
        expect(readFileSync(seen, 'utf8')).toBe('one\n');
        expect(statSync(seen).mode & 0o777).toBe(0o600);
        expect(statSync(dirname(seen)).mode & 0o777).toBe(0o700);
        expect(loan?.env).toEqual({ LESSSECURE: '1' });
        await loan?.after?.();
        return { kind: 'exited', code: 0 } as const;
      },
    };
    const title = "../../$(id) ';rm -rf' a@b";
    expect(
      await showInPager({ title, text: 'one\n' }, { lender, pager: 'less', runtimeDir, after }),
    ).toBeUndefined();
    expect(seen.slice(runtimeDir.length)).toMatch(/^\/plasmatop-page-\d+-\w+\/id-rm--rf-a@b$/);
    expect(isGone).toBe(true);
  });

  it('that has no place says so', async () => {
    const lender = { close: () => {}, run: async () => ({ kind: 'exited', code: 0 }) as const };
    const problem = await showInPager(
      { title: 't', text: '' },
      { lender, pager: 'less', runtimeDir: '/nowhere', after: () => {} },
    );
    expect(problem).toMatch(/^nothing to show it from: .*ENOENT/);
  });
});
