/** What the topology knows of a service, a first-boot step or the whole, as plain text of at most 80 columns. Pure. */
import { formatAge, formatSpan, plural } from '../core/format.ts';
import {
  type Dependency,
  dependenciesOf,
  dependentsOf,
  requiredBy,
  serviceByName,
  serviceByUnit,
} from '../core/graph.ts';
import type { Inventory } from '../core/model/inventory.ts';
import type {
  CheckSpec,
  FlowHop,
  Service,
  Severity,
  Step,
  Topology,
  UnitName,
} from '../core/model/topology.ts';
import { stopLines, stopOverview } from './explain-stop.ts';
import { block, columns, entry, paragraph, toAscii, unitFile } from './explain-text.ts';

export type ExplainOptions = {
  /** The nodes to say of what a stop would do there; without them nothing is said of stops. */
  readonly inventory?: Inventory;
  /** No characters beyond ASCII. */
  readonly ascii?: boolean;
};

const severityMark: Readonly<Record<Severity, string>> = { lost: '✗', degraded: '⚠', works: '✓' };

const SEVERITY_LEGEND: Readonly<Record<Severity, string>> = {
  lost: 'Complete service failure',
  degraded: 'Partial service degradation',
  works: 'No impact or minimal impact',
};

const RELATION_LEGEND = [
  ['Requires', 'Hard dependency (service fails if dependency fails)'],
  ['Wants', 'Soft dependency (service starts even if dependency fails)'],
  ['After', "Ordering (wait for dependency to start, but doesn't require success)"],
] as const;

/** Every name that explainService knows: services, then first-boot steps. */
export const explainNames = (topology: Topology): string[] => [
  ...topology.services.map((service) => service.name),
  ...topology.firstBoot.steps.map((step) => step.name),
];

/**
 * All that is known of one service or first-boot step, found by its name, its unit or its title (case does not
 * count); undefined when there is none.
 */
export const explainService = (
  topology: Topology,
  name: string,
  options: ExplainOptions = {},
): string | undefined => {
  const wanted = name.toLowerCase();
  const service =
    serviceByName(topology, wanted) ??
    topology.services.find(({ unit, title }) =>
      [unit, title].some((known) => known.toLowerCase() === wanted),
    );
  if (service !== undefined) return finish(serviceText(topology, service, options), options);
  const step = topology.firstBoot.steps.find((candidate) =>
    [candidate.name, candidate.unit].some((known) => known.toLowerCase() === wanted),
  );
  return step === undefined ? undefined : finish(stepText(topology, step), options);
};

/** The whole topology in short: levels and services, boot, first boot, the path of a request, and the legends. */
export const explainAll = (topology: Topology, options: ExplainOptions = {}): string => {
  const { firstBoot } = topology;
  const levels = topology.levels.flatMap((level) => {
    const services = topology.services.filter((service) => service.level === level.number);
    return block(
      `Level ${level.number}: ${level.title} Services (${level.description})`,
      columns(services.map((service) => [service.name, service.purpose])),
    );
  });
  const targets = topology.bootTargets.map((target) => [target.unit, target.does.join(', ')] as const);
  const chain = firstBoot.chain.map((unit) => [unit, chainNote(topology, unit)] as const);
  return finish(
    [
      ...paragraph(
        `${topology.title}: ${plural(topology.services.length, 'service')}. More of each: explain SERVICE`,
      ),
      ...levels,
      ...block('Boot', columns(targets)),
      ...block('First boot, in this order', columns(chain)),
      ...block('Path of a request', flowLines(topology, topology.flow)),
      ...block('Dependencies', columns(RELATION_LEGEND)),
      ...block(
        'When a service fails',
        (['lost', 'degraded', 'works'] as const).map(
          (key) => `  ${severityMark[key]} ${SEVERITY_LEGEND[key]}`,
        ),
      ),
      ...(options.inventory === undefined ? [] : stopOverview(topology, options.inventory)),
    ],
    options,
  );
};

const finish = (lines: readonly string[], { ascii = false }: ExplainOptions): string => {
  const text = lines.map((line) => line.trimEnd()).join('\n');
  return ascii ? toAscii(text) : text;
};

