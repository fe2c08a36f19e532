/** Facts as probes, systemd and ssh report them. No verdicts here: the core judges. */
import type { CheckId, NodeName } from './inventory.ts';
import type { UnitName, UnitType } from './topology.ts';

/** Everything that can go wrong with a probe. The set is closed: views and tests switch over it. */
export type ProbeFailureKind =
  | 'timeout'
  | 'refused'
  | 'unreachable'
  | 'dns'
  | 'tls-expired'
  | 'tls-untrusted'
  | 'tls-name'
  | 'status'
  | 'body'
  | 'protocol'
  | 'too-large';

/** How long each phase took, ms. A kept-alive connection has neither connect nor tls. */
export type Phases = {
  readonly dnsMs?: number;
  readonly connectMs?: number;
  readonly tlsMs?: number;
  readonly firstByteMs?: number;
  readonly bodyMs?: number;
  readonly totalMs: number;
};

export type Certificate = {
  readonly subject: string;
  readonly issuer: string;
  readonly names: readonly string[];
  /** It has more names than are kept. */
  readonly namesCut?: true;
  /** Hexadecimal, as its issuer numbered it; unique only together with the issuer. */
  readonly serial?: string;
  /** SHA-256 of the whole certificate, hexadecimal: the same only for the very same one. */
  readonly fingerprint?: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
};

export type JsonScalar = string | number | boolean | null;

/** What came back, whether or not it was what was asked for. All text is sanitised and bounded. */
export type Answer =
  | {
      readonly kind: 'http';
      readonly status: number;
      /** At most BODY_KEPT_CHARS characters; the cut is marked. */
      readonly body: string;
      /** Top-level scalar fields when the body is a JSON object. */
      readonly json?: Readonly<Record<string, JsonScalar>>;
    }
  | { readonly kind: 'dns'; readonly rcode: string; readonly addresses: readonly string[] }
  | { readonly kind: 'tcp' };

type ProbeCommon = {
  readonly atMs: number;
  readonly phases: Phases;
  readonly answer?: Answer;
  readonly certificate?: Certificate;
  /** TLS was not verified, because the config says so. */
  readonly insecure?: boolean;
};

/**
 * `ok: true` means that the answer has the expected transport shape (HTTP status, JSON or text, DNS rcode and
 * address). The fields inside a JSON body are judged by the core.
 */
export type ProbeResult =
  | (ProbeCommon & { readonly ok: true; readonly answer: Answer })
  | (ProbeCommon & {
      readonly ok: false;
      readonly failure: {
        readonly kind: ProbeFailureKind;
        /** One sanitised line: "503 Service Unavailable", "connect ECONNREFUSED 10.0.0.2:2379". */
        readonly detail: string;
      };
    });

/** systemd's `LoadState`, `ActiveState` … of one unit, as `systemctl show` gives them. */
export type UnitFacts = {
  readonly unit: UnitName;
  readonly load: string;
  readonly active: string;
  readonly sub: string;
  readonly result: string;
  readonly type?: UnitType | string;
  readonly unitFile?: string;
  readonly restarts?: number;
  readonly exitCode?: number;
  /** `ExecMainCode`: 1 exited, 2 killed, 3 dumped core. */
  readonly exitHow?: number;
  readonly mainPid?: number;
  readonly statusText?: string;
  readonly invocation?: string;
  readonly needsReload?: boolean;
  /** A job of this unit is queued or running. */
  readonly job?: number;
  /** Node-monotonic times in ms; see NodeUnits.monotonicMs for now. */
  readonly inactiveExitMs?: number;
  readonly activeEnterMs?: number;
  readonly activeExitMs?: number;
  readonly inactiveEnterMs?: number;
  readonly stateChangeMs?: number;
  readonly timeoutStartMs?: number;
};

/** One job in a node's queue: what systemd does next, or does now. */
export type QueuedJob = {
  readonly id: number;
  readonly unit: UnitName;
  /** `start`, `stop`, `restart`, … */
  readonly type: string;
  readonly state: 'waiting' | 'running';
};

/** How a job ended. Only systemd's signal says so: `show` on a victim of `dependency` says inactive, success. */
export type JobEnd = {
  /** Our clock, when the signal came. */
  readonly atMs: number;
  readonly id: number;
  readonly unit: UnitName;
  /** `done`, `failed`, `dependency`, `canceled`, `timeout`, `skipped`, … */
  readonly result: string;
};

/** One line of a unit's log, sanitised. */
export type LogLine = {
  readonly unit: UnitName;
  /** The node's wall clock, ms since the epoch. */
  readonly atMs: number;
  /** syslog: 0 emergency … 3 error, 4 warning, 6 info, 7 debug. */
  readonly priority: number;
  readonly text: string;
  /** Written by the unit's own processes, or by systemd about it. */
  readonly from: 'unit' | 'systemd';
  readonly invocation?: string;
};

