/** Runs a confirmed plan: gate, guard, audit, commands, watch until settled, audit. */
import { targetName, unitWord } from '../core/action-name.ts';
import type { AuditRecord } from '../core/audit/model.ts';
import { isGraver } from '../core/danger.ts';
import { dangerWords } from '../core/danger-words.ts';
import { sentenceList } from '../core/format.ts';
import type { Job, OperationPart, Plan } from '../core/model/action.ts';
import type { UnitName } from '../core/model/topology.ts';
import type { Link } from '../ssh/types.ts';
import { follow } from './follow.ts';
import { type End, factsIn, type Moment } from './following.ts';
import { gateObjections } from './gate.ts';
import { planAction } from './plan.ts';
import { commandMs, type RunnerOptions } from './runner-options.ts';
import { sendCommands } from './send.ts';
import { verbs } from './verbs.ts';

/** What the operator said besides yes, and what the action is a part of. */
export type Asked = { readonly reason?: string; readonly part?: OperationPart };

export type Runner = {
  /** Runs the plan to its end; never rejects. What came of it is in the job. */
  readonly execute: (plan: Plan, asked?: Asked) => Promise<Job>;
  /** Why it would refuse the plan now; empty: it would not. */
  readonly objections: (plan: Plan, asked: Asked) => readonly string[];
  /** Stops running and watching; what was sent goes on under systemd. */
  readonly cancel: (id: string) => void;
  /** The jobs that have not ended. */
  readonly running: () => readonly Job[];
  /** Cancels what runs; resolves, once that is in the audit, with the jobs whose end nobody saw. */
  readonly close: () => Promise<readonly Job[]>;
};

const isSameRuns = (one: Job['runs'], other: Job['runs']): boolean =>
  one?.size === other?.size && [...(one ?? [])].every(([unit, run]) => other?.get(unit) === run);

const isAlike = (one: Job, other: Job): boolean =>
  one.phase === other.phase && one.words === other.words && isSameRuns(one.runs, other.runs);

