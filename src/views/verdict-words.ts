/** Verdicts and states of other things in words and tones, for every view alike. */

import type { Job, JobOutcome } from '../core/model/action.ts';
import type { CapabilityStanding, NodeNews, Verdict } from '../core/model/cluster.ts';
import type { LinkState, NodeRights } from '../core/model/observation.ts';
import type { Operation } from '../core/model/operation.ts';
import type { Severity } from '../core/model/topology.ts';
import { isPowerless } from '../core/rights.ts';
import { gap, type Line, seg } from './paint.ts';
import type { Theme, Tone } from './theme.ts';

/** `● ok`, `✖ down`. */
export const verdictPart = (verdict: Verdict, theme: Theme): Line => [
  seg(theme.glyph(verdict), verdict),
  gap(1),
  seg(verdict, verdict),
];

const COUNTED: readonly Verdict[] = ['down', 'late', 'degraded', 'blocked', 'starting', 'unknown', 'ok'];

/** How many of each verdict, the worst first; what there is none of is left out. */
export const countsLine = (counts: Readonly<Record<Verdict, number>>, theme: Theme): Line =>
  COUNTED.filter((verdict) => counts[verdict] > 0).flatMap((verdict) => [
    seg(`${theme.glyph(verdict)} ${counts[verdict]}`, verdict),
    gap(2),
  ]);

export const severityVerdict = (severity: Severity): Verdict => {
  switch (severity) {
    case 'lost':
      return 'down';
    case 'degraded':
      return 'degraded';
    case 'works':
      return 'ok';
    default:
      return severity satisfies never;
  }
};

/** At risk works, so it is no failure; it needs eyes all the same. */
export const capabilityVerdict = (state: CapabilityStanding): Verdict => {
  switch (state) {
    case 'at-risk':
      return 'late';
    case 'starting':
    case 'unknown':
      return state;
    case 'lost':
    case 'degraded':
    case 'works':
      return severityVerdict(state);
    default:
      return state satisfies never;
  }
};

/** A node's ssh link as one short word and a verdict for its tone; of one that is up, what it does not bring. */
export const linkWord = (
  link: LinkState,
  news?: NodeNews,
  rights?: NodeRights,
): readonly [string, Verdict | 'plain'] => {
  switch (link.state) {
    case 'none':
      return ['no ssh', 'unknown'];
    case 'connecting':
      return ['connects', 'starting'];
    case 'up':
      if (rights !== undefined && isPowerless(rights))
        return [rights.by === 'sudo' ? 'no sudo' : 'no right', 'degraded'];
      if (news?.feeds.bus?.state === 'failed') return ['polled', 'unknown'];
      return news?.feeds.journal?.state === 'failed' ? ['no log', 'unknown'] : ['ssh up', 'plain'];
    case 'failed':
      return ['ssh fails', 'degraded'];
    default:
      return link satisfies never;
  }
};

const outcomeVerdict = (outcome: JobOutcome): Verdict => {
  switch (outcome) {
    case 'succeeded':
      return 'ok';
    case 'failed':
    case 'not-healthy':
    case 'timeout':
      return 'down';
    case 'refused':
    case 'cancelled':
    case 'unknown':
      return 'unknown';
    default:
      return outcome satisfies never;
  }
};

/** The mark of an action: running ones look like something that is starting. */
export const jobVerdict = (job: Job): Verdict =>
  job.outcome === undefined ? 'starting' : outcomeVerdict(job.outcome);

/** The tone of what is said of an action: an end that is good or bad stands out. */
export const jobTone = (job: Job): Tone => {
  const verdict = jobVerdict(job);
  return verdict === 'ok' || verdict === 'down' ? verdict : 'plain';
};

/** The mark of what goes over several targets. */
export const operationVerdict = ({ state, steps }: Operation): Verdict => {
  switch (state) {
    case 'running':
    case 'gate':
      return 'starting';
    case 'paused':
      return 'degraded';
    case 'done':
      return 'ok';
    case 'stopped':
      // Ended by hand, or refused before anything ran: nothing is broken by it.
      return steps.some((step) => step.state === 'ended' && jobVerdict(step.job) !== 'ok') ||
        steps.every((step) => step.state === 'ended')
        ? 'down'
        : 'unknown';
    default:
      return state satisfies never;
  }
};

export const operationTone = (operation: Operation): Tone => {
  const verdict = operationVerdict(operation);
  return verdict === 'ok' || verdict === 'down' || verdict === 'degraded' ? verdict : 'plain';
};
