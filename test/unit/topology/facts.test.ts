/** Holds the built-in topology against the document it was written from, fact by fact and in both directions. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { explainAll } from '../../../src/commands/explain-topology.ts';
import type { Topology } from '../../../src/core/model/topology.ts';
import { loadTopology } from '../../../src/topology/load.ts';
import { type DocumentFacts, readDocument } from './document-facts.ts';
import { topologyFacts } from './topology-facts.ts';

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), 'utf8');
const text = read('test/fixtures/service-dependencies.md');
const yaml = read('src/topology/plasmacloud.yaml');

const loaded = loadTopology({ path: 'plasmacloud.yaml', text: yaml });
if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
const { topology } = loaded;
const document = readDocument(text);

/**
 * What the topology says beyond the document: first-boot steps that are drawn with After= alone are given what the one
 * excerpted step has.
 */
const BEYOND = new Set(
  ['flaredb-cluster-join', 'iam-initial-setup', 'cluster-health-check'].flatMap((name) => [
    `step ${name}.service | type | oneshot`,
    `step ${name}.service | remains | true`,
  ]),
);
for (const fact of [
  'step flaredb-cluster-join.service | description | FlareDB Cluster Join',
  'step flaredb-cluster-join.service | after | flaredb.service',
  'step flaredb-cluster-join.service | after | chainfire-cluster-join.service',
  'step flaredb-cluster-join.service | requires | flaredb.service',
  'step flaredb-cluster-join.service | requires | chainfire-cluster-join.service',
  'step iam-initial-setup.service | description | IAM Initial Setup',
  'step iam-initial-setup.service | after | iam.service',
  'step iam-initial-setup.service | after | flaredb-cluster-join.service',
  'step iam-initial-setup.service | requires | iam.service',
  'step cluster-health-check.service | description | Cluster Health Check',
  'step cluster-health-check.service | after | iam-initial-setup.service',
  'step cluster-health-check.service | before | multi-user.target',
]) {
  BEYOND.add(fact);
}

const without = (facts: ReadonlySet<string>): string[] =>
  [...facts].filter((fact) => !BEYOND.has(fact)).sort();

describe('the document', () => {
  it('is read in full', () => {
    const kinds = new Set([...document.facts].map((fact) => fact.split(' | ').slice(0, 2).join(' | ')));
    for (const kind of ['chainfire | excerpt', 'k8shost | check', 'flow | novanet', 'boot | basic.target']) {
      expect(kinds).toContain(kind);
    }
    expect(document.legends).toHaveLength(6);
  });

  it('and the topology hold the same facts', () => {
    expect(without(topologyFacts(topology))).toEqual([...document.facts].sort());
  });

  it('and the topology list services and rows in the same order', () => {
    const order = topology.services.map((service) => text.indexOf(`│ ${service.title}`));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    const theirs = [...document.facts].filter((fact) => / \| (?:impact|mitigation) \| /u.test(fact));
    const ours = [...topologyFacts(topology)].filter((fact) => / \| (?:impact|mitigation) \| /u.test(fact));
    for (const service of topology.services) {
      for (const kind of ['impact', 'mitigation']) {
        const of = (facts: readonly string[]) =>
          facts.filter((fact) => fact.startsWith(`${service.name} | ${kind} `));
        expect(of(ours)).toEqual(of(theirs));
      }
    }
  });

  it('and its version are named in the topology file', () => {
    expect(yaml).toContain(`version ${document.version.version}, ${document.version.updated}`);
  });

  it('has its legends in explain', () => {
    const shown = explainAll(topology);
    for (const legend of document.legends) expect(shown).toContain(legend);
  });
});

describe('where pictures and units differ, the units win', () => {
  const unitEdges = new Set(
    topology.services.flatMap((service) =>
      (['requires', 'wants'] as const).flatMap((kind) =>
        service[kind].map((unit) => `${unit.replace(/\.service$/u, '')} ${kind} ${service.name}`),
      ),
    ),
  );

  it('in the dependency picture: exactly these edges', () => {
    expect([...document.picturedDependencies].filter((edge) => !unitEdges.has(edge)).sort()).toEqual([
      'flaredb wants fiberlb',
      'flaredb wants lightningstor',
      'flaredb wants plasmavmc',
      'network-online.target after chainfire',
      'plasmavmc wants k8shost',
    ]);
    expect([...document.picturedDependencies].filter((edge) => unitEdges.has(edge)).sort()).toEqual([
      'chainfire requires flaredb',
      'chainfire wants flashdns',
      'chainfire wants novanet',
      'flaredb requires iam',
    ]);
  });

  it('in the first-boot picture: exactly these arrows', () => {
    const units = [...topology.services, ...topology.firstBoot.steps];
    const chain = document.picturedBootOrder;
    const unordered = chain.slice(1).flatMap((unit, index) => {
      const before = chain[index] ?? '';
      const after = units.find((candidate) => candidate.unit === unit)?.after;
      const announced = topology.firstBoot.steps.find((step) => step.unit === before)?.before ?? [];
      return after?.includes(before) || announced.includes(unit) ? [] : [`${before} → ${unit}`];
    });
    expect(unordered).toEqual([
      'chainfire-cluster-join.service → flaredb.service',
      'flaredb-cluster-join.service → iam.service',
    ]);
  });

  it.each(topology.firstBoot.steps.map((step) => step.name))(
    '%s requires at most what it waits for',
    (name) => {
      const step = topology.firstBoot.steps.find((candidate) => candidate.name === name);
      expect(step?.after).toEqual(expect.arrayContaining([...(step?.requires ?? [])]));
    },
  );
});

