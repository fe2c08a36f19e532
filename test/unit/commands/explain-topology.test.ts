/** Explain leaves nothing out, fits 80 columns and can do without anything beyond ASCII. */
import { describe, expect, it } from 'vitest';
import { explainAll, explainNames, explainService } from '../../../src/commands/explain-topology.ts';
import type { Topology } from '../../../src/core/model/topology.ts';
import { builtinTopology } from '../../../src/topology/builtin.ts';
import { nearestName } from '../../../src/topology/names.ts';

const topology = builtinTopology();
const names = explainNames(topology);

const explain = (name: string, ascii = false): string => {
  const text = explainService(topology, name, { ascii });
  if (text === undefined) throw new Error(`no ${name}`);
  return text;
};

/** Text without its line breaks and continuation signs, so that a wrapped phrase is found. */
const flat = (text: string): string => text.replace(/ \\\n/gu, ' ').replace(/\s+/gu, ' ');

describe('explain SERVICE', () => {
  it.each(topology.services.map((service) => [service.name, service] as const))(
    '%s tells all',
    (name, service) => {
      const text = flat(explain(name));
      const facts: readonly (string | undefined)[] = [
        service.title,
        service.longName,
        service.purpose,
        service.critical.why,
        service.unit,
        `type ${service.type}`,
        `about ${service.startMs / 1000} s`,
        service.dataDir,
        service.backend?.stores,
        service.quorum?.documented,
        ...[...service.after, ...service.requires, ...service.wants],
        ...service.ports.map((port) => `${port.port}/${port.protocol} ${port.name}`),
        ...service.impact.flatMap((row) => [
          `${{ lost: '✗', degraded: '⚠', works: '✓' }[row.severity]} ${row.text}`,
          ...row.capabilities.map((id) => topology.capabilities.find((entry) => entry.id === id)?.title),
        ]),
        ...service.mitigations.map(({ text }) => text),
        ...service.checks.flatMap((check) => {
          switch (check.kind) {
            case 'https-json':
              return [
                `:${check.port}${check.path} answers ${check.status}`,
                ...check.fields.flatMap((field) => [field.name, field.equals, field.example?.toString()]),
              ];
            case 'https-text':
              return [`:${check.port}${check.path} answers ${check.status} and "${check.text}"`];
            case 'dns':
              return [check.query, check.address, `-p ${check.port}`];
            case 'tcp':
              return [String(check.port)];
            default:
              return check satisfies never;
          }
        }),
        ...topology.flow.filter((hop) => hop.from === name || hop.to === name).map((hop) => hop.label),
        ...topology.firstBoot.steps.filter((step) => step.service === name).flatMap((step) => step.does),
        service.excerpt === undefined ? undefined : flat(service.excerpt.trim()),
      ];
      for (const fact of facts) if (fact !== undefined) expect(text).toContain(fact);
    },
  );

  it('names both directions and what restarts too', () => {
    const text = flat(explain('flaredb'));
    expect(text).toContain('needs chainfire (requires)');
    expect(text).toContain('needed by iam (requires)');
    expect(text).toContain(
      'restarts too iam.service, flaredb-cluster-join.service, iam-initial-setup.service',
    );
  });

  it.each(topology.firstBoot.steps.map((step) => [step.name, step] as const))(
    '%s is a step',
    (name, step) => {
      const text = flat(explain(name));
      for (const fact of [step.title, step.unit, ...step.does, ...step.requires, ...step.before]) {
        expect(text).toContain(fact);
      }
      expect(explain(step.unit)).toBe(explain(name));
    },
  );

  it('takes the unit and the title for the name', () => {
    expect(explain('IAM')).toBe(explain('iam'));
    expect(explain('iam.service')).toBe(explain('iam'));
    expect(explain('LightningStor')).toBe(explain('lightningstor'));
  });

  it('does not know others, and names the nearest', () => {
    expect(explainService(topology, 'chianfire')).toBeUndefined();
    expect(nearestName('chianfire', names)).toBe('chainfire');
    expect(nearestName('flaredb-join', names)).toBeUndefined();
    expect(nearestName('iamm', names)).toBe('iam');
    expect(nearestName('postgresql', names)).toBeUndefined();
    expect(nearestName('x', [])).toBeUndefined();
  });
});

describe('explain', () => {
  it('lists levels, services, first boot and the request path in order', () => {
    const text = explainAll(topology);
    const order = [
      'Level 1: Foundation Services (No dependencies)',
      'flaredb ',
      'Level 2: Core Services',
      'iam ',
      'Level 3: Application Services',
      'k8shost ',
      'basic.target',
      'chainfire-cluster-join.service',
      'cluster-health-check.service',
      'Cluster Ready',
      'External Client -> FiberLB',
      'NovaNET <-> FlashDNS',
    ].map((part) => text.indexOf(part));
    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });
});

describe('every text', () => {
  const all = (ascii: boolean): string[] => [
    explainAll(topology, { ascii }),
    ...names.map((name) => explain(name, ascii)),
  ];

  it('fits 80 columns, with no blank at the end of a line', () => {
    for (const line of all(false).flatMap((text) => text.split('\n'))) {
      expect(line.length).toBeLessThanOrEqual(80);
      expect(line).toBe(line.trimEnd());
    }
  });

  it('holds no character beyond ASCII when asked', () => {
    for (const text of all(true)) {
      expect(text).toMatch(/^[\x20-\x7e\n]+$/u);
      expect(text).not.toContain('?');
    }
    expect(flat(explain('fiberlb', true))).toContain('! Load balancing stops');
  });

  it('copes with a topology that tells little', () => {
    const bare: Topology = {
      ...topology,
      levels: [],
      bootTargets: [],
      flow: [],
      services: [
        {
          name: 'lone',
          title: 'Lone',
          level: 7,
          purpose: 'stands alone',
          critical: { value: true },
          unit: 'lone.service',
          type: 'simple',
          after: [],
          requires: [],
          wants: [],
          ports: [],
          startMs: 300_000,
          checks: [
            { kind: 'tcp', id: 'port', port: 7, slowMs: 20 },
            { kind: 'tcp', id: 'own', port: 8, intervalMs: 10_000, timeoutMs: 1500, fall: 3, rise: 2 },
          ],
          impact: [],
          mitigations: [],
        },
      ],
    };
    const text = explainService(bare, 'lone') ?? '';
    expect(text).toContain('TCP port 7 accepts, slow above 20 ms');
    expect(text.replace(/\s+/gu, ' ')).toContain(
      'TCP port 8 accepts, every 10 s, answers within 1.5 s, fails after 3 in a row, well after 2 in a row',
    );
    expect(text).toContain('about 5 m');
    expect(text).not.toContain('undefined');
    expect(explainAll(bare)).not.toContain('undefined');
  });
});
