/** The pages of the documentation lead somewhere: files, headings and pictures that they name are there. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const pages = ['README.md', 'CONTRIBUTING.md', ...globSync('{docs,bench}/**/*.md', { cwd: root })];

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
/** As GitHub makes an anchor of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
const anchorsIn = (file: string): readonly string[] =>
  [...read(file).matchAll(/^#+ +(.+)$/gm)].map(([, heading]) => anchorOf(heading ?? ''));

type Link = { readonly page: string; readonly file: string; readonly anchor: string | undefined };

const linksOf = (page: string): readonly Link[] =>
  [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
    if (/^[a-z]+:/.test(target)) return [];
    const [path = '', anchor] = target.split('#');
    return [{ page, file: path === '' ? page : join(dirname(page), path), anchor }];
  });
const links = pages.flatMap(linksOf);

describe('documentation', () => {
  it('links only to files that are there', () => {
    expect(links.length).toBeGreaterThan(pages.length);
    const lost = links.filter(({ file }) => !existsSync(join(root, file)));
    expect(lost.map(({ page, file }) => `${page}: ${file}`)).toEqual([]);
  });

  it('links only to headings that are there', () => {
    const lost = links.filter(
      ({ file, anchor }) =>
        anchor !== undefined && /\.md$/.test(file) && !anchorsIn(file).includes(decodeURIComponent(anchor)),
    );
    expect(lost.map(({ page, file, anchor }) => `${page}: ${file}#${anchor}`)).toEqual([]);
  });

  it('is found from the README, page by page', () => {
    const found = new Set(['README.md']);
    for (const page of found)
      for (const { file } of links.filter((link) => link.page === page))
        if (pages.includes(file)) found.add(relative('', file));
    expect(pages.filter((page) => !found.has(page))).toEqual([]);
  });

  it('shows every picture that is taken, and takes every picture that it shows', () => {
    const shown = new Set(links.map(({ file }) => file).filter((file) => file.startsWith('docs/pictures/')));
    expect(globSync('docs/pictures/*', { cwd: root }).sort()).toEqual([...shown].sort());
    const taken = [...read('scripts/pictures.ts').matchAll(/^ {2}'?([\w-]+)'?: \{$/gm)].map(
      ([, name]) => `docs/pictures/${name}.svg`,
    );
    expect(taken.sort()).toEqual([...shown].sort());
  });
});