describe('the comparison itself', () => {
  /** Every text and number of the topology, as a path. */
  const leaves = (value: unknown, path: readonly string[] = []): (readonly string[])[] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, child]) => leaves(child, [...path, key]))
      : [path];

  const changed = (path: readonly string[]): Topology => {
    const copy = structuredClone(topology);
    const parent: unknown = path
      .slice(0, -1)
      .reduce<unknown>((node, key) => Reflect.get(Object(node), key), copy);
    const last = path.at(-1) ?? '';
    const value: unknown = Reflect.get(Object(parent), last);
    Reflect.set(
      Object(parent),
      last,
      typeof value === 'number' ? value + 1 : typeof value === 'boolean' ? !value : `${value}X`,
    );
    return copy;
  };

  /** Our own words and groupings, which no document has. */
  const OURS = [
    /^name$|^title$|^request$/u,
    /^capabilities\./u,
    /\.impact\.\d+\.(?:capabilities\.\d+|perNode)$/u,
    /\.mitigations\.\d+\.(?:when|capabilities\.\d+)$/u,
    /\.checks\.\d+\.(?:id|kind)$/u,
    /\.checks\.\d+\.fields\.\d+\.(?:role|service|oneOf\.\d+)$/u,
    /\.quorum\.check$/u,
    /\.ports\.\d+\.protocol$/u,
    /^services\.\d+\.unit$/u,
    /^firstBoot\.steps\.\d+\.(?:name|service)$/u,
    // The document gives ports to a URL; for the query it is DNS's own, and only HTTPS' text names its status.
    /^services\.5\.checks\.0\.port$/u,
    /^services\.[0-7]\.checks\.\d+\.status$/u,
    /^flow\.\d+\.kind$/u,
  ];

  it('notices a change of any value in the topology', () => {
    const paths = leaves(topology).filter((path) => !OURS.some((pattern) => pattern.test(path.join('.'))));
    expect(paths.length).toBeGreaterThan(300);
    const expected = [...document.facts].sort();
    const unnoticed = paths.filter((path) => {
      const facts = without(topologyFacts(changed(path)));
      return facts.length === expected.length && facts.every((fact, index) => fact === expected[index]);
    });
    expect(unnoticed.map((path) => path.join('.'))).toEqual([]);
  });

  const said = (found: DocumentFacts): string =>
    JSON.stringify([
      [...found.facts].sort(),
      [...found.picturedDependencies],
      found.picturedBootOrder,
      found.legends,
      found.version,
    ]);

  /** Headings and frames of the document, which state nothing. */
  const HEADINGS = [
    /^#|^```|^v( +v)*$|^\*\*Document End\*\*$/u,
    /^│ PlasmaCloud Service Dependency Graph │$|^│ \(systemd unit dependencies\) │$/u,
    /^System Boot$|^│ systemd \(PID 1\) │$/u,
    /^│ Service Dependency Tree │$|^│ \(direction: top-down\) │$/u,
    /^│ Service Communication Flow │$|^External Client$/u,
    /^│ Failure Impact Matrix │$|^Service Fails │ Impact │ Mitigation$/u,
    /^│ Health Check Endpoint Reference │$|^Service │ Endpoint │ Expected Response$/u,
    /^│ First-Boot Automation Services │$/u,
  ];

  it('notices a change of any word in the document', () => {
    const normal = said(document);
    const lines = text.split('\n');
    const notices = (changedLines: readonly string[]): boolean => {
      try {
        return said(readDocument(changedLines.join('\n'))) !== normal;
      } catch {
        return true;
      }
    };
    const stating = lines
      .map((line, index) => ({ line, index }))
      .filter(({ line }) => !HEADINGS.some((heading) => heading.test(line)));
    expect(stating.length).toBeGreaterThan(250);
    const unnoticed = stating.flatMap(({ line, index }) =>
      [...line.matchAll(/\d+|[A-Za-z]+|[✗⚠✓]/gu)].flatMap((match) => {
        const end = match.index + match[0].length;
        const word = `${match[0]}${/\d$/u.test(match[0]) ? '7' : 'Q'}`;
        const other = `${line.slice(0, match.index)}${word}${line.slice(end)}`;
        return notices(lines.with(index, other)) ? [] : [`${line.trim()} [${match[0]}]`];
      }),
    );
    expect([...new Set(unnoticed)]).toEqual([]);
  });
});
