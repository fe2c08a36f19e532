/** Facts remembered about a cluster, and the judgement made of them. */
import type { CauseId, Contradiction, RootCause } from './cause.ts';
import type { CheckId, CheckTarget, InstanceId, NodeName } from './inventory.ts';
import type {
  FeedName,
  FeedState,
  JobEnd,
  LinkState,
  LogLine,
  NodeRights,
  NodeUnits,
  ProbeFailureKind,
  ProbeResult,
  UnitFacts,
  UnitRelations,
  WallReading,
} from './observation.ts';
import type { CapabilityId, ServiceName, Severity, UnitName } from './topology.ts';

export type Verdict = 'ok' | 'degraded' | 'starting' | 'late' | 'down' | 'blocked' | 'unknown';

/** One past look, for the latency strip and for counting failures in a row. */
export type Sample = {
  readonly atMs: number;
  readonly ok: boolean;
  readonly totalMs: number;
  /** Why it failed; absent when ok. */
  readonly failure?: ProbeFailureKind;
};

/** What is remembered about one check. */
export type CheckFacts = {
  readonly target: CheckTarget;
  readonly last?: ProbeResult;
  readonly lastOk?: ProbeResult;
  readonly failuresInRow: number;
  readonly passesInRow: number;
  /** Of the newest run of failures; both are kept after recovery. */
  readonly firstFailure?: ProbeResult;
  readonly lastFailure?: ProbeResult;
  /** Oldest first, at most HISTORY_LENGTH. */
  readonly history: readonly Sample[];
};

/** What a node's monotonic clock said at one of our looks. */
export type ClockReading = { readonly atMs: number; readonly monotonicMs: number };

/** What a node has sent by itself. */
export type NodeNews = {
  readonly feeds: Readonly<Partial<Record<FeedName, FeedState>>>;
  /** Per unit, oldest first, at most LOG_LINES_KEPT. */
  readonly logs: ReadonlyMap<UnitName, readonly LogLine[]>;
  /** Lines that came faster than they are kept. */
  readonly logsDropped: number;
  /** Absent until a line has told it. */
  readonly wall?: WallReading;
  /** Of each unit, how its last job ended. */
  readonly jobEnds: ReadonlyMap<UnitName, JobEnd>;
};

/** The reducer's whole memory. Maps are replaced, never mutated. */
export type ClusterFacts = {
  readonly startedAtMs: number;
  readonly checks: ReadonlyMap<CheckId, CheckFacts>;
  readonly units: ReadonlyMap<NodeName, NodeUnits>;
  /** Of each node's present boot, oldest first, at most HISTORY_LENGTH. */
  readonly clocks: ReadonlyMap<NodeName, readonly ClockReading[]>;
  readonly links: ReadonlyMap<NodeName, LinkState>;
  readonly news: ReadonlyMap<NodeName, NodeNews>;
  /** What each node's systemd holds its units to depend on; absent until it was asked. */
  readonly relations: ReadonlyMap<NodeName, readonly UnitRelations[]>;
  /** What we may do on each node; absent until it was asked. */
  readonly rights: ReadonlyMap<NodeName, NodeRights>;
};

/** When checks are made, and how many looks in a row count. */
export type Pace = {
  /** Failures in a row until a check counts as failing. */
  readonly fall: number;
  /** Passes in a row until it counts as passing again. */
  readonly rise: number;
  readonly intervalMs: number;
  /** How long a check waits for its answer. */
  readonly timeoutMs: number;
};

/** What judging needs to know besides facts. The pace is that of systemd's looks, and of each check without its own. */
export type JudgeOptions = Pace & {
  /** From the start on, how long silence waits for the first look at systemd before it is held to be down. */
  readonly firstLookMs: number;
  /** A certificate that ends within this is mentioned. */
  readonly certificateWarnMs: number;
};

/** Who stands in the way of a blocked instance: one instance, or a whole service that lost its quorum. */
export type Blocker = { readonly service: ServiceName; readonly node?: NodeName };

