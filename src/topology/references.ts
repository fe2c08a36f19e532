/** What a schema cannot see in a topology: names that lead nowhere, duplicates, cycles, a level that is missing. */
import type { BodyField, CheckSpec, Service, Step, Topology, UnitName } from '../core/model/topology.ts';
import { suggestName } from './names.ts';
import type { Path, Report } from './source.ts';

/** Names that a request may come from or go to without being a service. */
const OUTSIDE = ['client', 'worker-node'];

/** Units that every systemd has: they may be named without being described. */
const WELL_KNOWN_UNITS = [
  'basic.target',
  'local-fs.target',
  'network.target',
  'network-online.target',
  'multi-user.target',
  'nss-lookup.target',
  'remote-fs.target',
  'sysinit.target',
  'time-sync.target',
];

/** Reports everything in a well-shaped topology that contradicts itself. */
export const checkReferences = (topology: Topology, report: Report): void => {
  checkNames(topology, report);
  checkServices(topology, report);
  checkUnits(topology, report);
  checkCycles(topology, report);
  checkFlow(topology, report);
};

const checkUnique = <T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  pathOf: (index: number) => Path,
  what: string,
  report: Report,
): void => {
  const first = new Map<string, number>();
  items.forEach((item, index) => {
    const key = keyOf(item);
    if (first.has(key))
      report(pathOf(index), `${what} ${key} is there twice`, 'remove or rename one of them');
    else first.set(key, index);
  });
};

const checkNames = (topology: Topology, report: Report): void => {
  const { services, firstBoot, levels, capabilities, bootTargets } = topology;
  const { steps } = firstBoot;
  checkUnique(
    levels,
    (level) => String(level.number),
    (i) => ['levels', i, 'number'],
    'level',
    report,
  );
  checkUnique(
    capabilities,
    (entry) => entry.id,
    (i) => ['capabilities', i, 'id'],
    'capability',
    report,
  );
  checkUnique(
    bootTargets,
    (entry) => entry.unit,
    (i) => ['bootTargets', i, 'unit'],
    'boot target',
    report,
  );
  const pathOf =
    (key: string) =>
    (index: number): Path =>
      index < services.length
        ? ['services', index, key]
        : ['firstBoot', 'steps', index - services.length, key];
  const named = [...services, ...steps];
  checkUnique(named, (entry) => entry.name, pathOf('name'), 'name', report);
  checkUnique(named, (entry) => entry.unit, pathOf('unit'), 'unit', report);
};

const checkServices = (topology: Topology, report: Report): void => {
  const names = topology.services.map((service) => service.name);
  const levels = topology.levels.map((level) => level.number);
  const capabilities = topology.capabilities.map((capability) => capability.id);
  const known = (name: string, path: Path): void => {
    if (!names.includes(name)) report(path, `there is no service ${name}`, suggestName(name, names));
  };

  topology.services.forEach((service, index) => {
    const at = (...rest: Path): Path => ['services', index, ...rest];
    if (!levels.includes(service.level)) {
      report(
        at('level'),
        `level ${service.level} is not described`,
        `add it to "levels" or use one of ${levels.join(', ')}`,
      );
    }
    if (service.startAfter !== undefined) known(service.startAfter, at('startAfter'));
    if (service.backend !== undefined) known(service.backend.service, at('backend', 'service'));
    for (const [key, rows] of [
      ['impact', service.impact],
      ['mitigations', service.mitigations],
    ] as const) {
      rows.forEach((row, rowIndex) => {
        row.capabilities?.forEach((id, idIndex) => {
          if (capabilities.includes(id)) return;
          report(
            at(key, rowIndex, 'capabilities', idIndex),
            `there is no capability ${id}`,
            suggestName(id, capabilities),
          );
        });
      });
    }
    checkPorts(service, at, report);
    checkChecks(service, at, known, report);
  });
  topology.firstBoot.steps.forEach((step, index) => {
    if (step.service !== undefined) known(step.service, ['firstBoot', 'steps', index, 'service']);
  });
};

const checkPorts = (service: Service, at: (...rest: Path) => Path, report: Report): void => {
  checkUnique(
    service.ports,
    (port) => `${port.port}/${port.protocol}`,
    (index) => at('ports', index, 'port'),
    'port',
    report,
  );
};

const checkChecks = (
  service: Service,
  at: (...rest: Path) => Path,
  known: (name: string, path: Path) => void,
  report: Report,
): void => {
  const ids = service.checks.map((check) => check.id);
  checkUnique(
    service.checks,
    (check) => check.id,
    (index) => at('checks', index, 'id'),
    'check',
    report,
  );
  service.checks.forEach((check, index) => {
    checkFields(check, (...rest) => at('checks', index, ...rest), known, report);
  });
  if (service.quorum === undefined) return;
  const { check } = service.quorum;
  const spec = service.checks.find((candidate) => candidate.id === check);
  if (spec === undefined) {
    report(at('quorum', 'check'), `there is no check ${check} in ${service.name}`, suggestName(check, ids));
  } else if (spec.kind !== 'https-json' || !spec.fields.some((field) => field.role === 'raft')) {
    report(
      at('quorum', 'check'),
      `check ${check} tells nothing of Raft`,
      'give it a field with "role: raft"',
    );
  }
};

