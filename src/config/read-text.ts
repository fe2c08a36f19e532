/** Reads a text file and says in words why it could not. */
import { readFileSync } from 'node:fs';

/** Reads a file; on failure, why: "no such file", "permission denied". */
export const readText = (path: string): { readonly text: string } | { readonly reason: string } => {
  try {
    return { text: readFileSync(path, 'utf8') };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    switch (code) {
      case 'ENOENT':
        return { reason: 'no such file' };
      case 'EACCES':
      case 'EPERM':
        return { reason: 'permission denied' };
      case 'EISDIR':
        return { reason: 'it is a directory' };
      default:
        return { reason: error instanceof Error ? error.message : 'it cannot be read' };
    }
  }
};
