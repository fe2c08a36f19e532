/** The published JSON Schema takes what the loader takes, and not what it refuses for its shape. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { configText } from '../../../src/config/write.ts';

const docs = (name: string): string =>
  readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');
const validatorOf = (name: string) =>
  z.fromJSONSchema(JSON.parse(docs(name)) as z.core.JSONSchema.JSONSchema);
const example = (name: string): unknown => parse(/```yaml\n([\s\S]*?)```/u.exec(docs(name))?.[1] ?? '');

const config = validatorOf('plasmatop.schema.json');
const takes = (value: unknown): boolean => config.safeParse(value).success;

describe('the schema of plasmatop.yaml', () => {
  it('takes the example of the documentation, and what init writes', () => {
    expect(config.safeParse(example('configuration.md')).error).toBeUndefined();
    const from = { file: 'argument 1' };
    const text = configText({
      nodes: [
        { name: 'node01', from },
        { name: 'node02', address: 'fd00::2', ssh: 'ops@node02', from },
      ],
      values: new Map<string, string | boolean>([
        ['tls.ca', '/etc/ca.pem'],
        ['readOnly', true],
      ]),
    });
    expect(config.safeParse(parse(text)).error).toBeUndefined();
  });

  it.each([
    'nodes: [node01, { name: node02 }]',
    'poll: { interval: 500, timeout: "1.5 s" }',
    'audit: { maxSize: 1048576 }',
    'nodes: [{ name: a, ssh: false, ports: { 2379: 12379 } }]',
    'ui: { color: auto }',
  ])('takes %s', (text) => {
    expect(takes(parse(text))).toBe(true);
  });

  it.each([
    'nodez: [node01]',
    'nodes: []',
    'nodes: [{ address: 10.0.0.1 }]',
    'nodes: ["-oProxyCommand=x"]',
    'nodes: [{ name: a, ssh: true }]',
    'nodes: [{ name: a, ports: { 2379: 70000 } }]',
    'poll: { interval: soon }',
    'poll: { interval: 0 }',
    'poll: { fall: 21 }',
    'poll:',
    'audit: { maxSize: 10MB }',
    'readOnly: "yes"',
    'ssh: { options: [ServerAliveInterval] }',
    'ui: { color: blue }',
  ])('does not take %s', (text) => {
    expect(takes(parse(text))).toBe(false);
  });
});

describe('the schema of a topology', () => {
  const topology = validatorOf('topology.schema.json');

  it('takes the built-in one and the example of the documentation', () => {
    const builtin = readFileSync(new URL('../../../src/topology/plasmacloud.yaml', import.meta.url), 'utf8');
    for (const value of [parse(builtin), example('topology.md')]) {
      expect(topology.safeParse(value).error).toBeUndefined();
    }
  });

  it('does not take a unit without its kind', () => {
    const broken = docs('topology.md').replace('unit: store.service', 'unit: store');
    expect(topology.safeParse(parse(/```yaml\n([\s\S]*?)```/u.exec(broken)?.[1] ?? '')).success).toBe(false);
  });
});
