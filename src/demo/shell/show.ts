/** `systemctl show`: the properties of units and of the manager, in systemd's order and spelling. */
import type { UnitName } from '../../core/model/topology.ts';
import type { Unit } from '../sim/unit-state.ts';
import { START_LIMIT_BURST, START_LIMIT_INTERVAL_MS } from '../sim/unit-state.ts';
import { MULTI_USER } from '../sim/units.ts';
import { monotonicMs, type Shell, systemdDate } from './reply.ts';

export const SYSTEMD_VERSION = '252.39-1~deb12u2';

type Property = readonly [name: string, value: string];

/** systemd's way to write a span: `1min 30s`, `infinity`. */
const span = (ms: number | undefined): string => {
  if (ms === undefined) return 'infinity';
  const minutes = Math.floor(ms / 60_000);
  const seconds = (ms % 60_000) / 1000;
  return [minutes > 0 ? `${minutes}min` : '', seconds > 0 ? `${seconds}s` : '']
    .filter((part) => part !== '')
    .join(' ');
};

const yes = (value: boolean): string => (value ? 'yes' : 'no');

const serviceProperties = (unit: Readonly<Unit>): readonly Property[] => [
  ['Type', unit.definition.type ?? ''],
  ['Restart', unit.definition.restartSecMs === undefined ? 'no' : 'on-failure'],
  ['NotifyAccess', unit.definition.type === 'notify' ? 'main' : 'none'],
  ['RestartUSec', span(unit.definition.restartSecMs ?? 100)],
  ['TimeoutStartUSec', span(unit.definition.timeoutStartMs)],
  ['TimeoutStopUSec', span(90_000)],
  ['RemainAfterExit', yes(unit.definition.remainAfterExit)],
  // A forking daemon has no main process until it has forked.
  ['MainPID', String(unit.definition.type === 'forking' && unit.active === 'activating' ? 0 : unit.pid)],
  ['StatusText', unit.statusText],
  ['Result', unit.result],
  ['NRestarts', String(unit.restarts)],
  ['ExecMainCode', String(unit.exit.how)],
  ['ExecMainStatus', String(unit.exit.status)],
];

/** What systemd adds to every service (DefaultDependencies=). */
const DEFAULT_REQUIRES = ['sysinit.target', 'system.slice'];
const DEFAULT_AFTER = ['basic.target', 'sysinit.target', 'systemd-journald.socket', 'system.slice'];

/** Properties of a unit, whether or not it exists. */
export const unitProperties = (shell: Shell, name: UnitName): readonly Property[] => {
  const unit = shell.manager.unit(name);
  const { manager } = shell;
  const isService = name.endsWith('.service');
  if (unit === undefined) {
    return [
      ...(isService ? missingService : []),
      ['Id', name],
      ['Names', name],
      ['Description', name],
      ['LoadState', 'not-found'],
      ['ActiveState', 'inactive'],
      ['SubState', 'dead'],
      ['FragmentPath', ''],
      ['UnitFileState', ''],
      ...timestamps(shell, undefined),
      ['Job', ''],
      ['NeedDaemonReload', 'no'],
      ['ConditionResult', 'no'],
      ['InvocationID', ''],
    ];
  }
  const { definition } = unit;
  const wantedBy = manager.units().filter((each) => each.definition.wants.includes(name));
  const before = manager.units().filter((each) => each.definition.after.includes(name));
  return [
    ...(isService ? serviceProperties(unit) : []),
    ['Id', name],
    ['Names', name],
    ['Requires', [...definition.requires, ...(isService ? DEFAULT_REQUIRES : [])].join(' ')],
    ['Requisite', ''],
    ['Wants', definition.wants.join(' ')],
    ['BindsTo', ''],
    ['PartOf', ''],
    ['RequiredBy', (manager.graph.requiredBy.get(name) ?? []).join(' ')],
    ['WantedBy', wantedBy.map((each) => each.definition.name).join(' ')],
    ['Before', before.map((each) => each.definition.name).join(' ')],
    ['After', [...definition.after, ...(isService ? DEFAULT_AFTER : [])].join(' ')],
    ['Description', definition.description],
    ['LoadState', 'loaded'],
    ['ActiveState', unit.active],
    ['SubState', unit.sub],
    ['FragmentPath', `/etc/systemd/system/${name}`],
    ['UnitFileState', definition.kind === 'target' ? 'static' : 'enabled'],
    ...timestamps(shell, unit),
    ['StartLimitIntervalUSec', span(START_LIMIT_INTERVAL_MS)],
    ['StartLimitBurst', String(START_LIMIT_BURST)],
    ['Job', String(manager.job(name)?.id ?? '')],
    ['NeedDaemonReload', yes(manager.needsReload(name))],
    ['ConditionResult', yes(unit.invocation !== '')],
    ['InvocationID', unit.invocation],
  ];
};

