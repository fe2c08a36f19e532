/** The failure impact matrix, written down by hand from the document, held against judged clusters. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeCapabilities } from '../../../src/core/impact/capabilities.ts';
import type {
  CapabilityStanding,
  CapabilityState,
  ClusterState,
  InstanceState,
  QuorumState,
  ServiceState,
  Verdict,
} from '../../../src/core/model/cluster.ts';
import type { CheckTarget } from '../../../src/core/model/inventory.ts';
import { type InstanceId, instanceId } from '../../../src/core/model/inventory.ts';
import type { ProbeResult } from '../../../src/core/model/observation.ts';
import { builtinTopology } from '../../../src/topology/builtin.ts';
import { fail, judged, looked, pass, rounds, sick, unit, type World, worldOf } from './world.ts';

type Answers = (target: CheckTarget, atMs: number) => ProbeResult | undefined;

const healthy = (nodes = 3): World => rounds(worldOf(nodes), 3);
const refused =
  (...ids: readonly string[]): Answers =>
  (target, atMs) =>
    ids.includes(target.instance) || ids.includes(target.service) ? fail(atMs, 'refused') : undefined;
const dark =
  (...nodes: readonly string[]): Answers =>
  (target, atMs) =>
    nodes.includes(target.node) ? fail(atMs, 'timeout') : undefined;
const having = (answers: Answers, nodes = 3): ClusterState => judged(rounds(healthy(nodes), 3, answers));

/** What is not simply at work, as `id: [state, because]`. */
const touched = (state: ClusterState): Readonly<Record<string, readonly [CapabilityStanding, string]>> =>
  Object.fromEntries(
    state.capabilities
      .filter((capability) => capability.state !== 'works')
      .map((capability) => [
        capability.id,
        [
          capability.state,
          capability.causes.map(({ service, words }) => `${service}: ${words}`).join('; '),
        ] as const,
      ]),
  );

const helped = (state: ClusterState): Readonly<Record<string, string>> =>
  Object.fromEntries(
    state.capabilities.flatMap(({ id, mitigation }) => (mitigation === undefined ? [] : [[id, mitigation]])),
  );

describe('a service that is down everywhere', () => {
  /** ✗ is lost and ⚠ degraded, row by row of the document; ✓ rows are left to what works. */
  const MATRIX: Readonly<Record<string, Readonly<Record<string, 'lost' | 'degraded'>>>> = {
    iam: { authentication: 'lost' },
    plasmavmc: { 'create-vms': 'lost', metrics: 'degraded' },
    novanet: { networks: 'lost' },
    flashdns: { dns: 'degraded' },
    fiberlb: { 'load-balancing': 'degraded' },
    lightningstor: { 'storage-io': 'degraded', volumes: 'lost' },
    k8shost: { pods: 'degraded' },
  };
  test.each(Object.entries(MATRIX))('%s', (service, expected) => {
    const state = having(refused(service));
    const words = `${service}: down on all 3 nodes`;
    expect(touched(state)).toEqual(
      Object.fromEntries(Object.entries(expected).map(([id, severity]) => [id, [severity, words]])),
    );
  });

  test('FlareDB, which takes IAM along', () => {
    const state = having((target, atMs) => {
      if (target.service === 'iam') return sick(atMs, { status: 'degraded', database: 'disconnected' });
      return target.service === 'flaredb' ? fail(atMs, 'refused') : undefined;
    });
    expect(touched(state)).toEqual({
      metrics: ['lost', 'flaredb: quorum lost, 0 of 3 votes'],
      authentication: ['lost', 'flaredb: quorum lost, 0 of 3 votes; iam: blocked by FlareDB'],
      'create-vms': ['degraded', 'flaredb: quorum lost, 0 of 3 votes'],
    });
    expect(helped(state)).toEqual({
      metrics: 'Data replicated',
      authentication: 'Cache last tokens',
      'create-vms': 'New VMs blocked',
    });
  });

  test('Chainfire, which takes FlareDB and IAM along: what goes on is what helps', () => {
    const state = having(refused('chainfire', 'flaredb', 'iam'));
    expect(touched(state)).toEqual({
      'control-plane': ['lost', 'chainfire: quorum lost, 0 of 3 votes'],
      configuration: ['lost', 'chainfire: quorum lost, 0 of 3 votes'],
      'create-vms': ['lost', 'chainfire: quorum lost, 0 of 3 votes; flaredb: blocked by Chainfire'],
      metrics: ['lost', 'flaredb: blocked by Chainfire'],
      authentication: ['lost', 'flaredb: blocked by Chainfire; iam: blocked by FlareDB'],
    });
    expect(helped(state)).toEqual({
      'control-plane': 'Existing VMs run',
      configuration: 'Data replicated',
      'create-vms': 'Existing VMs run',
      metrics: 'Data replicated',
      authentication: 'Cache last tokens',
    });
  });

  test('on its only node, while other nodes answer', () => {
    const base = worldOf(3, ['plasmavmc', 'iam']);
    const inventory = {
      ...base.inventory,
      nodes: base.inventory.nodes.map((node) =>
        node.name === 'node02' ? node : { ...node, services: ['plasmavmc'] },
      ),
    };
    const targets = base.targets.filter((one) => one.service === 'plasmavmc' || one.node === 'node02');
    const state = judged(rounds(rounds({ ...base, inventory, targets }, 3), 3, dark('node02')));
    expect(touched(state)).toMatchObject({ authentication: ['lost', 'iam: unreachable on node02'] });
  });
});

