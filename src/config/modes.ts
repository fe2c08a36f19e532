/**
 * Who besides the operator and root could have written a file, or can read one that is nobody else's business. A file that
 * went away since it was read has no fault.
 */
import { statSync } from 'node:fs';

export type ModeFault = { readonly message: string; readonly remedy: string };

/** Others may write to it; undefined: none may, or this system knows no users. */
export const writerFault = (path: string): ModeFault | undefined => {
  if (process.getuid === undefined) return undefined;
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  const { gid, mode } = stats;
  if ((mode & 0o002) !== 0) return { message: 'everybody may write to it', remedy: `chmod o-w ${path}` };
  // A user's own private group, as many systems give by default, is no stranger.
  const isStrangers = gid !== process.getgid?.() && gid !== 0;
  return (mode & 0o020) !== 0 && isStrangers
    ? { message: `group ${gid} may write to it`, remedy: `chmod g-w ${path}` }
    : undefined;
};

/** It belongs to somebody else. */
export const ownerFault = (path: string): ModeFault | undefined => {
  const ourUid = process.getuid?.();
  const uid = statSync(path, { throwIfNoEntry: false })?.uid;
  return ourUid === undefined || uid === undefined || uid === ourUid || uid === 0
    ? undefined
    : {
        message: `it belongs to another user (uid ${uid})`,
        remedy: `if you trust it: --config ${path}`,
      };
};

/** Others can read this private key: as ssh has it, nobody else if it is ours, and not everybody in any case. */
export const keyFault = (path: string): ModeFault | undefined => {
  const ourUid = process.getuid?.();
  if (ourUid === undefined) return undefined;
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  const { uid, mode } = stats;
  const isOpen = (mode & (uid === ourUid ? 0o077 : 0o007)) !== 0;
  return isOpen ? { message: 'can be read by others', remedy: `chmod 600 ${path}` } : undefined;
};