/** Dead although all that it requires is up, and without a job: `after` is what took it down and came back alone. */
export type LeftBehind = { readonly after: UnitName };

/**
 * A first-boot step that is not as it should be on its node. `failed`: it failed, or keeps failing. `left-behind`: as
 * LeftBehind. `held`: down behind something that it requires, and not a cause itself.
 */
export type StepState = {
  readonly name: string;
  readonly unit: UnitName;
  /** The service whose cluster it joins or sets up. */
  readonly service?: ServiceName;
  readonly state: 'failed' | 'left-behind' | 'held';
  /** Without what moves from look to look: "failed, exit 1, 6 tries", "left behind". */
  readonly reason: string;
  /** Left behind after this one, or held by it. */
  readonly by?: UnitName;
  readonly sinceMs: number;
};

export type CheckState = {
  readonly id: CheckId;
  readonly name: string;
  readonly verdict: 'ok' | 'degraded' | 'failing' | 'unknown';
  /** Short, for a row: "503 no leader", "refused", "database disconnected". Empty when ok. */
  readonly reason: string;
};

/** How members of a group contradict each other: more than one leads, or they count their group differently. */
export type SplitKind = 'two-leaders' | 'sizes';

export type InstanceState = {
  readonly id: InstanceId;
  readonly service: ServiceName;
  readonly node: NodeName;
  readonly verdict: Verdict;
  /** Short words for a cell, at most 9 characters: "4 ms", "failed", "dns", "candid.". */
  readonly word: string;
  /** A line for the unfolded row: "exit 3, 5 restarts, next in 7 s". Empty when ok. */
  readonly reason: string;
  readonly blockedBy?: Blocker;
  /** Its unit was left behind; only while that is why it is down. */
  readonly left?: LeftBehind;
  /** The first-boot step without which it cannot be well; only while that is why it is degraded. */
  readonly unmet?: UnitName;
  /** Well by itself, and degraded only because the members of its group contradict each other so. */
  readonly split?: SplitKind;
  /** The cause that it is part of, or that explains it; absent while it is well or on its way. */
  readonly because?: CauseId;
  /** When this verdict began. */
  readonly sinceMs: number;
  /** When it was first seen down; tries to start in between, which came to nothing, do not end that. */
  readonly downSinceMs?: number;
  /** Age of the newest look at any of its checks, in whole poll intervals; undefined when never seen. */
  readonly ageMs?: number;
  readonly stale: boolean;
  /** Slowest check's last total, ms. */
  readonly latencyMs?: number;
  readonly raft?: 'leader' | 'follower' | 'candidate';
  /** When the look was taken that first showed this Raft role and cluster size. */
  readonly raftSinceMs?: number;
  readonly clusterSize?: number;
  readonly checks: readonly CheckState[];
  readonly unit?: UnitFacts;
  /** Node-monotonic `activeEnterMs` of the start in which it was seen well; from then on its failures are failures. */
  readonly provenMs?: number;
  /** Nearest certificate end of its checks. */
  readonly certificateNotAfterMs?: number;
  readonly insecure: boolean;
};

export type QuorumFault =
  | { readonly kind: 'no-leader' }
  | { readonly kind: 'two-leaders'; readonly nodes: readonly NodeName[] }
  | { readonly kind: 'size-disagreement'; readonly sizes: ReadonlyMap<NodeName, number> }
  /** Not a failure: the members say that there are more of them, `size` in all, than are watched. */
  | { readonly kind: 'beyond-inventory'; readonly size: number; readonly watched: number };

export type QuorumState = {
  readonly service: ServiceName;
  readonly members: readonly NodeName[];
  /** How many members there are: those of the inventory, or more where the members say so. */
  readonly expected: number;
  readonly needed: number;
  readonly votes: number;
  /** `forming` until the service has been seen with a quorum or its start time has passed. */
  readonly standing: 'held' | 'lost' | 'forming' | 'unknown';
  /** Seen with a quorum since we look: from then on it is lost, never forming. */
  readonly everHeld?: boolean;
  readonly leader?: NodeName;
  readonly faults: readonly QuorumFault[];
};