/** What an action would do besides what the operator was shown. */
const unsaid = (does: string, now: readonly UnitName[], shown: readonly UnitName[]): readonly string[] => {
  const more = now.filter((unit) => !shown.includes(unit));
  return more.length === 0
    ? []
    : [`it would ${does} ${sentenceList(more.map(unitWord))} as well now: look again`];
};

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

  const update = (id: string, change: Partial<Pick<Job, 'phase' | 'words' | 'runs'>>): void => {
    const entry = jobs.get(id);
    const next = entry && { ...entry.job, ...change };
    if (entry === undefined || next === undefined || isAlike(entry.job, next)) return;
    entry.job = next;
    options.onJob(next);
  };

  /** Whatever was true when the operator said yes may have changed since. */
  const objections = (plan: Plan, { reason }: Asked): readonly string[] => {
    const gate = gateObjections(options, reason);
    if (gate.length > 0) return gate;
    const fresh = planAction({
      verb: plan.verb,
      target: plan.target,
      facts: options.facts(),
      options: options.judging,
      topology,
      inventory,
      cluster: options.cluster(),
      sudo: plan.commands[0]?.[0] === 'sudo',
      running: running(),
    });
    const worse = isGraver(fresh.danger, plan.danger) ? fresh.danger : undefined;
    // The commands are those that were shown: what else is down by now, a start does not name.
    const stops = verbs[plan.verb].interrupts ? [...fresh.units, ...fresh.takesAlong] : [];
    return [
      ...fresh.refusals,
      ...(worse === undefined ? [] : [`it would ${dangerWords(worse)} now: look again`]),
      ...unsaid('stop', stops, [...plan.units, ...plan.takesAlong]),
      ...unsaid('start', fresh.starts, [...plan.units, ...plan.starts]),
    ];
  };

  const record = (id: string, plan: Plan, { reason, part }: Asked) => ({
    ts: new Date(clock.now()).toISOString(),
    id,
    cluster: inventory.cluster,
    verb: plan.verb,
    target: targetName(plan.target),
    node: plan.target.node,
    unit: plan.unit,
    units: plan.units,
    commands: plan.commands,
    commandLines: plan.commandLines,
    quorum: plan.quorum,
    ...(reason === undefined || reason.trim() === '' ? {} : { reason }),
    ...(part === undefined ? {} : { operation: part.operation, step: `step ${part.step} of ${part.of}` }),
  });

  /** The runs that are there before the command: what is there after it is held against them. */
  const runsBefore = (plan: Plan): Readonly<Record<UnitName, string>> => {
    const look = options.facts().units.get(plan.target.node);
    const names = [...new Set([plan.unit, ...plan.units, ...plan.takesAlong, ...plan.starts])];
    return Object.fromEntries(
      names.flatMap((name) => {
        const unit = factsIn(look, name);
        return unit === undefined ? [] : [[name, unit.invocation ?? '']];
      }),
    );
  };

  const runCommands = async (id: string, plan: Plan, link: Link, signal: AbortSignal): Promise<End> => {
    const { node } = plan.target;
    const before = options.facts().units.get(node);
    let sent = momentNow();
    const result = await sendCommands(plan, link, {
      timeoutMs: commandMs(options, plan.expectedMs),
      signal,
      onCommand: (command) => {
        sent = momentNow();
        update(id, { phase: 'running', words: `${command.join(' ')} runs on ${node}` });
      },
    });
    if (result.kind === 'ended') return result;
    const end = await follow(options, {
      plan,
      sent,
      returned: momentNow(),
      before,
      lost: result.lost,
      signal,
      say: (words) => update(id, { phase: 'watching', words }),
      onRuns: (runs) => {
        if (runs.size > 0) update(id, { runs });
      },
    });
    return result.lost === undefined ? { ...end, exitCode: 0 } : end;
  };

  const closeJob = (job: Job, end: End): Job => {
    const done: Job = {
      ...(jobs.get(job.id)?.job ?? job),
      phase: 'done',
      endedAtMs: clock.now(),
      outcome: end.outcome,
      words: end.words,
    };
    jobs.delete(job.id);
    options.onJob(done);
    return done;
  };

  const execute = async (plan: Plan, asked: Asked): Promise<Job> => {
    const id = newId();
    const begunMs = clock.monotonic();
    const job: Job = {
      id,
      plan,
      ...(asked.part === undefined ? {} : { part: asked.part }),
      phase: 'audit',
      startedAtMs: clock.now(),
      words: 'writing the audit record',
    };
    const against = objections(plan, asked);
    const link = options.links.link(plan.target.node);
    if (against.length > 0 || link === undefined) {
      return closeJob(job, {
        outcome: 'refused',
        words: against.join('; ') || `no ssh to ${plan.target.node}`,
      });
    }
    const abort = new AbortController();
    jobs.set(id, { job, abort });
    options.onJob(job);

    const { takesAlong, starts, expectedMs } = plan;
    const intent: AuditRecord = {
      phase: 'intent',
      ...record(id, plan, asked),
      takesAlong,
      starts,
      expectedMs,
      before: runsBefore(plan),
    };
    const written = await audit.write(intent);
    if (!written.ok) {
      return closeJob(job, {
        outcome: 'refused',
        words: `nothing ran: ${written.problem} – ${written.remedy}`,
      });
    }
    const end = abort.signal.aborted
      ? ({ outcome: 'cancelled', words: 'nothing was sent' } as const)
      : await runCommands(id, plan, link, abort.signal);

    const { runs } = jobs.get(id)?.job ?? job;
    const kept = await audit.write({
      phase: 'outcome',
      ...record(id, plan, asked),
      outcome: end.outcome,
      words: end.words,
      durationMs: Math.round(clock.monotonic() - begunMs),
      ...(end.exitCode === undefined ? {} : { exitCode: end.exitCode }),
      ...(runs === undefined ? {} : { runs: Object.fromEntries(runs) }),
    });
    if (kept.ok) return closeJob(job, end);
    return closeJob(job, { ...end, words: `${end.words} (not in the audit: ${kept.problem})` });
  };

  return {
    objections,
    execute: (plan, asked = {}) => {
      const done = execute(plan, asked).finally(() => executing.delete(done));
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
