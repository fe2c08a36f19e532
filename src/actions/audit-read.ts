/** Reads what was audited, in the file and in those that were put aside. */
import { open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { type AuditRead, readAudit } from '../core/audit/read.ts';

const unpack = promisify(gunzip);

/** What a file may come to once it is unpacked. */
const MAX_BYTES = 1024 ** 3;
/** Rotations that may come between looking which files there are and having read them. */
const TRIES = 5;

/** `.1` as it is put aside here; `-20261123`, `-2026112309`, `-20261123-1795427400` and the like as logrotate does. */
const MARK = /^(?:\.\d{1,6}|[.-]\d{4}-?\d\d-?\d\d(?:-?\d{1,10})?)$/u;

/** Whether a file of this name was put aside of `name`: the mark stands behind it, or as logrotate may, before its extension. */
const isKept = (other: string, name: string): boolean => {
  const plain = other.replace(/\.gz$/u, '');
  if (plain.startsWith(name)) return MARK.test(plain.slice(name.length));
  const extension = extname(name);
  const stem = basename(name, extension);
  return (
    extension !== '' &&
    plain.startsWith(stem) &&
    plain.endsWith(extension) &&
    MARK.test(plain.slice(stem.length, -extension.length))
  );
};

type Found = { readonly path: string; readonly ino: number; readonly mtimeMs: number };

/** The file itself, and then those that were put aside. */
const filesOf = async (file: string): Promise<readonly Found[]> => {
  const [directory, name] = [dirname(file), basename(file)];
  const names = await readdir(directory).catch(() => []);
  const kept = names.filter((other) => isKept(other, name));
  const found: Found[] = [];
  for (const path of [file, ...kept.map((one) => join(directory, one))]) {
    const stats = await stat(path).catch(() => undefined);
    if (stats === undefined || found.some((one) => one.ino === stats.ino)) continue;
    found.push({ path, ino: stats.ino, mtimeMs: stats.mtimeMs });
  }
  return found;
};

const readWhole = async ({ path, ino }: Pick<Found, 'path' | 'ino'>): Promise<string | undefined> => {
  const handle = await open(path, 'r');
  try {
    if ((await handle.stat()).ino !== ino) return undefined;
    const bytes = await handle.readFile();
    const plain = path.endsWith('.gz') ? await unpack(bytes, { maxOutputLength: MAX_BYTES }) : bytes;
    return plain.toString('utf8');
  } finally {
    await handle.close();
  }
};

/** Lines of files that each hold a time of their own, sorted by it: whoever rotated them numbered as he liked. */
const inOrder = (contents: readonly string[]): readonly string[] =>
  contents
    .map((text) => ({ text, first: /"ts":"([^"]*)"/u.exec(text)?.[1] ?? '' }))
    .toSorted((one, other) => one.first.localeCompare(other.first, 'en'))
    .flatMap(({ text }) => text.split('\n'));

/** All that is kept. Throws as the file system does, ENOENT when there is no audit at all. */
export const readWholeAudit = async (file: string): Promise<AuditRead> => {
  const contents = new Map<number, string>();
  for (let tries = 0; tries < TRIES; tries += 1) {
    const found = (await filesOf(file)).filter(({ ino }) => tries === 0 || !contents.has(ino));
    if (found.length === 0) break;
    for (const one of found) {
      const text = await readWhole(one);
      if (text !== undefined) contents.set(one.ino, text);
    }
  }
  // Says why there is nothing.
  if (contents.size === 0) await stat(file);
  return readAudit(inOrder([...contents.values()]));
};

const RECENT_BYTES = 1024 ** 2;
/** A larger one is left to `plasmatop audit`: the console has other things to do with its memory. */
const RECENT_UNPACKED_BYTES = 64 * 1024 ** 2;

/** The last lines of as many bytes. */
const tailOf = (bytes: Buffer, isWhole: boolean): string => {
  const text = bytes.toString('utf8');
  return isWhole ? text : text.slice(text.indexOf('\n') + 1);
};

const readTail = async (path: string, bytes: number): Promise<string> => {
  const handle = await open(path, 'r').catch(() => undefined);
  if (handle === undefined || bytes <= 0) {
    await handle?.close();
    return '';
  }
  try {
    const { size } = await handle.stat();
    if (path.endsWith('.gz')) {
      if (size > RECENT_UNPACKED_BYTES) return '';
      const plain = await unpack(await handle.readFile(), { maxOutputLength: RECENT_UNPACKED_BYTES });
      return tailOf(plain.subarray(-bytes), plain.length <= bytes);
    }
    const from = Math.max(0, size - bytes);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
    return tailOf(buffer.subarray(0, bytesRead), from === 0);
  } finally {
    await handle.close();
  }
};

/** logrotate puts an empty file aside, too. */
const RECENT_FILES = 3;

/** The newest: as much as a mebibyte of the file holds, and of those that were put aside last. None where there is none. */
export const readRecentAudit = async (file: string): Promise<AuditRead> => {
  const found = await filesOf(file);
  // Whoever put them aside has left them the time of their last record.
  const kept = found
    .filter(({ path }) => path !== file)
    .toSorted((one, other) => other.mtimeMs - one.mtimeMs);
  const texts: string[] = [];
  let left = RECENT_BYTES;
  for (const path of [file, ...kept.slice(0, RECENT_FILES).map((one) => one.path)]) {
    const text = await readTail(path, left).catch(() => '');
    left -= Buffer.byteLength(text);
    texts.unshift(text);
  }
  return readAudit(texts.flatMap((text) => text.split('\n')));
};
