/** Runs a confirmed plan: guard, audit, command, watch until settled, audit. The read-only gate is here and only here. */
import { formatAge } from '../core/format.ts';
import type { Job, JobOutcome, JobPhase, Plan } from '../core/model/action.ts';
import type { ClusterFacts, ClusterState } from '../core/model/cluster.ts';
import type { Inventory, NodeName } from '../core/model/inventory.ts';
import type { SshFailure } from '../core/model/observation.ts';
import type { Topology } from '../core/model/topology.ts';
import type { Clock } from '../lib/clock.ts';
import type { Link } from '../ssh/types.ts';
import type { Audit, AuditRecord } from './audit.ts';
import { failureWords, recoveredWords, stoppedWords } from './outcome-words.ts';
import { planRestart } from './plan.ts';
import { invocationNow } from './settle.ts';
import { watchRecovery } from './watch.ts';

export type RunnerOptions = {
  readonly topology: Topology;
  readonly inventory: Inventory;
  readonly links: { readonly link: (node: NodeName) => Link | undefined };
  readonly audit: Audit;
  readonly clock: Clock;
  readonly readOnly: boolean;
  /** The live judgement and the facts behind it, as of now. */
  readonly cluster: () => ClusterState;
  readonly facts: () => ClusterFacts;
  /** Calls back after new facts; returns the unsubscriber. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Asks for a look at this node now. */
  readonly nudge: (node: NodeName) => void;
  readonly onJob: (job: Job) => void;
  /** How long it must stay well: as many polls as it takes to tell that it is not, two at least. */
  readonly stableMs: number;
  /** The least time that a recovery is waited for, default 30 s; a slow start may make it longer. */
  readonly minWatchMs?: number;
  /** The least time that the command may take, default 2 min. */
  readonly minCommandMs?: number;
};

export type Runner = {
  /** Runs the plan to its end; never rejects. What came of it is in the job. */
  readonly execute: (plan: Plan) => Promise<Job>;
  /** Stops running and watching; what was sent goes on under systemd. */
  readonly cancel: (id: string) => void;
  /** The jobs that have not ended. */
  readonly running: () => readonly Job[];
  /** Cancels what runs; resolves, once that is in the audit, with the jobs whose end nobody saw. */
  readonly close: () => Promise<readonly Job[]>;
};

/** Wall time is what looks are held against; durations are monotonic, since the wall clock may be set meanwhile. */
type Moment = { readonly wallMs: number; readonly monotonicMs: number };

type End = { readonly outcome: JobOutcome; readonly words: string; readonly exitCode?: number };

const MIN_WATCH_MS = 30_000;
const MIN_COMMAND_MS = 120_000;
const CANCELLED: End = {
  outcome: 'cancelled',
  words: 'no longer watched; what was sent goes on under systemd',
};

const told = (failure: SshFailure): string =>
  failure.remedy === '' ? failure.detail : `${failure.detail} – ${failure.remedy}`;

