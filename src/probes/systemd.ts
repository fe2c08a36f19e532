/** One look at a node's systemd: everything the console needs, in one command over ssh. */
import type { NodeUnits, SshFailure, UnitFacts } from '../core/model/observation.ts';
import type { UnitName } from '../core/model/topology.ts';
import { remoteSequence } from '../core/quote.ts';
import { sanitiseLine } from '../core/sanitise.ts';
import type { Clock } from '../lib/clock.ts';
import type { Link } from '../ssh/types.ts';
import { parseJobs } from './systemd-jobs.ts';
import { linesOf, parseProperties, parseShow, UNIT_PROPERTIES } from './systemd-show.ts';

const LOOK_TIMEOUT_MS = 5000;

/** Lines of our own between the answers: login scripts may print whatever they like before the first. */
const MARK = {
  begin: 'plasmatop:begin',
  manager: 'plasmatop:manager',
  units: 'plasmatop:units',
  jobs: 'plasmatop:jobs',
  end: 'plasmatop:end',
} as const;

const CUT_SHORT = 'the answer was cut short';
const CUT_REMEDY =
  'it is asked again by itself; if that does not help, see what its login scripts print and what ends commands there';

const UPTIME = /^(\d{1,12}(?:\.\d+)?) \d+(?:\.\d+)?$/u;
const BOOT_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;

/** `systemctl show` of these units; needs no rights. */
export const showCommand = (units: readonly UnitName[]): string[] => [
  'systemctl',
  'show',
  '-p',
  UNIT_PROPERTIES.join(','),
  '--',
  ...units,
];

/** The line that makes one look, for the node's shell. */
export const lookCommand = (units: readonly UnitName[]): string =>
  remoteSequence([
    ['echo', MARK.begin],
    ['cat', '/proc/uptime'],
    ['cat', '/proc/sys/kernel/random/boot_id'],
    ['echo', MARK.manager],
    ['systemctl', 'show', '-p', 'Version,SystemState,Progress'],
    ['echo', MARK.units],
    // Without units `show` would answer about the manager again.
    ...(units.length === 0 ? [] : [showCommand(units)]),
    ['echo', MARK.jobs],
    // With its legend: it says how many there are, so that no answer is not taken for no jobs.
    ['systemctl', 'list-jobs', '--full', '--no-pager'],
    ['echo', MARK.end],
  ]);

export type ParsedLook =
  | { readonly ok: true; readonly look: NodeUnits }
  | { readonly ok: false; readonly detail: string };

/** An alias answers with the name of the unit behind it: where every unit answered, the order tells which is which. */
const named = (facts: readonly UnitFacts[], units: readonly UnitName[]): UnitFacts[] =>
  facts.length === units.length
    ? facts.map((fact, index) => ({ ...fact, unit: units[index] ?? fact.unit }))
    : [...facts];

/** Takes the answer to `lookCommand(units)` apart; `atMs` is when the look began. */
export const parseLook = (stdout: string, units: readonly UnitName[], atMs: number): ParsedLook => {
  const lines = linesOf(stdout);
  const begin = lines.indexOf(MARK.begin);
  const manager = lines.indexOf(MARK.manager, begin);
  const show = lines.indexOf(MARK.units, manager);
  const queue = lines.indexOf(MARK.jobs, show);
  const end = lines.indexOf(MARK.end, queue);
  if (begin === -1) return { ok: false, detail: 'the node did not run the command' };
  if (manager === -1 || show === -1 || queue === -1 || end === -1) return { ok: false, detail: CUT_SHORT };

  const facts = named(parseShow(`${lines.slice(show + 1, queue).join('\n')}\n`), units);
  const properties = parseProperties(lines.slice(manager + 1, show));
  if (properties.size === 0 || (facts.length === 0 && units.length > 0)) {
    return { ok: false, detail: 'systemctl did not answer' };
  }

  const head = lines.slice(begin + 1, manager);
  const uptime = head.map((line) => UPTIME.exec(line)?.[1]).find((text) => text !== undefined);
  const bootId = head.find((line) => BOOT_ID.test(line));
  const newestMs = Math.max(0, ...facts.map((fact) => fact.stateChangeMs ?? 0));
  const uptimeMs = uptime === undefined ? undefined : Number(uptime) * 1000;
  // A container's uptime may count from its own start while systemd's times count from the host's: then it is no clock.
  const monotonicMs = uptimeMs !== undefined && uptimeMs + 1000 >= newestMs ? uptimeMs : undefined;
  const [version, state] = [properties.get('Version'), properties.get('SystemState')];
  const jobs = parseJobs(lines.slice(queue + 1, end));
  const progress = Number.parseFloat(properties.get('Progress') ?? '');
  return {
    ok: true,
    look: {
      atMs,
      units: facts,
      ...(jobs === undefined ? {} : { jobs }),
      ...(bootId === undefined ? {} : { bootId }),
      ...(monotonicMs === undefined ? {} : { monotonicMs }),
      ...(version ? { systemVersion: sanitiseLine(version, 80) } : {}),
      ...(state ? { systemState: sanitiseLine(state, 80) } : {}),
      ...(progress >= 0 && progress <= 1 ? { progress } : {}),
    },
  };
};

export type Look =
  | { readonly ok: true; readonly look: NodeUnits }
  | { readonly ok: false; readonly failure: SshFailure };

export type LookOptions = {
  readonly clock: Clock;
  /** Default LOOK_TIMEOUT_MS. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
};

/** Looks at `units` on the node at the other end of `link`; never rejects. A look's time is when it began. */
export const lookAtNode = async (
  link: Link,
  units: readonly UnitName[],
  { clock, timeoutMs = LOOK_TIMEOUT_MS, signal }: LookOptions,
): Promise<Look> => {
  const atMs = clock.now();
  const ran = await link.runLine(lookCommand(units), {
    timeoutMs,
    ...(signal === undefined ? {} : { signal }),
  });
  if (!ran.ok) return ran;
  const parsed = parseLook(ran.stdout, units, atMs);
  if (parsed.ok) return parsed;
  if (ran.truncated || parsed.detail === CUT_SHORT) {
    const detail = ran.truncated ? 'more came than is kept of an answer' : parsed.detail;
    return { ok: false, failure: { kind: 'closed', detail, remedy: CUT_REMEDY } };
  }
  const said = sanitiseLine(ran.stderr.trim().split('\n').at(-1) ?? '', 200);
  return {
    ok: false,
    failure: {
      kind: 'config',
      detail: said === '' ? parsed.detail : `${parsed.detail}: ${said}`,
      remedy: `the node must run systemd and let this user call systemctl: try \`ssh NODE systemctl show\``,
    },
  };
};
