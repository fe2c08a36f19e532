/** Whether a console runs for the first time for this account. */
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hintMarker, type Surroundings } from '../config/discover.ts';

/**
 * True once per account, of however many consoles start at the same time: for the one that makes the marker. Where it
 * cannot be made never, or newcomers would be greeted at every start. Never rejects.
 */
export const isFirstRun = async (surroundings: Surroundings): Promise<boolean> => {
  const path = hintMarker(surroundings);
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const marker = await open(path, 'wx', 0o600);
    await marker.close();
    return true;
  } catch {
    return false;
  }
};
