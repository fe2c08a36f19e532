/** Whether a process of this machine still runs, though its number may have been given to another one since. */
import { readFileSync } from 'node:fs';

/** What Linux tells of it behind its name: state first. */
const statWords = (pid: number): readonly string[] => {
  try {
    // The name, in brackets, may hold spaces and brackets itself.
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
};

/** When the process began, in clock ticks since the boot: with its number it is that process alone. Only Linux tells. */
export const processStart = (pid: number): string | undefined => statWords(pid).at(19);

/** It has ended, and its parent has not asked how: in a container without an init it may stay so for good. */
const hasEnded = (pid: number): boolean => ['Z', 'X'].includes(statWords(pid)[0] ?? '');

/** `start`, where it is known, is held against that of the process that has the number now. */
export const isRunning = (pid: number, start?: string): boolean => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Anything but "no such process" means that there is one, of another user perhaps.
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
  }
  if (hasEnded(pid)) return false;
  const now = start === undefined ? undefined : processStart(pid);
  return now === undefined || now === start;
};
