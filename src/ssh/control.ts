/** The connections to all nodes: one ControlMaster each, cold connects held back, everything gone at close. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import PQueue from 'p-queue';
import type { NodeName } from '../core/model/inventory.ts';
import type { LinkState } from '../core/model/observation.ts';
import { sanitiseLine } from '../core/sanitise.ts';
import type { Clock } from '../lib/clock.ts';
import { makeProcessDirectory } from '../lib/process-directory.ts';
import type { SshEndpoint } from './argv.ts';
import { createLink, type ManagedLink } from './link.ts';
import { sweepConnections } from './sweep.ts';
import type { Link, ShellWay } from './types.ts';
import { settleWithin } from './wait.ts';

/** A bastion's default `MaxStartups 10:30:100` drops connections beyond ten at once. */
const COLD_CONNECTS = 8;
/** A Unix socket path has 104 bytes on some systems, and ssh first binds a name that is 17 longer. */
const CONTROL_PATH_BYTES = 86;
const DIRECTORY_PREFIX = 'plasmatop';
const PREFLIGHT_MS = 10_000;
/** A wrong key is wrong on every node: after so many refusals in a row the others are not asked about. */
const REFUSALS_IN_ROW = 3;
const CLOSE_MS = 900;

export type SshSettings = {
  readonly configFile?: string;
  readonly user?: string;
  /** `Key=value`, for ssh's -o. */
  readonly options: readonly string[];
  readonly connectTimeoutMs: number;
  /** Commands at once over one connection. */
  readonly maxChannels: number;
};

export type LinkNode = { readonly name: NodeName; readonly target: string };

export type LinksOptions = {
  readonly nodes: readonly LinkNode[];
  readonly ssh: SshSettings;
  /** Where a private directory for the control sockets is made. */
  readonly runtimeDir: string;
  readonly clock: Clock;
  readonly onState: (node: NodeName, state: LinkState) => void;
};

export type Preflight = {
  /** There is a terminal on which ssh can ask for a password or about a host key. */
  readonly interactive: boolean;
  readonly write: (line: string) => void;
  /** For the connects without questions, all together; ms. */
  readonly timeoutMs?: number;
  /** Ends what is under way, a question too, and the asking. */
  readonly signal?: AbortSignal;
};

export type Links = {
  /** Undefined for a node without ssh. */
  readonly link: (node: NodeName) => Link | undefined;
  readonly shell: (node: NodeName) => ShellWay;
  readonly states: () => ReadonlyMap<NodeName, LinkState>;
  /** Connects to every node; those that need a password or a look at their host key then ask, one at a time. */
  readonly preflight: (options: Preflight) => Promise<ReadonlyMap<NodeName, LinkState>>;
  /** These nodes from now on: who stays keeps its connection, who goes is closed, who comes connects when asked. */
  readonly update: (nodes: readonly LinkNode[]) => void;
  /** Connects again now where that failed: to one node, or to all. */
  readonly retry: (node?: NodeName) => void;
  /** Ends every command and connection within a second; what runs on a node goes on there. */
  readonly close: () => Promise<void>;
};

/** True where a password, a passphrase or a yes would help. */
const canBeAsked = (state: LinkState): boolean =>
  state.state === 'failed' && (state.failure.kind === 'auth' || state.failure.kind === 'host-key-unknown');

