/** Where the lab's own program is, and which lab is whose. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const labScript = fileURLToPath(new URL('lab.sh', import.meta.url));

/** Each file of stories that is told has a lab to itself: as many are told at a time as there are labs. */
export const storyLabs = ['story1', 'story2'] as const;

/** Where the packages and all labs are. */
export const labHome = process.env.LAB_DIR || join(process.env.XDG_CACHE_HOME || '/var/tmp', 'plasmatop-lab');

/** Makes a command of the lab one for this worker's own: vitest counts those that run at a time from 1. */
export const ownLab = (): { readonly LAB_NAME: string } => {
  const place = process.env.VITEST_POOL_ID;
  if (!place) throw new Error('only a story has a lab of its own: npm run test:lab tells them');
  return { LAB_NAME: `story${place}` };
};

/** The files of this worker's own lab. */
export const labDirectory = (): string => join(labHome, 'labs', ownLab().LAB_NAME);
