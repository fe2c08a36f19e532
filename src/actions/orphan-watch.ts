/** Watches the audit for actions whose end nobody saw, looks them up on their nodes and writes down what came of them, once. */
import { stat } from 'node:fs/promises';
import { type AuditEntry, type AuditRecord, isSameWriter, type Writer } from '../core/audit/model.ts';
import { serviceByName } from '../core/graph.ts';
import type { ActionTarget, Job, JobOutcome, Plan, Verb } from '../core/model/action.ts';
import type { ClusterFacts, ClusterState } from '../core/model/cluster.ts';
import type { Topology } from '../core/model/topology.ts';
import type { Clock } from '../lib/clock.ts';
import { isRunning } from '../lib/process-alive.ts';
import type { Audit } from './audit.ts';
import { readRecentAudit } from './audit-read.ts';
import { type Finding, findingOf, isOrphan, isUnseen } from './orphans.ts';
import { verbs } from './verbs.ts';

export type OrphanOptions = {
  readonly file: string;
  /** Absent: what is found is shown and not written down. */
  readonly audit: Pick<Audit, 'writeOnce'> | undefined;
  /** The cluster's name, as records give it. */
  readonly name: string;
  readonly topology: Topology;
  readonly clock: Clock;
  readonly facts: () => ClusterFacts;
  readonly cluster: () => ClusterState;
  /** Calls back after new facts; returns the unsubscriber. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly onJob: (job: Job) => void;
  /** This process: what it runs itself is watched by its runner. */
  readonly self: Writer;
  /** How often the file is looked at, ms. */
  readonly intervalMs?: number;
};

export type OrphanWatch = {
  /** What was read last, oldest first. */
  readonly entries: () => readonly AuditEntry[];
  readonly close: () => void;
};

const INTERVAL_MS = 2000;

const isVerb = (word: string): word is Verb => Object.hasOwn(verbs, word);

const targetOf = ({ target, node }: AuditEntry, topology: Topology): ActionTarget => {
  if (target === node) return { kind: 'node', node };
  const name = target.slice(0, target.lastIndexOf('@'));
  return serviceByName(topology, name) === undefined
    ? { kind: 'step', step: name, node }
    : { kind: 'instance', service: name, node };
};

/** As much of the plan as its record has kept. */
const planOf = (entry: AuditEntry, verb: Verb, topology: Topology): Plan => {
  const { units, commands, commandLines, takesAlong, starts, expectedMs } = entry;
  return {
    verb,
    target: targetOf(entry, topology),
    unit: units[0] ?? '',
    units,
    commands,
    commandLines,
    takesAlong,
    leavesStopped: [],
    starts,
    pending: [],
    leftDown: [],
    expectedMs,
    quorum: [],
    users: [],
    refusals: [],
  };
};

const OUTCOMES: Readonly<Record<JobOutcome, true>> = {
  succeeded: true,
  failed: true,
  'not-healthy': true,
  timeout: true,
  refused: true,
  cancelled: true,
  unknown: true,
};
const isOutcome = (word: string): word is JobOutcome => Object.hasOwn(OUTCOMES, word);

/** The job of an entry; `undefined` for what is no action of a verb. */
const jobOf = (entry: AuditEntry, topology: Topology, finding: Finding | undefined): Job | undefined => {
  if (!isVerb(entry.verb)) return undefined;
  const { user, end } = entry;
  const lead = {
    id: entry.id,
    plan: planOf(entry, entry.verb, topology),
    from: user.sudoUser ?? user.name,
    startedAtMs: entry.atMs,
  };
  if (finding === undefined) {
    if (end === undefined) return undefined;
    const outcome = isOutcome(end.outcome) ? end.outcome : 'unknown';
    return { ...lead, phase: 'done', endedAtMs: end.atMs, outcome, words: end.words, runs: end.runs };
  }
  return { ...lead, phase: 'watching', words: finding.words };
};

const recordOf = (
  entry: AuditEntry,
  verb: Verb,
  found: Extract<Finding, { readonly kind: 'found' }>,
  nowMs: number,
): AuditRecord => ({
  phase: 'outcome',
  ts: new Date(nowMs).toISOString(),
  id: entry.id,
  cluster: entry.cluster,
  verb,
  target: entry.target,
  node: entry.node,
  unit: entry.units[0] ?? '',
  units: entry.units,
  commands: entry.commands,
  commandLines: entry.commandLines,
  quorum: [],
  outcome: found.outcome,
  words: found.words,
  runs: Object.fromEntries(found.runs),
  resolved: true,
});

