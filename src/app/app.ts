/** Composition root: the store, the connections, and around them what goes with the configuration. Runs the store's effects. */
import { isDeepStrictEqual } from 'node:util';
import type { Gate } from '../actions/gate.ts';
import type { Operations } from '../actions/operation/run.ts';
import type { Runner } from '../actions/run.ts';
import type { Shells } from '../actions/shell.ts';
import { judgeOptionsOf } from '../config/judge-options.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { Config } from '../config/types.ts';
import { stayingNodes } from '../core/facts.ts';
import type { ActionRequest, Job, Plan } from '../core/model/action.ts';
import type { NodeName } from '../core/model/inventory.ts';
import type { LinkState, Observation } from '../core/model/observation.ts';
import type { OperationPlan, OperationRequest } from '../core/model/operation.ts';
import { type Clock, utcOffsetMinutes } from '../lib/clock.ts';
import { createInbox } from '../poll/inbox.ts';
import { createSeenLines, type SeenLines } from '../probes/journal-intake.ts';
import { createLogSessions } from '../probes/log-sessions.ts';
import { createLinks, type LinkNode, type Links } from '../ssh/control.ts';
import type { Effect } from '../store/events.ts';
import type { ConfigNews, Mode, Reloaded } from '../store/state.ts';
import { type AppStore, createAppStore } from '../store/store.ts';
import { busyWith } from './busy.ts';
import { createRim, type Rim } from './rim.ts';

const TICK_MS = 1000;
export type AppOptions = {
  readonly config: Config;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly source: 'live' | 'demo';
  /** Where the directory of the ControlMaster sockets is made. */
  readonly runtimeDir: string;
  /** Told of everything that was seen, after the store has it. */
  readonly onObserved?: (observations: readonly Observation[]) => void;
};

export type App = {
  readonly store: AppStore;
  /** Undefined when the configuration says that there is no ssh. */
  readonly links: Links | undefined;
  /** Plans on what is known now. */
  readonly plan: (request: ActionRequest) => Plan;
  /** Undefined where there are no links. */
  readonly runner: Runner | undefined;
  readonly shells: Shells;
  /** As `plan`, of one verb over several targets. */
  readonly planOperation: (request: OperationRequest) => OperationPlan;
  /** Undefined as `runner` is. */
  readonly operations: Operations | undefined;
  readonly start: () => void;
  /** The configuration that holds. */
  readonly config: () => Config;
  /**
   * What has become of the file: a bad one is told of and changes nothing. A good one is to hold at once, or, while an action
   * runs or a question is open, when that has ended. What forbids actions holds at once in any case.
   */
  readonly reload: (loaded: LoadedConfig) => Reloaded;
  /** Calls back each time that another one holds; returns the remover. */
  readonly onConfigured: (listener: (config: Config) => void) => () => void;
  /** From now on looks up what came of actions whose end nobody saw, as the audit has them; in the store they are jobs. */
  readonly lookUpOrphans: () => void;
  /**
   * Ends polling and closes every connection, within a second or so. What runs on a node goes on under its systemd:
   * resolves with the actions whose end was not seen.
   */
  readonly stop: () => Promise<readonly Job[]>;
};

