/** The shape of `plasmatop status --json`, version 1, as a schema that documents and tests it. */
import { z } from 'zod';

const verdict = z.enum(['ok', 'degraded', 'starting', 'late', 'down', 'blocked', 'unknown']);
const ms = z.number().describe('ms; times since the epoch, by the clock of the host that asks');
const service = z.string().describe('a service of the topology: chainfire');
const node = z.string().describe('a node of the inventory: node02');
const instance = z.string().describe('service@node: chainfire@node02');
const unit = z.string().describe('a full systemd unit name: chainfire.service');
const blocker = z.strictObject({ service, node: node.optional() });

const headline = z.strictObject({
  verdict,
  sentence: z.string(),
  users: z.string().optional().describe('what it means for users'),
  cause: z.string().optional(),
});

const capability = z.strictObject({
  id: z.string(),
  title: z.string(),
  state: z.enum(['works', 'at-risk', 'degraded', 'starting', 'lost', 'unknown']),
  because: z.array(service),
  causes: z.array(
    z.strictObject({
      service,
      words: z.string(),
      risk: z
        .union([
          z.strictObject({ kind: z.enum(['quorum', 'split']) }),
          z.strictObject({ kind: z.literal('last'), node }),
        ])
        .optional(),
    }),
  ),
  mitigation: z.string().optional().describe('what helps meanwhile'),
});

const path = z
  .strictObject({
    state: z.enum(['passes', 'slow', 'uncertain', 'dead', 'unwatched']),
    sentence: z.string(),
    diesAt: service.optional(),
    behind: z.array(service),
    meanwhile: z.array(z.strictObject({ service, text: z.string() })),
    hops: z.array(
      z.strictObject({
        from: z.string(),
        to: z.string(),
        kind: z.enum(['forward', 'call']),
        label: z.string(),
        state: z.enum(['passes', 'slow', 'uncertain', 'dead', 'unwatched']),
        why: z.string(),
        reached: z.boolean(),
      }),
    ),
  })
  .describe('how far a request gets along the documented data flow');

const cause = z.strictObject({
  id: z.string(),
  kind: z.enum([
    'unreachable',
    'path',
    'certificate',
    'split',
    'no-leader',
    'failed',
    'stopped',
    'no-unit',
    'left-behind',
    'step',
    'unhealthy',
    'slow',
    'late',
    'starting',
  ]),
  verdict: z.enum(['down', 'degraded', 'late', 'starting']),
  subjects: z.array(z.string()).describe('instances, nodes, steps (step@node) or a service'),
  nodes: z.array(node),
  services: z.array(service),
  where: z.string(),
  why: z.string(),
  sinceMs: ms,
  changed: z.strictObject({ fromMs: ms, toMs: ms }).describe('between these two looks'),
  shared: z.strictObject({ tag: z.string(), all: z.boolean(), withinMs: z.number() }).optional(),
  certificates: z.number().optional().describe('how many certificates it is about'),
  overdue: z
    .strictObject({ checks: z.number(), withinMs: z.number() })
    .optional()
    .describe('of path: how many checks of its nodes nobody answers, and how long each waits'),
  explains: z.array(instance),
});

const contradiction = z.strictObject({
  id: z.string(),
  kind: z.enum([
    'child-without-parent',
    'two-leaders',
    'sizes',
    'active-but-silent',
    'answers-but-stopped',
    'identity',
    'shared-certificate',
  ]),
  words: z.string(),
  instances: z.array(instance),
});

const quorum = z.strictObject({
  service,
  members: z.array(node),
  expected: z.number(),
  needed: z.number(),
  votes: z.number(),
  standing: z.enum(['held', 'lost', 'forming', 'unknown']),
  everHeld: z.boolean().optional(),
  leader: node.optional(),
  faults: z.array(
    z.union([
      z.strictObject({ kind: z.literal('no-leader') }),
      z.strictObject({ kind: z.literal('two-leaders'), nodes: z.array(node) }),
      z.strictObject({ kind: z.literal('size-disagreement'), sizes: z.record(z.string(), z.number()) }),
      z.strictObject({ kind: z.literal('beyond-inventory'), size: z.number(), watched: z.number() }),
    ]),
  ),
});

const serviceState = z.strictObject({
  name: service,
  verdict,
  reason: z.string(),
  blockedBy: blocker.optional(),
  partlyBlockedBy: blocker.optional().describe('what blocks some of its members while others serve'),
  instances: z.array(instance),
  sinceMs: ms,
  quorum: quorum.optional(),
});

