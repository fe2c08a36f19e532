/** `systemctl` on a simulated node: verbs, texts and exit codes as systemd 252 gave them. */
import type { UnitName } from '../../core/model/topology.ts';
import type { JobResult, JobType } from '../sim/jobs.ts';
import { signalNumber } from '../sim/unit-state.ts';
import { listJobs, listUnits, statusText } from './listings.ts';
import { type OptionSpec, readOptions } from './options.ts';
import { refusalFor } from './privilege.ts';
import { done, failed, type Reply, type Shell, unitName } from './reply.ts';
import { managerProperties, printProperties, SYSTEMD_VERSION, unitProperties } from './show.ts';

const SPEC: OptionSpec = {
  flags: {
    'no-block': 'no-block',
    'no-pager': 'ignored',
    'no-legend': 'no-legend',
    'no-ask-password': 'ignored',
    plain: 'plain',
    full: 'ignored',
    l: 'ignored',
    quiet: 'quiet',
    q: 'quiet',
    all: 'all',
    a: 'all',
    failed: 'failed',
    value: 'value',
    version: 'version',
    reverse: 'reverse',
  },
  values: {
    property: 'property',
    p: 'property',
    P: 'property-value',
    output: 'output',
    o: 'output',
    lines: 'lines',
    n: 'lines',
    signal: 'signal',
    s: 'signal',
    type: 'type',
    t: 'type',
    state: 'state',
  },
};

type Options = ReadonlyMap<string, readonly string[]>;

/** systemd's sentence for a job that did not end well, by the result of its unit. */
const jobFailure = (shell: Shell, unit: UnitName, result: JobResult): string => {
  if (result === 'canceled') return `Job for ${unit} canceled.\n`;
  if (result === 'dependency')
    return `A dependency job for ${unit} failed. See 'journalctl -xe' for details.\n`;
  const reasons: Readonly<Record<string, string>> = {
    'exit-code': ' because the control process exited with error code',
    timeout: ' because a timeout was exceeded',
    signal: ' because a fatal signal was delivered to the control process',
    'start-limit-hit': ' because start of the service was attempted too often',
  };
  const why = reasons[shell.manager.unit(unit)?.result ?? ''] ?? '';
  return `Job for ${unit} failed${why}.\nSee "systemctl status ${unit}" and "journalctl -xeu ${unit}" for details.\n`;
};

type Waiting = { readonly unit: UnitName; readonly job: number };

/** Requests jobs for all units, then waits until each has ended: the exit code is 1 when one of them failed. */
const changeUnits = (shell: Shell, type: JobType, units: readonly UnitName[], options: Options): Reply => {
  let err = '';
  let code = 0;
  let waiting: Waiting[] = [];
  for (const unit of units) {
    const reply = shell.world.request(shell.node, type, unit);
    if (reply?.kind === 'queued') {
      if (reply.job !== undefined) waiting.push({ unit, job: reply.job });
      continue;
    }
    err += `Failed to ${type} ${unit}: Unit ${reply?.unit ?? unit} not ${type === 'stop' ? 'loaded' : 'found'}.\n`;
    code = 5;
  }
  if (options.has('no-block')) return failed(err, code);
  return {
    kind: 'pending',
    poll: () => {
      let text = err;
      err = '';
      waiting = waiting.filter(({ unit, job }) => {
        const result = shell.manager.jobResult(job);
        if (result === undefined) return true;
        if (result !== 'done') {
          text += jobFailure(shell, unit, result);
          code ||= 1;
        }
        return false;
      });
      return { out: '', err: text, ...(waiting.length === 0 ? { code } : {}) };
    },
  };
};

const resetFailed = (shell: Shell, units: readonly UnitName[]): Reply => {
  const all = units.length > 0 ? units : shell.manager.units().map((unit) => unit.definition.name);
  const missing = all.filter((unit) => !shell.world.resetFailed(shell.node, unit));
  return failed(
    missing
      .map((unit) => `Failed to reset failed state of unit ${unit}: Unit ${unit} not loaded.\n`)
      .join(''),
    missing.length > 0 ? 1 : 0,
  );
};

const daemonReload = (shell: Shell): Reply => {
  shell.world.daemonReload(shell.node);
  return done('');
};

const kill = (shell: Shell, units: readonly UnitName[], options: Options): Reply => {
  const wanted = options.get('signal')?.at(-1) ?? 'TERM';
  const signal = signalNumber(wanted);
  if (signal === undefined) return failed(`Failed to parse signal string ${wanted}.\n`, 1);
  const missing = units.filter((unit) => shell.world.kill(shell.node, unit, signal) === 'not-found');
  return failed(
    missing.map((unit) => `Failed to kill unit ${unit}: Unit ${unit} not loaded.\n`).join(''),
    missing.length > 0 ? 1 : 0,
  );
};

const show = (shell: Shell, units: readonly UnitName[], options: Options): Reply => {
  const named = options.get('property') ?? [];
  const bare = options.get('property-value') ?? [];
  const wanted = [...named, ...bare].flatMap((list) => list.split(','));
  const asked = wanted.length === 0 ? undefined : wanted;
  const valueOnly = options.has('value') || bare.length > 0;
  if (units.length === 0) return done(printProperties(managerProperties(shell), asked, valueOnly));
  return done(units.map((unit) => printProperties(unitProperties(shell, unit), asked, valueOnly)).join('\n'));
};

