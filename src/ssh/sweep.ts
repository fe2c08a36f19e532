/** Ends the connections that a killed console has left: their ssh processes live as long as the nodes do. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import PQueue from 'p-queue';
import type { Clock } from '../lib/clock.ts';
import { abandonedDirectories } from '../lib/process-directory.ts';
import { runProcess } from './run.ts';

const AT_ONCE = 8;
const EXIT_MS = 2000;

/**
 * Asks the masters behind the sockets of dead consoles in `runtimeDir` to exit, and removes what is left. It speaks to
 * sockets only and signals no process: a pid may have been given to somebody else since. Never rejects.
 */
export const sweepConnections = async (runtimeDir: string, prefix: string, clock: Clock): Promise<void> => {
  const queue = new PQueue({ concurrency: AT_ONCE });
  const sweep = async (directory: string): Promise<void> => {
    const sockets = (await readdir(directory)).filter((name) => /^\d+$/u.test(name));
    const exits = await Promise.all(
      sockets.map((name) => queue.add(() => askToExit(join(directory, name), clock))),
    );
    // One that does not answer is asked again at the next start.
    if (exits.every(Boolean)) await rm(directory, { recursive: true, force: true });
  };
  await Promise.allSettled((await abandonedDirectories(runtimeDir, prefix)).map(sweep));
};

/** True when nobody is behind the socket any more. */
const askToExit = async (socket: string, clock: Clock): Promise<boolean> => {
  // No ssh_config: nothing in it may run or connect for this. The host's name is not used, yet ssh wants one.
  const argv = ['-F', 'none', '-S', socket.replaceAll('%', '%%'), '-O', 'exit', '--', 'node'];
  const { end } = await runProcess('ssh', argv, { timeoutMs: EXIT_MS, maxBytes: 4096, clock });
  return end === 'exited';
};
