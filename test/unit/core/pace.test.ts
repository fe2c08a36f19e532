/** A check with a pace of its own is counted, aged and forecast by it; its neighbours by the common one. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { carriedFacts } from '../../../src/core/facts.ts';
import { expectedTargets } from '../../../src/core/graph.ts';
import type { OwnPace, Topology } from '../../../src/core/model/topology.ts';
import { anyNewsEveryMs, newsEveryMs, paceOf, stableMs } from '../../../src/core/pace.ts';
import { isLookedAt } from '../../../src/core/wait/state.ts';
import { whileOut } from '../../../src/core/what-if/consequences.ts';
import { builtinTopology } from '../../../src/topology/builtin.ts';
import {
  type Answers,
  activeFor,
  fail,
  instanceIn,
  judged,
  later,
  looked,
  OPTIONS,
  round,
  rounds,
  silentOn,
  unit,
  worldOf,
} from './world.ts';

/** The built-in topology with these paces, by `service` or `service#check`. */
const paced = (own: Readonly<Record<string, OwnPace>>): Topology => ({
  ...builtinTopology(),
  services: builtinTopology().services.map((service) => ({
    ...service,
    checks: service.checks.map((check) => ({
      ...check,
      ...own[service.name],
      ...own[`${service.name}#${check.id}`],
    })),
  })),
});

const VMC = 'plasmavmc@node02';
const IAM = 'iam@node02';
const BOTH = silentOn(VMC, IAM);

describe('a check that fails', () => {
  test('is down after its own number of silent looks, and well after its own number of passes', () => {
    const start = rounds(worldOf(3, undefined, paced({ plasmavmc: { fall: 4, rise: 3 } })), 3);
    const two = rounds(start, 2, BOTH);
    expect(instanceIn(two, IAM).verdict).toBe('down');
    expect(instanceIn(two, VMC).verdict).toBe('ok');
    const four = rounds(two, 2, BOTH);
    expect(instanceIn(four, VMC).verdict).not.toBe('ok');
    const once = round(four);
    expect(instanceIn(once, IAM).verdict).toBe('ok');
    expect(instanceIn(once, VMC).checks[0]?.reason).toBe('answers again, 1 of 3');
    expect(instanceIn(rounds(once, 2), VMC).verdict).toBe('ok');
  });

  test('leaves its node reachable until each check was dark as often as it asks', () => {
    const all = (fall: number) => {
      const start = rounds(worldOf(3, undefined, paced({ plasmavmc: { fall } })), 3);
      const dark = rounds(start, 2, (target, atMs) =>
        target.node === 'node02'
          ? { ok: false, atMs, phases: { totalMs: 1500 }, failure: { kind: 'timeout', detail: 'timeout' } }
          : undefined,
      );
      return judged(dark).nodes.get('node02')?.reachable;
    };
    expect(all(2)).toBe(false);
    expect(all(3)).toBe(true);
  });

  test('and that is made seldom keeps no node reachable by what it heard before all others went dark', () => {
    const slow = paced({ k8shost: { intervalMs: 3_600_000 } });
    const start = rounds(worldOf(3, undefined, slow), 3);
    const timeout: Answers = ({ node }, atMs) => (node === 'node02' ? fail(atMs, 'timeout') : undefined);
    const others = { ...start, targets: start.targets.filter(({ service }) => service !== 'k8shost') };
    const gone = rounds(others, 2, timeout);
    expect(judged(gone)).toMatchObject({ causes: [{ kind: 'unreachable', subjects: ['node02'] }] });
    expect(instanceIn(gone, 'k8shost@node02').verdict).toBe('unknown');
    // Its own first look in vain proves no more, and an answer that came later does.
    const asked = { ...gone, targets: start.targets };
    expect(judged(round(asked, timeout)).nodes.get('node02')?.reachable).toBe(false);
    const k8shost: Answers = (target, atMs) =>
      target.service === 'k8shost' ? undefined : timeout(target, atMs);
    expect(judged(round(asked, k8shost)).nodes.get('node02')?.reachable).toBe(true);
  });

  test('and that is made seldom is not counted among those that run out of time while it passes', () => {
    const slow = paced({ k8shost: { intervalMs: 3_600_000 } });
    const start = rounds(worldOf(3, undefined, slow), 3);
    const others = { ...start, targets: start.targets.filter(({ service }) => service !== 'k8shost') };
    const gone = rounds(others, 2, ({ node }, atMs) =>
      node === 'node02' ? fail(atMs, 'timeout') : undefined,
    );
    const units = gone.topology.services.map(({ name }) => unit(name, activeFor(600_000)));
    const state = judged(looked(gone, 'node02', units));
    expect(state.causes).toMatchObject([{ kind: 'path', overdue: { checks: 9 } }]);
    expect(state.instances.get('k8shost@node02')?.verdict).toBe('ok');
  });

  test('has been looked at when it has failed as often as it asks', () => {
    const one = (fall: number) => {
      const world = round(worldOf(3, undefined, paced({ plasmavmc: { fall } })), silentOn(VMC));
      return isLookedAt({ ...world, cluster: judged(world) }, new Map(), false);
    };
    expect(one(1)).toBe(true);
    expect(one(2)).toBe(false);
  });
});

