/** `plasmatop status [--json]`: one look at everything, told by text and exit code. */

import { judgeOptionsOf } from '../config/judge-options.ts';
import type { Config } from '../config/types.ts';
import { emptyFacts, observe } from '../core/facts.ts';
import { expectedTargets } from '../core/graph.ts';
import { judge } from '../core/judge.ts';
import type { ClusterFacts, ClusterState, JudgeOptions } from '../core/model/cluster.ts';
import type { CheckTarget, NodeName } from '../core/model/inventory.ts';
import type { LinkState, Observation } from '../core/model/observation.ts';
import { FIRST_CONTACT_SPACING_MS } from '../poll/schedule.ts';
import { booleanFlag, type CommandContext, type CommandRun, exitCode } from './context.ts';
import { loadConfigFor } from './load-config.ts';
import { statusJson, statusText, verdictExit } from './status-text.ts';

/** Between two looks at what failed: long enough for a dropped packet to be over. */
const AGAIN_MS = 250;
/** For systemd's facts, connecting included: one such span for every eight nodes, because no more log in at once. */
const SSH_MS = 5000;
const SSH_AT_ONCE = 8;
const SSH_MAX_MS = 60_000;

export const status: CommandRun = async (context) => {
  const config = await loadConfigFor(context);
  if (!config) return exitCode.config;
  const { cluster, facts } = await lookOnce(config, context);
  const { inventory, topology } = config;
  context.stdout.write(
    booleanFlag(context, 'json')
      ? statusJson(cluster, inventory, topology, facts)
      : statusText(cluster, inventory, topology, facts),
  );
  return verdictExit(cluster.verdict);
};

type Seen = { readonly cluster: ClusterState; readonly facts: ClusterFacts };

/** Probes every target, those that fail as often as `fall` asks, and judges what was seen. */
const lookOnce = async (config: Config, context: CommandContext): Promise<Seen> => {
  const { topology, inventory } = config;
  const { clock, random, stopped } = context;
  const { createProber } = await import('../probes/prober.ts');
  const prober = createProber({ tls: config.tls, timeoutMs: config.poll.timeoutMs, clock, random });
  const probe = async (target: CheckTarget): Promise<Observation> => ({
    kind: 'probe',
    check: target.id,
    result: await prober.probe(target, stopped),
  });
  const targets = expectedTargets(topology, inventory).map(lookedAtOnce);
  // Systemd has been asked when this is judged: nothing more is waited for.
  const options = { ...judgeOptionsOf(config), firstLookMs: 0 };
  const startedAtMs = clock.now();
  const startedMs = clock.monotonic();
  // The look goes on until the slowest has answered. What was seen first is not stale for that: it takes three intervals.
  const optionsNow = (): JudgeOptions => ({
    ...options,
    intervalMs: Math.max(options.intervalMs, (clock.monotonic() - startedMs) / 2),
  });
  try {
    const probing = Promise.all(
      targets.map(async (target, index) => {
        // All at once, the handshakes of a big cluster would keep each other waiting beyond the deadline.
        await sleep(index * FIRST_CONTACT_SPACING_MS, stopped);
        return untilSure(() => probe(target), target.spec.fall ?? config.poll.fall, stopped);
      }),
    );
    const silent = probing.then((seen) => silentNodes(targets, seen));
    const [units, probes] = await Promise.all([lookAtUnits(config, context, silent), probing]);
    const facts = observe(emptyFacts(targets, inventory.nodes, startedAtMs), [...units, ...probes.flat()]);
    const first = judge({ topology, inventory, facts, options: optionsNow(), nowMs: clock.now() });

    // Looks at the members of a quorum are never simultaneous: who leads, and whether two do, takes a second one.
    const quorate = new Set(topology.services.flatMap(({ name, quorum }) => (quorum ? [name] : [])));
    await sleep(AGAIN_MS, stopped);
    const again = await Promise.all(targets.filter(({ service }) => quorate.has(service)).map(probe));
    const last = observe(facts, again);
    const nowMs = clock.now();
    const cluster = judge({
      topology,
      inventory,
      facts: last,
      options: optionsNow(),
      nowMs,
      previous: first,
    });
    return { cluster, facts: last };
  } finally {
    await prober.close();
  }
};

