/** Asks a node's systemd what its units depend on: a small command of its own, because it hardly ever changes. */
import type { UnitRelations } from '../core/model/observation.ts';
import type { Topology, UnitName } from '../core/model/topology.ts';
import type { Link } from '../ssh/types.ts';
import { linesOf, parseProperties } from './systemd-show.ts';

const TIMEOUT_MS = 10_000;

const RELATIONS = ['Requires', 'Requisite', 'BindsTo', 'PartOf', 'Wants', 'After'] as const;

/** `systemctl show` of what these units depend on; needs no rights. */
export const relationsCommand = (units: readonly UnitName[]): string[] => [
  'systemctl',
  'show',
  '-p',
  ['Id', 'LoadState', ...RELATIONS].join(','),
  '--',
  ...units,
];

/** The units that a relation may name: all others are the distribution's own business. */
export const knownUnits = (topology: Topology): ReadonlyMap<string, UnitName> =>
  new Map(
    [...topology.services, ...topology.firstBoot.steps, ...topology.bootTargets].map(({ unit }) => [
      unit,
      unit,
    ]),
  );

/**
 * The relations of one block of `show`; undefined without a name of ours, or where systemd has not loaded the unit. It
 * tells LoadState after all of them: a block that was cut short has none.
 */
const relationsOf = (
  lines: readonly string[],
  known: ReadonlyMap<string, UnitName>,
): UnitRelations | undefined => {
  const properties = parseProperties(lines);
  const unit = known.get(properties.get('Id') ?? '');
  if (unit === undefined || properties.get('LoadState') !== 'loaded') return undefined;
  const names = (property: (typeof RELATIONS)[number]): readonly UnitName[] =>
    (properties.get(property) ?? '').split(' ').flatMap((name) => known.get(name) ?? []);
  return {
    unit,
    requires: names('Requires'),
    requisite: names('Requisite'),
    bindsTo: names('BindsTo'),
    partOf: names('PartOf'),
    wants: names('Wants'),
    after: names('After'),
  };
};

/** What `relationsCommand` printed. A last line without its end was cut short, and is left out. */
export const parseRelations = (
  stdout: string,
  known: ReadonlyMap<string, UnitName>,
): readonly UnitRelations[] => {
  const blocks: string[][] = [[]];
  for (const line of linesOf(stdout).slice(0, -1)) {
    if (line === '') blocks.push([]);
    else blocks.at(-1)?.push(line);
  }
  return blocks.flatMap((lines) => relationsOf(lines, known) ?? []);
};

/** What `units` depend on at the other end of `link`; undefined when nobody answered. Never rejects. */
export const askRelations = async (
  link: Link,
  units: readonly UnitName[],
  known: ReadonlyMap<string, UnitName>,
  signal: AbortSignal,
): Promise<readonly UnitRelations[] | undefined> => {
  // Without units `show` would answer about the manager.
  if (units.length === 0) return [];
  const ran = await link.run(relationsCommand(units), { timeoutMs: TIMEOUT_MS, signal });
  return ran.ok && ran.exitCode === 0 && !ran.truncated ? parseRelations(ran.stdout, known) : undefined;
};