describe('a check that is made more seldom', () => {
  const world = rounds(worldOf(3, undefined, paced({ plasmavmc: { intervalMs: 60_000 } })), 3);

  test('is stale after three of its own intervals', () => {
    expect(instanceIn(later(world, 6001), IAM)).toMatchObject({ verdict: 'unknown', word: 'stale' });
    expect(instanceIn(later(world, 180_000), VMC).verdict).toBe('ok');
    expect(instanceIn(later(world, 180_001), VMC)).toMatchObject({ verdict: 'unknown', word: 'stale' });
  });

  test('has an age of whole intervals of its own', () => {
    expect(instanceIn(later(world, 5000), IAM).ageMs).toBe(4000);
    expect(instanceIn(later(world, 59_000), VMC).ageMs).toBe(0);
    expect(instanceIn(later(world, 61_000), VMC).ageMs).toBe(60_000);
  });
});

test('what is remembered of a judgement is what would be judged anew, whatever the paces', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ own: fc.constantFrom(200, 2000, 9000), fall: fc.integer({ min: 1, max: 4 }) }), {
        minLength: 3,
        maxLength: 3,
      }),
      fc.array(fc.integer({ min: 0, max: 40_000 }), { minLength: 1, maxLength: 6 }),
      ([dns, https, iam], waits) => {
        const pace = (of: typeof dns): OwnPace =>
          of === undefined ? {} : { intervalMs: of.own, fall: of.fall };
        let world = rounds(
          worldOf(
            2,
            ['flashdns', 'iam'],
            paced({ 'flashdns#dns': pace(dns), 'flashdns#https': pace(https), iam: pace(iam) }),
          ),
          2,
        );
        for (const wait of waits) {
          world = later(world, wait);
          const state = judged(world);
          const { previous, ...rest } = world;
          expect(state).toEqual(judged({ ...rest, previous: previous && { ...previous } }));
          world = { ...world, previous: state };
        }
      },
    ),
    { numRuns: 100 },
  );
});

test('another pace forgets no look, another question does', () => {
  const world = rounds(worldOf(1), 3);
  const nodes = { before: world.inventory.nodes, now: world.inventory.nodes };
  const carried = (topology: Topology) =>
    carriedFacts(world.facts, expectedTargets(topology, world.inventory), nodes).checks.get(
      'iam@node01#health',
    );
  const own = carried(paced({ iam: { fall: 5 } }));
  expect(own?.history).toHaveLength(3);
  expect(own?.target.spec.fall).toBe(5);
  const moved = builtinTopology().services.map((service) => ({
    ...service,
    checks: service.checks.map((check) => ({ ...check, port: check.port + 1 })),
  }));
  expect(carried({ ...builtinTopology(), services: moved })?.history).toHaveLength(0);
});

test('a forecast stops a check that is slow to be believed all the same', () => {
  const world = rounds(worldOf(3, undefined, paced({ plasmavmc: { fall: 6 } })), 3);
  const units = new Map([['node02', ['plasmavmc.service']]]);
  const { during } = whileOut({ ...world, cluster: judged(world) }, units);
  expect(during.instances.get(VMC)?.verdict).toBe('down');
});

test('what is common is one object, and spans follow the fastest, the slowest and the most looks', () => {
  const topology = paced({
    'flashdns#dns': { intervalMs: 10_000 },
    'flashdns#https': { intervalMs: 500, fall: 7 },
    iam: { intervalMs: 30_000 },
  });
  const service = (name: string) => {
    const found = topology.services.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  };
  const [plain] = service('plasmavmc').checks;
  expect(plain && paceOf(plain, OPTIONS)).toBe(OPTIONS);
  expect(newsEveryMs(service('flashdns'), OPTIONS)).toBe(500);
  expect(newsEveryMs(service('iam'), OPTIONS)).toBe(30_000);
  const only = { ...topology, services: [service('iam')] };
  expect(anyNewsEveryMs(only, OPTIONS, false)).toBe(30_000);
  expect(anyNewsEveryMs(only, OPTIONS, true)).toBe(2000);
  expect(stableMs(topology, OPTIONS, ['plasmavmc'])).toBe(4000);
  // What is watched is asked anew: nobody waits for the next look at what is asked once in half a minute.
  expect(stableMs(topology, OPTIONS, ['iam', 'plasmavmc'])).toBe(4000);
  expect(stableMs(paced({ iam: { intervalMs: 30_000, rise: 5 } }), OPTIONS, ['iam'])).toBe(10_000);
  expect(stableMs(topology, OPTIONS, ['flashdns'])).toBe(4000);
  expect(stableMs(paced({ flashdns: { intervalMs: 500 } }), OPTIONS, ['flashdns'])).toBe(1000);
});