const unitFacts = z
  .strictObject({
    unit,
    load: z.string(),
    active: z.string(),
    sub: z.string(),
    result: z.string(),
    type: z.string().optional(),
    unitFile: z.string().optional(),
    restarts: z.number().optional(),
    exitCode: z.number().optional(),
    exitHow: z.number().optional().describe('1 exited, 2 killed, 3 dumped core'),
    mainPid: z.number().optional(),
    statusText: z.string().optional(),
    invocation: z.string().optional(),
    needsReload: z.boolean().optional(),
    job: z.number().optional(),
    inactiveExitMs: z.number().optional(),
    activeEnterMs: z.number().optional(),
    activeExitMs: z.number().optional(),
    inactiveEnterMs: z.number().optional(),
    stateChangeMs: z.number().optional(),
    timeoutStartMs: z.number().optional(),
  })
  .describe("as systemctl show says; its times are ms of the node's monotonic clock");

const instanceState = z.strictObject({
  id: instance,
  service,
  node,
  verdict,
  word: z.string(),
  reason: z.string(),
  blockedBy: blocker.optional(),
  left: z.strictObject({ after: unit }).optional(),
  unmet: unit.optional(),
  split: z
    .enum(['two-leaders', 'sizes'])
    .optional()
    .describe('well by itself, and degraded only because the members of its group contradict each other so'),
  because: z.string().optional().describe('id of the cause that it is part of, or that explains it'),
  sinceMs: ms,
  downSinceMs: ms.optional(),
  ageMs: z.number().optional(),
  stale: z.boolean(),
  latencyMs: z.number().optional(),
  raft: z.enum(['leader', 'follower', 'candidate']).optional(),
  raftSinceMs: ms.optional(),
  clusterSize: z.number().optional(),
  checks: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      verdict: z.enum(['ok', 'degraded', 'failing', 'unknown']),
      reason: z.string(),
    }),
  ),
  unit: unitFacts.optional(),
  provenMs: z.number().optional(),
  certificateNotAfterMs: ms.optional(),
  insecure: z.boolean().describe('its certificate was not verified'),
});

const sshFailure = z.strictObject({ kind: z.string(), detail: z.string(), remedy: z.string() });

const nodeState = z.strictObject({
  name: node,
  verdict,
  reachable: z.boolean(),
  reason: z.string(),
  sinceMs: ms,
  overdue: z
    .strictObject({ checks: z.number(), instances: z.array(instance) })
    .optional()
    .describe(
      'ssh reaches it, none of its checks is answered in time, and systemd calls these instances active',
    ),
  link: z
    .union([
      z.strictObject({ state: z.literal('none') }),
      z.strictObject({ state: z.literal('connecting'), sinceMs: ms, after: sshFailure.optional() }),
      z.strictObject({ state: z.literal('up'), sinceMs: ms }),
      z.strictObject({ state: z.literal('failed'), sinceMs: ms, failure: sshFailure }),
    ])
    .describe('its ssh connection'),
  steps: z
    .array(
      z.strictObject({
        name: z.string(),
        unit,
        service: service.optional(),
        state: z.enum(['failed', 'left-behind', 'held']),
        reason: z.string(),
        by: unit.optional(),
        sinceMs: ms,
      }),
    )
    .describe('first-boot steps that are not as they should be'),
});

const target = z.union([
  z.strictObject({ kind: z.literal('instance'), service, node }),
  z.strictObject({ kind: z.literal('step'), step: z.string(), node }),
  z.strictObject({ kind: z.literal('node'), node }),
]);

const nextStep = z.strictObject({
  id: z.string(),
  cause: z.string().describe('id of the cause that it mends'),
  action: z
    .strictObject({ verb: z.enum(['restart', 'rerun', 'bring-up']), target })
    .optional()
    .describe('what the console can do; absent: by hand'),
  words: z.string(),
  why: z.string(),
  lastResort: z.boolean(),
  nodes: z.array(node),
  expectedMs: z.number().optional().describe('documented time until what it starts is back, ms'),
  regains: z.array(service).describe('services that have their quorum again with it'),
  clears: z.number().describe('instances that are well again with it'),
});

const relation = z.enum(['wants', 'part-of', 'requires', 'requisite', 'binds-to', 'after']);

const drift = z
  .strictObject({
    unit,
    on: unit,
    kind: z.enum(['missing', 'extra', 'weaker', 'stronger']),
    expected: relation.optional().describe('by the topology'),
    found: relation.optional().describe('by systemd on these nodes'),
    nodes: z.array(node),
    of: z.number().describe('nodes that have the unit'),
  })
  .describe('a dependency that systemd was told otherwise than the topology says');

export const statusSchema = z
  .strictObject({
    schema: z.literal(1).describe('counts breaking changes'),
    cluster: z.string(),
    atMs: ms,
    verdict,
    headline,
    counts: z.record(verdict, z.number()).describe('instances by verdict'),
    insecure: z.boolean(),
    capabilities: z.array(capability),
    path,
    causes: z.array(cause).describe('worst first'),
    contradictions: z.array(contradiction),
    services: z.array(serviceState),
    instances: z.array(instanceState),
    nodes: z.array(nodeState),
    next: z.array(nextStep).describe('what would mend it, in the order in which it helps'),
    drift: z.array(drift),
  })
  .meta({ title: 'plasmatop status --json' });
