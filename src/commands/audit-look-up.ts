/** `plasmatop audit --open`: asks the nodes what came of actions whose end nobody saw. */
import { tmpdir } from 'node:os';
import { createApp } from '../app/app.ts';
import type { Config } from '../config/types.ts';
import type { AuditEntry } from '../core/audit/model.ts';
import type { Job } from '../core/model/action.ts';
import { lookMs } from './act-look.ts';
import type { CommandContext } from './context.ts';

/** Running elsewhere, too, is an answer; a node that says nothing is waited for until the deadline. */
const isAnswered = (job: Job): boolean =>
  job.outcome !== undefined || /^(?:may still |running )/u.test(job.words);

/** What is known of each in the end, by id; what was found is in the audit, unless the configuration is read-only. */
export const lookUp = async (
  config: Config,
  orphans: readonly AuditEntry[],
  { clock, random, stopped }: CommandContext,
): Promise<ReadonlyMap<string, string>> => {
  const app = createApp({ config, clock, random, source: 'live', runtimeDir: tmpdir() });
  const ids = new Set(orphans.map(({ id }) => id));
  const jobs = (): readonly Job[] => app.store.getState().jobs.filter(({ id }) => ids.has(id));
  try {
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(deadline);
        unsubscribe();
        stopped.removeEventListener('abort', end);
        resolve();
      };
      const deadline = setTimeout(end, lookMs(config.inventory.nodes.length));
      const unsubscribe = app.store.subscribe(() => {
        if (jobs().filter(isAnswered).length === ids.size) end();
      });
      stopped.addEventListener('abort', end, { once: true });
      if (stopped.aborted) end();
      else {
        app.start();
        app.lookUpOrphans();
      }
    });
    return new Map(jobs().map(({ id, words }) => [id, words]));
  } finally {
    await app.stop();
  }
};
