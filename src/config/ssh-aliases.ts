/** The host aliases of an ssh_config, its Includes followed, for a pattern such as `prod-*`. */
import { globSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { readText } from './read-text.ts';

export type SshAliases = {
  /** In the order of the files; each once. */
  readonly aliases: readonly string[];
  /** Files that are there and cannot be read, with why. */
  readonly unread: readonly string[];
};

/** As deep as ssh itself goes. */
const MAX_DEPTH = 16;

/** The words of a line's value; quotes hold words together. */
const wordsOf = (value: string): string[] =>
  [...value.matchAll(/"([^"]*)"|(\S+)/gu)].map(([, quoted, plain]) => quoted ?? plain ?? '');

const isPattern = (word: string): boolean => /[*?!]/u.test(word);

/** `Keyword value` or `Keyword=value`; comments and empty lines have neither. */
const LINE = /^\s*([A-Za-z]+)(?:\s*=\s*|\s+)(.+?)\s*$/u;

/** True where the alias is meant by the pattern: `*` and `?` as in ssh_config, all else is itself. */
export const isMeant = (alias: string, pattern: string): boolean => {
  const source = pattern
    .replace(/[\\^$.|+()[\]{}]/gu, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'u').test(alias);
};

/** Reads `file` and what it includes; relative Includes start at `base`, as ssh has it. */
export const sshAliases = (source: {
  readonly file: string;
  /** `~/.ssh`, or `/etc/ssh` for the system's file. */
  readonly base: string;
  readonly home: string;
}): SshAliases => {
  const aliases = new Set<string>();
  const unread: string[] = [];
  const read = (file: string, depth: number): void => {
    const content = readText(file);
    if ('reason' in content) {
      unread.push(`${file}: ${content.reason}`);
      return;
    }
    for (const line of content.text.split(/\r?\n/u)) {
      const [, keyword = '', value = ''] = LINE.exec(line) ?? [];
      switch (keyword.toLowerCase()) {
        case 'host':
          for (const word of wordsOf(value)) if (!isPattern(word)) aliases.add(word);
          break;
        case 'include':
          if (depth < MAX_DEPTH) for (const word of wordsOf(value)) include(word, depth + 1);
          break;
        default:
      }
    }
  };
  const include = (word: string, depth: number): void => {
    const path = word.startsWith('~/') ? join(source.home, word.slice(2)) : word;
    for (const file of globSync(isAbsolute(path) ? path : join(source.base, path)).sort()) read(file, depth);
  };
  read(source.file, 0);
  return { aliases: [...aliases], unread };
};