const checkFields = (
  check: CheckSpec,
  at: (...rest: Path) => Path,
  known: (name: string, path: Path) => void,
  report: Report,
): void => {
  if (check.kind !== 'https-json') return;
  checkUnique(
    check.fields,
    (field) => field.name,
    (index) => at('fields', index, 'name'),
    'field',
    report,
  );
  check.fields.forEach((field, index) => {
    if (field.service !== undefined) known(field.service, at('fields', index, 'service'));
    const lacks = missingFor(field);
    if (lacks !== undefined) {
      report(
        at('fields', index),
        `a ${field.role} field needs "${lacks}"`,
        `add "${lacks}:" to ${field.name}`,
      );
    }
  });
};

const missingFor = (field: BodyField): string | undefined => {
  switch (field.role) {
    case 'status':
      return field.equals === undefined ? 'equals' : undefined;
    case 'link':
      if (field.equals === undefined) return 'equals';
      return field.service === undefined ? 'service' : undefined;
    case 'raft':
    case 'cluster-size':
    case 'info':
      return undefined;
    default:
      return field.role satisfies never;
  }
};

type Unit = Service | Step;
const RELATIONS = ['after', 'requires', 'wants', 'before'] as const;

const unitsIn = (topology: Topology): { readonly unit: Unit; readonly at: Path }[] => [
  ...topology.services.map((unit, index) => ({ unit, at: ['services', index] })),
  ...topology.firstBoot.steps.map((unit, index) => ({ unit, at: ['firstBoot', 'steps', index] })),
];

const namesOf = (unit: Unit, relation: (typeof RELATIONS)[number]): readonly UnitName[] =>
  relation === 'before' ? ('before' in unit ? unit.before : []) : unit[relation];

const checkUnits = (topology: Topology, report: Report): void => {
  const described = [
    ...topology.services.map((service) => service.unit),
    ...topology.firstBoot.steps.map((step) => step.unit),
    ...topology.bootTargets.map((target) => target.unit),
  ];
  const known = new Set([...described, ...WELL_KNOWN_UNITS]);
  const check = (unit: UnitName, path: Path): void => {
    if (!known.has(unit)) report(path, `there is no unit ${unit}`, suggestName(unit, [...known]));
  };
  for (const { unit, at } of unitsIn(topology)) {
    for (const relation of RELATIONS) {
      namesOf(unit, relation).forEach((name, index) => {
        check(name, [...at, relation, index]);
      });
    }
  }
  topology.bootTargets.forEach((target, index) => {
    if (target.after !== undefined) check(target.after, ['bootTargets', index, 'after']);
  });
  topology.firstBoot.chain.forEach((unit, index) => {
    check(unit, ['firstBoot', 'chain', index]);
  });
  checkUnique(
    topology.firstBoot.chain,
    (unit) => unit,
    (i) => ['firstBoot', 'chain', i],
    'unit',
    report,
  );
  check(topology.firstBoot.ready.unit, ['firstBoot', 'ready', 'unit']);
};

/** Follows one kind of edge from every unit and reports each cycle once, at the unit where it was entered. */
const checkCycles = (topology: Topology, report: Report): void => {
  const all = unitsIn(topology);
  const pathOf = new Map(all.map(({ unit, at }) => [unit.unit, at]));
  // Requires= and Wants= make a cycle of needs; After= (and Before= turned round) one of waiting, which systemd breaks
  // by dropping a job.
  const needs = new Map(all.map(({ unit }) => [unit.unit, [...unit.requires, ...unit.wants]]));
  const waits = new Map(all.map(({ unit }) => [unit.unit, [...unit.after]]));
  for (const { unit } of all) {
    for (const later of namesOf(unit, 'before')) waits.get(later)?.push(unit.unit);
  }
  const seen = new Set<string>();
  for (const [edges, word] of [
    [needs, 'needs'],
    [waits, 'starts after'],
  ] as const) {
    for (const cycle of cyclesOf(edges)) {
      const key = cycle.toSorted().join(' ');
      if (seen.has(key)) continue;
      seen.add(key);
      const [first = ''] = cycle;
      report(
        [...(pathOf.get(first) ?? []), 'unit'],
        `${first} ${word} itself: ${[...cycle, first].join(' → ')}`,
        'remove one of these dependencies',
      );
    }
  }
};

const cyclesOf = (edges: ReadonlyMap<UnitName, readonly UnitName[]>): UnitName[][] => {
  const cycles: UnitName[][] = [];
  const done = new Set<UnitName>();
  const walk = (unit: UnitName, trail: readonly UnitName[]): void => {
    const start = trail.indexOf(unit);
    if (start >= 0) {
      cycles.push(trail.slice(start));
      return;
    }
    if (done.has(unit)) return;
    for (const next of edges.get(unit) ?? []) walk(next, [...trail, unit]);
    done.add(unit);
  };
  for (const unit of edges.keys()) walk(unit, []);
  return cycles;
};

const checkFlow = (topology: Topology, report: Report): void => {
  const known = [...topology.services.map((service) => service.name), ...OUTSIDE];
  topology.flow.forEach((hop, index) => {
    for (const end of ['from', 'to'] as const) {
      if (!known.includes(hop[end])) {
        report(['flow', index, end], `there is no service ${hop[end]}`, suggestName(hop[end], known));
      }
    }
  });
};
