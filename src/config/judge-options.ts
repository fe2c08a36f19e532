/** What a configuration implies for judging. */

import type { JudgeOptions } from '../core/model/cluster.ts';
import type { Config } from './types.ts';

/** A certificate that ends within this is mentioned. */
const CERTIFICATE_WARN_MS = 14 * 86_400_000;

export const judgeOptionsOf = ({ poll }: Config): JudgeOptions => ({
  fall: poll.fall,
  rise: poll.rise,
  intervalMs: poll.intervalMs,
  certificateWarnMs: CERTIFICATE_WARN_MS,
});