/** Puts everything together and lets nothing run yet. */
export const createApp = (options: AppOptions): App => {
  const { config: first, clock, random, source, runtimeDir, onObserved } = options;
  let config = first;
  /** The one that is to hold as soon as nothing is in its way. */
  let pending: Config | undefined;
  /** Of what is in the files now, if it cannot hold. */
  let bad: ConfigNews | undefined;
  const listeners = new Set<(config: Config) => void>();
  const gate: Gate = {
    get readOnly() {
      return config.readOnly || pending?.readOnly === true;
    },
    get needsReason() {
      return config.audit.reason || pending?.audit.reason === true;
    },
  };
  const store = createAppStore({
    topology: config.topology,
    inventory: config.inventory,
    options: judgeOptionsOf(config),
    mode: modeOf(config, source, gate),
    nowMs: clock.now(),
    utcOffsetMinutes: utcOffsetMinutes(clock.now()),
  });

  // Until start() the state stands still: the first frame is painted twice, and must be the same both times.
  const inbox = createInbox({
    clock,
    deliver: (observations) => {
      store.dispatch({ kind: 'observed', observations, nowMs: clock.now() });
      onObserved?.(observations);
    },
  });
  const onLink = (node: NodeName, link: LinkState): void => {
    inbox.observe({ kind: 'link', node, link });
    rim.onLink(node, link);
    logs.onLink(node, link);
  };
  const openLinks = (of: Config): Links | undefined =>
    of.ssh.enabled
      ? createLinks({ nodes: linkNodes(of), ssh: of.ssh, runtimeDir, clock, onState: onLink })
      : undefined;
  let links = openLinks(config);
  /** As the facts it outlives a rim, and is forgotten with them. */
  const seenLines = new Map<NodeName, SeenLines>();
  const seen = (node: NodeName): SeenLines => {
    const lines = seenLines.get(node) ?? createSeenLines();
    seenLines.set(node, lines);
    return lines;
  };
  const newRim = (): Rim => createRim({ config, gate, store, inbox, links, seen, clock, random });
  let rim = newRim();
  const logs = createLogSessions({
    link: (node) => links?.link(node),
    sudo: () => config.ssh.sudo,
    clock,
    deliver: (news) => store.dispatch({ kind: 'logs', news }),
  });

  const runEffect = (effect: Effect): void => {
    switch (effect.kind) {
      case 'open-logs':
        logs.open(effect.request);
        return;
      case 'close-logs':
        logs.close();
        return;
      default:
        rim.runEffect(effect);
    }
  };
  const unsubscribe = store.onEffect(runEffect);
  let ticking: NodeJS.Timeout | undefined;
  let looksUp = false;
  /** What went with an earlier configuration and has not ended yet. */
  const leaving = new Set<Promise<unknown>>();
  const leave = (ending: Promise<unknown> | undefined): void => {
    if (ending === undefined) return;
    const left: Promise<unknown> = ending.finally(() => leaving.delete(left));
    leaving.add(left);
  };

  /** The connections of the nodes that stay outlive a change: some were opened with a password that nobody types again. */
  const reconnect = (before: Config): void => {
    if (links !== undefined && config.ssh.enabled && isSameSsh(before, config)) {
      links.update(linkNodes(config));
      return;
    }
    leave(links?.close());
    links = openLinks(config);
  };

  const tellState = (): void => {
    const { topology, inventory } = config;
    const options = judgeOptionsOf(config);
    store.dispatch({ kind: 'configured', topology, inventory, options, mode: modeOf(config, source, gate) });
  };

  const apply = (next: Config): void => {
    const before = config;
    pending = undefined;
    // What is equal stays the same object: the state is judged anew only for what is different.
    const isSamePlaces = isDeepStrictEqual(placesOf(before), placesOf(next));
    config = isSamePlaces ? { ...next, topology: before.topology, inventory: before.inventory } : next;
    const isSameRim = isDeepStrictEqual(rimPartOf(before), rimPartOf(config));
    if (!isSameRim) {
      leave(rim.stop());
      reconnect(before);
      // What the rim before saw belongs to the facts before.
      inbox.flush();
    }
    tellState();
    if (!isSameRim) {
      const staying = stayingNodes({ before: before.inventory.nodes, now: config.inventory.nodes });
      for (const name of seenLines.keys()) if (!staying.has(name)) seenLines.delete(name);
      rim = newRim();
      if (ticking !== undefined) rim.start();
      if (looksUp) rim.lookUpOrphans();
      logs.rebind();
    }
    tell(bad);
    store.dispatch({ kind: 'notice', text: 'the changed configuration holds now', tone: 'info' });
    for (const listener of listeners) listener(config);
  };

  const tell = (news: ConfigNews | undefined): void => {
    if (!isDeepStrictEqual(store.getState().config, news)) store.dispatch({ kind: 'config', news });
  };
  const applyPending = (): Extract<Reloaded, 'holds' | 'waits'> => {
    if (pending === undefined) return 'holds';
    const until = busyWith(store.getState(), rim);
    if (until === undefined) {
      apply(pending);
      return 'holds';
    }
    tell(bad ?? { kind: 'waiting', until });
    return 'waits';
  };
  // Whatever was in the way has ended by an event; what comes of it is no part of that event.
  const unsubscribePending = store.subscribe(() => {
    if (pending !== undefined) setImmediate(applyPending);
  });

  const reload = (loaded: LoadedConfig): Reloaded => {
    bad = loaded.ok ? undefined : { kind: 'bad', problems: loaded.problems };
    // What was good before a mistake still waits, and above all: what it forbids stays forbidden.
    if (loaded.ok) pending = isDeepStrictEqual(loaded.config, config) ? undefined : loaded.config;
    // What forbids actions holds from here on, whatever else has to wait.
    tellState();
    if (pending === undefined) tell(bad);
    const became = pending === undefined ? 'unchanged' : applyPending();
    return bad === undefined ? became : 'bad';
  };

  return {
    store,
    get links() {
      return links;
    },
    plan: (request) => rim.plan(request),
    get runner() {
      return rim.runner;
    },
    get shells() {
      return rim.shells;
    },
    planOperation: (request) => rim.planOperation(request),
    get operations() {
      return rim.operations;
    },
    start: () => {
      inbox.start();
      rim.start();
      ticking = setInterval(() => store.dispatch({ kind: 'tick', nowMs: clock.now() }), TICK_MS);
    },
    config: () => config,
    reload,
    onConfigured: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    lookUpOrphans: () => {
      looksUp = true;
      rim.lookUpOrphans();
    },
    stop: async () => {
      pending = undefined;
      unsubscribePending();
      inbox.stop();
      logs.close();
      clearInterval(ticking);
      unsubscribe();
      const [told] = await Promise.all([rim.stop(links?.close), ...leaving]);
      return told;
    },
  };
};

const modeOf = (config: Config, source: Mode['source'], { readOnly, needsReason = false }: Gate): Mode => ({
  readOnly,
  source,
  needsReason,
  batch: config.actions.batch,
  keys: config.ui.keys,
  ...(config.ui.banner === undefined ? {} : { banner: config.ui.banner }),
  ...(config.files.length === 0 ? { isFileless: true } : {}),
});

const placesOf = ({ topology, inventory }: Config) => ({ topology, inventory });

/** All that a rim is made of; the screen and the gate follow without one. */
const rimPartOf = ({ topology, inventory, cluster, poll, tls, ssh, readOnly, audit, logs }: Config) => ({
  ...{ topology, inventory, cluster, poll, tls, ssh, readOnly, audit, logs },
});

/** The same as far as a connection goes. */
const isSameSsh = (one: Config, other: Config): boolean => {
  const settings = ({ ssh: { sudo, follow, checkRights, ...rest } }: Config) => rest;
  return isDeepStrictEqual(settings(one), settings(other));
};

const linkNodes = ({ inventory }: Config): readonly LinkNode[] =>
  inventory.nodes.flatMap(({ name, ssh }) => (ssh === undefined ? [] : [{ name, target: ssh }]));