describe('a quorum', () => {
  test('lost to two of three members', () => {
    expect(touched(having(refused('chainfire@node02', 'chainfire@node03')))).toMatchObject({
      'control-plane': ['lost', 'chainfire: quorum lost, 1 of 3 votes'],
    });
  });

  test('that stands without a vote to spare is at risk', () => {
    const state = having(refused('chainfire@node02'));
    expect(touched(state)).toEqual({
      'control-plane': ['at-risk', 'chainfire: 2 of 3 votes, 2 needed'],
      configuration: ['at-risk', 'chainfire: 2 of 3 votes, 2 needed'],
      'create-vms': ['at-risk', 'chainfire: 2 of 3 votes, 2 needed'],
    });
    expect(new Set(Object.values(helped(state)))).toEqual(new Set(['Raft quorum: 2 of 3 hold']));
  });

  test('with a vote to spare works, and the quorum is what helps', () => {
    const state = having(refused('chainfire@node02'), 5);
    expect(touched(state)).toEqual({});
    expect(helped(state)).toMatchObject({ 'create-vms': 'Raft quorum: 4 of 5 hold' });
    expect(touched(having(refused('chainfire@node02', 'chainfire@node03'), 5))).toMatchObject({
      'create-vms': ['at-risk', 'chainfire: 3 of 5 votes, 3 needed'],
    });
  });

  test('of one member, or of two, never had one to spare', () => {
    expect(touched(judged(healthy(1)))).toEqual({});
    expect(touched(judged(healthy(2)))).toEqual({});
  });

  test('with a member that is on its way up is not at risk', () => {
    const world = rounds(healthy(), 3, refused('chainfire@node02'));
    const starting = looked(world, 'node02', [
      unit('chainfire', { active: 'activating', sub: 'start', inactiveExitMs: 998_000 }),
    ]);
    expect(judged(starting).instances.get('chainfire@node02')?.verdict).toBe('starting');
    expect(touched(judged(starting))).toEqual({});
  });

  test('with two leaders may lose what it accepts', () => {
    const state = having((target, atMs) =>
      target.service === 'chainfire' && target.node !== 'node03'
        ? pass(target, atMs, { raft: 'leader' })
        : undefined,
    );
    expect(touched(state)).toMatchObject({
      configuration: ['at-risk', 'chainfire: two leaders, node01 and node02'],
    });
    expect(state.headline.users).toBe('Nothing has stopped, but the two sides may accept different changes.');
  });

  test('of which each leads is at risk and works, neither slow nor failing', () => {
    const state = having((target, atMs) =>
      target.service === 'chainfire' ? pass(target, atMs, { raft: 'leader' }) : undefined,
    );
    expect(state.counts).toMatchObject({ degraded: 3 });
    expect(touched(state)).toMatchObject({
      configuration: ['at-risk', 'chainfire: 3 leaders, node01, node02 and node03'],
    });
  });
});

