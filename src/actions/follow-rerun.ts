/** Follows a job that was handed to systemd by its unit: to the new run, and to what came of that. */
import { formatElapsed } from '../core/format.ts';
import { serviceByUnit, stepByName } from '../core/graph.ts';
import type { Plan } from '../core/model/action.ts';
import type { ClusterFacts } from '../core/model/cluster.ts';
import type { ClusterNode } from '../core/model/inventory.ts';
import type { UnitFacts } from '../core/model/observation.ts';
import type { UnitName } from '../core/model/topology.ts';
import { hearsLog, lastWords, type Runs } from '../core/run-log.ts';
import { aftermathWords } from './aftermath.ts';
import { awaitFacts } from './await-facts.ts';
import { followHealth } from './follow-health.ts';
import {
  CANCELLED,
  type End,
  type Following,
  factsIn,
  lostWords,
  noSign,
  sinceMs,
  sourceOf,
  tellRuns,
} from './following.ts';
import { doneWords, noRunWords, runFailedWords } from './outcome-words.ts';
import { commandMs, type RunnerOptions } from './runner-options.ts';
import { type RunSight, runSight } from './unit-run.ts';

type RunEnd =
  | { readonly kind: 'seen'; readonly sight: Exclude<RunSight, { readonly kind: 'open' }> }
  | { readonly kind: 'late'; readonly words: string };

/** The line that says why may come a little after the end of the run that wrote it. */
const LOG_DUE_MS = 1500;

const runOf = ({ unit, invocation }: UnitFacts): Runs =>
  new Map(invocation === undefined ? [] : [[unit, invocation]]);

const isLogDue = (facts: ClusterFacts, { target }: Plan, unit: UnitFacts): boolean =>
  hearsLog(facts, target.node) && lastWords(facts, target.node, runOf(unit)) === undefined;

/** Until the job that was handed to systemd has led to a new run, and that has come to its end. */
const followRun = async (options: RunnerOptions, following: Following): Promise<RunEnd | 'cancelled'> => {
  const { plan, sent, before, lost, say } = following;
  const { clock } = options;
  const timeoutMs = commandMs(options, plan.expectedMs);
  const followed = {
    node: plan.target.node,
    unit: plan.unit,
    invocationBefore: factsIn(before, plan.unit)?.invocation,
    isCertain: lost === undefined,
    ends: stepByName(options.topology, plan.unit)?.remainAfterExit === false,
  };
  let failedMs: number | undefined;
  return awaitFacts<RunEnd>(sourceOf(options, following), sinceMs(following), (nowMs, since) => {
    tellRuns(options, following, [plan.unit]);
    const sight = runSight(options.facts(), { ...followed, sinceMs: since });
    if (sight.kind === 'failed' && isLogDue(options.facts(), plan, sight.unit)) {
      failedMs ??= nowMs;
      if (nowMs - failedMs < LOG_DUE_MS) return { kind: 'open', calm: true };
    }
    if (sight.kind !== 'open') return { kind: 'end', end: { kind: 'seen', sight } };
    if (nowMs - sent.monotonicMs >= timeoutMs)
      return { kind: 'end', end: { kind: 'late', words: sight.words } };
    const elapsed = formatElapsed(clock.monotonic() - sent.monotonicMs);
    say(`${lostWords(lost)}${sight.words}, ${elapsed}`);
    return { kind: 'open', calm: false };
  });
};

/** How long the run took by the node's own clock, else by ours. */
const tookMs = ({ inactiveExitMs, activeEnterMs }: UnitFacts, oursMs: number): number =>
  inactiveExitMs !== undefined && activeEnterMs !== undefined && activeEnterMs >= inactiveExitMs
    ? activeEnterMs - inactiveExitMs
    : oursMs;

const restartSecOf = ({ topology }: RunnerOptions, unit: UnitName): number | undefined =>
  (serviceByUnit(topology, unit) ?? stepByName(topology, unit))?.restartSec;

/** Of a step until it is done; of an instance until it is healthy. */
export const followRerun = async (options: RunnerOptions, following: Following): Promise<End> => {
  const { plan, sent, before, lost } = following;
  const { topology, inventory, clock } = options;
  const end = await followRun(options, following);
  if (end === 'cancelled') return CANCELLED;
  const oursMs = clock.monotonic() - sent.monotonicMs;
  if (end.kind === 'late') {
    if (lost !== undefined) return noSign(lost, 'it was run again');
    return { outcome: 'timeout', words: `not done after ${formatElapsed(oursMs)}: ${end.words}` };
  }
  const { sight } = end;
  const node: ClusterNode | undefined = inventory.nodes.find((one) => one.name === plan.target.node);
  const behind = node === undefined ? '' : aftermathWords(topology, node, plan.unit, before, sight.look);
  switch (sight.kind) {
    case 'done': {
      const isStep = plan.target.kind === 'step';
      if (isStep)
        return {
          outcome: 'succeeded',
          words: `${doneWords(sight.unit, tookMs(sight.unit, oursMs))}${behind}`,
        };
      return followHealth(options, { ...following, lost: undefined }, sinceMs(following), clock.monotonic());
    }
    case 'failed': {
      const restartSec = restartSecOf(options, plan.unit);
      const words = runFailedWords(sight.unit, sight.look, restartSec, oursMs, clock.now());
      const said = lastWords(options.facts(), plan.target.node, runOf(sight.unit));
      return {
        outcome: 'failed',
        words: `${words}${said === undefined ? '' : `; it said: ${said}`}${behind}`,
      };
    }
    case 'refused':
      return { outcome: 'failed', words: `${noRunWords(sight.unit)}${behind}` };
    default:
      return sight satisfies never;
  }
};
