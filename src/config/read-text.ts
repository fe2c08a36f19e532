/** Reads a text file and says in words why it could not. */
import { readFileSync, statSync } from 'node:fs';

/** A thousand nodes in full are smaller; parsing what is larger may take minutes and all of the memory. */
const MAX_KIB = 256;

/** Reads a file; on failure, why: "no such file", "permission denied". */
export const readText = (
  path: string,
  maxKib = MAX_KIB,
): { readonly text: string } | { readonly reason: string } => {
  try {
    const found = statSync(path);
    if (found.isDirectory()) return { reason: 'it is a directory' };
    // Reading a pipe or a device may never end, and no signal is heard meanwhile.
    if (!found.isFile()) return { reason: 'it is not a regular file' };
    if (found.size > maxKib * 1024) return { reason: `it is larger than ${maxKib} KiB` };
    const text = readFileSync(path, 'utf8');
    return text.includes('\0') ? { reason: 'it is not a text file' } : { text };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    switch (code) {
      case 'ENOENT':
      case 'ENOTDIR':
        return { reason: 'no such file' };
      case 'EACCES':
      case 'EPERM':
        return { reason: 'permission denied' };
      default:
        return { reason: error instanceof Error ? error.message : 'it cannot be read' };
    }
  }
};
