/** What `systemctl status`, `list-jobs` and `list-units` print. */
import { formatAge } from '../../core/format.ts';
import type { UnitName } from '../../core/model/topology.ts';
import type { Unit } from '../sim/unit-state.ts';
import { journalLine } from './journalctl.ts';
import { failed, type Reply, type Shell, systemdDate } from './reply.ts';

/** Left-aligned columns; the last one is not padded. */
const table = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join(' '),
  );
};

export const listJobs = (shell: Shell, noLegend: boolean): string => {
  const jobs = shell.manager.jobs();
  if (jobs.length === 0) return noLegend ? '' : 'No jobs running.\n';
  const rows = jobs.map((job) => [String(job.id), job.unit, job.type, job.state]);
  if (noLegend)
    return table(rows)
      .map((line) => `${line}\n`)
      .join('');
  const lines = table([['JOB', 'UNIT', 'TYPE', 'STATE'], ...rows]);
  return `${lines.join('\n')}\n\n${jobs.length} jobs listed.\n`;
};

export type UnitListing = {
  readonly names: readonly UnitName[];
  readonly states: readonly string[];
  readonly types: readonly string[];
  readonly json: boolean;
  readonly legend: boolean;
  readonly all: boolean;
};

export const listUnits = (shell: Shell, listing: UnitListing): string => {
  const units = shell.manager
    .units()
    .filter((unit) => listing.names.length === 0 || listing.names.includes(unit.definition.name))
    .filter((unit) => listing.types.length === 0 || listing.types.includes(unit.definition.kind))
    .filter(
      (unit) =>
        listing.states.length === 0 ||
        listing.states.some((state) => state === unit.active || state === unit.sub),
    )
    .filter(
      (unit) =>
        listing.all ||
        listing.states.length > 0 ||
        unit.active !== 'inactive' ||
        shell.manager.job(unit.definition.name) !== undefined,
    );
  if (listing.json) {
    const rows = units.map((unit) => ({
      ...{ unit: unit.definition.name, load: 'loaded', active: unit.active, sub: unit.sub },
      description: unit.definition.description,
    }));
    return `${JSON.stringify(rows)}\n`;
  }
  const rows = units.map((unit) => [
    `${unit.active === 'failed' ? '●' : ' '} ${unit.definition.name}`,
    ...['loaded', unit.active, unit.sub, unit.definition.description],
  ]);
  if (!listing.legend)
    return table(rows)
      .map((line) => `${line}\n`)
      .join('');
  const lines = table([['  UNIT', 'LOAD', 'ACTIVE', 'SUB', 'DESCRIPTION'], ...rows]);
  return `${lines.join('\n')}\n${units.length} loaded units listed.\n`;
};

const glyph = (unit: Readonly<Unit>): string => {
  switch (unit.active) {
    case 'active':
    case 'activating':
    case 'deactivating':
      return '●';
    case 'failed':
      return '×';
    case 'inactive':
      return '○';
    default: {
      const never: never = unit.active;
      return never;
    }
  }
};

const oneStatus = (shell: Shell, unit: Readonly<Unit>, lines: number): string => {
  const { name, description, kind } = unit.definition;
  const since = unit.stateChangeMs;
  const result = unit.result === 'success' ? '' : ` (Result: ${unit.result})`;
  const when =
    since === undefined
      ? ''
      : ` since ${systemdDate(shell.wallMs(since))}; ${formatAge(shell.world.nowMs - since)} ago`;
  const about = [
    `${glyph(unit)} ${name} - ${description}`,
    `     Loaded: loaded (/etc/systemd/system/${name}; ${kind === 'target' ? 'static' : 'enabled; preset: enabled'})`,
    `     Active: ${unit.active} (${unit.sub})${result}${when}`,
  ];
  if (unit.pid > 0) about.push(`   Main PID: ${unit.pid} (${unit.definition.identifier})`);
  else if (unit.exit.how > 0)
    about.push(
      `   Main PID: 0 (code=${unit.exit.how === 1 ? 'exited' : 'killed'}, status=${unit.exit.status})`,
    );
  if (unit.statusText !== '') about.push(`     Status: "${unit.statusText}"`);
  const journal = shell.manager.journal
    .entries([name])
    .slice(lines === 0 ? Number.POSITIVE_INFINITY : -lines);
  return `${[...about, ...(journal.length === 0 ? [] : ['', ...journal.map((entry) => journalLine(shell, { entry, manager: shell.manager }, 'short'))])].join('\n')}\n`;
};

/** `systemctl status`: 0 active, 3 not active, 4 no such unit. */
export const statusText = (shell: Shell, names: readonly UnitName[], lines: number): Reply => {
  if (names.length === 0) {
    const { jobs } = shell.manager.counts;
    const broken = shell.manager.units().filter((unit) => unit.active === 'failed').length;
    return failed(
      '',
      0,
      `● ${shell.node}\n    State: ${shell.manager.systemState}\n     Jobs: ${jobs} queued\n   Failed: ${broken} units\n`,
    );
  }
  const blocks: string[] = [];
  let err = '';
  let code = 0;
  for (const name of names) {
    const unit = shell.manager.unit(name);
    if (unit === undefined) {
      err += `Unit ${name} could not be found.\n`;
      code = 4;
      continue;
    }
    blocks.push(oneStatus(shell, unit, lines));
    if (unit.active !== 'active' && code === 0) code = 3;
  }
  return failed(err, code, blocks.join('\n'));
};
