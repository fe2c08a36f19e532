/** What a configuration implies for judging. */

import type { JudgeOptions } from '../core/model/cluster.ts';
import type { Config } from './types.ts';

/** A first ssh connection takes a second or two, to a node that still boots a few more. */
const FIRST_LOOK_MS = 10_000;
const DAY_MS = 86_400_000;

export const judgeOptionsOf = ({ poll, tls }: Config): JudgeOptions => ({
  fall: poll.fall,
  rise: poll.rise,
  intervalMs: poll.intervalMs,
  timeoutMs: poll.timeoutMs,
  firstLookMs: FIRST_LOOK_MS,
  certificateWarnMs: tls.warnDays * DAY_MS,
});
