/** Composition root: config → links, probes, poller, store, audit, runner. Runs the store's effects. */
import { openAudit } from './actions/audit.ts';
import { planAction } from './actions/plan.ts';
import { createRunner } from './actions/run.ts';
import { judgeOptionsOf } from './config/judge-options.ts';
import type { Config } from './config/types.ts';
import { expectedTargets, watchedUnits } from './core/graph.ts';
import type { Job } from './core/model/action.ts';
import type { ClusterNode, NodeName } from './core/model/inventory.ts';
import type { LinkState, Observation } from './core/model/observation.ts';
import type { UnitName } from './core/model/topology.ts';
import { type Clock, utcOffsetMinutes } from './lib/clock.ts';
import { createInbox } from './poll/inbox.ts';
import { createPoller, type PollTask } from './poll/poller.ts';
import { createNodeFeeds } from './probes/node-feeds.ts';
import { createProber } from './probes/prober.ts';
import { lookAtNode } from './probes/systemd.ts';
import { askRelations, knownUnits } from './probes/systemd-relations.ts';
import { createLinks, type Links } from './ssh/control.ts';
import type { Link } from './ssh/types.ts';
import { settleWithin } from './ssh/wait.ts';
import type { Effect } from './store/events.ts';
import { type AppStore, createAppStore } from './store/store.ts';

const TICK_MS = 1000;
/** What units depend on changes by somebody's hand only, and then systemd says that it was reloaded. */
const RELATIONS_MS = 300_000;
/** For the audit to take in how the running actions ended. */
const LAST_RECORDS_MS = 1000;
/** A recovered instance must stay well for at least this many polls. */
const MIN_STABLE_POLLS = 2;

export type AppOptions = {
  readonly config: Config;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly source: 'live' | 'demo';
  /** Where the directory of the ControlMaster sockets is made. */
  readonly runtimeDir: string;
};

export type App = {
  readonly store: AppStore;
  /** Undefined when the configuration says that there is no ssh. */
  readonly links: Links | undefined;
  readonly start: () => void;
  /**
   * Ends polling and closes every connection, within a second or so. What runs on a node goes on under its systemd:
   * resolves with the actions whose end was not seen.
   */
  readonly stop: () => Promise<readonly Job[]>;
};

