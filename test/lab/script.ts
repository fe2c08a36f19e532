/** Where the lab's own program and its files are. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const labScript = fileURLToPath(new URL('lab.sh', import.meta.url));

export const labDirectory =
  process.env.LAB_DIR || join(process.env.XDG_CACHE_HOME || '/var/tmp', 'plasmatop-lab');
