/** What a configuration implies for judging. */

import type { JudgeOptions } from '../core/model/cluster.ts';
import type { Config } from './types.ts';

/** A first ssh connection takes a second or two, to a node that still boots a few more. */
const FIRST_LOOK_MS = 10_000;
/** A certificate that ends within this is mentioned. */
const CERTIFICATE_WARN_MS = 14 * 86_400_000;

export const judgeOptionsOf = ({ poll }: Config): JudgeOptions => ({
  fall: poll.fall,
  rise: poll.rise,
  intervalMs: poll.intervalMs,
  firstLookMs: FIRST_LOOK_MS,
  certificateWarnMs: CERTIFICATE_WARN_MS,
});