const seconds = (ms: number): string => (ms % 1000 === 0 && ms < 120_000 ? `${ms / 1000} s` : formatAge(ms));

const list = (items: readonly string[]): string => (items.length === 0 ? '–' : items.join(', '));

const serviceText = (topology: Topology, service: Service, { inventory }: ExplainOptions): string[] => {
  const level = topology.levels.find((candidate) => candidate.number === service.level);
  const steps = topology.firstBoot.steps.filter(
    (step) => step.service === service.name || step.requires.includes(service.unit),
  );
  const path = topology.flow.filter((hop) => hop.from === service.name || hop.to === service.name);
  return [
    ...paragraph(service.longName === undefined ? service.title : `${service.title} (${service.longName})`),
    ...paragraph(service.purpose),
    '',
    ...entry(
      'level',
      level === undefined ? String(service.level) : `${level.number} ${level.title} (${level.description})`,
    ),
    ...entry('critical', criticalText(service)),
    ...entry('unit', `${service.unit} (type ${service.type})`),
    ...entry('start', startText(topology, service)),
    ...relationLines(service),
    ...entry('needs', list(dependenciesOf(topology, service.name).map(dependencyText))),
    ...entry('needed by', list(dependentsOf(topology, service.name).map(dependencyText))),
    ...entry('restarts too', list(requiredBy(topology, service.unit))),
    ...entry('ports', list(service.ports.map(({ port, protocol, name }) => `${port}/${protocol} ${name}`))),
    ...(service.dataDir === undefined ? [] : entry('data', service.dataDir)),
    ...(service.backend === undefined
      ? []
      : entry('backend', `${titleOf(topology, service.backend.service)} (stores ${service.backend.stores})`)),
    ...(service.quorum === undefined
      ? []
      : entry(
          'quorum',
          `Raft, documented as ${service.quorum.documented}; more than half of its nodes must vote`,
        )),
    ...block(
      'Checks',
      service.checks.flatMap((check) => checkLines(topology, check)),
    ),
    ...block(
      'When it fails',
      columns(
        service.impact.map(({ severity, text, capabilities, perNode }) => [
          `${severityMark[severity]} ${text}`,
          `${capabilities
            .map((id) => topology.capabilities.find((entry) => entry.id === id)?.title ?? id)
            .join(', ')}${perNode ? ', by each node that fails' : ''}`,
        ]),
      ),
    ),
    ...block(
      'What softens it',
      service.mitigations.map(({ text }) => `  ${text}`),
    ),
    ...(inventory === undefined ? [] : stopLines(topology, inventory, service)),
    ...block('Path of a request', flowLines(topology, path)),
    ...block('First boot', columns(steps.map((step) => [step.name, step.does.join(', ')]))),
    ...block('Unit file', service.excerpt === undefined ? [] : unitFile(service.excerpt)),
  ];
};

const stepText = (topology: Topology, step: Step): string[] => {
  const { chain } = topology.firstBoot;
  const place = chain.indexOf(step.unit);
  return [
    ...paragraph(`${step.title}, a step of the first boot`),
    '',
    ...entry('unit', `${step.unit} (type ${step.type})`),
    ...entry('stays', step.remainAfterExit ? 'active when it is done' : 'inactive when it is done'),
    ...(step.service === undefined ? [] : entry('service', titleOf(topology, step.service))),
    ...(step.startMs === undefined ? [] : entry('start', `about ${seconds(step.startMs)}`)),
    ...(step.restartSec === undefined ? [] : entry('tries again', `after ${step.restartSec} s`)),
    ...relationLines(step),
    ...entry('before', list(step.before)),
    ...entry('restarts too', list(requiredBy(topology, step.unit))),
    ...(place < 0
      ? []
      : entry('in the chain', `${chain[place - 1] ?? 'first'} -> it -> ${chain[place + 1] ?? 'last'}`)),
    ...block(
      'What it does',
      step.does.map((line) => `  ${line}`),
    ),
    ...block('Unit file', step.excerpt === undefined ? [] : unitFile(step.excerpt)),
  ];
};

const criticalText = ({ critical }: Service): string => {
  if (!critical.value) return 'no';
  return critical.why === undefined ? 'yes' : `yes: ${critical.why}`;
};

