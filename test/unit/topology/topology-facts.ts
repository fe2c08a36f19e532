/** Says of a Topology what document-facts.ts says of the document, in the same words. */
import type { CheckSpec, Service, Step, Topology } from '../../../src/core/model/topology.ts';

const seconds = (ms: number): string => `${ms / 1000} s`;

const relations = (name: string, unit: Service | Step): string[] => [
  ...unit.after.map((other) => `${name} | after | ${other}`),
  ...unit.requires.map((other) => `${name} | requires | ${other}`),
  ...unit.wants.map((other) => `${name} | wants | ${other}`),
];

const checkFacts = (service: Service, check: CheckSpec): string[] => {
  const { name } = service;
  switch (check.kind) {
    case 'dns':
      return [`${name} | check | dns | ${check.query} | ${check.type} | ${check.address}`];
    case 'https-text':
      return [
        `${name} | check | https | ${check.port} | ${check.path} | text ${check.text} | status ${check.status}`,
      ];
    case 'https-json':
      return [
        `${name} | check | https | ${check.port} | ${check.path} | json`,
        ...check.fields.map(
          (field) =>
            `${name} | answer | ${check.port}${check.path} | ${field.name} | ${field.equals ?? field.example}`,
        ),
      ];
    case 'tcp':
      return [`${name} | check | tcp | ${check.port}`];
    default:
      return check satisfies never;
  }
};

const serviceFacts = (service: Service): string[] => {
  const { name } = service;
  return [
    `${name} | title | ${service.title}`,
    `${name} | level | ${service.level}`,
    // Where the document has a unit file, the longer name comes from its description.
    ...(service.longName === undefined
      ? []
      : service.excerpt === undefined
        ? [`${name} | long name | ${service.longName}`]
        : [`${name} | description | ${service.title} ${service.longName}`]),
    `${name} | purpose | ${service.purpose}`,
    ...(service.critical.value ? [`${name} | critical | ${service.critical.why}`] : []),
    `${name} | type | ${service.type}`,
    ...relations(name, service),
    ...service.ports.map((port) => `${name} | port | ${port.port} | ${port.name}`),
    // The dependency picture names the level of its root and of its last leaf.
    ...(['chainfire', 'k8shost'].includes(name) ? [`${name} | pictured level | ${service.level}`] : []),
    `${name} | first port | ${service.ports[0]?.port}`,
    ...(service.dataDir === undefined ? [] : [`${name} | data | ${service.dataDir}`]),
    `${name} | start | ${seconds(service.startMs)} | ${service.startAfter ?? 'from its own'}`,
    ...(service.timeoutStartMs === undefined
      ? []
      : [`${name} | timeout | ${seconds(service.timeoutStartMs)}`]),
    ...(service.restartSec === undefined ? [] : [`${name} | restart | ${service.restartSec} s`]),
    ...(service.backend === undefined
      ? []
      : [`${name} | backend | ${service.backend.service} | ${service.backend.stores}`]),
    ...(service.quorum === undefined ? [] : [`${name} | quorum | ${service.quorum.documented}`]),
    ...service.checks.flatMap((check) => checkFacts(service, check)),
    ...service.impact.map((row) => `${name} | impact | ${row.severity} | ${row.text}`),
    ...service.mitigations.map(({ text }) => `${name} | mitigation | ${text}`),
    ...(service.excerpt === undefined ? [] : [`${name} | excerpt | ${service.excerpt.trim()}`]),
  ];
};

const stepFacts = (step: Step): string[] => {
  const name = `step ${step.unit}`;
  return [
    `step | ${step.unit} | title is a step`,
    ...step.does.map((line) => `step | ${step.unit} | does | ${line}`),
    `${name} | description | ${step.title}`,
    `${name} | type | ${step.type}`,
    `${name} | remains | ${step.remainAfterExit}`,
    ...relations(name, step),
    ...step.before.map((other) => `${name} | before | ${other}`),
    ...(step.restartSec === undefined ? [] : [`${name} | restart | ${step.restartSec} s`]),
    ...(step.excerpt === undefined ? [] : [`${name} | excerpt | ${step.excerpt.trim()}`]),
  ];
};

export const topologyFacts = (topology: Topology): ReadonlySet<string> =>
  new Set([
    ...topology.levels.flatMap((level) => [
      `level | ${level.number} | title | ${level.title}`,
      `boot level | ${level.number} | ${level.title}`,
      `level | ${level.number} | description | ${level.description}`,
    ]),
    ...topology.services.flatMap(serviceFacts),
    ...topology.bootTargets.flatMap((target) => [
      `boot | ${target.unit} | after | ${target.after ?? 'nothing'}`,
      ...target.does.map((line) => `boot | ${target.unit} | does | ${line}`),
    ]),
    ...topology.firstBoot.chain.map((unit, index) => `first boot | ${index} | ${unit}`),
    ...topology.firstBoot.steps.flatMap(stepFacts),
    `ready | ${topology.firstBoot.ready.title}`,
    `ready unit | ${topology.firstBoot.ready.unit}`,
    ...topology.flow.map((hop) =>
      hop.kind === 'forward'
        ? `flow | ${hop.from} | forward | ${hop.to} | ${hop.label} | ${hop.port ?? 'no port'} | ${hop.role}`
        : `flow | ${hop.from} | call | ${hop.to} | ${hop.label} | ${hop.returns ?? 'no answer'}`,
    ),
  ]);