/** Begins at once; a file that is not there is no trouble. */
export const watchOrphans = (options: OrphanOptions): OrphanWatch => {
  const { file, audit, name, topology, clock, self, onJob } = options;
  let entries: readonly AuditEntry[] = [];
  /** As the file was at the last look; it may have been away then. */
  let seen: string | undefined;
  let closed = false;
  /** Those that were shown, and from when on looks count for them. */
  const shown = new Map<string, number>();
  const told = new Map<string, string>();
  const settling = new Set<string>();

  /** Its runner watches it, or the operator wanted it watched no longer. */
  const isOurs = ({ writer, end }: AuditEntry): boolean =>
    isSameWriter(writer, self) && (end === undefined || end.outcome === 'cancelled');

  const tell = (job: Job | undefined): void => {
    if (job === undefined || closed || told.get(job.id) === `${job.phase} ${job.words}`) return;
    told.set(job.id, `${job.phase} ${job.words}`);
    onJob(job);
  };

  const settle = async (entry: AuditEntry, found: Extract<Finding, { readonly kind: 'found' }>) => {
    if (settling.has(entry.id) || !isVerb(entry.verb)) return;
    settling.add(entry.id);
    const record = recordOf(entry, entry.verb, found, clock.now());
    const isStillDue = async (): Promise<boolean> => {
      const now = (await readRecentAudit(file)).entries.find(({ id }) => id === entry.id);
      return now !== undefined && isUnseen(now);
    };
    const written = await audit?.writeOnce(record, isStillDue);
    if (written === 'busy' || written === 'done-already') {
      // Another console tells it; the next look at the file shows what it said.
      settling.delete(entry.id);
      seen = undefined;
      return;
    }
    const nowMs = clock.now();
    const end = { ...found, atMs: nowMs, resolved: true };
    entries = entries.map((other) => (other.id === entry.id ? { ...other, end } : other));
    const kept = written === undefined || written.ok ? '' : ` (not in the audit: ${written.problem})`;
    const job = jobOf(entry, topology, found);
    if (job === undefined) return;
    const { outcome, words, runs } = found;
    tell({ ...job, phase: 'done', endedAtMs: nowMs, outcome, words: `${words}${kept}`, runs });
  };

  const look = (): void => {
    const nowMs = clock.now();
    for (const entry of entries) {
      if (settling.has(entry.id) || isOurs(entry)) continue;
      const sinceMs = shown.get(entry.id);
      if (!isOrphan(entry, name, nowMs)) {
        // Its own console, or another one, has written down how it ended.
        if (sinceMs !== undefined && entry.end !== undefined) tell(jobOf(entry, topology, undefined));
        continue;
      }
      if (sinceMs === undefined) shown.set(entry.id, nowMs);
      const finding = findingOf(entry, {
        topology,
        facts: options.facts(),
        cluster: options.cluster(),
        nowMs,
        sinceMs: sinceMs ?? nowMs,
        host: self.host,
        isRunning: ({ pid, start }) => isRunning(pid, start),
        entries,
      });
      if (finding.kind === 'found') void settle(entry, finding);
      else tell(jobOf(entry, topology, finding));
    }
  };

  const refresh = async (): Promise<void> => {
    const found = await stat(file).catch(() => undefined);
    const now = found === undefined ? '' : `${found.ino} ${found.size} ${found.mtimeMs}`;
    if (now !== seen) {
      seen = now;
      entries = (await readRecentAudit(file).catch(() => ({ entries: [] }))).entries;
    }
    if (!closed) look();
  };

  // One look at the file at a time, however slow its disk is.
  let isBusy = false;
  const turn = (): void => {
    if (isBusy) return;
    isBusy = true;
    void refresh().finally(() => {
      isBusy = false;
    });
  };
  turn();
  const timer = setInterval(turn, options.intervalMs ?? INTERVAL_MS);
  const unsubscribe = options.subscribe(() => {
    if (shown.size > 0) look();
  });
  return {
    entries: () => entries,
    close: () => {
      closed = true;
      clearInterval(timer);
      unsubscribe();
    },
  };
};
