/** Why a unit without a fault is dead: held by what it requires, left behind when that came back, or stopped alone. */
import type { LeftBehind } from './model/cluster.ts';
import type { NodeUnits, UnitFacts } from './model/observation.ts';
import type { UnitName } from './model/topology.ts';

/**
 * `held`: something that it requires is not up. `left-behind`: all that it requires is up, and went away or failed
 * when this went down; systemd starts a unit once, so nothing will. `stopped`: it went down by itself.
 * `never`: it was not started in this boot, and nothing tells why.
 */
export type Standing =
  | { readonly kind: 'held'; readonly by: UnitName }
  | ({ readonly kind: 'left-behind' } & LeftBehind)
  | { readonly kind: 'stopped' }
  | { readonly kind: 'never' };

const OVER_STATES: ReadonlySet<string> = new Set(['running', 'degraded', 'maintenance', 'stopping']);

/** systemd has started all it will start; where it does not say, nothing is queued any more. */
export const isBootOver = (look: NodeUnits): boolean =>
  look.systemState === undefined
    ? look.units.every((unit) => (unit.job ?? 0) === 0)
    : OVER_STATES.has(look.systemState);

/** systemd is asked less often than endpoints, and over a link that reconnects with backoff. */
export const LOOK_FRESH_MS = 45_000;

/** The look, unless it is too old to go by. */
export const freshLook = (look: NodeUnits | undefined, nowMs: number): NodeUnits | undefined =>
  look === undefined || nowMs - look.atMs > LOOK_FRESH_MS ? undefined : look;

export const unitIn = (look: NodeUnits, unit: UnitName): UnitFacts | undefined =>
  look.units.find((candidate) => candidate.unit === unit);

/** Dead without a fault, and no job will start it. From systemd 254 on, a restart passes `dead-before-auto-restart`. */
export const isIdle = (unit: UnitFacts): boolean =>
  unit.active === 'inactive' && (unit.job ?? 0) === 0 && !unit.sub.includes('auto-restart');

/** Down, and systemd has nothing in mind for it: what is stopped when its dependency restarts stays stopped. */
export const isDownForGood = (unit: UnitFacts): boolean =>
  isIdle(unit) || (unit.active === 'failed' && (unit.job ?? 0) === 0);

const isUp = ({ active }: UnitFacts): boolean =>
  active === 'active' || active === 'reloading' || active === 'refreshing';

/** Two units that began to stop this close to each other were stopped together. */
const TOGETHER_MS = 2000;

/** When the start began in which a unit is up now; 0 when systemd did not say. */
const presentStart = (unit: UnitFacts): number => unit.activeEnterMs ?? unit.inactiveExitMs ?? 0;

const wentTogether = (unit: UnitFacts, required: UnitFacts): boolean =>
  unit.activeExitMs !== undefined &&
  required.activeExitMs !== undefined &&
  Math.abs(unit.activeExitMs - required.activeExitMs) <= TOGETHER_MS;

/** What happened to something it requires is why the unit is down, though that is up again. */
const tookDown = (unit: UnitFacts, required: UnitFacts): boolean => {
  const downMs = unit.inactiveEnterMs ?? 0;
  // Never up in this boot: its job was dropped if what it requires failed a start before.
  if (downMs === 0) return (required.inactiveEnterMs ?? 0) > 0 || (required.restarts ?? 0) > 0;
  return presentStart(required) > downMs || wentTogether(unit, required);
};

/** Judges a unit that is idle. `requires` are its Requires=; those that the node does not know explain nothing. */
export const standingOf = (unit: UnitFacts, requires: readonly UnitName[], look: NodeUnits): Standing => {
  const required = requires.flatMap((name) => {
    const found = unitIn(look, name);
    return found === undefined || found.load === 'not-found' ? [] : [found];
  });
  const missing = required.find((other) => !isUp(other));
  if (missing !== undefined) return { kind: 'held', by: missing.unit };
  const [latest] = required
    .filter((other) => tookDown(unit, other))
    .toSorted((a, b) => presentStart(b) - presentStart(a));
  if (latest !== undefined) return { kind: 'left-behind', after: latest.unit };
  return (unit.inactiveEnterMs ?? 0) === 0 ? { kind: 'never' } : { kind: 'stopped' };
};
