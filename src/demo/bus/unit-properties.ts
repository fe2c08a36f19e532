/** The properties of a simulated unit as systemd 252 sends them when they change: names, types and order. */
import { monotonicMs, type Shell } from '../shell/reply.ts';
import type { Unit } from '../sim/unit-state.ts';

/** A D-Bus dict of variants, as the marshaller takes it. */
type Dict = readonly (readonly [name: string, variant: readonly [type: string, value: unknown]])[];

export type ChangedProperties = { readonly interface: string; readonly properties: Dict };

export const jobPath = (id: number): string => `/org/freedesktop/systemd1/job/${id}`;

const stamps = (shell: Shell, name: string, atMs: number | undefined): Dict => [
  [name, ['t', atMs === undefined ? 0 : Math.round(shell.wallMs(atMs) * 1000)]],
  [`${name}Monotonic`, ['t', atMs === undefined ? 0 : Math.round(monotonicMs(shell.manager, atMs) * 1000)]],
];

const ofService = (shell: Shell, unit: Readonly<Unit>): Dict => {
  const forked = unit.definition.type !== 'forking' || unit.active !== 'activating';
  return [
    ['MainPID', ['u', forked ? unit.pid : 0]],
    ['ControlPID', ['u', 0]],
    ['StatusText', ['s', unit.statusText]],
    ['StatusErrno', ['i', 0]],
    ['Result', ['s', unit.result]],
    ['NRestarts', ['u', unit.restarts]],
    ...stamps(shell, 'ExecMainStartTimestamp', unit.pid === 0 ? undefined : unit.processStartedMs),
    ['ExecMainPID', ['u', unit.pid]],
    ['ExecMainCode', ['i', unit.exit.how]],
    ['ExecMainStatus', ['i', unit.exit.status]],
  ];
};

const ofUnit = (shell: Shell, unit: Readonly<Unit>): Dict => {
  const job = shell.manager.job(unit.definition.name);
  return [
    ['ActiveState', ['s', unit.active]],
    ['FreezerState', ['s', 'running']],
    ['SubState', ['s', unit.sub]],
    ...stamps(shell, 'StateChangeTimestamp', unit.stateChangeMs),
    ...stamps(shell, 'InactiveExitTimestamp', unit.inactiveExitMs),
    ...stamps(shell, 'ActiveEnterTimestamp', unit.activeEnterMs),
    ...stamps(shell, 'ActiveExitTimestamp', unit.activeExitMs),
    ...stamps(shell, 'InactiveEnterTimestamp', unit.inactiveEnterMs),
    ['Job', ['(uo)', job === undefined ? [0, '/'] : [job.id, jobPath(job.id)]]],
    ['ConditionResult', ['b', unit.invocation !== '']],
    ['InvocationID', ['ay', Buffer.from(unit.invocation, 'hex')]],
  ];
};

/** What one change of a unit sends: for a service first its own part, then that of every unit. */
export const changedProperties = (shell: Shell, unit: Readonly<Unit>): readonly ChangedProperties[] => [
  ...(unit.definition.kind === 'service'
    ? [{ interface: 'org.freedesktop.systemd1.Service', properties: ofService(shell, unit) }]
    : []),
  { interface: 'org.freedesktop.systemd1.Unit', properties: ofUnit(shell, unit) },
];

/** Differs whenever something that is sent differs. */
export const fingerprint = (shell: Shell, unit: Readonly<Unit>): string =>
  [
    ...[unit.active, unit.sub, unit.result, unit.pid, unit.exit.how, unit.exit.status, unit.restarts],
    ...[unit.invocation, unit.statusText, unit.stateChangeMs, shell.manager.job(unit.definition.name)?.id],
  ].join(' ');