const startText = (topology: Topology, service: Service): string => {
  const { startMs, startAfter, timeoutStartMs, restartSec } = service;
  return [
    `about ${seconds(startMs)}${startAfter === undefined ? '' : ` after ${titleOf(topology, startAfter)}`}`,
    ...(timeoutStartMs === undefined ? [] : [`systemd gives up after ${seconds(timeoutStartMs)}`]),
    ...(restartSec === undefined ? [] : [`tries again after ${restartSec} s`]),
  ].join(', ');
};

const relationLines = ({ after, requires, wants }: Service | Step): string[] => [
  ...entry('After', list(after)),
  ...entry('Requires', list(requires)),
  ...entry('Wants', list(wants)),
];

const dependencyText = ({ service, hard }: Dependency): string =>
  `${service} (${hard ? 'requires' : 'wants'})`;

const titleOf = (topology: Topology, name: string): string => {
  switch (name) {
    case 'client':
      return 'External Client';
    case 'worker-node':
      return 'Worker Node';
    default:
      return serviceByName(topology, name)?.title ?? name;
  }
};

/** What is this check's own: ", slow above 50 ms, every 10 s, answers within 800 ms". */
const paceWords = ({ slowMs, intervalMs, timeoutMs, fall, rise }: CheckSpec): string =>
  [
    slowMs === undefined ? '' : `, slow above ${slowMs} ms`,
    intervalMs === undefined ? '' : `, every ${formatSpan(intervalMs)}`,
    timeoutMs === undefined ? '' : `, answers within ${formatSpan(timeoutMs)}`,
    fall === undefined ? '' : `, fails after ${fall} in a row`,
    rise === undefined ? '' : `, well after ${rise} in a row`,
  ].join('');

const checkLines = (topology: Topology, check: CheckSpec): string[] => {
  const own = paceWords(check);
  switch (check.kind) {
    case 'https-json':
      return [
        ...columns([
          [check.id, `https://NODE:${check.port}${check.path} answers ${check.status} and JSON${own}`],
        ]),
        ...columns(
          check.fields.map((field) => [
            `  ${field.name}`,
            [
              ...(field.equals === undefined ? [] : [field.equals]),
              ...(field.oneOf === undefined ? [] : [field.oneOf.join(' or ')]),
              ...(field.service === undefined ? [] : [`to ${titleOf(topology, field.service)}`]),
              ...(field.example === undefined ? [] : [`for example ${field.example}`]),
            ].join(', '),
          ]),
        ),
      ];
    case 'https-text':
      return columns([
        [
          check.id,
          `https://NODE:${check.port}${check.path} answers ${check.status} and "${check.text}"${own}`,
        ],
      ]);
    case 'dns':
      return columns([
        [
          check.id,
          `dig @NODE -p ${check.port} +short ${check.query} says ${check.address} (${check.type} record)${own}`,
        ],
      ]);
    case 'tcp':
      return columns([[check.id, `TCP port ${check.port} accepts${own}`]]);
    default:
      return check satisfies never;
  }
};

const flowLines = (topology: Topology, flow: readonly FlowHop[]): string[] =>
  columns(
    flow.map((hop) => {
      const arrow = hop.kind === 'call' ? '<->' : '->';
      const label = hop.port === undefined ? hop.label : `${hop.label} (${hop.port})`;
      const back = hop.returns === undefined || hop.returns === hop.label ? undefined : hop.returns;
      const more = [hop.role, back].filter((part) => part !== undefined).map((part) => ` (${part})`);
      return [
        `${titleOf(topology, hop.from)} ${arrow} ${titleOf(topology, hop.to)}`,
        `${label}${more.join('')}`,
      ];
    }),
  );

const chainNote = (topology: Topology, unit: UnitName): string => {
  const { steps, ready } = topology.firstBoot;
  const step = steps.find((candidate) => candidate.unit === unit);
  if (step !== undefined) return step.does.join(', ');
  if (unit === ready.unit) return ready.title;
  const service = serviceByUnit(topology, unit);
  return service === undefined ? '' : `about ${seconds(service.startMs)}`;
};
