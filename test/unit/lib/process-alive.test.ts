import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { isRunning, processStart } from '../../../src/lib/process-alive.ts';
import { waitFor } from '../../helpers/wait-for.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** A process that has ended, and whose parent does not ask how: a container without an init has many. */
const unreaped = async (): Promise<number> => {
  const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 600'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  cleanups.push(() => parent.kill('SIGKILL'));
  const pid = await new Promise<number>((resolve) => {
    parent.stdout.once('data', (text: Buffer) => resolve(Number(text.toString())));
  });
  await waitFor(() => expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).toMatch(/\) Z /u), 10_000);
  return pid;
};

describe('isRunning', () => {
  it('tells a process from a later one with its number', () => {
    const start = processStart(process.pid);
    expect(start).toMatch(/^\d+$/u);
    expect(isRunning(process.pid)).toBe(true);
    expect(isRunning(process.pid, start)).toBe(true);
    expect(isRunning(process.pid, `${start}1`)).toBe(false);
    // A number that no process can have.
    expect(isRunning(2 ** 30)).toBe(false);
  });

  it('does not take for one that runs what has ended and is only not forgotten', async () => {
    const pid = await unreaped();
    expect(isRunning(pid)).toBe(false);
    expect(isRunning(pid, processStart(pid))).toBe(false);
  });
});