describe('instances without a quorum', () => {
  test('the last of three is at risk, the last but one is not', () => {
    expect(touched(having(refused('novanet@node01')))).toEqual({});
    expect(helped(having(refused('novanet@node01')))).toEqual({
      networks: 'Multiple instances: 2 of 3 work',
    });
    const state = having(refused('novanet@node01', 'novanet@node03'));
    expect(touched(state)).toEqual({ networks: ['at-risk', 'novanet: 1 of 3 works, on node02'] });
    expect(helped(state)).toEqual({ networks: 'Multiple instances: 1 of 3 works' });
    expect(state.headline.users).toBe(
      'Nothing is lost, but one more failure takes NovaNET: only node02 runs it.',
    );
  });

  test('DNS alone failing everywhere degrades lookups, though HTTPS answers', () => {
    const servfail: Answers = (target, atMs) =>
      target.spec.kind === 'dns'
        ? {
            atMs,
            phases: { totalMs: 2 },
            ok: false,
            failure: { kind: 'status', detail: 'SERVFAIL' },
            answer: { kind: 'dns', rcode: 'SERVFAIL', addresses: [] },
          }
        : undefined;
    const state = having(servfail);
    expect(touched(state)).toEqual({ dns: ['degraded', 'flashdns: dns SERVFAIL on all 3 nodes'] });
    expect(helped(state)).toEqual({ dns: 'DNS caching' });
    expect(
      touched(having((target, atMs) => (target.node === 'node01' ? servfail(target, atMs) : undefined))),
    ).toEqual({});
  });

  test('a failing check degrades what its service’s loss would take', () => {
    const state = having((target, atMs) =>
      target.service === 'plasmavmc' ? sick(atMs, { status: 'degraded' }) : undefined,
    );
    expect(state.capabilities.find(({ id }) => id === 'create-vms')?.state).toBe('degraded');
  });
});

test('what is spared is spared by what is lost, whatever else is only degraded', () => {
  const state = having((target, atMs) => {
    if (target.service === 'flashdns') return pass(target, atMs, {}, 900);
    return refused('chainfire', 'flaredb', 'iam')(target, atMs);
  });
  expect(state.capabilities.find(({ id }) => id === 'dns')?.state).toBe('degraded');
  expect(state.headline.users).toMatch(/Running VMs are not affected\.$/u);
});

describe('what the matrix says of the failed node', () => {
  test('holds for one K8sHost that is down', () => {
    const state = having(refused('k8shost@node02'));
    expect(touched(state)).toEqual({ pods: ['degraded', 'k8shost: down on node02'] });
    expect(helped(state)).toEqual({ pods: 'Pod replicas: 2 of 3 work' });
    expect(state.headline.users).toBe('Pods are degraded. Cluster operations are not affected.');
  });

  test('and for one that is out of sight', () => {
    expect(touched(having(dark('node02')))).toEqual({
      'control-plane': ['at-risk', 'chainfire: 2 of 3 votes, 2 needed'],
      configuration: ['at-risk', 'chainfire: 2 of 3 votes, 2 needed'],
      'create-vms': ['at-risk', 'chainfire: 2 of 3 votes, 2 needed; flaredb: 2 of 3 votes, 2 needed'],
      authentication: ['at-risk', 'flaredb: 2 of 3 votes, 2 needed'],
      metrics: ['at-risk', 'flaredb: 2 of 3 votes, 2 needed'],
      pods: ['degraded', 'k8shost: unreachable on node02'],
    });
  });
});

describe('what nobody can say', () => {
  test('nothing is lost while nothing can be reached, and nothing works either', () => {
    const state = having(dark('node01', 'node02', 'node03'));
    expect(new Set(state.capabilities.map((one) => one.state))).toEqual(new Set(['unknown']));
    expect(state.capabilities[0]?.causes[0]?.words).toBe('no node answers');
  });

  test('nor before the first look', () => {
    expect(new Set(judged(worldOf(3)).capabilities.map((one) => one.state))).toEqual(new Set(['unknown']));
  });

  test('a capability that no placed service has a say in is left out', () => {
    const ids = judged(rounds(worldOf(2, ['iam']), 3)).capabilities.map((one) => one.id);
    expect(ids).toEqual(['authentication']);
  });

  test('what starts is not there yet, and not lost', () => {
    const world = looked(rounds(healthy(1), 3, refused('iam')), 'node01', [
      unit('iam', { active: 'activating', sub: 'start', inactiveExitMs: 998_000 }),
    ]);
    expect(touched(judged(world))).toEqual({ authentication: ['starting', 'iam: starting'] });
    expect(judged(world).headline.users).toBeUndefined();
  });
});

