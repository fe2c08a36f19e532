/** Runs an operation batch by batch through the runner of single actions: gate, order, steps, until done or stopped. */
import { targetName } from '../../core/action-name.ts';
import type { OperationRecord } from '../../core/audit/model.ts';
import { formatAge } from '../../core/format.ts';
import type { Job, Plan } from '../../core/model/action.ts';
import type { ClusterFacts, ClusterState } from '../../core/model/cluster.ts';
import type { NodeName } from '../../core/model/inventory.ts';
import type { Operation, OperationPlan, OperationStep } from '../../core/model/operation.ts';
import { stepLabel } from '../../core/operation-words.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Audit } from '../audit.ts';
import { awaitFacts } from '../await-facts.ts';
import type { Asked, Runner } from '../run.ts';
import { type Baseline, baselineOf, gateSight } from './gate.ts';
import { inOrder, roleOf } from './order.ts';
import { createProgress, type Progress } from './progress.ts';
import { doneWords, failedWords, stoppedWords } from './words.ts';

export type OperationsOptions = {
  /** The cluster's name, for the audit. */
  readonly clusterName: string;
  readonly runner: Pick<Runner, 'execute' | 'objections'>;
  /** The live judgement and the facts behind it, as of now. */
  readonly cluster: () => ClusterState;
  readonly facts: () => ClusterFacts;
  /** Calls back after new facts; returns the unsubscriber. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Asks for a look at this node now. */
  readonly nudge: (node: NodeName) => void;
  readonly clock: Clock;
  readonly audit: Pick<Audit, 'write'>;
  readonly onOperation: (operation: Operation) => void;
};

type OperationAsked = Pick<Asked, 'reason'>;

export type Operations = {
  /** Runs it to its end; never rejects. `reason`: the operator's, for each of its records. */
  readonly execute: (plan: OperationPlan, asked?: OperationAsked) => Promise<Operation>;
  /** Begins nothing more until it is resumed; what runs goes on. */
  readonly pause: (id: string) => void;
  readonly resume: (id: string) => void;
  /** Ends it after the present step: nothing more is sent. */
  readonly abort: (id: string) => void;
  /** Those that have not ended. */
  readonly running: () => readonly Operation[];
  /** Aborts all; resolves when each has ended, which takes until its present step has. */
  readonly close: () => Promise<void>;
};

/** Those of one node go one after the other: systemd has one queue, and the runner takes one action there at a time. */
const byNode = (steps: readonly OperationStep[]): readonly (readonly OperationStep[])[] => [
  ...steps
    .reduce(
      (nodes, step) => nodes.set(step.plan.target.node, [...(nodes.get(step.plan.target.node) ?? []), step]),
      new Map<NodeName, readonly OperationStep[]>(),
    )
    .values(),
];

