/** Whether a process of this machine still runs, though its number may have been given to another one since. */
import { readFileSync } from 'node:fs';

/** When the process began, in clock ticks since the boot: with its number it is that process alone. Only Linux tells. */
export const processStart = (pid: number): string | undefined => {
  try {
    // The name, in brackets, may hold spaces and brackets itself.
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .at(19);
  } catch {
    return undefined;
  }
};

/** `start`, where it is known, is held against that of the process that has the number now. */
export const isRunning = (pid: number, start?: string): boolean => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Anything but "no such process" means that there is one, of another user perhaps.
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
  }
  const now = start === undefined ? undefined : processStart(pid);
  return now === undefined || now === start;
};