/** One moment of a node by both of its clocks, as an entry of its journal tells it. */
export type WallReading = {
  /** The node's wall clock, µs since the epoch. */
  readonly atUs: number;
  /** Its monotonic clock since `boot` began, µs. */
  readonly monotonicUs: number;
  /** 32 hex digits. */
  readonly boot: string;
};

/** What a node sends by itself over its connection: systemd's signals, the lines of its journal. */
export type FeedName = 'bus' | 'journal';

export type FeedState =
  | { readonly state: 'opening'; readonly sinceMs: number }
  | { readonly state: 'live'; readonly sinceMs: number }
  /** Not there or ended; it is tried again, and the poll goes on all the same. */
  | {
      readonly state: 'failed';
      readonly sinceMs: number;
      readonly detail: string;
      /** What the operator can do, in one line; empty when nothing need be done. */
      readonly remedy: string;
    };

/** One look at a node's systemd. */
export type NodeUnits = {
  readonly atMs: number;
  readonly bootId?: string;
  /** The node's monotonic clock at the look, ms. */
  readonly monotonicMs?: number;
  readonly systemVersion?: string;
  readonly systemState?: string;
  readonly progress?: number;
  readonly units: readonly UnitFacts[];
  /** The manager's queue; undefined when it did not say. */
  readonly jobs?: readonly QueuedJob[];
  /** Units that were pushed since, and when, by our clock. */
  readonly pushedMs?: ReadonlyMap<UnitName, number>;
};

/** What one unit depends on, as a node's systemd was told; names that the topology does not know are left out. */
export type UnitRelations = {
  readonly unit: UnitName;
  readonly requires: readonly UnitName[];
  readonly requisite: readonly UnitName[];
  readonly bindsTo: readonly UnitName[];
  readonly partOf: readonly UnitName[];
  readonly wants: readonly UnitName[];
  readonly after: readonly UnitName[];
};

/**
 * How an account without sudo stands with systemd. `root` may all; `polkit` lets it, whatever the unit; `untold`: a rule
 * may let it for some units or verbs, which only root may ask about; `none`: without polkit systemd obeys root alone.
 */
export type AccountStanding = 'root' | 'polkit' | 'untold' | 'none';

/** What the account may do on a node, as was found out beforehand. */
export type NodeRights =
  /** What its sudo runs without a password. */
  | {
      readonly by: 'sudo';
      readonly atMs: number;
      /** By the command behind `sudo -n`, word for word: "systemctl restart -- iam.service". */
      readonly may: ReadonlyMap<string, boolean>;
    }
  | { readonly by: 'account'; readonly atMs: number; readonly standing: AccountStanding }
  /** It was asked, and there was no answer to go by. */
  | { readonly by: 'unknown'; readonly atMs: number };

/** Everything that can go wrong between us and a command on a node. Closed set. */
export type SshFailureKind =
  | 'host-key-changed'
  | 'host-key-unknown'
  | 'auth'
  | 'refused'
  | 'timeout'
  | 'unreachable'
  | 'dns'
  | 'config'
  | 'busy'
  | 'closed'
  | 'no-client'
  | 'cancelled';

export type SshFailure = {
  readonly kind: SshFailureKind;
  /** ssh's own last line, sanitised. */
  readonly detail: string;
  /** What the operator can do, in one line. */
  readonly remedy: string;
};

/** The state of one node's ssh connection. */
export type LinkState =
  | { readonly state: 'none' }
  | {
      readonly state: 'connecting';
      readonly sinceMs: number;
      /** Why the try before this one failed; absent at the first and after a connection. */
      readonly after?: SshFailure;
    }
  | { readonly state: 'up'; readonly sinceMs: number }
  | { readonly state: 'failed'; readonly sinceMs: number; readonly failure: SshFailure };

export type Observation =
  | { readonly kind: 'probe'; readonly check: CheckId; readonly result: ProbeResult }
  | { readonly kind: 'units'; readonly node: NodeName; readonly look: NodeUnits }
  | { readonly kind: 'link'; readonly node: NodeName; readonly link: LinkState }
  /** Of the node's units that systemd has loaded. */
  | { readonly kind: 'relations'; readonly node: NodeName; readonly units: readonly UnitRelations[] }
  | { readonly kind: 'rights'; readonly node: NodeName; readonly rights: NodeRights }
  /** Pushed: one unit as it is at `atMs`, between two looks. */
  | { readonly kind: 'unit'; readonly node: NodeName; readonly atMs: number; readonly unit: UnitFacts }
  | { readonly kind: 'job-end'; readonly node: NodeName; readonly end: JobEnd }
  /** In the journal's order; `dropped` more came than are kept. */
  | {
      readonly kind: 'log';
      readonly node: NodeName;
      readonly lines: readonly LogLine[];
      readonly dropped: number;
      /** Of the newest line that tells it. */
      readonly wall?: WallReading;
    }
  | { readonly kind: 'feed'; readonly node: NodeName; readonly feed: FeedName; readonly state: FeedState };
