/** A shell on a node: it can change everything, so it passes the same gate as an action, and the audit has it. */
import type { ShellRecord } from '../core/audit/model.ts';
import { formatElapsed } from '../core/format.ts';
import type { NodeName } from '../core/model/inventory.ts';
import type { Clock } from '../lib/clock.ts';
import type { ShellWay } from '../ssh/types.ts';
import type { Audit } from './audit.ts';
import { type Gate, gateObjections } from './gate.ts';

/** How a program on the console's own terminal ended. */
export type ChildEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: string }
  | { readonly kind: 'not-started'; readonly reason: string };

/** What the operator is told of it. */
export type ShellNotice = { readonly text: string; readonly tone: 'info' | 'refused' | 'bad' };

export type Shells = {
  /** Opens one with `run`, which has the terminal until the words have ended. `reason`: the operator's. Never rejects. */
  readonly open: (
    node: NodeName,
    run: (words: readonly [string, ...string[]], says: string) => Promise<ChildEnd>,
    reason?: string,
  ) => Promise<ShellNotice>;
  /** Resolves when the ends of all that were opened are in the audit. */
  readonly settled: () => Promise<void>;
};

export type ShellsOptions = Gate & {
  /** Undefined: ssh is off in the configuration. */
  readonly wayTo: ((node: NodeName) => ShellWay) | undefined;
  readonly audit: Pick<Audit, 'write'>;
  readonly cluster: string;
  readonly clock: Clock;
};

const refused = (text: string): ShellNotice => ({ text, tone: 'refused' });

type Ended = Pick<Extract<ShellRecord, { readonly phase: 'outcome' }>, 'outcome' | 'words' | 'exitCode'>;

export const createShells = (options: ShellsOptions): Shells => {
  const { wayTo, audit, cluster, clock } = options;
  const open = new Set<Promise<ShellNotice>>();
  let opened = 0;

  const endOf = async (
    node: NodeName,
    end: ChildEnd,
    tookMs: number,
    way: Extract<ShellWay, { readonly ok: true }>,
  ): Promise<Ended> => {
    const after = `after ${formatElapsed(tookMs)}`;
    const name = `shell on ${node}`;
    switch (end.kind) {
      case 'not-started':
        return { outcome: 'failed', words: `no ${name}: ${end.reason}` };
      case 'killed':
        return { outcome: 'failed', words: `${name}: ssh was ended by ${end.signal} ${after}` };
      case 'exited': {
        // What ssh itself ends with, and what a shell may end with as well.
        const failure = end.code === 255 ? await way.lost() : undefined;
        if (failure !== undefined) {
          return { outcome: 'failed', words: `${name} lost ${after}: ${failure.detail}`, exitCode: end.code };
        }
        return { outcome: 'ended', words: `${name} ended (${end.code}) ${after}`, exitCode: end.code };
      }
      default:
        return end satisfies never;
    }
  };

  const openOne: Shells['open'] = async (node, run, reason) => {
    const [against] = gateObjections(options, reason);
    if (against !== undefined) return refused(against);
    if (wayTo === undefined) return refused('ssh is off in the configuration');
    const way = wayTo(node);
    if (!way.ok) return refused(`no shell on ${node}: ${way.reason}`);
    opened += 1;
    const record = {
      id: `${new Date(clock.now()).toISOString()}-${process.pid}-shell-${opened}`,
      cluster,
      verb: 'shell',
      target: node,
      node,
      commands: [way.words],
      ...(reason === undefined || reason.trim() === '' ? {} : { reason }),
    } as const;
    const ts = (): string => new Date(clock.now()).toISOString();
    const written = await audit.write({ phase: 'intent', ts: ts(), ...record });
    if (!written.ok) return refused(`no shell: ${written.problem} – ${written.remedy}`);
    const begunMs = clock.monotonic();
    const end = await run(way.words, `plasmatop: shell on ${node}, exit or Ctrl-D to return`);
    const durationMs = Math.round(clock.monotonic() - begunMs);
    const ended = await endOf(node, end, durationMs, way);
    const kept = await audit.write({ phase: 'outcome', ts: ts(), ...record, ...ended, durationMs });
    const text = kept.ok ? ended.words : `${ended.words} (not in the audit: ${kept.problem})`;
    return { text, tone: ended.outcome === 'ended' ? 'info' : 'bad' };
  };

  return {
    open: (node, run, reason) => {
      const one = openOne(node, run, reason).finally(() => open.delete(one));
      open.add(one);
      return one;
    },
    settled: async () => {
      await Promise.all(open);
    },
  };
};