export type ServiceState = {
  readonly name: ServiceName;
  readonly verdict: Verdict;
  /** "no quorum 1/3", "by chainfire", "1 of 2 checks", "3/3 leader node01". */
  readonly reason: string;
  /** Only while it is blocked. */
  readonly blockedBy?: Blocker;
  /** What blocks some of its members while others serve: it is degraded, and what is wrong is elsewhere. */
  readonly partlyBlockedBy?: Blocker;
  readonly instances: readonly InstanceId[];
  readonly quorum?: QuorumState;
  readonly sinceMs: number;
};

export type LevelState = {
  readonly number: number;
  readonly title: string;
  readonly verdict: Verdict;
  readonly services: readonly ServiceName[];
};

/** Of `checks` in all none is answered in time, though systemd calls active what these instances are. */
export type Overdue = { readonly checks: number; readonly instances: readonly InstanceId[] };

export type NodeState = {
  readonly name: NodeName;
  readonly verdict: Verdict;
  /** False when every check of it times out or has no route. */
  readonly reachable: boolean;
  readonly reason: string;
  /** Its first-boot steps that are not as they should be; empty as a rule. */
  readonly steps: readonly StepState[];
  readonly sinceMs: number;
  readonly link: LinkState;
  /** Absent unless ssh reaches it and no check does in time. */
  readonly overdue?: Overdue;
};

/**
 * What users have of a capability. `at-risk`: it works, and one more failure takes it. `starting`: a service that it
 * needs is still on its way up. `unknown`: nobody can see whether it works.
 */
export type CapabilityStanding = Severity | 'at-risk' | 'starting' | 'unknown';

/** What would be lost next: a quorum without a vote to spare, an instance that is alone, or one side of a split. */
export type Risk =
  | { readonly kind: 'quorum' }
  | { readonly kind: 'last'; readonly node: NodeName }
  | { readonly kind: 'split' };

export type CapabilityCause = {
  readonly service: ServiceName;
  /** "quorum lost, 1 of 3 votes". */
  readonly words: string;
  readonly risk?: Risk;
};

export type CapabilityState = {
  readonly id: CapabilityId;
  readonly title: string;
  readonly state: CapabilityStanding;
  /** Which services make it so; empty when it works. */
  readonly because: readonly ServiceName[];
  /** How each of these stands. */
  readonly causes: readonly CapabilityCause[];
  /** What keeps it up, or softens that it is not: "Raft quorum: 2 of 3 hold"; absent where nothing does. */
  readonly mitigation?: string;
};

/** The three lines at the top: what, what it means for users, why. Plain words, no markup. */
export type Headline = {
  readonly verdict: Verdict;
  readonly sentence: string;
  readonly users?: string;
  readonly cause?: string;
};

export type ClusterState = {
  readonly atMs: number;
  readonly verdict: Verdict;
  readonly headline: Headline;
  readonly levels: readonly LevelState[];
  readonly services: ReadonlyMap<ServiceName, ServiceState>;
  readonly instances: ReadonlyMap<InstanceId, InstanceState>;
  readonly nodes: ReadonlyMap<NodeName, NodeState>;
  readonly capabilities: readonly CapabilityState[];
  /** As many as a person would count; every failing instance belongs to one. */
  readonly causes: readonly RootCause[];
  readonly contradictions: readonly Contradiction[];
  readonly counts: Readonly<Record<Verdict, number>>;
  /** Age of the newest observation, ms; undefined before the first. */
  readonly dataAgeMs?: number;
  /** Some check runs without TLS verification. */
  readonly insecure: boolean;
};

/** One line of the events view. */
export type ClusterEvent = {
  readonly seq: number;
  readonly atMs: number;
  readonly subject:
    | { readonly kind: 'instance'; readonly id: InstanceId }
    | { readonly kind: 'node'; readonly name: NodeName }
    | { readonly kind: 'service'; readonly name: ServiceName }
    | { readonly kind: 'cluster' };
  readonly from: Verdict | undefined;
  readonly to: Verdict;
  readonly reason: string;
};
