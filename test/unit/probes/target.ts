/** Builders of check targets on loopback for the probe tests. */
import type { CheckTarget } from '../../../src/core/model/inventory.ts';
import type { CheckSpec } from '../../../src/core/model/topology.ts';

type SpecOf<K extends CheckSpec['kind']> = Extract<CheckSpec, { kind: K }>;

export const jsonSpec = (spec: Partial<SpecOf<'https-json'>> = {}): SpecOf<'https-json'> => ({
  kind: 'https-json',
  id: 'health',
  port: 2379,
  path: '/health',
  status: 200,
  fields: [{ name: 'status', role: 'status', equals: 'healthy' }],
  ...spec,
});

export const textSpec = (spec: Partial<SpecOf<'https-text'>> = {}): SpecOf<'https-text'> => ({
  kind: 'https-text',
  id: 'healthz',
  port: 10250,
  path: '/healthz',
  status: 200,
  text: 'ok',
  ...spec,
});

export const dnsSpec = (spec: Partial<SpecOf<'dns'>> = {}): SpecOf<'dns'> => ({
  kind: 'dns',
  id: 'dns',
  port: 53,
  query: 'health.local',
  type: 'A',
  address: '127.0.0.1',
  ...spec,
});

export const target = (port: number, spec: CheckSpec, over: Partial<CheckTarget> = {}): CheckTarget => ({
  id: `svc@node01#${spec.id}`,
  instance: 'svc@node01',
  service: 'svc',
  node: 'node01',
  spec,
  host: '127.0.0.1',
  port,
  serverName: over.host ?? '127.0.0.1',
  ...over,
});
