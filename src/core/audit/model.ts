/** What the audit keeps of an action: the records as they are written, and what is read back of them. */
import type { JobOutcome, QuorumForecast, Verb } from '../model/action.ts';
import type { NodeName } from '../model/inventory.ts';
import type { UnitName } from '../model/topology.ts';

/** Who acts: the account, who became it through sudo, and from where (`SSH_CONNECTION`). */
export type Operator = { readonly name: string; readonly sudoUser?: string; readonly sshConnection?: string };

type ActionCommon = {
  /** The job's; intent and outcome share it. */
  readonly id: string;
  /** UTC, ISO 8601 with ms. */
  readonly ts: string;
  readonly cluster: string;
  readonly verb: Verb;
  /** "chainfire@node02", "flaredb-cluster-join@node03", "node02". */
  readonly target: string;
  readonly node: NodeName;
  /** The first of `units`. */
  readonly unit: UnitName;
  /** Those that the commands name. */
  readonly units: readonly UnitName[];
  /** One after the other, exactly as they go to the node. */
  readonly commands: readonly (readonly string[])[];
  readonly commandLines: readonly string[];
  readonly quorum: readonly QuorumForecast[];
  /** Why, in the operator's own words. */
  readonly reason?: string;
  /** The operation that it is a step of; absent where it is an action of its own. */
  readonly operation?: string;
  /** "step 2 of 3". */
  readonly step?: string;
};

/** One verb over several targets; each of its steps has records of its own. */
type OperationCommon = {
  readonly id: string;
  readonly ts: string;
  readonly cluster: string;
  readonly verb: Verb;
  /** "chainfire on 3 nodes". */
  readonly target: string;
  /** In the order in which they were to go. */
  readonly targets: readonly string[];
  readonly batch: number;
  readonly reason?: string;
};

export type OperationRecord =
  | (OperationCommon & { readonly phase: 'operation-begin' })
  | (OperationCommon & {
      readonly phase: 'operation-end';
      readonly outcome: 'done' | 'stopped';
      readonly words: string;
      readonly durationMs: number;
    });

/** Of a shell on a node: who, where, with which words and for how long; not what was typed there. */
export type ShellRecord = {
  readonly id: string;
  readonly ts: string;
  readonly cluster: string;
  readonly verb: 'shell';
  readonly target: NodeName;
  readonly node: NodeName;
  /** What was started here, on the operator's own terminal. */
  readonly commands: readonly (readonly string[])[];
  readonly reason?: string;
} & (
  | { readonly phase: 'intent' }
  | {
      readonly phase: 'outcome';
      readonly outcome: 'ended' | 'failed';
      readonly words: string;
      /** Of ssh: what the shell ended with, 255 when the connection did. Absent when a signal ended it. */
      readonly exitCode?: number;
      readonly durationMs: number;
    }
);

/** InvocationIDs by unit. */
type Invocations = Readonly<Record<UnitName, string>>;

export type AuditRecord =
  | ShellRecord
  | OperationRecord
  | (ActionCommon & {
      readonly phase: 'intent';
      readonly takesAlong: readonly UnitName[];
      readonly starts: readonly UnitName[];
      /** Documented time until all of them are back, ms. */
      readonly expectedMs: number;
      /** The runs before the command, of all units that it is about; empty text: none yet. Absent: not seen. */
      readonly before: Invocations;
    })
  | (ActionCommon & {
      readonly phase: 'outcome';
      readonly outcome: JobOutcome;
      readonly words: string;
      /** Of the command on the node; absent when it did not return. */
      readonly exitCode?: number;
      /** Absent where it was only looked up later. */
      readonly durationMs?: number;
      /** The runs that it began. */
      readonly runs?: Invocations;
      /** Nobody saw its end: it was looked up later by its runs. */
      readonly resolved?: true;
    });

/** The process that wrote a record. `start` tells it from a later one with its number; absent where nothing does. */
export type Writer = { readonly host: string; readonly pid: number; readonly start?: string };

export const isSameWriter = (one: Writer | undefined, other: Writer): boolean =>
  one?.host === other.host && one.pid === other.pid && one.start === other.start;

/** How an action ended, as it was written down. */
export type AuditEnd = {
  readonly atMs: number;
  readonly outcome: string;
  readonly words: string;
  readonly exitCode?: number;
  readonly durationMs?: number;
  readonly runs: ReadonlyMap<UnitName, string>;
  readonly resolved: boolean;
};

/** One action of the audit: its intent, and its end where one was recorded. All text is sanitised. */
export type AuditEntry = {
  readonly id: string;
  /** When its intent was written; its end, where the intent is not there any more. */
  readonly atMs: number;
  readonly cluster: string;
  readonly verb: string;
  readonly target: string;
  readonly node: NodeName;
  /** Those that the commands name; none for what is about no unit. */
  readonly units: readonly UnitName[];
  readonly user: Operator;
  readonly writer?: Writer;
  readonly reason?: string;
  readonly commands: readonly (readonly string[])[];
  readonly commandLines: readonly string[];
  readonly takesAlong: readonly UnitName[];
  readonly starts: readonly UnitName[];
  readonly expectedMs: number;
  readonly before: ReadonlyMap<UnitName, string>;
  readonly end?: AuditEnd;
};
