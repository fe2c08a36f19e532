/** Where the lab's own program is, and which lab is whose. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const labScript = fileURLToPath(new URL('lab.sh', import.meta.url));

/** Each file of stories that is told has a lab to itself: as many are told at a time as there are labs. */
export const storyLabs = ['story1', 'story2'] as const;

/** Makes a command of the lab one for this worker's own: vitest counts those that run at a time from 1. */
export const ownLab = { LAB_NAME: `story${process.env.VITEST_POOL_ID}` };

/** The files of this worker's own lab. */
export const labDirectory = join(
  process.env.LAB_DIR || join(process.env.XDG_CACHE_HOME || '/var/tmp', 'plasmatop-lab'),
  'labs',
  ownLab.LAB_NAME,
);
