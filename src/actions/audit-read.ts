/** Reads what was audited, in the file and in those that were put aside. */
import { open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { type AuditRead, readAudit } from '../core/audit/read.ts';

const unpack = promisify(gunzip);

/** What a file may come to once it is unpacked. */
const MAX_BYTES = 1024 ** 3;
/** Rotations that may come between looking which files there are and having read them. */
const TRIES = 5;

/** FILE.1 as it is put aside here; FILE-20261123 and .gz as logrotate does. */
const KEPT = /^(?:\.\d{1,6}|-\d{8,14})(?:\.gz)?$/u;

type Found = { readonly path: string; readonly ino: number };

const filesOf = async (file: string): Promise<readonly Found[]> => {
  const [directory, name] = [dirname(file), basename(file)];
  const names = await readdir(directory).catch(() => []);
  const kept = names.filter((one) => one.startsWith(name) && KEPT.test(one.slice(name.length)));
  const found: Found[] = [];
  for (const path of [file, ...kept.map((one) => join(directory, one))]) {
    const ino = (await stat(path).catch(() => undefined))?.ino;
    if (ino !== undefined && !found.some((one) => one.ino === ino)) found.push({ path, ino });
  }
  return found;
};

const readWhole = async ({ path, ino }: Found): Promise<string | undefined> => {
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

const readTail = async (path: string, bytes: number): Promise<string> => {
  const handle = await open(path, 'r').catch(() => undefined);
  if (handle === undefined || bytes <= 0) {
    await handle?.close();
    return '';
  }
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - bytes);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
    const text = buffer.subarray(0, bytesRead).toString('utf8');
    return from === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } finally {
    await handle.close();
  }
};

/** The newest: as much as a mebibyte of the file holds, and of the one that was put aside last. None where there is none. */
export const readRecentAudit = async (file: string): Promise<AuditRead> => {
  const newest = await readTail(file, RECENT_BYTES);
  const before = await readTail(`${file}.1`, RECENT_BYTES - Buffer.byteLength(newest));
  return readAudit([...before.split('\n'), ...newest.split('\n')]);
};
