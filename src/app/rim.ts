/**
 * All that is made from a configuration and goes with it: probes, poller, feeds, audit, runner, shells. Another
 * configuration gets another rim; the store, what it remembers, and the connections stay.
 */
import { type Audit, openAudit, thisProcess } from '../actions/audit.ts';
import type { Gate } from '../actions/gate.ts';
import { planOperation } from '../actions/operation/plan.ts';
import { createOperations, type Operations } from '../actions/operation/run.ts';
import { type OrphanWatch, watchOrphans } from '../actions/orphan-watch.ts';
import { planAction } from '../actions/plan.ts';
import { createRunner, type Runner } from '../actions/run.ts';
import type { RunnerOptions } from '../actions/runner-options.ts';
import { createShells, type Shells } from '../actions/shell.ts';
import type { Config } from '../config/types.ts';
import type { ActionRequest, Job, Plan } from '../core/model/action.ts';
import type { NodeName } from '../core/model/inventory.ts';
import type { LinkState } from '../core/model/observation.ts';
import type { OperationPlan, OperationRequest } from '../core/model/operation.ts';
import { stableMs } from '../core/pace.ts';
import type { Clock } from '../lib/clock.ts';
import type { Inbox } from '../poll/inbox.ts';
import { createPoller } from '../poll/poller.ts';
import type { SeenLines } from '../probes/journal-intake.ts';
import { createNodeFeeds } from '../probes/node-feeds.ts';
import { createProber } from '../probes/prober.ts';
import type { Links } from '../ssh/control.ts';
import { settleWithin } from '../ssh/wait.ts';
import type { Effect } from '../store/events.ts';
import type { AppStore } from '../store/store.ts';
import { pollTasks, relationsTaskId, rightsTaskId, unitTaskId, watchedNodes } from './poll-tasks.ts';
import { createRecent } from './recent.ts';
import { saveLogs } from './save-logs.ts';

/** For the audit to take in how the running actions ended, and then for the system's log. */
const LAST_RECORDS_MS = 1000;

export type RimOptions = {
  readonly config: Config;
  /** Whoever acts looks at it anew each time. */
  readonly gate: Gate;
  readonly store: AppStore;
  readonly inbox: Inbox;
  /** Undefined when the configuration says that there is no ssh. */
  readonly links: Links | undefined;
  /** The lines of each node's journal that are in the facts already, of rims before this one. */
  readonly seen: (node: NodeName) => SeenLines;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
};

export type Rim = {
  readonly plan: (request: ActionRequest) => Plan;
  readonly planOperation: (request: OperationRequest) => OperationPlan;
  /** Undefined where there are no links. */
  readonly runner: Runner | undefined;
  readonly operations: Operations | undefined;
  readonly shells: Shells;
  /** Told of each new state of a node's connection. */
  readonly onLink: (node: NodeName, link: LinkState) => void;
  /** What the state asks of the nodes. */
  readonly runEffect: (effect: Effect) => void;
  readonly start: () => void;
  readonly lookUpOrphans: () => void;
  /** Ends polling and what runs, then `also`; resolves with the actions whose end was not seen. */
  readonly stop: (also?: () => Promise<void>) => Promise<readonly Job[]>;
};

