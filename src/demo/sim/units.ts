/** The unit files of one node, made from a topology: what its systemd knows before anything runs. */
import type { ServiceName, Step, Topology, UnitName, UnitType } from '../../core/model/topology.ts';

export type UnitDefinition = {
  readonly name: UnitName;
  readonly description: string;
  readonly kind: 'service' | 'target';
  /** Of services; targets have none. */
  readonly type?: UnitType;
  readonly after: readonly UnitName[];
  readonly requires: readonly UnitName[];
  readonly wants: readonly UnitName[];
  /** SYSLOG_IDENTIFIER of the lines that its process writes. */
  readonly identifier: string;
  /** From exec until it serves, or until a oneshot has done its work. */
  readonly startMs: number;
  readonly remainAfterExit: boolean;
  /** Undefined: Restart=no. */
  readonly restartSecMs?: number;
  /** Undefined: no limit, systemd's default for oneshots. */
  readonly timeoutStartMs?: number;
  readonly service?: ServiceName;
  readonly step?: Step;
  /** The documented port of its first check, for log lines. */
  readonly port?: number;
};

/** What somebody wrote into a unit file: these lines instead of those that were there. */
export type UnitEdit = Partial<Pick<UnitDefinition, 'after' | 'requires' | 'wants'>>;

export const MULTI_USER = 'multi-user.target';
const NETWORK_ONLINE = 'network-online.target';
const WAIT_ONLINE = 'systemd-networkd-wait-online.service';

/** The document's RestartSec, for units whose excerpt does not say. */
const RESTART_SEC_MS = 10_000;
/** systemd's DefaultTimeoutStartSec. */
const TIMEOUT_START_MS = 90_000;
const STEP_MS = 1000;

/** The services that vote, and those that hard-require them: only the control nodes of a large cluster run these. */
export const controlServices = (topology: Topology): ReadonlySet<ServiceName> => {
  const control = new Set(
    topology.services.filter((each) => each.quorum !== undefined).map((each) => each.name),
  );
  const units = new Set(topology.services.filter((each) => control.has(each.name)).map((each) => each.unit));
  let before = -1;
  while (before !== control.size) {
    before = control.size;
    for (const service of topology.services) {
      if (!service.requires.some((unit) => units.has(unit))) continue;
      control.add(service.name);
      units.add(service.unit);
    }
  }
  return control;
};

const bare = (unit: UnitName): string => unit.replace(/\.[a-z]+$/u, '');

const target = (name: UnitName, description: string, rest: Partial<UnitDefinition> = {}): UnitDefinition => ({
  name,
  description,
  kind: 'target',
  after: [],
  requires: [],
  wants: [],
  identifier: bare(name),
  startMs: 0,
  remainAfterExit: false,
  ...rest,
});

/** A step runs where what it requires and what it sets up run. */
const runsHere = (step: Step, services: ReadonlySet<ServiceName>, present: ReadonlySet<UnitName>): boolean =>
  (step.service === undefined || services.has(step.service)) &&
  step.requires.every((unit) => unit.endsWith('.target') || present.has(unit));

/** All units of a node that runs `services`, in boot order of their declaration. */
export const unitDefinitions = (
  topology: Topology,
  services: ReadonlySet<ServiceName>,
): readonly UnitDefinition[] => {
  const here = topology.services.filter((service) => services.has(service.name));
  const present = new Set<UnitName>(here.map((service) => service.unit));
  const steps: Step[] = [];
  for (const step of topology.firstBoot.steps) {
    if (!runsHere(step, services, present)) continue;
    present.add(step.unit);
    steps.push(step);
  }
  const beforeOf = (unit: UnitName): readonly UnitName[] =>
    steps.filter((step) => step.before.includes(unit)).map((step) => step.unit);

  const daemons = here.map(
    (service): UnitDefinition => ({
      name: service.unit,
      description: `${service.title}: ${service.purpose}`,
      kind: 'service',
      type: service.type,
      after: [...service.after, ...beforeOf(service.unit)],
      requires: service.requires,
      wants: service.wants,
      identifier: service.name,
      startMs: service.startMs,
      remainAfterExit: false,
      restartSecMs: service.restartSec === undefined ? RESTART_SEC_MS : service.restartSec * 1000,
      timeoutStartMs: service.timeoutStartMs ?? TIMEOUT_START_MS,
      service: service.name,
      ...(service.checks[0] === undefined ? {} : { port: service.checks[0].port }),
    }),
  );
  const oneshots = steps.map(
    (step): UnitDefinition => ({
      name: step.unit,
      description: `${step.title} (First Boot)`,
      kind: 'service',
      type: step.type,
      after: [...step.after, ...beforeOf(step.unit)],
      requires: step.requires,
      wants: step.wants,
      identifier: bare(step.unit),
      startMs: step.startMs ?? STEP_MS,
      remainAfterExit: step.remainAfterExit,
      restartSecMs: RESTART_SEC_MS,
      step,
    }),
  );
  const bootTargets = topology.bootTargets
    .filter((each) => each.unit.endsWith('.target') && each.unit !== MULTI_USER)
    .map((each) =>
      target(each.unit, each.unit === NETWORK_ONLINE ? 'Network is Online' : bare(each.unit), {
        after: [
          ...(each.after === undefined ? [] : [each.after]),
          ...(each.unit === NETWORK_ONLINE ? [WAIT_ONLINE] : []),
        ],
        wants: each.unit === NETWORK_ONLINE ? [WAIT_ONLINE] : [],
      }),
    );
  const waitOnline: UnitDefinition = {
    name: WAIT_ONLINE,
    description: 'Wait for Network to be Configured',
    kind: 'service',
    type: 'oneshot',
    after: [],
    requires: [],
    wants: [],
    identifier: bare(WAIT_ONLINE),
    startMs: 600,
    remainAfterExit: true,
  };
  const wanted = [...daemons, ...oneshots].map((each) => each.name);
  return [
    ...bootTargets,
    waitOnline,
    ...daemons,
    ...oneshots,
    target(MULTI_USER, 'Multi-User System', {
      after: [...bootTargets.map((each) => each.name), ...wanted],
      wants: [...bootTargets.map((each) => each.name), ...wanted],
    }),
  ];
};
