/** Which actions of the audit are asked for. Pure. */
import type { AuditEntry } from './model.ts';

export type AuditFilter = {
  /** Wall time, ms. */
  readonly sinceMs?: number;
  /** "chainfire@node02", or all of a service, step or node by its name. */
  readonly target?: string;
  readonly node?: string;
  readonly verb?: string;
  /** The account, or who became it. */
  readonly user?: string;
  readonly outcome?: string;
  /** Only those without an end. */
  readonly open?: boolean;
};

const isTarget = (entry: AuditEntry, target: string): boolean =>
  entry.target === target || entry.target.split('@')[0] === target || entry.units.includes(target);

export const isWanted = (entry: AuditEntry, filter: AuditFilter): boolean =>
  (filter.sinceMs === undefined || entry.atMs >= filter.sinceMs) &&
  (filter.target === undefined || isTarget(entry, filter.target)) &&
  (filter.node === undefined || entry.node === filter.node) &&
  (filter.verb === undefined || entry.verb === filter.verb) &&
  (filter.user === undefined || entry.user.name === filter.user || entry.user.sudoUser === filter.user) &&
  (filter.outcome === undefined || entry.end?.outcome === filter.outcome) &&
  (filter.open !== true || entry.end === undefined);
