/** Checks a new configuration with the loader and puts it in its place: whole or not at all, never over another. */
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { candidateFiles } from '../config/discover.ts';
import { loadConfig } from '../config/load.ts';
import type { Problem } from '../core/problem.ts';
import type { CommandContext } from './context.ts';

export type Kept =
  /** `shadow`: the console would find another configuration before it from here. */
  | { readonly ok: true; readonly mode: string; readonly shadow: boolean }
  | { readonly ok: false; readonly problem: Problem };

/** It holds no secret, and others on the host may want to watch with it. */
const MODE = 0o644;

const isThere = (path: string): Problem => ({
  file: path,
  path: '',
  message: 'is there already',
  remedy: 'it is kept: name another place with --out FILE, or overwrite it with --force',
});

const lookAt = (path: string) => {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // What keeps it from being looked at keeps it from being written, and is told then.
    return undefined;
  }
};

/** What keeps a file from going there, as far as it can be told beforehand. */
export const problemOfPlace = (path: string, force: boolean): Problem | undefined => {
  const found = lookAt(path);
  if (found === undefined) return undefined;
  if (found.isFile()) return force ? undefined : isThere(path);
  return { file: path, path: '', message: 'is no regular file', remedy: 'name a file with --out FILE' };
};

/** What the loader has against this text. */
export const loaderProblems = (text: string, { env, cwd, home }: CommandContext): readonly Problem[] => {
  const directory = mkdtempSync(join(tmpdir(), 'plasmatop-init-'));
  try {
    const file = join(directory, 'plasmatop.yaml');
    writeFileSync(file, text);
    const loaded = loadConfig({ env, cwd, home, file });
    return loaded.ok ? [] : loaded.problems;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

/** Writes beside the place and gives it its name when it is whole. */
export const keepFile = (text: string, path: string, force: boolean, context: CommandContext): Kept => {
  const draft = `${path}.${process.pid}.new`;
  let isDrafted = false;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(draft, text, { mode: MODE, flag: 'wx' });
    isDrafted = true;
    // A link fails where a name is taken, and a rename does not.
    if (force) renameSync(draft, path);
    else linkSync(draft, path);
    const [here = ''] = candidateFiles(context);
    const mode = (statSync(path).mode & 0o777).toString(8).padStart(4, '0');
    return { ok: true, mode, shadow: here !== path && existsSync(here) };
  } catch (error) {
    // Before that it is a directory that a file stands in the way of.
    if (isDrafted && codeOf(error) === 'EEXIST') return { ok: false, problem: isThere(path) };
    const message = `cannot be written: ${error instanceof Error ? error.message : String(error)}`;
    const remedy = 'name a file in a directory that you may write to: --out FILE';
    return { ok: false, problem: { file: path, path: '', message, remedy } };
  } finally {
    if (isDrafted) rmSync(draft, { force: true });
  }
};