const missingService: readonly Property[] = [
  ['Type', ''],
  ['TimeoutStartUSec', '1min 30s'],
  ['MainPID', '0'],
  ['StatusText', ''],
  ['Result', 'success'],
  ['NRestarts', '0'],
  ['ExecMainCode', '0'],
  ['ExecMainStatus', '0'],
];

const timestamps = (shell: Shell, unit: Readonly<Unit> | undefined): readonly Property[] => {
  const both = (name: string, atMs: number | undefined): readonly Property[] => [
    [name, atMs === undefined ? '' : systemdDate(shell.wallMs(atMs))],
    [
      `${name}Monotonic`,
      atMs === undefined ? '0' : String(Math.round(monotonicMs(shell.manager, atMs) * 1000)),
    ],
  ];
  return [
    ...both('StateChangeTimestamp', unit?.stateChangeMs),
    ...both('InactiveExitTimestamp', unit?.inactiveExitMs),
    ...both('ActiveEnterTimestamp', unit?.activeEnterMs),
    ...both('ActiveExitTimestamp', unit?.activeExitMs),
    ...both('InactiveEnterTimestamp', unit?.inactiveEnterMs),
  ];
};

/** Properties of the manager itself: `systemctl show` without units. */
export const managerProperties = (shell: Shell): readonly Property[] => {
  const { manager } = shell;
  const { jobs, installed, failedJobs } = manager.counts;
  const finishedMs = manager.finishedBootAtMs;
  const micros = (worldMs: number): string => String(Math.round(monotonicMs(manager, worldMs) * 1000));
  return [
    ['Version', SYSTEMD_VERSION],
    ['Virtualization', 'none'],
    ['Tainted', ''],
    ['UserspaceTimestamp', systemdDate(shell.wallMs(manager.bootAtMs))],
    ['UserspaceTimestampMonotonic', micros(manager.bootAtMs)],
    ['FinishTimestamp', finishedMs === undefined ? '' : systemdDate(shell.wallMs(finishedMs))],
    ['FinishTimestampMonotonic', finishedMs === undefined ? '0' : micros(finishedMs)],
    ['NNames', String(manager.units().length)],
    ['NFailedUnits', String(manager.units().filter((unit) => unit.active === 'failed').length)],
    ['NJobs', String(jobs)],
    ['NInstalledJobs', String(installed)],
    ['NFailedJobs', String(failedJobs)],
    ['Progress', String(Number(manager.progress.toFixed(6)))],
    ['DefaultTarget', MULTI_USER],
    ['SystemState', manager.systemState],
  ];
};

/** The blocks that `show` prints: `wanted` undefined prints all properties; unknown names print nothing. */
export const printProperties = (
  properties: readonly Property[],
  wanted: readonly string[] | undefined,
  valueOnly: boolean,
): string =>
  properties
    .filter(([name]) => wanted === undefined || wanted.includes(name))
    .map(([name, value]) => (valueOnly ? value : `${name}=${value}`))
    .map((line) => `${line}\n`)
    .join('');
