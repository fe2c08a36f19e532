/**
 * Tells when files have changed, by looks at them: what editors, links that are swapped and network mounts do to a
 * file is more than what the kernel tells of one.
 */
import { stat } from 'node:fs/promises';

export type FileWatchOptions = {
  /** Asked for anew before each look. */
  readonly files: () => readonly string[];
  readonly everyMs: number;
  /** They have changed, and have been the same for two looks: nobody is in the middle of writing. */
  readonly onChange: () => void;
};

const signOf = async (path: string): Promise<string> => {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await stat(path);
    return `${path} ${ino} ${size} ${mtimeMs} ${ctimeMs}`;
  } catch (error) {
    return `${path} ${error instanceof Error && 'code' in error ? String(error.code) : 'unknown'}`;
  }
};

/** Watches until the returned function is called. */
export const watchFiles = ({ files, everyMs, onChange }: FileWatchOptions): (() => void) => {
  let known: string | undefined;
  let last: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const look = async (): Promise<void> => {
    const now = (await Promise.all(files().map(signOf))).join('\n');
    if (isOver) return;
    known ??= now;
    if (now !== known && now === last) {
      known = now;
      onChange();
    }
    last = now;
    timer = setTimeout(() => void look(), everyMs);
  };
  void look();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
};