/** Puts everything together and lets nothing run yet. */
export const createApp = ({ config, clock, random, source, runtimeDir }: AppOptions): App => {
  const { topology, inventory, poll, ssh } = config;
  const store = createAppStore({
    topology,
    inventory,
    options: judgeOptionsOf(config),
    mode: { readOnly: config.readOnly, source },
    nowMs: clock.now(),
    utcOffsetMinutes: utcOffsetMinutes(clock.now()),
  });

  // Until start() the state stands still: the first frame is painted twice, and must be the same both times.
  const inbox = createInbox({
    clock,
    deliver: (observations) => store.dispatch({ kind: 'observed', observations, nowMs: clock.now() }),
  });
  const { observe } = inbox;

  const links = ssh.enabled
    ? linksFor(config, clock, runtimeDir, (node, link) => {
        observe({ kind: 'link', node, link });
        feeds.onLink(node, link);
        // Systemd could not be asked until now, and whoever asks has backed off.
        if (link.state === 'up') poller.nudge([unitTaskId(node), relationsTaskId(node)]);
      })
    : undefined;
  const prober = createProber({ tls: config.tls, timeoutMs: poll.timeoutMs, clock, random });

  const targets = expectedTargets(topology, inventory);
  const unitOf = new Map(topology.services.map(({ name, unit }) => [name, unit]));
  const backSinceMs = new Map<NodeName, number>();
  /** One check answers from a node that gave none an answer: the others need not wait out their backoff. */
  const comeBack = (node: NodeName): void => {
    if (store.getState().cluster.nodes.get(node)?.reachable !== false) return;
    const nowMs = clock.monotonic();
    if (nowMs - (backSinceMs.get(node) ?? Number.NEGATIVE_INFINITY) < poll.intervalMs) return;
    backSinceMs.set(node, nowMs);
    nudge(node);
  };
  const probeTasks = targets.map(
    (target): PollTask => ({
      id: target.id,
      intervalMs: poll.intervalMs,
      run: async (signal) => {
        const result = await prober.probe(target, signal);
        if (signal.aborted) return false;
        observe({ kind: 'probe', check: target.id, result });
        if (result.ok) comeBack(target.node);
        // What is on its way up is asked at the plain pace, so that its arrival is seen.
        const verdict = store.getState().cluster.instances.get(target.instance)?.verdict;
        return result.ok || verdict === 'starting' || verdict === 'late';
      },
    }),
  );
  /** What systemd has just started or stopped answers differently now, whatever its last answer was. */
  const checkMoved = (node: NodeName, units: ReadonlySet<UnitName>): void =>
    poller.nudge(
      targets
        .filter((target) => target.node === node && units.has(unitOf.get(target.service) ?? ''))
        .map(({ id }) => id),
    );
  const watched = inventory.nodes.flatMap((node) => {
    const link = links?.link(node.name);
    return link ? [{ node, link, units: watchedUnits(topology, node) }] : [];
  });
  const unitTasks = watched.map(
    ({ node, link, units }): PollTask => ({
      id: unitTaskId(node.name),
      intervalMs: poll.intervalMs,
      run: unitLook(node, link, units, {
        clock,
        observe,
        onMoved: (moved) => checkMoved(node.name, moved),
        onReloaded: () => poller.nudge([relationsTaskId(node.name)]),
      }),
    }),
  );
  const named = knownUnits(topology);
  const relationsTasks = watched.map(
    ({ node: { name: node }, link, units }): PollTask => ({
      id: relationsTaskId(node),
      intervalMs: RELATIONS_MS,
      run: async (signal) => {
        // The connection nudges this when it comes.
        if (link.state().state !== 'up') return false;
        const relations = await askRelations(link, units, named, signal);
        if (relations === undefined || signal.aborted) return false;
        observe({ kind: 'relations', node, units: relations });
        return true;
      },
    }),
  );
  const feeds = createNodeFeeds({
    nodes: watched,
    follow: ssh.follow,
    sudo: ssh.sudo,
    clock,
    observe,
    push: inbox.push,
    known: (node, unit) =>
      inbox.waiting(node, unit) ??
      store
        .getState()
        .facts.units.get(node)
        ?.units.find((facts) => facts.unit === unit),
    onMoved: checkMoved,
    look: (node) => poller.nudge([unitTaskId(node)]),
    onReloaded: (node) => poller.nudge([relationsTaskId(node)]),
  });
  const poller = createPoller({ tasks: [...probeTasks, ...unitTasks, ...relationsTasks], clock, random });

  const nudge = (node: NodeName): void =>
    poller.nudge([...targets.filter((target) => target.node === node).map(({ id }) => id), unitTaskId(node)]);

  const runner =
    links &&
    createRunner({
      topology,
      inventory,
      links,
      audit: lazyAudit(config.audit.file),
      clock,
      readOnly: config.readOnly,
      cluster: () => store.getState().cluster,
      facts: () => store.getState().facts,
      judging: store.getState().options,
      subscribe: (listener) => store.subscribe(() => listener()),
      // As long as it would take to tell that it is not well.
      stableMs: Math.max(MIN_STABLE_POLLS, poll.fall, poll.rise) * poll.intervalMs,
      nudge,
      onJob: (job) => store.dispatch({ kind: 'job', job }),
    });

  const runEffect = (effect: Effect): void => {
    switch (effect.kind) {
      case 'plan': {
        const { cluster, facts, options } = store.getState();
        const { request } = effect;
        const plan = planAction({
          ...request,
          topology,
          inventory,
          cluster,
          sudo: ssh.sudo,
          ssh,
          facts,
          options,
          running: runner?.running() ?? [],
        });
        store.dispatch({ kind: 'planned', plan });
        return;
      }
      case 'run-plan':
        if (runner) void runner.execute(effect.plan);
        else store.dispatch({ kind: 'notice', text: 'ssh is off in the configuration', tone: 'refused' });
        return;
      case 'cancel-job':
        runner?.cancel(effect.id);
        return;
      case 'quit':
      case 'copy':
        // The terminal's business.
        return;
      default:
        effect satisfies never;
    }
  };
  const unsubscribe = store.onEffect(runEffect);
  let ticking: NodeJS.Timeout | undefined;

  return {
    store,
    links,
    start: () => {
      inbox.start();
      poller.start();
      feeds.start();
      ticking = setInterval(() => store.dispatch({ kind: 'tick', nowMs: clock.now() }), TICK_MS);
    },
    stop: async () => {
      inbox.stop();
      feeds.close();
      clearInterval(ticking);
      unsubscribe();
      const unseen = runner ? settleWithin(runner.close(), LAST_RECORDS_MS) : undefined;
      await poller.stop();
      const [told] = await Promise.all([unseen, prober.close(), links?.close()]);
      return told?.kind === 'value' ? told.value : [];
    },
  };
};