/** Who looks once has no interval: what was seen is judged by how long the whole look took. */
const lookedAtOnce = (target: CheckTarget): CheckTarget => {
  const { intervalMs: _intervalMs, ...spec } = target.spec;
  return { ...target, spec };
};

const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else setTimeout(resolve, ms);
  });

/** Looks until one look is good or `fall` were bad. */
const untilSure = async (
  look: () => Promise<Observation>,
  fall: number,
  signal: AbortSignal,
): Promise<Observation[]> => {
  const seen: Observation[] = [];
  while (seen.length < fall && !signal.aborted) {
    if (seen.length > 0) await sleep(AGAIN_MS, signal);
    const observation = await look();
    seen.push(observation);
    if (observation.kind === 'probe' && observation.result.ok) break;
  }
  return seen;
};

/** No check of theirs passed. */
const silentNodes = (
  targets: readonly CheckTarget[],
  seen: readonly (readonly Observation[])[],
): ReadonlySet<NodeName> => {
  const silent = new Set(targets.map(({ node }) => node));
  for (const [index, { node }] of targets.entries()) {
    if (seen[index]?.some((one) => one.kind === 'probe' && one.result.ok)) silent.delete(node);
  }
  return silent;
};

const lookAtUnits = async (
  config: Config,
  { clock, stopped }: CommandContext,
  silent: Promise<ReadonlySet<NodeName>>,
): Promise<Observation[]> => {
  const { ssh, inventory, topology } = config;
  if (!ssh.enabled) return [];
  const [{ createLinks }, { lookAtNode }, { askRelations, knownUnits }, { tmpdir }, { watchedUnits }] =
    await Promise.all([
      import('../ssh/control.ts'),
      import('../probes/systemd.ts'),
      import('../probes/systemd-relations.ts'),
      import('node:os'),
      import('../core/graph.ts'),
    ]);
  const links = createLinks({
    nodes: inventory.nodes.flatMap(({ name, ssh: target }) =>
      target === undefined ? [] : [{ name, target }],
    ),
    ssh,
    runtimeDir: tmpdir(),
    clock,
    onState: () => {},
  });
  const timeoutMs = Math.min(SSH_MAX_MS, SSH_MS * Math.ceil(inventory.nodes.length / SSH_AT_ONCE));
  const signal = AbortSignal.any([stopped, AbortSignal.timeout(timeoutMs)]);
  const named = knownUnits(topology);
  const looks = await Promise.all(
    inventory.nodes.map(async (node): Promise<Observation[]> => {
      const link = links.link(node.name);
      if (!link) return [];
      const units = watchedUnits(topology, node);
      // It has its own deadline, which says what it was waiting for.
      const look = () => lookAtNode(link, units, { clock, timeoutMs, signal: stopped });
      const first = await look();
      // Only what ssh says after the checks went silent proves that the node is still there.
      const seen = first.ok && (await silent).has(node.name) ? await look() : first;
      const now = link.state();
      const relations = seen.ok ? await askRelations(link, units, named, signal) : undefined;
      // A connection can be up while systemd does not answer over it.
      const told: LinkState =
        seen.ok || now.state !== 'up'
          ? now
          : { state: 'failed', sinceMs: clock.now(), failure: seen.failure };
      const state: Observation = { kind: 'link', node: node.name, link: told };
      return [
        state,
        ...(seen.ok ? [{ kind: 'units' as const, node: node.name, look: seen.look }] : []),
        ...(relations === undefined
          ? []
          : [{ kind: 'relations' as const, node: node.name, units: relations }]),
      ];
    }),
  );
  await links.close();
  return looks.flat();
};
