/** What could head the screen: a service that serves nobody, or a cause by itself; each with the causes behind it. */
import type { RootCause } from '../model/cause.ts';

export type News = {
  readonly verdict: 'down' | 'degraded';
  /** Worst first: smaller is worse. */
  readonly rank: number;
  readonly sentence: string;
  /** For users, while every capability works. */
  readonly users?: string;
  /** Nothing can be seen of what users feel: the impact matrix would be a guess. */
  readonly blind?: boolean;
  readonly causes: readonly RootCause[];
};

export const RANK = {
  allDark: 0,
  /** Who merely cannot be seen or trusted from here may well be working. */
  doubtful: 1,
  quorumLost: 2,
  twoLeaders: 3,
  down: 4,
  dark: 5,
  partlyDown: 6,
  unmet: 7,
  degraded: 8,
  warning: 9,
} as const;
