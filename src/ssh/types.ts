/** What a command on a node comes back as, and what can run one. */
import type { Readable, Writable } from 'node:stream';
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

/** How a command that was left open ended. */
export type OpenEnd =
  /** By itself; `stderr` is sanitised, several lines. */
  | { readonly kind: 'exited'; readonly exitCode: number; readonly stderr: string }
  | { readonly kind: 'failed'; readonly failure: SshFailure };

/** A command that runs on until it is closed, its connection ends or it ends itself. */
export type OpenCommand = {
  /** Its errors are those of the process and come as `ended`. */
  readonly stdin: Writable;
  /** Not sanitised. While nobody reads, the node is held back. */
  readonly stdout: Readable;
  /** As it comes, not sanitised; `ended` has the start of it as well. */
  readonly stderr: Readable;
  /** Never rejects. */
  readonly ended: Promise<OpenEnd>;
  readonly close: () => void;
};

export type Opened =
  | { readonly ok: true; readonly command: OpenCommand }
  | { readonly ok: false; readonly failure: SshFailure };

/** The words of a login on the node over its connection, for the operator's own terminal. */
export type ShellWay =
  | {
      readonly ok: true;
      readonly words: readonly [string, ...string[]];
      /** Asked when it has ended with 255: why, when the connection has ended. */
      readonly lost: () => Promise<SshFailure | undefined>;
    }
  | { readonly ok: false; readonly reason: string };

/** One node's connection, as probes and actions use it. Nothing here rejects. */
export type Link = {
  readonly node: NodeName;
  readonly state: () => LinkState;
  /** Runs one command; each word reaches it as it is. */
  readonly run: (command: readonly string[], options: RunOptions) => Promise<RunResult>;
  /** Runs a line that is quoted already. */
  readonly runLine: (line: string, options: RunOptions) => Promise<RunResult>;
  /**
   * Starts one command and leaves it running, over the connection as it is: it does not wait for one and does not count
   * towards `maxChannels`, yet it takes one of the sessions that the node's sshd allows.
   */
  readonly open: (command: readonly string[]) => Promise<Opened>;
};
