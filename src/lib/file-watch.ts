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
  /** While it says so, `onChange` is called every few looks, whether they have changed or not. */
  readonly isUnsettled?: () => boolean;
};

/** Between two calls while it is unsettled. */
const UNSETTLED_LOOKS = 4;

const signOf = async (path: string): Promise<string> => {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await stat(path);
    return `${path} ${ino} ${size} ${mtimeMs} ${ctimeMs}`;
  } catch (error) {
    return `${path} ${error instanceof Error && 'code' in error ? String(error.code) : 'unknown'}`;
  }
};

/** Watches until the returned function is called. */
export const watchFiles = ({
  files,
  everyMs,
  onChange,
  isUnsettled = () => false,
}: FileWatchOptions): (() => void) => {
  let known: string | undefined;
  let last: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  let looks = 0;
  const look = async (): Promise<void> => {
    const now = (await Promise.all(files().map(signOf))).join('\n');
    if (isOver) return;
    known ??= now;
    looks = isUnsettled() ? looks + 1 : 0;
    if ((now !== known && now === last) || looks >= UNSETTLED_LOOKS) {
      if (now === last) known = now;
      looks = 0;
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
