/** The shape of a topology file. What no schema can say (references, cycles, duplicates) is in references.ts. */
import { z } from 'zod';
import type { CheckSpec, Service, Step, Topology } from '../core/model/topology.ts';
import { isHostName, isShortName, isUnitName, isUrlPath } from './names.ts';
import { strict, withRemedy } from './source.ts';

const DURATION = /^(\d+(?:\.\d+)?)\s*(ms|s|m|min|h)$/u;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 };
const MAX_DURATION_MS = 24 * 3_600_000;

/** `2s`, `1500ms`, `1m` or a plain number of ms → ms; undefined when it is none of these. */
const parseDuration = (value: string | number): number | undefined => {
  if (typeof value === 'number') return value;
  const [, amount, unit] = DURATION.exec(value.trim()) ?? [];
  const factor = unit === undefined ? undefined : UNIT_MS[unit];
  return amount === undefined || factor === undefined ? undefined : Math.round(Number(amount) * factor);
};

/** A duration of the file as a positive number of ms, at most a day. */
export const durationSchema = z
  .union([z.string(), z.number()], {
    error: withRemedy('is not a duration', 'write it as 2s, 500ms, 1m or a number of milliseconds'),
  })
  .transform((value, context) => {
    const ms = parseDuration(value);
    if (ms !== undefined && Number.isFinite(ms) && ms > 0 && ms <= MAX_DURATION_MS) return ms;
    context.addIssue({
      code: 'custom',
      message: withRemedy(
        `"${value}" is not a duration`,
        'write it as 2s, 500ms, 1m or a number of milliseconds, at most 24h',
      ),
    });
    return z.NEVER;
  });

const CONTROL = /[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]/u;

/** One line of text for people. */
export const lineSchema = z
  .string()
  .min(1, { error: withRemedy('is empty', 'write a text') })
  .max(400, { error: withRemedy('is longer than 400 characters', 'shorten it') })
  .refine((text) => !CONTROL.test(text), {
    error: withRemedy('contains a control character', 'write plain text on one line'),
  });

export const shortNameSchema = z.string().refine(isShortName, {
  error: withRemedy(
    'is not a plain name',
    'use lower-case letters, digits, "-", "_" and ".", starting with a letter or digit',
  ),
});

const unitSchema = z.string().refine(isUnitName, {
  error: withRemedy(
    'is not a systemd unit name',
    'write it in full, like chainfire.service; letters, digits and :_.@\\- only, not starting with "-"',
  ),
});

export const portSchema = z
  .number({ error: withRemedy('is not a port', 'write a number from 1 to 65535') })
  .int({ error: withRemedy('is not a port', 'write a whole number from 1 to 65535') })
  .min(1, { error: withRemedy('is below 1', 'write a port from 1 to 65535') })
  .max(65_535, { error: withRemedy('is above 65535', 'write a port from 1 to 65535') });

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
  path: z.string().refine(isUrlPath, {
    error: withRemedy('is not a URL path', 'start it with "/" and use no spaces or control characters'),
  }),
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
        .refine(isHostName, { error: withRemedy('is not a DNS name', 'write it like health.local') }),
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
      }),
    )
    .default([]),
  mitigations: z.array(lineSchema).default([]),
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
