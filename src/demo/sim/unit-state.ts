/** What one unit of a simulated node is doing right now, and the rules that concern it alone. Its manager writes it. */
import type { UnitDefinition } from './units.ts';

/** What a process does next, at a world time in ms. `again` asks its program once more; `hang` never ends by itself. */
export type ProcessStep =
  | { readonly kind: 'ready'; readonly atMs: number }
  | { readonly kind: 'exit'; readonly atMs: number; readonly code: number; readonly line?: string }
  | { readonly kind: 'again'; readonly atMs: number };

type UnitResult = 'success' | 'exit-code' | 'signal' | 'timeout' | 'start-limit-hit';
export type ActiveState = 'inactive' | 'activating' | 'active' | 'deactivating' | 'failed';
export type SubState =
  | 'dead'
  | 'start'
  | 'running'
  | 'exited'
  | 'active'
  | 'stop-sigterm'
  | 'auto-restart'
  | 'failed';

export type Unit = {
  /** As its manager last read it. */
  definition: UnitDefinition;
  active: ActiveState;
  sub: SubState;
  result: UnitResult;
  /** 0 when no process runs. */
  pid: number;
  /** ExecMainCode (0 none, 1 exited, 2 killed) and ExecMainStatus. */
  exit: { readonly how: 0 | 1 | 2; readonly status: number };
  restarts: number;
  /** The next start begins a new count of restarts. */
  flushRestarts: boolean;
  invocation: string;
  statusText: string;
  /** Its port is open: later than `active` for Type=simple. */
  serving: boolean;
  /** World times in ms. */
  processStartedMs: number;
  inactiveExitMs: number | undefined;
  activeEnterMs: number | undefined;
  activeExitMs: number | undefined;
  inactiveEnterMs: number | undefined;
  stateChangeMs: number | undefined;
  /** Timers, world ms. */
  next: ProcessStep | undefined;
  timeoutAtMs: number | undefined;
  stopAtMs: number | undefined;
  restartAtMs: number | undefined;
  /** The start limit's window. */
  startsBeganMs: number;
  starts: number;
};

/** StartLimitBurst= of every unit. */
export const START_LIMIT_BURST = 5;
/** Long enough that a crash loop every 10 s ends in `failed`, short enough that a later restart by hand is let through. */
export const START_LIMIT_INTERVAL_MS = 60_000;

export const newUnit = (definition: UnitDefinition): Unit => ({
  definition,
  active: 'inactive',
  sub: 'dead',
  result: 'success',
  pid: 0,
  exit: { how: 0, status: 0 },
  restarts: 0,
  flushRestarts: false,
  invocation: '',
  statusText: '',
  serving: false,
  processStartedMs: 0,
  inactiveExitMs: undefined,
  activeEnterMs: undefined,
  activeExitMs: undefined,
  inactiveEnterMs: undefined,
  stateChangeMs: undefined,
  next: undefined,
  timeoutAtMs: undefined,
  stopAtMs: undefined,
  restartAtMs: undefined,
  startsBeganMs: 0,
  starts: 0,
});

const isDown = (state: ActiveState): boolean => state === 'inactive' || state === 'failed';

export const isStoppable = (unit: Readonly<Unit>): boolean => !isDown(unit.active);

/** Active or on its way there: what a restart of a dependency takes along. */
export const isUp = (unit: Readonly<Unit> | undefined): boolean =>
  unit?.active === 'active' || unit?.active === 'activating';

/** Changes state and stamps the times that `systemctl show` reports. */
export const become = (unit: Unit, active: ActiveState, sub: SubState, nowMs: number): void => {
  const was = unit.active;
  unit.active = active;
  unit.sub = sub;
  unit.stateChangeMs = nowMs;
  if (isDown(was) && !isDown(active)) unit.inactiveExitMs = nowMs;
  if (!isDown(was) && isDown(active)) unit.inactiveEnterMs = nowMs;
  if (was !== 'active' && active === 'active') unit.activeEnterMs = nowMs;
  if (was === 'active' && active !== 'active') unit.activeExitMs = nowMs;
};

/** Counts a start against systemd's rate limit: a window opens with the first start. False: refused. */
export const takeStart = (unit: Unit, nowMs: number): boolean => {
  if (unit.definition.kind === 'target') return true;
  if (unit.starts === 0 || nowMs > unit.startsBeganMs + START_LIMIT_INTERVAL_MS) {
    unit.startsBeganMs = nowMs;
    unit.starts = 0;
  }
  if (unit.starts >= START_LIMIT_BURST) return false;
  unit.starts += 1;
  return true;
};

/** World time of what happens next to the unit by itself; Infinity when nothing will. */
export const nextTimer = (unit: Readonly<Unit>): number =>
  Math.min(
    unit.next?.atMs ?? Number.POSITIVE_INFINITY,
    unit.timeoutAtMs ?? Number.POSITIVE_INFINITY,
    unit.stopAtMs ?? Number.POSITIVE_INFINITY,
    unit.restartAtMs ?? Number.POSITIVE_INFINITY,
  );

const EXIT_NAMES: ReadonlyMap<number, string> = new Map([
  [0, 'SUCCESS'],
  [1, 'FAILURE'],
  [2, 'INVALIDARGUMENT'],
  [3, 'NOTIMPLEMENTED'],
  [4, 'NOPERMISSION'],
]);

/** systemd's word for an exit status, as its journal lines carry it. */
export const exitName = (code: number): string => EXIT_NAMES.get(code) ?? 'n/a';

/** Signals that systemd counts as a clean end of a service: HUP, INT, PIPE, TERM. */
export const isPolite = (signal: number): boolean => [1, 2, 13, 15].includes(signal);

const SIGNAL_NAMES: ReadonlyMap<number, string> = new Map([
  [1, 'HUP'],
  [2, 'INT'],
  [3, 'QUIT'],
  [6, 'ABRT'],
  [9, 'KILL'],
  [11, 'SEGV'],
  [15, 'TERM'],
]);

/** `KILL`, `TERM`; `RTMIN` style names are not needed here. */
export const signalName = (signal: number): string => SIGNAL_NAMES.get(signal) ?? String(signal);

/** The number of `KILL`, `SIGKILL` or `9`; undefined when unknown. */
export const signalNumber = (text: string): number | undefined => {
  const name = text.toUpperCase().replace(/^SIG/u, '');
  for (const [number, known] of SIGNAL_NAMES) if (known === name || String(number) === text) return number;
  return undefined;
};
