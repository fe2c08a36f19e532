/** The shape of a topology file. What no schema can say (references, cycles, duplicates) is in references.ts. */
import * as z from 'zod';
import type { CheckSpec, Service, Step, Topology } from '../core/model/topology.ts';
import { durationSchema, lineSchema, orWord, portSchema, shortNameSchema } from './fields.ts';
import { HOST_NAME, isHostName, isUnitName, isUrlPath, UNIT_NAME, URL_PATH } from './names.ts';
import { strict, withRemedy } from './source.ts';

const unitSchema = z
  .string()
  .refine(isUnitName, {
    error: withRemedy(
      'is not a systemd unit name',
      'write it in full, like chainfire.service; letters, digits and :_.@\\- only, not starting with "-"',
    ),
  })
  .meta({ title: 'unit', pattern: UNIT_NAME.source, maxLength: 255 });

const units = z.array(unitSchema).default([]);
const dependencies = { after: units, requires: units, wants: units };
const unitTypeSchema = z.enum(['notify', 'simple', 'forking', 'oneshot']);

const fieldSchema = strict({
  name: lineSchema,
  role: z.enum(['status', 'link', 'raft', 'cluster-size', 'info']),
  equals: lineSchema.exactOptional(),
  oneOf: z.array(lineSchema).nonempty().exactOptional(),
  service: shortNameSchema.exactOptional(),
  example: z.union([lineSchema, z.number()]).exactOptional(),
});

const checkCommon = { id: shortNameSchema, port: portSchema };
const slow = { slow: durationSchema.exactOptional() };
const http = {
  path: z
    .string()
    .refine(isUrlPath, {
      error: withRemedy('is not a URL path', 'start it with "/" and use no spaces or control characters'),
    })
    .meta({ pattern: URL_PATH.source }),
  status: z.number().int().min(100).max(599).default(200),
};

const checkSchema = z
  .discriminatedUnion('kind', [
    strict({
      kind: z.literal('https-json'),
      ...checkCommon,
      ...http,
      fields: z.array(fieldSchema).default([]),
      ...slow,
    }),
    strict({ kind: z.literal('https-text'), ...checkCommon, ...http, text: lineSchema, ...slow }),
    strict({
      kind: z.literal('dns'),
      ...checkCommon,
      query: z
        .string()
        .refine(isHostName, { error: withRemedy('is not a DNS name', 'write it like health.local') })
        .meta({ pattern: HOST_NAME.source }),
      type: z.literal('A').default('A'),
      address: z.ipv4({
        error: withRemedy('is not an IPv4 address', 'write the expected A record, like 127.0.0.1'),
      }),
      ...slow,
    }),
    strict({ kind: z.literal('tcp'), ...checkCommon, ...slow }),
  ])
  .transform(
    ({ slow: slowMs, ...check }): CheckSpec => ({ ...check, ...(slowMs === undefined ? {} : { slowMs }) }),
  );

/** Words alone are a mitigation that other instances are; that is what most are. */
const mitigationSchema = orWord(
  'text',
  strict({
    text: lineSchema,
    when: z.enum(['quorum', 'instances', 'loss']).default('instances'),
    capabilities: z.array(shortNameSchema).exactOptional(),
  }),
);

const excerptSchema = z.string().min(1).max(20_000);

const serviceSchema = strict({
  name: shortNameSchema,
  title: lineSchema,
  longName: lineSchema.exactOptional(),
  level: z.number().int(),
  purpose: lineSchema,
  critical: strict({ value: z.boolean(), why: lineSchema.exactOptional() }).default({ value: false }),
  unit: unitSchema,
  type: unitTypeSchema,
  ...dependencies,
  ports: z
    .array(strict({ port: portSchema, name: lineSchema, protocol: z.enum(['tcp', 'udp']).default('tcp') }))
    .default([]),
  data: z
    .string()
    .refine(isUrlPath, { error: withRemedy('is not an absolute path', 'write it like /var/lib/chainfire') })
    .meta({ pattern: URL_PATH.source })
    .exactOptional(),
  start: durationSchema,
  startAfter: shortNameSchema.exactOptional(),
  timeoutStart: durationSchema.exactOptional(),
  restartAfter: durationSchema.exactOptional(),
  backend: strict({ service: shortNameSchema, stores: lineSchema }).exactOptional(),
  quorum: strict({ check: shortNameSchema, documented: lineSchema }).exactOptional(),
  checks: z.array(checkSchema).default([]),
  impact: z
    .array(
      strict({
        severity: z.enum(['lost', 'degraded', 'works']),
        text: lineSchema,
        capabilities: z.array(shortNameSchema),
        perNode: z.boolean().exactOptional(),
      }),
    )
    .default([]),
  mitigations: z.array(mitigationSchema).default([]),
  excerpt: excerptSchema.exactOptional(),
}).transform(
  ({ data, start, timeoutStart, restartAfter, ...service }): Service => ({
    ...service,
    ...(data === undefined ? {} : { dataDir: data }),
    startMs: start,
    ...(timeoutStart === undefined ? {} : { timeoutStartMs: timeoutStart }),
    ...(restartAfter === undefined ? {} : { restartSec: restartAfter / 1000 }),
  }),
);

const stepSchema = strict({
  name: shortNameSchema,
  title: lineSchema,
  unit: unitSchema,
  type: unitTypeSchema.default('oneshot'),
  ...dependencies,
  before: units,
  does: z.array(lineSchema),
  service: shortNameSchema.exactOptional(),
  remainAfterExit: z.boolean().default(true),
  start: durationSchema.exactOptional(),
  restartAfter: durationSchema.exactOptional(),
  excerpt: excerptSchema.exactOptional(),
}).transform(
  ({ start, restartAfter, ...step }): Step => ({
    ...step,
    ...(start === undefined ? {} : { startMs: start }),
    ...(restartAfter === undefined ? {} : { restartSec: restartAfter / 1000 }),
  }),
);

/** A whole topology file; its output is the core's Topology. */
export const topologySchema: z.ZodType<Topology> = strict({
  name: shortNameSchema,
  title: lineSchema,
  levels: z
    .array(strict({ number: z.number().int(), title: lineSchema, description: lineSchema }))
    .nonempty(),
  capabilities: z.array(strict({ id: shortNameSchema, title: lineSchema })).default([]),
  services: z.array(serviceSchema).nonempty({
    error: withRemedy('holds no service', 'describe at least one service'),
  }),
  bootTargets: z
    .array(
      strict({ unit: unitSchema, after: unitSchema.exactOptional(), does: z.array(lineSchema).default([]) }),
    )
    .default([]),
  firstBoot: strict({
    chain: units,
    steps: z.array(stepSchema).default([]),
    ready: strict({ unit: unitSchema, title: lineSchema }),
  }).default({ chain: [], steps: [], ready: { unit: 'multi-user.target', title: 'Ready' } }),
  request: lineSchema.exactOptional(),
  flow: z
    .array(
      strict({
        from: shortNameSchema,
        to: shortNameSchema,
        label: lineSchema,
        kind: z.enum(['forward', 'call']),
        role: lineSchema.exactOptional(),
        returns: lineSchema.exactOptional(),
        port: portSchema.exactOptional(),
      }),
    )
    .default([]),
});