const unitTaskId = (node: NodeName): string => `${node}#units`;
const relationsTaskId = (node: NodeName): string => `${node}#relations`;

const linksFor = (
  { ssh, inventory }: Config,
  clock: Clock,
  runtimeDir: string,
  onState: (node: NodeName, link: LinkState) => void,
): Links =>
  createLinks({
    nodes: inventory.nodes.flatMap(({ name, ssh: target }) =>
      target === undefined ? [] : [{ name, target }],
    ),
    ssh,
    runtimeDir,
    clock,
    onState,
  });

type UnitLook = {
  readonly clock: Clock;
  readonly observe: (observation: Observation) => void;
  readonly onMoved: (units: ReadonlySet<UnitName>) => void;
  /** Unit files were changed on the node's disk, or read anew by its systemd. */
  readonly onReloaded: () => void;
};

/** One look at a node's systemd as a poll task: what it saw, or on its link why it saw nothing. */
const unitLook = (
  node: ClusterNode,
  link: Link,
  units: readonly UnitName[],
  { clock, observe, onMoved, onReloaded }: UnitLook,
): PollTask['run'] => {
  let before: ReadonlyMap<UnitName, string> | undefined;
  let stale: string | undefined;
  // A connection can be up while systemd does not answer over it: that is the link's state, too.
  let blind = false;
  return async (signal) => {
    const seen = await lookAtNode(link, units, { clock, signal });
    if (signal.aborted) return false;
    if (seen.ok) {
      observe({ kind: 'units', node: node.name, look: seen.look });
      const now = new Map(
        seen.look.units.map(({ unit, active, sub, invocation }) => [unit, `${active} ${sub} ${invocation}`]),
      );
      const moved = [...now].filter(
        ([unit, standing]) => before !== undefined && before.get(unit) !== standing,
      );
      if (moved.length > 0) onMoved(new Set(moved.map(([unit]) => unit)));
      before = now;
      const changed = seen.look.units
        .flatMap(({ unit, needsReload }) => (needsReload ? [unit] : []))
        .join(' ');
      if (stale !== undefined && stale !== changed) onReloaded();
      stale = changed;
      if (blind) observe({ kind: 'link', node: node.name, link: link.state() });
      blind = false;
      return true;
    }
    if (link.state().state === 'up') {
      blind = true;
      const failed: LinkState = { state: 'failed', sinceMs: clock.now(), failure: seen.failure };
      observe({ kind: 'link', node: node.name, link: failed });
    }
    return false;
  };
};

/** The audit file is opened by the first action: looking on needs no writable disk. */
const lazyAudit = (file: string): Pick<Awaited<ReturnType<typeof openAudit>>, 'file' | 'write'> => {
  let opened: ReturnType<typeof openAudit> | undefined;
  return {
    file,
    write: async (record) => {
      opened ??= openAudit(file);
      return (await opened).write(record);
    },
  };
};
