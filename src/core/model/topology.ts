/** The shape of a topology: services, dependencies, checks, impact and first boot, as data. */

export type ServiceName = string;
/** A full systemd unit name: `chainfire.service`, `network-online.target`. */
export type UnitName = string;
export type CapabilityId = string;

export type UnitType = 'notify' | 'simple' | 'forking' | 'oneshot';

/** What a failing service does to a capability: the document's ✗, ⚠ and ✓. */
export type Severity = 'lost' | 'degraded' | 'works';

/** The three systemd relations that the product reasons with. Names are full unit names. */
export type UnitDependencies = {
  readonly after: readonly UnitName[];
  readonly requires: readonly UnitName[];
  readonly wants: readonly UnitName[];
};

export type Port = {
  readonly port: number;
  /** What listens there, in the document's word: API, Raft, Gossip, VXLAN … */
  readonly name: string;
  readonly protocol: 'tcp' | 'udp';
};

/**
 * One field of a JSON health answer.
 * `status`: must equal `equals`, otherwise the instance is degraded.
 * `link`: names another service that this one is connected to; must equal `equals` when present.
 * `raft`: leader, follower or candidate. `cluster-size`: the members this one sees. `info`: shown, not judged.
 */
export type BodyField = {
  readonly name: string;
  readonly role: 'status' | 'link' | 'raft' | 'cluster-size' | 'info';
  readonly equals?: string;
  readonly oneOf?: readonly string[];
  /** For `link`: the service at the other end. */
  readonly service?: ServiceName;
  /** For `info` and `cluster-size`: the document's example value. */
  readonly example?: string | number;
};

/** When a check is made and how many looks in a row count, where a cluster says so; what is absent is as for all. */
export type OwnPace = {
  readonly intervalMs?: number;
  readonly timeoutMs?: number;
  readonly fall?: number;
  readonly rise?: number;
};

type CheckQuestion =
  | {
      readonly kind: 'https-json';
      readonly id: string;
      readonly port: number;
      readonly path: string;
      readonly status: number;
      readonly fields: readonly BodyField[];
      /** Slower than this is degraded; 750 ms when absent. */
      readonly slowMs?: number;
    }
  | {
      readonly kind: 'https-text';
      readonly id: string;
      readonly port: number;
      readonly path: string;
      readonly status: number;
      /** The whole body, without trailing white space. */
      readonly text: string;
      readonly slowMs?: number;
    }
  | {
      readonly kind: 'dns';
      readonly id: string;
      readonly port: number;
      readonly query: string;
      readonly type: 'A';
      /** The A record that must be among the answers. */
      readonly address: string;
      readonly slowMs?: number;
    }
  | { readonly kind: 'tcp'; readonly id: string; readonly port: number; readonly slowMs?: number };

export type CheckSpec = CheckQuestion & OwnPace;

export type CheckKind = CheckSpec['kind'];

export type ImpactRow = {
  readonly severity: Severity;
  /** The document's words: "New VMs cannot start". */
  readonly text: string;
  readonly capabilities: readonly CapabilityId[];
  /** It speaks of each node on which the service fails; without it, of the loss of the service everywhere. */
  readonly perNode?: boolean;
};

/**
 * What softens a failure, and when it does: while the `quorum` stands, while other `instances` work, or at the `loss`
 * of them all (caches, and what goes on without the service).
 */
export type Mitigation = {
  /** The document's words: "Token cache (TTL)". */
  readonly text: string;
  readonly when: 'quorum' | 'instances' | 'loss';
  /** What it helps; everything that the service's failure touches when absent. */
  readonly capabilities?: readonly CapabilityId[];
};

export type Service = UnitDependencies & {
  readonly name: ServiceName;
  /** The proper name: FlareDB, PlasmaVMC. */
  readonly title: string;
  /** The document's longer name, where it has one: "Identity and Access Management". */
  readonly longName?: string;
  readonly level: number;
  readonly purpose: string;
  readonly critical: { readonly value: boolean; readonly why?: string };
  readonly unit: UnitName;
  readonly type: UnitType;
  readonly ports: readonly Port[];
  readonly dataDir?: string;
  /** Documented start time in ms and, where documented, the service it counts from. */
  readonly startMs: number;
  readonly startAfter?: ServiceName;
  readonly timeoutStartMs?: number;
  /** `RestartSec=` of the unit, s. */
  readonly restartSec?: number;
  readonly backend?: { readonly service: ServiceName; readonly stores: string };
  /** Present on Raft services. Votes needed are floor(n/2)+1 over the nodes that run the service. */
  readonly quorum?: { readonly check: string; readonly documented: string };
  readonly checks: readonly CheckSpec[];
  readonly impact: readonly ImpactRow[];
  readonly mitigations: readonly Mitigation[];
  /** The documented unit file, where there is one: shown as it is, never parsed. */
  readonly excerpt?: string;
};

/** A first-boot oneshot unit. */
export type Step = UnitDependencies & {
  readonly name: string;
  readonly title: string;
  readonly unit: UnitName;
  readonly type: UnitType;
  readonly before: readonly UnitName[];
  /** What the step does, in the document's words. */
  readonly does: readonly string[];
  /** The service whose cluster it joins or sets up. */
  readonly service?: ServiceName;
  readonly remainAfterExit: boolean;
  readonly startMs?: number;
  /** `RestartSec=` of the unit, s. */
  readonly restartSec?: number;
  /** The documented unit file, where there is one: shown as it is, never parsed. */
  readonly excerpt?: string;
};

export type BootTarget = {
  readonly unit: UnitName;
  readonly after?: UnitName;
  readonly does: readonly string[];
};

/** One arrow of the runtime data flow. Names are service names or the outside words `client`, `worker-node`. */
export type FlowHop = {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  /** Side calls go there and back ("Validate token"); the others hand the request on. */
  readonly kind: 'forward' | 'call';
  /** What the receiver does with a forwarded request: "Auth check". */
  readonly role?: string;
  /** For a call: the word at the arrow back: "Token store". */
  readonly returns?: string;
  readonly port?: number;
};

export type Level = { readonly number: number; readonly title: string; readonly description: string };

export type Capability = { readonly id: CapabilityId; readonly title: string };

export type Topology = {
  readonly name: string;
  readonly title: string;
  readonly levels: readonly Level[];
  readonly capabilities: readonly Capability[];
  /** In the document's order; the screen keeps it. */
  readonly services: readonly Service[];
  readonly bootTargets: readonly BootTarget[];
  readonly firstBoot: {
    /** Unit names in order, from network-online.target to multi-user.target. */
    readonly chain: readonly UnitName[];
    readonly steps: readonly Step[];
    readonly ready: { readonly unit: UnitName; readonly title: string };
  };
  /** What runs through the flow, after "a": "create-VM request"; a request when absent. */
  readonly request?: string;
  readonly flow: readonly FlowHop[];
};
