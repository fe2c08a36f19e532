/** What a later start does not bring back by itself, in words. */
import type { Cascade, Stop } from './model.ts';

const bare = (unit: string): string => unit.replace(/\.service$/u, '');

/** "the other 5 stay down when chainfire alone is started: bring the node up"; empty when nothing stays down. */
export const laterText = (stop: Stop, { leftDown }: Cascade): string => {
  if (stop.kind === 'node') return 'all that its boot starts comes back when it boots';
  if (leftDown.length === 0) return '';
  const rest =
    leftDown.length === 1
      ? `${bare(leftDown[0] ?? '')} stays down`
      : `the other ${leftDown.length} stay down`;
  return `${rest} when ${stop.service} alone is started: bring the node up`;
};
