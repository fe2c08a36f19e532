/** What a command on a node comes back as, and what can run one. */
import type { NodeName } from '../core/model/inventory.ts';
import type { LinkState, SshFailure } from '../core/model/observation.ts';

export type RunResult =
  | {
      readonly ok: true;
      /** What the remote command said; 255 when a signal ended it. */
      readonly exitCode: number;
      /** Decoded as UTF-8, not sanitised: whoever parses it takes it apart first. */
      readonly stdout: string;
      /** Sanitised, several lines. */
      readonly stderr: string;
      /** Some output was beyond `maxBytes` and is dropped. */
      readonly truncated: boolean;
      readonly durationMs: number;
    }
  | {
      readonly ok: false;
      readonly failure: SshFailure;
      /** The command may have reached the node and may still be running there. */
      readonly sent: boolean;
      readonly durationMs: number;
    };

export type RunOptions = {
  /** For everything: waiting for the connection, for a free channel, and the command itself. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Kept per pipe; the rest is drained and dropped. Default 1 MiB. */
  readonly maxBytes?: number;
};

/** One node's connection, as probes and actions use it. Nothing here rejects. */
export type Link = {
  readonly node: NodeName;
  readonly state: () => LinkState;
  /** Runs one command; each word reaches it as it is. */
  readonly run: (command: readonly string[], options: RunOptions) => Promise<RunResult>;
  /** Runs a line that is quoted already. */
  readonly runLine: (line: string, options: RunOptions) => Promise<RunResult>;
};