export const createRunner = (options: RunnerOptions): Runner => {
  const { topology, inventory, clock, audit } = options;
  const jobs = new Map<string, { job: Job; readonly abort: AbortController }>();
  const executing = new Set<Promise<Job>>();
  let started = 0;

  const running = (): readonly Job[] => [...jobs.values()].map((entry) => entry.job);

  const momentNow = (): Moment => ({ wallMs: clock.now(), monotonicMs: clock.monotonic() });

  const newId = (): string => {
    started += 1;
    return `${new Date(clock.now()).toISOString()}-${process.pid}-${started}`;
  };

  const update = (id: string, phase: JobPhase, words: string): void => {
    const entry = jobs.get(id);
    if (entry === undefined || (entry.job.phase === phase && entry.job.words === words)) return;
    entry.job = { ...entry.job, phase, words };
    options.onJob(entry.job);
  };

  /** Whatever was true when the operator said yes may have changed since. */
  const objections = (plan: Plan): readonly string[] => {
    if (options.readOnly) return ['read-only: nothing is changed from this console'];
    const fresh = planRestart({
      look: options.facts().units.get(plan.node),
      topology,
      inventory,
      cluster: options.cluster(),
      instance: plan.instance,
      sudo: plan.command[0] === 'sudo',
      running: running(),
    });
    const worse = fresh.typed !== undefined && plan.typed === undefined;
    return worse ? [...fresh.refusals, 'it would break a quorum now: look again'] : fresh.refusals;
  };

  const record = (id: string, plan: Plan) => ({
    ts: new Date(clock.now()).toISOString(),
    id,
    cluster: inventory.cluster,
    verb: plan.verb,
    node: plan.node,
    unit: plan.unit,
    command: plan.command,
    commandLine: plan.commandLine,
    quorum: plan.quorum,
  });

  const watch = async (
    id: string,
    plan: Plan,
    sent: Moment,
    invocationBefore: string | undefined,
    signal: AbortSignal,
    lost: { readonly why: string; readonly timedOut: boolean } | undefined,
  ): Promise<End> => {
    const returned = momentNow();
    const timeoutMs = Math.max(3 * plan.expectedMs, options.minWatchMs ?? MIN_WATCH_MS);
    const doing = lost === undefined ? 'active' : `ssh was lost (${lost.why})`;
    update(id, 'watching', `${doing}, health not green yet`);
    const end = await watchRecovery({
      watched: {
        instance: plan.instance,
        node: plan.node,
        unit: plan.unit,
        // A command that did not return may have taken effect at any time since it was sent.
        sinceMs: lost === undefined ? returned.wallMs : Math.min(sent.wallMs, returned.wallMs),
        ...(invocationBefore === undefined ? {} : { invocationBefore }),
      },
      facts: options.facts,
      cluster: options.cluster,
      subscribe: options.subscribe,
      nudge: () => options.nudge(plan.node),
      clock,
      stableMs: options.stableMs,
      timeoutMs,
      signal,
      needsSign: lost !== undefined,
      onSight: (sight) =>
        update(
          id,
          'watching',
          sight.green ? 'healthy, watching that it stays so' : `${doing}, ${sight.reason}`,
        ),
    });
    switch (end.kind) {
      case 'cancelled':
        return CANCELLED;
      case 'recovered': {
        const healthyMs = end.healthyAtMs - sent.monotonicMs;
        const words =
          lost === undefined
            ? recoveredWords(returned.monotonicMs - sent.monotonicMs, healthyMs)
            : `recovered in ${formatAge(healthyMs)}, though ssh was lost meanwhile`;
        return { outcome: 'succeeded', words: `${words}${stoppedWords(plan.leavesStopped)}` };
      }
      case 'late': {
        const now = end.sight.reason === '' ? 'well once, but not seen to stay so' : end.sight.reason;
        if (lost === undefined || end.sign) {
          return {
            outcome: 'not-healthy',
            words: `restarted, but not healthy after ${formatAge(timeoutMs)}: ${now}`,
          };
        }
        return {
          outcome: lost.timedOut ? 'timeout' : 'unknown',
          words: `${lost.why}; no sign since that it was restarted`,
        };
      }
      default: {
        const unknown: never = end;
        return unknown;
      }
    }
  };

  const runCommand = async (id: string, plan: Plan, link: Link, signal: AbortSignal): Promise<End> => {
    update(id, 'running', `${plan.command.join(' ')} runs on ${plan.node}`);
    const invocationBefore = invocationNow(options.facts(), plan.node, plan.unit);
    const sent = momentNow();
    const ran = await link.run(plan.command, {
      timeoutMs: Math.max(3 * plan.expectedMs, options.minCommandMs ?? MIN_COMMAND_MS),
      signal,
    });
    const settle = (lost?: { readonly why: string; readonly timedOut: boolean }): Promise<End> =>
      watch(id, plan, sent, invocationBefore, signal, lost);

    if (ran.ok) {
      if (ran.exitCode === 0) return { ...(await settle()), exitCode: 0 };
      // What a signal ended is the command, not the job that it gave to systemd.
      if (ran.exitCode === 255) return settle({ why: 'the command was ended by a signal', timedOut: false });
      return {
        outcome: 'failed',
        words: failureWords(plan, ran.exitCode, ran.stderr),
        exitCode: ran.exitCode,
      };
    }
    if (ran.failure.kind === 'cancelled') {
      return ran.sent ? CANCELLED : { outcome: 'cancelled', words: 'nothing was sent' };
    }
    if (!ran.sent) return { outcome: 'failed', words: `nothing was sent: ${told(ran.failure)}` };
    return settle({ why: ran.failure.detail, timedOut: ran.failure.kind === 'timeout' });
  };

  const closeJob = (job: Job, end: End): Job => {
    const done: Job = {
      ...job,
      phase: 'done',
      endedAtMs: clock.now(),
      outcome: end.outcome,
      words: end.words,
    };
    jobs.delete(job.id);
    options.onJob(done);
    return done;
  };

  const execute = async (plan: Plan): Promise<Job> => {
    const id = newId();
    const begunMs = clock.monotonic();
    const job: Job = {
      id,
      plan,
      phase: 'audit',
      startedAtMs: clock.now(),
      words: 'writing the audit record',
    };
    const against = objections(plan);
    const link = options.links.link(plan.node);
    if (against.length > 0 || link === undefined) {
      return closeJob(job, { outcome: 'refused', words: against.join('; ') || `no ssh to ${plan.node}` });
    }
    const abort = new AbortController();
    jobs.set(id, { job, abort });
    options.onJob(job);

    const intent: AuditRecord = { phase: 'intent', ...record(id, plan) };
    const written = await audit.write(intent);
    if (!written.ok) {
      return closeJob(job, {
        outcome: 'refused',
        words: `nothing ran: ${written.problem} – ${written.remedy}`,
      });
    }
    const end = abort.signal.aborted
      ? ({ outcome: 'cancelled', words: 'nothing was sent' } as const)
      : await runCommand(id, plan, link, abort.signal);

    const kept = await audit.write({
      phase: 'outcome',
      ...record(id, plan),
      outcome: end.outcome,
      words: end.words,
      durationMs: Math.round(clock.monotonic() - begunMs),
      ...(end.exitCode === undefined ? {} : { exitCode: end.exitCode }),
    });
    if (kept.ok) return closeJob(job, end);
    return closeJob(job, { ...end, words: `${end.words} (not in the audit: ${kept.problem})` });
  };

  return {
    execute: (plan) => {
      const done = execute(plan).finally(() => executing.delete(done));
      executing.add(done);
      return done;
    },
    cancel: (id) => jobs.get(id)?.abort.abort(),
    running,
    close: async () => {
      for (const { abort } of jobs.values()) abort.abort();
      const ended = await Promise.all(executing);
      return ended.filter(({ outcome }) => outcome === 'cancelled');
    },
  };
};
