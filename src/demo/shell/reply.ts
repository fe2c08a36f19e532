/** What a command on a simulated node says: at once, or bit by bit while the world goes on. */
import type { NodeName } from '../../core/model/inventory.ts';
import type { UnitName } from '../../core/model/topology.ts';
import type { Manager } from '../sim/manager.ts';
import type { World } from '../sim/world.ts';

/** Text since the last look; `code` ends the command. */
export type Output = { readonly out: string; readonly err: string; readonly code?: number };

export type Reply =
  | { readonly kind: 'done'; readonly out: string; readonly err: string; readonly code: number }
  /** Asked again whenever the world has moved, until it gives a code. */
  | { readonly kind: 'pending'; readonly poll: () => Output };

/** Where a command runs. */
export type Shell = {
  readonly world: World;
  readonly node: NodeName;
  readonly manager: Manager;
  /** Who is logged in. */
  readonly user: string;
  /** Wall time, ms since the epoch, of a world time. */
  readonly wallMs: (worldMs: number) => number;
};

export const done = (out: string, code = 0): Reply => ({ kind: 'done', out, err: '', code });
export const failed = (err: string, code: number, out = ''): Reply => ({ kind: 'done', out, err, code });

/** `chainfire` means chainfire.service, as systemctl reads it. */
export const unitName = (word: string): UnitName =>
  /\.(?:service|target|socket|mount|timer|path|slice|scope)$/u.test(word) ? word : `${word}.service`;

/** The node's monotonic clock at a world time, ms. The kernel took 1.8 s before systemd began. */
export const monotonicMs = (manager: Manager, worldMs: number): number => worldMs - manager.bootAtMs + 1800;

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** `Mon 2026-11-23 09:38:37 UTC`. */
export const systemdDate = (wallMs: number): string => {
  const iso = new Date(wallMs).toISOString();
  return `${DAYS[new Date(wallMs).getUTCDay()] ?? ''} ${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
};
