/** The published schemas, judged by a library that did not make them: they say to editors what the loader says. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configSchema } from '../../../src/config/schema.ts';
import { configText } from '../../../src/config/write.ts';
import { demoConfig } from '../../../src/demo/files.ts';
import { builtinTopology } from '../../../src/topology/builtin.ts';
import { topologySchema } from '../../../src/topology/schema.ts';
import { schemaJudge } from '../../helpers/schema-judge.ts';

const root = new URL('../../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const judges = { config: schemaJudge('plasmatop'), topology: schemaJudge('topology') } as const;

type Block = { readonly name: string; readonly value: unknown };

/** Every block of YAML in the documents. */
const blocks: readonly Block[] = [
  'README.md',
  ...readdirSync(new URL('docs/', root)).map((file) => `docs/${file}`),
]
  .filter((path) => path.endsWith('.md'))
  .flatMap((path) =>
    [...read(path).matchAll(/```yaml\n([\s\S]*?)```/gu)].map(([, text = ''], index) => ({
      name: `${path} ${index + 1}`,
      value: parse(text),
    })),
  );

const has = ({ value }: Block, key: string): boolean =>
  value !== null && typeof value === 'object' && key in value;
const configs = blocks.filter((block) => has(block, 'nodes'));
const topologies = blocks.filter((block) => has(block, 'levels'));

describe('what is written in this project', () => {
  it('has no block of YAML of which nobody knows what it is', () => {
    const others = blocks.filter((block) => !configs.includes(block) && !topologies.includes(block));
    expect(others.filter((block) => block.value !== null && !has(block, 'scrape_configs'))).toEqual([]);
    expect(configs.length).toBeGreaterThan(1);
    expect(topologies.length).toBeGreaterThan(0);
  });

  it.each(configs)('the configuration of $name is one', ({ value }) => {
    expect(judges.config(value)).toEqual([]);
  });

  it.each(topologies)('the topology of $name is one', ({ value }) => {
    expect(judges.topology(value)).toEqual([]);
  });

  it('so is the built-in topology', () => {
    expect(judges.topology(parse(read('src/topology/plasmacloud.yaml')))).toEqual([]);
  });

  it('so is the configuration of the demo', () => {
    const nodes = ['node01', 'node02'].map((name, index) => ({
      name,
      services: index === 0 ? builtinTopology().services.map((one) => one.name) : ['chainfire'],
      ports: new Map([[2379, 21379 + index]]),
      sshPort: 2222 + index,
      hostPublicKey: 'ssh-ed25519 AAAA demo',
    }));
    expect(judges.config(parse(demoConfig('/tmp/demo "1"', builtinTopology(), nodes)))).toEqual([]);
  });

  it.each([
    ['as it is', (text: string) => text],
    // What begins with # and a letter is off: with one # less, all of it holds.
    ['with all that is off', (text: string) => text.replace(/^( *)#(?=[a-z-]| {2})/gmu, '$1')],
  ])('so is what init writes, %s', (_, edit) => {
    const text = configText({
      nodes: [{ name: 'node01', address: 'fd00::1', ssh: 'ops@node01', from: { file: 'argument 1' } }],
      values: new Map<string, string | boolean>([['tls.ca', '/etc/ca.pem']]),
    });
    expect(judges.config(parse(edit(text)))).toEqual([]);
  });
});

const refusedByAll = (text: string, kind: 'config' | 'topology'): void => {
  const value: unknown = parse(text);
  const schema = kind === 'config' ? configSchema : topologySchema;
  expect(schema.safeParse(value).success, 'by the loader').toBe(false);
  expect(judges[kind](value), 'by the published schema').not.toEqual([]);
};

describe('a bad configuration is refused by both', () => {
  it.each([
    'cluster: 5',
    'nodes: node01',
    'nodes: []',
    'nodes: [{ address: 10.0.0.1 }]',
    'nodes: ["-oProxyCommand=x"]',
    'nodes: [{ name: a, ssh: true }]',
    'nodes: [{ name: a, ports: { http: 80 } }]',
    'nodes: [{ name: a, ports: { 2379: 70000 } }]',
    'nodes: [{ name: a, tags: rack }]',
    'groups: { storage: [] }',
    'groups: { Storage: [a] }',
    'poll: { interval: soon }',
    'poll: { interval: 0 }',
    'poll: { interval: 90000000 }',
    'poll: { fall: 0 }',
    'poll: { fall: 1.5 }',
    'poll: { rise: 21 }',
    'services: { iam: { timeout: true } }',
    'services: { iam: { fall: 21 } }',
    'services: { iam: { slwo: 5s } }',
    'services: { iam: { checks: { health: { interval: quick } } } }',
    'services: { iam: { checks: { health: { retries: 3 } } } }',
    'tls: { warnDays: 366 }',
    'tls: { insecure: "no" }',
    'ssh: { maxChannels: 11 }',
    'ssh: { options: [ServerAliveInterval] }',
    'ssh: { user: "-l" }',
    'ui: { theme: neon }',
    'ui: { color: blue }',
    'banner: { color: red }',
    'banner: { text: PRODUCTION, color: pink }',
    'keys: { restart: [] }',
    'audit: { maxSize: 10MB }',
    'audit: { keep: 0 }',
    'actions: { batch: 101 }',
    'readOnly: "yes"',
    'nodez: [a]',
  ])('%s', (text) => refusedByAll(text, 'config'));
});

describe('a bad topology is refused by both', () => {
  it.each([
    ['a unit without its kind', 'unit: store.service', 'unit: store'],
    ['a port beyond the last', /port: \d+/u, 'port: 70000'],
    ['a check of an unknown kind', 'kind: https-json', 'kind: http3'],
    ['an unknown key', 'longName:', 'nickname:'],
    ['a severity that there is not', /severity: \w+/u, 'severity: awful'],
  ])('%s', (_, from, to) => {
    const [text = ''] = /(?<=```yaml\n)[\s\S]*?(?=```)/u.exec(read('docs/topology.md')) ?? [];
    const broken = text.replace(from, to);
    expect(broken).not.toBe(text);
    refusedByAll(broken, 'topology');
  });
});