const isState = (
  shell: Shell,
  units: readonly UnitName[],
  options: Options,
  state: 'active' | 'failed',
): Reply => {
  const states = units.map((unit) => shell.manager.unit(unit)?.active ?? 'inactive');
  const out = options.has('quiet') ? '' : states.map((each) => `${each}\n`).join('');
  return done(out, states.includes(state) ? 0 : state === 'active' ? 3 : 1);
};

const isEnabled = (shell: Shell, units: readonly UnitName[]): Reply => {
  let out = '';
  let err = '';
  for (const name of units) {
    const unit = shell.manager.unit(name);
    if (unit === undefined) err += `Failed to get unit file state for ${name}: No such file or directory\n`;
    else out += unit.definition.kind === 'target' ? 'static\n' : 'enabled\n';
  }
  return failed(err, out === '' ? 1 : 0, out);
};

const isSystemRunning = (shell: Shell): Reply => {
  const state = shell.manager.systemState;
  return done(`${state}\n`, state === 'running' ? 0 : 1);
};

const listDependencies = (shell: Shell, units: readonly UnitName[], options: Options): Reply => {
  const name = units[0] ?? 'multi-user.target';
  const needs = (unit: UnitName): readonly UnitName[] => {
    const definition = shell.manager.unit(unit)?.definition;
    if (!options.has('reverse')) return [...(definition?.requires ?? []), ...(definition?.wants ?? [])];
    return shell.manager
      .units()
      .filter((each) => [...each.definition.requires, ...each.definition.wants].includes(unit))
      .map((each) => each.definition.name);
  };
  const mark = (unit: UnitName): string =>
    options.has('plain') ? '' : shell.manager.unit(unit)?.active === 'active' ? '● ' : '○ ';
  const lines = needs(name).map((unit) => `  ${mark(unit)}${unit}`);
  return done(`${[name, ...lines].join('\n')}\n`);
};

const TOO_FEW = 'Too few arguments.\n';

/** What only root may, and not who polkit does not let: exit codes and texts as systemd 252 gave them. */
const refusedOf = (shell: Shell, verb: string, units: readonly UnitName[]): Reply | undefined => {
  switch (verb) {
    case 'start':
    case 'stop':
    case 'restart':
      return refusalFor(
        shell,
        units.map((unit) => `${verb} ${unit}`),
        4,
      );
    case 'reset-failed':
      return refusalFor(
        shell,
        units.map((unit) => `reset failed state of unit ${unit}`),
        1,
      );
    case 'kill':
      return refusalFor(
        shell,
        units.map((unit) => `kill unit ${unit}`),
        1,
      );
    case 'daemon-reload':
      return refusalFor(shell, ['reload daemon'], 1);
    default:
      return undefined;
  }
};

/** Runs `systemctl` with these arguments. */
export const systemctl = (shell: Shell, args: readonly string[]): Reply => {
  const read = readOptions(args, SPEC);
  if (!read.ok) return failed(`systemctl: ${read.message}\n`, 1);
  const { options } = read;
  if (options.has('version')) return done(`systemd 252 (${SYSTEMD_VERSION})\n+PAM +AUDIT +SELINUX\n`);
  const [verb = 'list-units', ...words] = read.rest;
  const units = words.map(unitName);
  const refused = refusedOf(shell, verb, units);
  if (refused !== undefined) return refused;
  switch (verb) {
    case 'start':
    case 'stop':
    case 'restart':
      return units.length === 0 ? failed(TOO_FEW, 1) : changeUnits(shell, verb, units, options);
    case 'reset-failed':
      return resetFailed(shell, units);
    case 'daemon-reload':
      return words.length > 0 ? failed('Too many arguments.\n', 1) : daemonReload(shell);
    case 'kill':
      return units.length === 0 ? failed(TOO_FEW, 1) : kill(shell, units, options);
    case 'show':
      return show(shell, units, options);
    case 'status':
      return statusText(shell, units, Number(options.get('lines')?.at(-1) ?? 10));
    case 'is-active':
      return isState(shell, units, options, 'active');
    case 'is-failed':
      return isState(shell, units, options, 'failed');
    case 'is-enabled':
      return isEnabled(shell, units);
    case 'is-system-running':
      return isSystemRunning(shell);
    case 'list-jobs':
      return done(listJobs(shell, options.has('no-legend')));
    case 'list-units':
      return done(
        listUnits(shell, {
          names: units,
          states: options.has('failed') ? ['failed'] : (options.get('state') ?? []),
          types: options.get('type') ?? [],
          json: options.get('output')?.some((format) => format.startsWith('json')) === true,
          legend: !options.has('no-legend'),
          all: options.has('all'),
        }),
      );
    case 'list-dependencies':
      return listDependencies(shell, units, options);
    default:
      return failed(`Unknown command verb ${verb}.\n`, 1);
  }
};