/** Puts it together and lets nothing run yet. */
export const createRim = ({ config, gate, store, inbox, links, seen, clock, random }: RimOptions): Rim => {
  const { topology, inventory, poll, ssh } = config;
  const { observe } = inbox;
  const prober = createProber({ tls: config.tls, timeoutMs: poll.timeoutMs, clock, random });

  const nodes = watchedNodes(config, links);
  const tasks = pollTasks({
    config,
    nodes,
    prober,
    clock,
    observe,
    cluster: () => store.getState().cluster,
    nudge: (ids) => poller.nudge(ids),
  });
  const feeds = createNodeFeeds({
    nodes,
    follow: ssh.follow,
    sudo: ssh.sudo,
    seen,
    clock,
    observe,
    push: inbox.push,
    known: (node, unit) =>
      inbox.waiting(node, unit) ??
      store
        .getState()
        .facts.units.get(node)
        ?.units.find((facts) => facts.unit === unit),
    onMoved: tasks.checkMoved,
    look: (node) => poller.nudge([unitTaskId(node)]),
    onReloaded: (node) => poller.nudge([relationsTaskId(node)]),
  });
  const poller = createPoller({ tasks: tasks.all, clock, random });

  const audit = lazyAudit(config, clock, (text) => store.dispatch({ kind: 'notice', text, tone: 'bad' }));
  const shells = createShells(
    withGate(gate, { wayTo: links?.shell, audit, cluster: inventory.cluster, clock }),
  );
  const runner =
    links &&
    createRunner(
      withGate<Omit<RunnerOptions, keyof Gate>>(gate, {
        topology,
        inventory,
        links,
        audit,
        clock,
        cluster: () => store.getState().cluster,
        facts: () => store.getState().facts,
        judging: store.getState().options,
        subscribe: (listener) => store.subscribe(() => listener()),
        // As long as it would take to tell that it is not well.
        stableMs: (services) => stableMs(topology, poll, services),
        nudge: tasks.nudgeNode,
        onJob: (job) => {
          store.dispatch({ kind: 'job', job });
          // It may have been refused there.
          if (job.outcome === 'failed') poller.nudge([rightsTaskId(job.plan.target.node)]);
        },
      }),
    );

  const operations =
    runner &&
    createOperations({
      clusterName: inventory.cluster,
      runner,
      cluster: () => store.getState().cluster,
      facts: () => store.getState().facts,
      subscribe: (listener) => store.subscribe(() => listener()),
      nudge: tasks.nudgeNode,
      clock,
      audit,
      onOperation: (operation) => store.dispatch({ kind: 'operation', operation }),
    });

  /** What every plan is made of, as of now. */
  const planning = () => {
    const { cluster, facts, options } = store.getState();
    const running = runner?.running() ?? [];
    return { topology, inventory, cluster, sudo: ssh.sudo, ssh, facts, options, running };
  };
  const plan = (request: ActionRequest): Plan => planAction({ ...request, ...planning() });
  const planAll = (request: OperationRequest): OperationPlan =>
    planOperation({ ...request, ...planning(), operations: operations?.running() ?? [] });

  let orphans: OrphanWatch | undefined;
  const self = thisProcess();
  const recent = createRecent({
    cluster: inventory.cluster,
    clock,
    self,
    entries: () => orphans?.entries() ?? [],
    state: store.getState,
    link: (node) => links?.link(node),
    sudo: ssh.sudo,
  });
  const recentOf = (planned: Plan | OperationPlan, plans: readonly Plan[]): readonly string[] =>
    recent.of(plans, (words) => store.dispatch({ kind: 'recent', plan: planned, recent: words }));
  const showPlan = (planned: Plan): void =>
    store.dispatch({ kind: 'planned', plan: planned, recent: recentOf(planned, [planned]) });
  const showOperation = (planned: OperationPlan): void => {
    const plans = planned.steps.map((step) => step.plan);
    store.dispatch({ kind: 'planned-operation', plan: planned, recent: recentOf(planned, plans) });
  };

  const runEffect = (effect: Effect): void => {
    switch (effect.kind) {
      case 'plan':
        showPlan(plan(effect.request));
        return;
      case 'run-plan':
        if (runner) void runner.execute(effect.plan, saidIn(effect));
        else store.dispatch({ kind: 'notice', text: 'ssh is off in the configuration', tone: 'refused' });
        return;
      case 'plan-operation':
        showOperation(planAll(effect.request));
        return;
      case 'run-operation':
        if (operations) void operations.execute(effect.plan, saidIn(effect));
        else store.dispatch({ kind: 'notice', text: 'ssh is off in the configuration', tone: 'refused' });
        return;
      case 'steer-operation':
        operations?.[effect.how](effect.id);
        return;
      case 'cancel-job':
        runner?.cancel(effect.id);
        return;
      case 'save-logs': {
        const { session, title, rows } = effect;
        const { directory } = config.logs;
        void saveLogs({ directory, title, rows, nowMs: clock.now() }).then((words) =>
          store.dispatch({ kind: 'logs-saved', session, words }),
        );
        return;
      }
      case 'open-logs':
      case 'close-logs':
        // Journals are read on, whatever the configuration.
        return;
      case 'reload':
        // Whoever follows the files reads them.
        return;
      case 'quit':
      case 'suspend':
      case 'copy':
      case 'shell':
      case 'page':
        // The terminal's business.
        return;
      default:
        effect satisfies never;
    }
  };

  return {
    plan,
    planOperation: planAll,
    runner,
    operations,
    shells,
    onLink: (node, link) => {
      feeds.onLink(node, link);
      // Systemd could not be asked until now, and whoever asks has backed off.
      if (link.state === 'up') poller.nudge([unitTaskId(node), relationsTaskId(node), rightsTaskId(node)]);
    },
    runEffect,
    start: () => {
      poller.start();
      feeds.start();
    },
    lookUpOrphans: () => {
      orphans ??= watchOrphans({
        file: config.audit.file,
        audit: config.readOnly ? undefined : audit,
        name: inventory.cluster,
        topology,
        clock,
        facts: () => store.getState().facts,
        cluster: () => store.getState().cluster,
        subscribe: (listener) => store.subscribe(() => listener()),
        onJob: (job) => store.dispatch({ kind: 'job', job }),
        self,
      });
    },
    stop: async (also) => {
      orphans?.close();
      recent.close();
      feeds.close();
      const ended = operations?.close();
      const unseen = runner
        ? settleWithin(
            runner.close().then(async (jobs) => {
              await ended;
              return jobs;
            }),
            LAST_RECORDS_MS,
          )
        : undefined;
      await poller.stop();
      const shellsEnded = settleWithin(shells.settled(), LAST_RECORDS_MS);
      const [told] = await Promise.all([unseen, prober.close(), also?.(), shellsEnded]);
      await settleWithin(audit.settled(), LAST_RECORDS_MS);
      return told?.kind === 'value' ? told.value : [];
    },
  };
};

/** The gate may close while there is a rim: its fields are looked up each time, and not copied. */
const withGate = <T extends object>(gate: Gate, options: T): T & Gate =>
  Object.defineProperties(options, {
    readOnly: { get: () => gate.readOnly, enumerable: true },
    needsReason: { get: () => gate.needsReason, enumerable: true },
  }) as T & Gate;

/** What the operator said besides yes. */
const saidIn = ({ reason }: { readonly reason?: string }) => (reason === undefined ? {} : { reason });

/** The audit file is opened by the first action: looking on needs no writable disk. */
const lazyAudit = (
  { audit: { file, maxSize, keep, syslog } }: Config,
  clock: Clock,
  onTrouble: (words: string) => void,
): Pick<Audit, 'write' | 'writeOnce' | 'settled'> => {
  let opened: ReturnType<typeof openAudit> | undefined;
  const open = (): Promise<Audit> => {
    opened ??= openAudit(file, undefined, { maxSize, keep, syslog, clock, onTrouble });
    return opened;
  };
  return {
    write: async (record) => (await open()).write(record),
    writeOnce: async (record, isStillDue) => (await open()).writeOnce(record, isStillDue),
    settled: async () => (await opened)?.settled(),
  };
};