describe('for any verdicts', () => {
  const topology = builtinTopology();
  const VERDICTS: readonly Verdict[] = ['ok', 'degraded', 'starting', 'late', 'down', 'blocked', 'unknown'];
  const NODES = ['node01', 'node02', 'node03', 'node04', 'node05'];

  const quorumOf = (service: string, members: readonly InstanceState[]): QuorumState => {
    const votes = members.filter((member) => member.raft !== undefined).length;
    const maybe = members.filter((member) => member.verdict === 'unknown').length;
    const needed = Math.floor(members.length / 2) + 1;
    return {
      service,
      members: members.map((member) => member.node),
      expected: members.length,
      needed,
      votes,
      standing: votes >= needed ? 'held' : votes + maybe >= needed ? 'unknown' : 'lost',
      faults: [],
    };
  };

  /** `verdicts`: per service, in the topology's order, one for each node. */
  const stateOf = (
    verdicts: readonly (readonly Verdict[])[],
  ): Pick<ClusterState, 'services' | 'instances' | 'nodes'> => {
    const instances = new Map<InstanceId, InstanceState>();
    const services = new Map<string, ServiceState>();
    topology.services.forEach((service, index) => {
      const members = (verdicts[index] ?? []).map((verdict, at): InstanceState => {
        const node = NODES[at] ?? '';
        return {
          id: instanceId(service.name, node),
          service: service.name,
          node,
          verdict,
          word: '',
          reason: verdict === 'ok' ? '' : verdict,
          sinceMs: 0,
          stale: false,
          checks: [],
          insecure: false,
          ...(service.quorum !== undefined && (verdict === 'ok' || verdict === 'degraded')
            ? { raft: 'follower' as const }
            : {}),
        };
      });
      for (const member of members) instances.set(member.id, member);
      services.set(service.name, {
        name: service.name,
        verdict: 'ok',
        reason: '',
        instances: members.map((member) => member.id),
        sinceMs: 0,
        ...(service.quorum === undefined ? {} : { quorum: quorumOf(service.name, members) }),
      });
    });
    return { services, instances, nodes: new Map() };
  };

  const verdictsFor = fc.integer({ min: 1, max: NODES.length }).chain((nodes) =>
    fc.array(fc.array(fc.constantFrom(...VERDICTS), { minLength: nodes, maxLength: nodes }), {
      minLength: topology.services.length,
      maxLength: topology.services.length,
    }),
  );
  const WORST: readonly CapabilityStanding[] = [
    'lost',
    'degraded',
    'starting',
    'unknown',
    'at-risk',
    'works',
  ];
  const rank = (one: CapabilityState | undefined): number => WORST.indexOf(one?.state ?? 'works');

  test('no capability is worse when an instance recovers', () => {
    let better = 0;
    fc.assert(
      fc.property(verdictsFor, fc.nat(), fc.nat(), (verdicts, service, node) => {
        const before = judgeCapabilities(topology, stateOf(verdicts));
        const at = service % verdicts.length;
        const on = node % (verdicts[at]?.length ?? 1);
        const healed = verdicts.map((row, index) =>
          index === at ? row.map((one, place) => (place === on ? 'ok' : one)) : row,
        );
        const then = judgeCapabilities(topology, stateOf(healed));
        // Who sees nothing at all cannot know that it was worse.
        if (before.every((one) => one.state === 'unknown')) return;
        then.forEach((one, index) => {
          expect(rank(one), one.id).toBeGreaterThanOrEqual(rank(before[index]));
          if (rank(one) > rank(before[index])) better += 1;
        });
      }),
      { numRuns: 500 },
    );
    expect(better).toBeGreaterThan(30);
  });

  test('at risk means that it works; lost, that a named service’s row says so', () => {
    const seen = new Set<CapabilityStanding>();
    fc.assert(
      fc.property(verdictsFor, (verdicts) => {
        const state = stateOf(verdicts);
        for (const { id, state: standing, because, causes } of judgeCapabilities(topology, state)) {
          seen.add(standing);
          expect(causes.map((cause) => cause.service)).toEqual(because);
          expect(because.length > 0).toBe(standing !== 'works');
          for (const cause of causes) expect(cause.words).not.toBe('');
          const rows = topology.services
            .filter((service) => because.includes(service.name))
            .flatMap((service) => service.impact.filter((row) => row.capabilities.includes(id)));
          if (standing === 'lost') expect(rows.some((row) => row.severity === 'lost')).toBe(true);
          if (standing !== 'at-risk') continue;
          for (const name of because) {
            const members = [...state.instances.values()].filter((one) => one.service === name);
            expect(members.some((one) => one.verdict === 'ok')).toBe(true);
            expect(members.some((one) => one.verdict !== 'ok')).toBe(true);
            expect(['held', undefined]).toContain(state.services.get(name)?.quorum?.standing);
          }
        }
      }),
      { numRuns: 500 },
    );
    expect(seen).toEqual(new Set(WORST));
  });
});
