/** What systemd does, or will do, to a unit, in words. Pure. */
import { unitWord } from './action-name.ts';
import type { PendingJob } from './model/action.ts';

/** "start of flaredb, job 812, waiting". */
export const pendingWords = ({ unit, id, type, state }: PendingJob): string =>
  [`${type ?? 'job'} of ${unitWord(unit)}`, `job ${id}`, ...(state === undefined ? [] : [state])].join(', ');