/** Holds one link per node. Nothing connects before the first command or the preflight. */
export const createLinks = ({ nodes, ssh, runtimeDir, clock, onState }: LinksOptions): Links => {
  const cold = new PQueue({ concurrency: COLD_CONNECTS });
  let directory: string | undefined;
  let closing = false;

  const socketPath = (index: number): string => {
    if (directory === undefined) {
      directory = makeProcessDirectory(runtimeDir, DIRECTORY_PREFIX);
      void sweepConnections(runtimeDir, DIRECTORY_PREFIX, clock);
    }
    return join(directory, String(index));
  };

  const endpointOf = (target: string, index: number) => (): SshEndpoint | { readonly problem: string } => {
    try {
      const controlPath = socketPath(index);
      if (Buffer.byteLength(controlPath) > CONTROL_PATH_BYTES) {
        return { problem: `the path of the ssh socket is too long: ${controlPath}` };
      }
      const { configFile, user, options, connectTimeoutMs } = ssh;
      return {
        target,
        options,
        connectTimeoutMs,
        controlPath,
        ...(configFile === undefined ? {} : { configFile }),
        ...(user === undefined ? {} : { user }),
      };
    } catch (error) {
      return { problem: sanitiseLine(`no place for the ssh sockets: ${String(error)}`, 200) };
    }
  };

  const links = new Map<NodeName, ManagedLink>();
  const targets = new Map<NodeName, string>();
  const leaving = new Set<Promise<unknown>>();
  /** Each gets a socket of its own: one that is closing may still hold its path. */
  let opened = 0;

  const add = ({ name, target }: LinkNode): void => {
    const link = createLink({
      node: name,
      endpoint: endpointOf(target, opened),
      maxChannels: ssh.maxChannels,
      limit: (start) => cold.add(start),
      clock,
      // Of one that has left nobody wants to hear how it ends.
      onState: (state) => {
        if (links.get(name) === link) onState(name, state);
      },
    });
    opened += 1;
    links.set(name, link);
    targets.set(name, target);
  };
  const remove = (name: NodeName): void => {
    const link = links.get(name);
    links.delete(name);
    targets.delete(name);
    if (link === undefined) return;
    const left: Promise<unknown> = link.close().finally(() => leaving.delete(left));
    leaving.add(left);
  };
  for (const node of nodes) add(node);

  /** Has the nodes that a password, a passphrase or a yes would help ask for it, one at a time. */
  const askAll = async (write: (line: string) => void, signal: AbortSignal | undefined): Promise<void> => {
    const asking = [...links.values()].filter((link) => canBeAsked(link.state()));
    let refusals = 0;
    for (const [index, link] of asking.entries()) {
      const state = link.state();
      if (closing || signal?.aborted) return;
      if (state.state !== 'failed') continue;
      if (refusals === REFUSALS_IN_ROW) {
        write(`${refusals} refusals in a row: ${asking.length - index} more nodes are not asked about`);
        return;
      }
      write(`${link.node}: ${state.failure.detail}`);
      write(`${link.node}: ssh asks now; a security key may want to be touched`);
      const now = await link.connect('ask', { onLine: write, ...(signal && { signal }) });
      // Ctrl-C is meant for all that would be asked, not for this one question.
      if (now.state === 'failed' && now.failure.kind === 'cancelled') return;
      refusals = now.state === 'up' ? 0 : refusals + 1;
    }
  };

  const states = (): ReadonlyMap<NodeName, LinkState> =>
    new Map([...links].map(([name, link]) => [name, link.state()]));

  return {
    link: (node) => links.get(node),
    shell: (node) =>
      links.get(node)?.shell() ?? { ok: false, reason: 'it has no ssh name in the configuration' },
    states,
    preflight: async ({ interactive, write, timeoutMs = PREFLIGHT_MS, signal }) => {
      const interrupt = (): void => {
        for (const link of links.values()) link.interrupt();
      };
      if (signal?.aborted) return states();
      signal?.addEventListener('abort', interrupt, { once: true });
      try {
        const all = Promise.all([...links.values()].map((link) => link.connect('batch')));
        await settleWithin(all, timeoutMs, signal);
        if (interactive) await askAll(write, signal);
      } finally {
        signal?.removeEventListener('abort', interrupt);
      }
      return states();
    },
    update: (wanted) => {
      const known = [...targets];
      for (const [name, target] of known) {
        if (!wanted.some((node) => node.name === name && node.target === target)) remove(name);
      }
      for (const node of wanted) if (!links.has(node.name)) add(node);
    },
    retry: (node) => {
      if (node !== undefined) links.get(node)?.retry();
      else for (const link of links.values()) link.retry();
    },
    close: async () => {
      closing = true;
      // A client that ignores TERM is killed a little later; the operator's shell does not wait for that.
      await settleWithin(
        Promise.all([...leaving, ...[...links.values()].map((link) => link.close())]),
        CLOSE_MS,
      );
      if (directory !== undefined) await rm(directory, { recursive: true, force: true });
    },
  };
};
