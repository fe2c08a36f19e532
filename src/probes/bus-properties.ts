/** systemd's properties as the bus sends them, read as `systemctl show` would print them. Pure. */
import type { UnitFacts } from '../core/model/observation.ts';
import { factsOf, type Properties, type UNIT_PROPERTIES } from './systemd-show.ts';

type Property = (typeof UNIT_PROPERTIES)[number];

const INVOCATION_BYTES = 16;

/** A value as `show` prints it; undefined for what is not read here. Spans keep their µs, which the reader knows. */
export const propertyText = (name: string, value: unknown): string | undefined => {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return name.endsWith('USec') ? `${value}us` : String(value);
  if (Buffer.isBuffer(value)) return value.length === INVOCATION_BYTES ? value.toString('hex') : '';
  // A job is its id and its path; 0 says that there is none.
  if (Array.isArray(value) && typeof value[0] === 'number') return value[0] === 0 ? '' : String(value[0]);
  return undefined;
};

/** The property that each fact is read from. */
const SOURCE: { readonly [Fact in Exclude<keyof UnitFacts, 'unit'>]-?: Property } = {
  load: 'LoadState',
  active: 'ActiveState',
  sub: 'SubState',
  result: 'Result',
  type: 'Type',
  unitFile: 'UnitFileState',
  restarts: 'NRestarts',
  exitCode: 'ExecMainStatus',
  exitHow: 'ExecMainCode',
  mainPid: 'MainPID',
  statusText: 'StatusText',
  invocation: 'InvocationID',
  needsReload: 'NeedDaemonReload',
  job: 'Job',
  inactiveExitMs: 'InactiveExitTimestampMonotonic',
  activeEnterMs: 'ActiveEnterTimestampMonotonic',
  activeExitMs: 'ActiveExitTimestampMonotonic',
  inactiveEnterMs: 'InactiveEnterTimestampMonotonic',
  stateChangeMs: 'StateChangeTimestampMonotonic',
  timeoutStartMs: 'TimeoutStartUSec',
};

/** The properties that are read at all. */
export const READ_PROPERTIES: ReadonlySet<string> = new Set(Object.values(SOURCE));

/** `known` with what `changed` says; what it does not name stays as it is. */
export const withProperties = (known: UnitFacts, changed: Properties): UnitFacts => {
  const fresh = factsOf(
    new Map([
      ['Id', known.unit],
      ['ActiveState', known.active],
      ['SubState', known.sub],
      ['ExecMainCode', String(known.exitHow ?? 0)],
      ...changed,
    ]),
  );
  if (fresh === undefined) return known;
  const kept = Object.entries(SOURCE).filter(([, property]) => !changed.has(property));
  const fromKnown = kept.flatMap(([fact]) => {
    const value = known[fact as keyof UnitFacts];
    return value === undefined ? [] : [[fact, value] as const];
  });
  return { ...fresh, ...Object.fromEntries(fromKnown), unit: known.unit };
};
