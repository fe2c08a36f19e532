/** What the journal of a node says, heard as it is written: for what may be over before one has asked again. */
import { spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { PATIENCE_MS } from '../helpers/patience.ts';
import type { DemoCluster } from './demo-cluster.ts';

export type Journal = {
  /** Resolves at once when it is written; what was written since the journal was opened counts. */
  readonly says: (what: RegExp) => Promise<void>;
};

/** Opens it with the plain ssh client, until the test is over. */
export const journalOf = async (cluster: DemoCluster, node: string): Promise<Journal> => {
  const words = ['-F', cluster.sshConfigFile, '-o', 'BatchMode=yes', node];
  const child = spawn('ssh', [...words, 'echo ready; journalctl -f -n 0 -o cat'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const says = (what: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        child.stdout.off('data', hear);
        clearTimeout(timer);
        settle();
      };
      const hear = (): void => {
        if (what.test(text)) finish(resolve);
      };
      const timer = setTimeout(() => {
        finish(() => reject(new Error(`the journal of ${node} does not say ${String(what)}:\n${text}`)));
      }, PATIENCE_MS);
      child.stdout.on('data', hear);
      hear();
    });
  await says(/^ready$/mu);
  return { says };
};