export const createOperations = (options: OperationsOptions): Operations => {
  const { runner, clock, audit } = options;
  const all = new Map<string, Progress>();
  const executing = new Set<Promise<Operation>>();
  let begun = 0;

  const leaderOf = ({ target }: Plan): NodeName | undefined =>
    target.kind === 'instance' ? options.cluster().services.get(target.service)?.quorum?.leader : undefined;

  /** Runs one batch to its end: those of different nodes side by side. */
  const runBatch = async (
    progress: Progress,
    batch: readonly OperationStep[],
    asked: OperationAsked,
  ): Promise<readonly Job[]> => {
    const of = progress.now().steps.length;
    const jobs: Job[] = [];
    const chains = byNode(batch).map(async (steps) => {
      for (const { plan } of steps) {
        // What waits for its turn on a node has not begun.
        if (progress.asked() !== undefined) return;
        const step = progress.begin(plan);
        const part = { operation: progress.now().id, step, of };
        const job = await runner.execute(plan, { ...asked, part });
        progress.end(plan, job);
        jobs.push(job);
        if (job.outcome !== 'succeeded') return;
      }
    });
    await Promise.all(chains);
    return jobs;
  };

  /** `interrupted`: something was asked of the operation meanwhile. */
  const waitAtGate = async (
    progress: Progress,
    baseline: Baseline,
    sinceMs: number,
    next: () => readonly NodeName[],
  ): Promise<'open' | 'interrupted' | { readonly late: string }> => {
    const { plan, steps } = progress.now();
    const touched = new Set(
      steps.filter(({ state }) => state === 'ended').map((step) => step.plan.target.node),
    );
    const fromMs = clock.monotonic();
    let words = '';
    const end = await awaitFacts<'open' | 'late'>(
      {
        subscribe: options.subscribe,
        clock,
        signal: progress.interrupted(),
        nudge: () => {
          const members = [...options.cluster().services.values()].flatMap(
            ({ quorum }) => quorum?.members ?? [],
          );
          for (const node of new Set([...members, ...touched, ...next()])) options.nudge(node);
        },
      },
      sinceMs,
      (nowMs, since) => {
        const sight = gateSight(baseline, options.facts(), options.cluster(), since, touched, next());
        if (sight.open) return { kind: 'end', end: 'open' };
        words = sight.words;
        progress.say('gate', words);
        return nowMs - fromMs >= plan.gateMs ? { kind: 'end', end: 'late' } : { kind: 'open', calm: false };
      },
    );
    if (end === 'cancelled') return 'interrupted';
    return end === 'open' ? 'open' : { late: `${formatAge(plan.gateMs)} of ${words}` };
  };

  const waiting = (progress: Progress): readonly OperationStep[] => {
    const steps = progress.now().steps.filter(({ state }) => state === 'waiting');
    const cluster = options.cluster();
    const items = steps.map((step) => ({
      ...step,
      role: roleOf(cluster, step.plan.target),
      target: step.plan.target,
    }));
    return progress.now().plan.gated ? inOrder(cluster, items) : items;
  };

  const stopped = (progress: Progress, why: string): Operation => {
    const { plan, steps } = progress.now();
    return progress.close('stopped', stoppedWords(why, plan, steps));
  };

  const runBatches = async (progress: Progress, asked: OperationAsked): Promise<Operation> => {
    const { plan } = progress.now();
    const begunMs = clock.monotonic();
    let baseline = baselineOf(options.cluster());
    let gateSinceMs: number | undefined;
    for (;;) {
      if (progress.asked() === 'abort') return stopped(progress, 'aborted');
      const next = (): readonly OperationStep[] =>
        plan.gated ? waiting(progress).slice(0, plan.batch) : waiting(progress);
      const label = next().map((step) => stepLabel(plan, step.plan.target));
      if (progress.asked() === 'pause') {
        // After the last step there is nothing left to hold.
        if (label.length === 0) {
          progress.resume();
        } else {
          progress.say('paused', `paused; ${label.join(', ')} next`);
          await progress.resumed();
        }
        continue;
      }
      if (plan.gated && gateSinceMs !== undefined) {
        const nodes = (): readonly NodeName[] => next().map((step) => step.plan.target.node);
        const gate = await waitAtGate(progress, baseline, gateSinceMs, nodes);
        if (gate === 'interrupted') continue;
        if (gate !== 'open') return stopped(progress, `stopped after ${gate.late}`);
        progress.note(leaderOf);
      }
      const batch = next();
      if (batch.length === 0) {
        const { steps } = progress.now();
        return progress.close('done', doneWords(steps, clock.monotonic() - begunMs));
      }
      progress.reorder(waiting(progress));
      progress.say('running', '');
      const jobs = await runBatch(progress, batch, asked);
      gateSinceMs = clock.now();
      if (jobs.some(({ outcome }) => outcome !== 'succeeded')) {
        return stopped(progress, `stopped: ${failedWords(plan, progress.now().steps)}`);
      }
      const mended = jobs.map((job) => job.plan.target);
      baseline = baselineOf(options.cluster(), baseline, mended);
    }
  };

  const recordOf = ({ id, plan }: Operation, { reason }: OperationAsked) => ({
    id,
    ts: new Date(clock.now()).toISOString(),
    cluster: options.clusterName,
    verb: plan.verb,
    target: plan.name,
    targets: plan.steps.map((step) => targetName(step.plan.target)),
    batch: plan.batch,
    ...(reason === undefined || reason.trim() === '' ? {} : { reason }),
  });

  const execute = async (plan: OperationPlan, asked: OperationAsked): Promise<Operation> => {
    begun += 1;
    const id = `operation-${new Date(clock.now()).toISOString()}-${process.pid}-${begun}`;
    const progress = createProgress(id, plan, clock, leaderOf, options.onOperation);
    const refused = (why: string): Operation => progress.close('stopped', `nothing ran: ${why}`);
    const first = plan.steps[0];
    const against = first === undefined ? ['it is about nothing'] : runner.objections(first.plan, asked);
    const [objection] = [...plan.refusals, ...against];
    if (objection !== undefined) return refused(objection);
    all.set(id, progress);
    const begin: OperationRecord = { phase: 'operation-begin', ...recordOf(progress.now(), asked) };
    const written = await audit.write(begin);
    if (!written.ok) return refused(`${written.problem} – ${written.remedy}`);
    const begunMs = clock.monotonic();
    const ended = await runBatches(progress, asked);
    const outcome = ended.state === 'done' ? 'done' : 'stopped';
    const kept = await audit.write({
      phase: 'operation-end',
      ...recordOf(ended, asked),
      outcome,
      words: ended.words,
      durationMs: Math.round(clock.monotonic() - begunMs),
    });
    return kept.ok ? ended : progress.close(outcome, `${ended.words} (not in the audit: ${kept.problem})`);
  };

  return {
    execute: (plan, asked = {}) => {
      const done = execute(plan, asked);
      executing.add(done);
      void done.then((ended) => {
        executing.delete(done);
        all.delete(ended.id);
      });
      return done;
    },
    pause: (id) => all.get(id)?.ask('pause'),
    resume: (id) => all.get(id)?.resume(),
    abort: (id) => all.get(id)?.ask('abort'),
    running: () => [...all.values()].map((progress) => progress.now()),
    close: async () => {
      for (const progress of all.values()) progress.ask('abort');
      await Promise.all(executing);
    },
  };
};
