import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diffEvents } from '../../../src/core/events.ts';
import { watchedUnits } from '../../../src/core/graph.ts';
import type { Blocker, ClusterState, Verdict } from '../../../src/core/model/cluster.ts';
import { instanceId } from '../../../src/core/model/inventory.ts';
import type { Observation } from '../../../src/core/model/observation.ts';
import { isWorse, worst } from '../../../src/core/rollup.ts';
import { nextProblem, treeRows } from '../../../src/core/rows.ts';
import { type History, histories, told } from './arbitrary.ts';
import { fail, judged, later, pass, rounds, seen, unit, type World, worldOf } from './world.ts';

/** Holds for every judgement of every history. */
const always = (
  check: (state: ClusterState, world: World) => void,
  options: fc.Parameters<[History]> = {},
): void => {
  fc.assert(
    fc.property(histories, (history) => {
      for (const world of told(history, judged)) check(judged(world), world);
    }),
    { numRuns: 150, ...options },
  );
};

const last = (history: History): World => {
  const world = told(history, judged).at(-1);
  if (world === undefined) throw new Error('empty history');
  return world;
};

describe('verdicts', () => {
  test('every placed instance has one, and the counts add up', () => {
    always((state, world) => {
      const expected = world.inventory.nodes.flatMap((node) =>
        node.services.map((name) => instanceId(name, node.name)),
      );
      expect([...state.instances.keys()].sort()).toEqual(expected.sort());
      const total = Object.values(state.counts).reduce((sum, count) => sum + count, 0);
      expect(total).toBe(expected.length);
      expect([...state.services.keys()]).toEqual(world.topology.services.map((service) => service.name));
      for (const instance of state.instances.values()) {
        expect(instance.word.length).toBeLessThanOrEqual(9);
        if (instance.verdict !== 'ok') expect(instance.reason).not.toBe('');
      }
    });
  });

  test('the headline is a sentence, in one line, about the cluster’s verdict', () => {
    always((state) => {
      const { sentence, users = '', cause = '' } = state.headline;
      expect(sentence).toMatch(/[.…]$/u);
      for (const line of [sentence, users]) expect(line.length).toBeLessThanOrEqual(76);
      expect(cause.length).toBeLessThanOrEqual(84);
      for (const line of [sentence, users, cause])
        expect(line).not.toMatch(/\n|undefined|NaN|: \.|Infinity/u);
      expect(state.headline.verdict).toBe(state.verdict);
      expect(state.verdict).not.toBe('blocked');
    });
  });

  test('systemd never makes red what answers well', () => {
    always((state) => {
      for (const instance of state.instances.values()) {
        const isGreen = instance.checks.every((check) => check.verdict === 'ok');
        if (instance.checks.length > 0 && isGreen) expect(instance.verdict).toBe('ok');
      }
    });
  });
});

describe('starts', () => {
  test('what waits for the first look at systemd would not be well without it', () => {
    let patient = 0;
    always((state, world) => {
      const hasty = judged({ ...world, options: { ...world.options, firstLookMs: 0 } });
      for (const [id, instance] of state.instances) {
        if (!instance.reason.endsWith('systemd not asked yet')) continue;
        patient += 1;
        expect(instance.verdict).toBe('unknown');
        expect(['ok', 'starting', 'late']).not.toContain(hasty.instances.get(id)?.verdict);
        expect(world.facts.units.has(instance.node)).toBe(false);
        expect(world.facts.links.get(instance.node)?.state).not.toBe('none');
      }
    });
    expect(patient).toBeGreaterThan(10);
  });

  test('what is starting has a unit that is on its way or just up, and is not late', () => {
    let young = 0;
    always((state, world) => {
      for (const { verdict, unit, node, service } of state.instances.values()) {
        if (verdict !== 'starting') continue;
        const isOnItsWay = unit?.active === 'activating' || unit?.active === 'inactive';
        expect(isOnItsWay || unit?.active === 'active').toBe(true);
        if (unit?.active !== 'active') continue;
        expect(unit.restarts ?? 0).toBeLessThan(2);
        // No look is older than the first round, which was at 1,002,000 of every node's clock.
        const beganMs = unit.inactiveExitMs ?? unit.activeEnterMs ?? 0;
        const limitMs = 2 * (world.topology.services.find(({ name }) => name === service)?.startMs ?? 0);
        const isJustUp = (unit.activeEnterMs ?? 0) > 1_002_000;
        if (!isJustUp) expect(1_002_000 - beganMs, node).toBeLessThanOrEqual(limitMs);
        young += 1;
      }
    });
    expect(young).toBeGreaterThan(10);
  });
});

describe('causes', () => {
  const verdictOf = (state: ClusterState, at: Blocker): [Verdict | undefined, Blocker | undefined] => {
    const found =
      at.node === undefined
        ? state.services.get(at.service)
        : state.instances.get(instanceId(at.service, at.node));
    return [found?.verdict, found?.blockedBy];
  };

  test('blocked and a named blocker go together', () => {
    always((state) => {
      for (const one of [...state.instances.values(), ...state.services.values()]) {
        expect(one.blockedBy !== undefined).toBe(one.verdict === 'blocked');
      }
      for (const { verdict, partlyBlockedBy } of state.services.values()) {
        if (partlyBlockedBy !== undefined) expect(verdict).toBe('degraded');
      }
    });
  });

  test('every chain of blockers ends in something that fails by itself', () => {
    let chains = 0;
    always((state) => {
      for (const one of [...state.instances.values(), ...state.services.values()]) {
        let at = one.blockedBy;
        if (at !== undefined) chains += 1;
        for (let steps = 0; at !== undefined; steps += 1) {
          expect(steps).toBeLessThan(20);
          const [verdict, next] = verdictOf(state, at);
          expect(['down', 'late', 'starting', 'degraded', 'blocked']).toContain(verdict);
          expect(next === undefined).toBe(verdict !== 'blocked');
          at = next;
        }
      }
    });
    // Otherwise this would have proved nothing.
    expect(chains).toBeGreaterThan(50);
  });

  test('a blocked cluster part means that something else is worse than ok', () => {
    always((state) => {
      if (state.counts.blocked > 0) expect(['ok', 'unknown']).not.toContain(state.verdict);
    });
  });
});

describe('root causes', () => {
  const FAILING: readonly Verdict[] = ['down', 'degraded', 'late', 'blocked'];

  test('every failing instance is a subject of one cause, or explained by exactly one, and never both', () => {
    let explained = 0;
    always((state) => {
      const subjects = state.causes.flatMap((cause) => cause.subjects);
      const echoes = state.causes.flatMap((cause) => cause.explains);
      expect(new Set(subjects).size, 'a subject twice').toBe(subjects.length);
      expect(new Set(echoes).size, 'an echo twice').toBe(echoes.length);
      expect(new Set(state.causes.map(({ id }) => id)).size).toBe(state.causes.length);
      for (const id of echoes) expect(subjects).not.toContain(id);
      for (const { id, verdict, because } of state.instances.values()) {
        if (!FAILING.includes(verdict)) continue;
        const cause = state.causes.find((one) => one.id === because);
        expect([...(cause?.subjects ?? []), ...(cause?.explains ?? [])], id).toContain(id);
        expect(subjects.includes(id) || echoes.includes(id), id).toBe(true);
      }
      explained += echoes.length;
    });
    expect(explained).toBeGreaterThan(200);
  });

  test('a cause has a place, words, and a time at which it may have changed', () => {
    always((state, world) => {
      for (const { where, why, changed, sinceMs, subjects, nodes, verdict, kind } of state.causes) {
        expect(where).not.toBe('');
        expect(`${where} ${why}`).not.toMatch(/\n|undefined|NaN|Infinity/u);
        expect(subjects.length).toBeGreaterThan(0);
        expect(changed.fromMs).toBeLessThanOrEqual(changed.toMs);
        expect(changed.toMs).toBeLessThanOrEqual(world.nowMs);
        expect(sinceMs).toBeLessThanOrEqual(world.nowMs);
        expect([...state.nodes.keys()].filter((name) => nodes.includes(name))).toEqual(nodes);
        if (verdict === 'down') expect(['down', 'degraded']).toContain(state.verdict);
        if (kind === 'starting') expect(verdict).not.toBe('degraded');
      }
    });
  });

  test('what is red or yellow at the top has a cause', () => {
    always((state) => {
      const isBad = state.verdict === 'down' || state.verdict === 'degraded';
      const told = state.causes.filter(({ verdict }) => verdict === 'down' || verdict === 'degraded');
      if (isBad) expect(told.length).toBeGreaterThan(0);
      if (told.length > 0) expect(state.verdict).not.toBe('ok');
    });
  });

  test('the order of what was seen at one moment does not matter', () => {
    fc.assert(
      fc.property(histories, fc.infiniteStream(fc.nat()), (history, random) => {
        const before = told(history, judged).at(-2) ?? history.world;
        const world = { ...before, nowMs: before.nowMs + 2000, previous: judged(before) };
        const batch = history.batches.at(-1) ?? [];
        const keyed = batch.map((one) => [random.next().value ?? 0, one] as const);
        const shuffled = keyed.toSorted(([a], [b]) => a - b).map(([, one]) => one);
        expect(judged(seen(world, shuffled))).toEqual(judged(seen(world, batch)));
      }),
      { numRuns: 80 },
    );
  });

  test('the same facts give the same objects', () => {
    always((_state, world) => {
      const once = judged(world);
      const again = judged({ ...world, previous: once });
      expect(again.causes).toBe(once.causes);
      expect(again.contradictions).toBe(once.contradictions);
      expect(again.instances).toBe(once.instances);
      expect(again.headline).toBe(once.headline);
    });
  });
});

describe('what systemd alone tells', () => {
  test('left behind is what is dead without a job while all that it requires is up', () => {
    const times = fc.integer({ min: 900, max: 1000 }).map((seconds) => seconds * 1000);
    const facts = fc.record({
      active: fc.constantFrom('active', 'inactive', 'failed'),
      job: fc.constantFrom(0, 0, 0, 71),
      activeEnterMs: times,
      activeExitMs: times,
      inactiveEnterMs: times,
    });
    const base = rounds(worldOf(3), 2);
    const silent = rounds(base, 2, (target, atMs) =>
      target.node === 'node02' ? fail(atMs, 'refused') : undefined,
    );
    const [, node] = base.inventory.nodes;
    if (node === undefined) throw new Error('no node');
    const names = watchedUnits(base.topology, node);
    let left = 0;
    fc.assert(
      fc.property(fc.array(facts, { minLength: names.length, maxLength: names.length }), (said) => {
        const units = names.map((name, index) => unit(name, said[index]));
        const atMs = silent.nowMs;
        const look = { atMs, monotonicMs: 1_000_000, systemState: 'running', units };
        const state = judged(seen(silent, [{ kind: 'units', node: 'node02', look }]));
        for (const instance of state.instances.values()) {
          if (instance.left === undefined) continue;
          left += 1;
          expect(instance).toMatchObject({ verdict: 'down', unit: { active: 'inactive', job: 0 } });
          const service = base.topology.services.find(({ name }) => name === instance.service);
          const required = units.filter((other) => service?.requires.includes(other.unit));
          expect(required.map((other) => other.unit)).toContain(instance.left.after);
          for (const { active } of required) expect(active).toBe('active');
        }
      }),
      { numRuns: 150 },
    );
    expect(left).toBeGreaterThan(5);
  });

  test('a step that is wrong leaves its node and the cluster not ok, and nothing red for it alone', () => {
    let wrong = 0;
    always((state) => {
      for (const node of state.nodes.values()) {
        if (!node.steps.some((step) => step.state !== 'held')) continue;
        wrong += 1;
        expect(node.reachable).toBe(true);
        expect(isWorse('degraded', node.verdict)).toBe(false);
        expect(isWorse('degraded', state.verdict)).toBe(false);
        expect(node.reason).not.toBe('');
      }
      for (const instance of state.instances.values()) {
        if (instance.unmet === undefined) continue;
        expect(instance.verdict).toBe('degraded');
        expect(state.nodes.get(instance.node)?.steps.map(({ unit }) => unit)).toContain(instance.unmet);
      }
    });
    expect(wrong).toBeGreaterThan(50);
  });
});

describe('roll-up', () => {
  test('ok at the top means that all is ok below', () => {
    always((state) => {
      const services = [...state.services.values()].filter((service) => service.instances.length > 0);
      if (state.verdict === 'ok') {
        expect(services.every((service) => service.verdict === 'ok')).toBe(true);
        expect([...state.instances.values()].every((instance) => instance.verdict === 'ok')).toBe(true);
      }
      for (const service of services) {
        const below = service.instances.map((id) => state.instances.get(id)?.verdict ?? 'unknown');
        if (service.verdict === 'ok') expect(worst(below)).toBe('ok');
      }
      for (const level of state.levels) {
        const verdicts = services
          .filter((service) => level.services.includes(service.name))
          .map((service) => service.verdict);
        expect(level.verdict).toBe(worst(verdicts));
        if (verdicts.length > 0 && level.verdict !== 'blocked')
          expect(isWorse(level.verdict, state.verdict)).toBe(false);
      }
    });
  });

  test('a service is never better than its quorum', () => {
    always((state) => {
      for (const { quorum, verdict } of state.services.values()) {
        if (quorum === undefined) continue;
        const split = quorum.faults.some((fault) => fault.kind === 'two-leaders');
        if (quorum.standing === 'lost') expect(['down', 'blocked']).toContain(verdict);
        if (quorum.standing !== 'lost' && split) expect(verdict).toBe('down');
        if (quorum.votes < quorum.members.length) expect(verdict).not.toBe('ok');
      }
    });
  });

  test('votes add up', () => {
    let held = 0;
    always((state) => {
      for (const { quorum } of state.services.values()) {
        if (quorum === undefined) continue;
        expect(quorum.needed).toBe(Math.floor(quorum.expected / 2) + 1);
        const outside = quorum.expected - quorum.members.length;
        expect(outside).toBeGreaterThanOrEqual(0);
        expect(quorum.faults.some((fault) => fault.kind === 'beyond-inventory')).toBe(outside > 0);
        expect(quorum.votes).toBeLessThanOrEqual(quorum.expected);
        if (quorum.standing === 'held') {
          held += 1;
          expect(quorum.votes + outside).toBeGreaterThanOrEqual(quorum.needed);
        }
        if (quorum.leader !== undefined) expect(quorum.members).toContain(quorum.leader);
        for (const fault of quorum.faults) {
          if (fault.kind === 'two-leaders') expect(fault.nodes.length).toBeGreaterThan(1);
        }
      }
    });
    expect(held).toBeGreaterThan(20);
  });

  test('a capability is lost only by a service whose function is lost everywhere', () => {
    const standings = new Set<string>();
    always((state, world) => {
      const isBlind = [...state.nodes.values()].every((node) => !node.reachable);
      for (const capability of state.capabilities) {
        standings.add(capability.state);
        expect(capability.because.length > 0).toBe(capability.state !== 'works');
        expect(capability.causes.map((cause) => cause.service)).toEqual(capability.because);
        if (isBlind) expect(capability.state).toBe('unknown');
        if (capability.state !== 'lost') continue;
        const culprits = capability.because.filter((name) => {
          const service = state.services.get(name);
          const none = service?.instances.every((id) => {
            const instance = state.instances.get(id);
            return (
              instance?.verdict === 'down' ||
              instance?.verdict === 'blocked' ||
              state.nodes.get(instance?.node ?? '')?.reachable === false
            );
          });
          const rows = world.topology.services.find((one) => one.name === name)?.impact ?? [];
          const isRow = rows.some(
            (row) => row.severity === 'lost' && row.capabilities.includes(capability.id),
          );
          return isRow && (service?.quorum?.standing === 'lost' || none);
        });
        expect(culprits).not.toEqual([]);
      }
    });
    expect([...standings].sort()).toEqual(['at-risk', 'degraded', 'lost', 'starting', 'unknown', 'works']);
  });

  test('a node out of reach hides its instances and nothing else', () => {
    let dark = 0;
    always((state) => {
      for (const instance of state.instances.values()) {
        if (state.nodes.get(instance.node)?.reachable !== false) continue;
        dark += 1;
        expect(instance).toMatchObject({ verdict: 'unknown', reason: 'node unreachable' });
        expect(instance.raft).toBeUndefined();
      }
    });
    expect(dark).toBeGreaterThan(10);
  });
});

test('all checks pass: the cluster is ok and says so', () => {
  fc.assert(
    fc.property(histories, fc.integer({ min: 1, max: 3 }), ({ world }, count) => {
      // A leader must be among the members that there are.
      const isLed = (node: string, service: string): boolean =>
        world.inventory.nodes.find((other) => other.services.includes(service))?.name === node;
      const well = rounds(world, count, (target, atMs) =>
        pass(target, atMs, { raft: isLed(target.node, target.service) ? 'leader' : 'follower' }),
      );
      const state = judged(well);
      if (state.instances.size === 0) return;
      expect(state.verdict).toBe('ok');
      expect(state.headline.sentence).toMatch(/(?:are|is) healthy\.$/u);
      expect(state.headline.users).toBeUndefined();
    }),
    { numRuns: 60 },
  );
});

test('time alone makes nothing better: ok fades to unknown, and in the end all does', () => {
  fc.assert(
    fc.property(
      histories,
      fc.array(fc.integer({ min: 1, max: 9000 }), { maxLength: 8 }),
      (history, waits) => {
        let world = last(history);
        let state = judged(world);
        for (const wait of waits) {
          world = { ...later(world, wait), previous: state };
          const next = judged(world);
          for (const [id, instance] of next.instances) {
            const before = state.instances.get(id)?.verdict;
            if (before === 'ok') expect(['ok', 'unknown']).toContain(instance.verdict);
            if (before !== 'ok') expect(instance.verdict).not.toBe('ok');
            const isPatient = state.instances.get(id)?.reason.endsWith('systemd not asked yet');
            if (before === 'unknown' && !isPatient && state.nodes.get(instance.node)?.reachable === true) {
              expect(instance.verdict).toBe('unknown');
            }
          }
          state = next;
        }
        const end = judged({ ...later(world, 120_000), previous: state });
        for (const instance of end.instances.values()) expect(instance.verdict).toBe('unknown');
      },
    ),
    { numRuns: 100 },
  );
});

describe('identity', () => {
  test('the same input gives the same state, and the same objects', () => {
    always((state, world) => {
      const again = judged({ ...world, previous: state });
      expect(again).toEqual(state);
      expect(again.instances).toBe(state.instances);
      expect(again.services).toBe(state.services);
      expect(again.nodes).toBe(state.nodes);
      expect(again.levels).toBe(state.levels);
      expect(again.capabilities).toBe(state.capabilities);
      expect(again.headline).toBe(state.headline);
    });
  });

  test('one new look replaces one instance', () => {
    const world = rounds(worldOf(3), 3);
    const before = judged(world);
    const [target] = world.targets;
    if (target === undefined) throw new Error('no target');
    const slow: Observation = {
      kind: 'probe',
      check: target.id,
      result: pass(target, world.nowMs, {}, 9),
    };
    const after = judged({ ...seen(world, [slow]), previous: before });
    const changed = [...after.instances].filter(([id, instance]) => before.instances.get(id) !== instance);
    expect(changed.map(([id]) => id)).toEqual([target.instance]);
    expect(after.services).toBe(before.services);
  });

  test('since is carried over while the verdict stays', () => {
    fc.assert(
      fc.property(histories, (history) => {
        for (const world of told(history, judged)) {
          const state = judged(world);
          for (const [id, instance] of state.instances) {
            const before = world.previous?.instances.get(id);
            const isSame = before?.verdict === instance.verdict;
            expect(instance.sinceMs).toBe(isSame ? before?.sinceMs : world.nowMs);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('events', () => {
  test('are numbered on, and tell every change of an instance that can be seen', () => {
    fc.assert(
      fc.property(histories, (history) => {
        for (const world of told(history, judged)) {
          const state = judged(world);
          const events = diffEvents(world.previous, state, 100);
          expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => 100 + index));
          const words = new Set(state.contradictions.map((one) => one.words));
          const changes = events.filter((event) => !words.has(event.reason));
          const told_ = new Map(
            changes.flatMap((event) =>
              event.subject.kind === 'instance' ? [[event.subject.id as string, event] as const] : [],
            ),
          );
          for (const [id, instance] of state.instances) {
            const before = world.previous?.instances.get(id);
            const event = told_.get(id);
            if (event !== undefined) {
              expect(event.from).not.toBe(event.to);
              expect(state.nodes.get(instance.node)?.reachable).toBe(true);
            }
            const gotBad = instance.verdict !== 'ok' && instance.verdict !== 'unknown';
            if (gotBad && before?.verdict !== instance.verdict) expect(event?.to).toBe(instance.verdict);
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('rows', () => {
  const asked = fc.record({
    mode: fc.constantFrom('levels' as const, 'dependencies' as const),
    open: fc.boolean(),
    filter: fc.constantFrom('', 'node01', 'down', 'chain', 'blocked by'),
    onlyBroken: fc.boolean(),
  });
  const rowsOf = (
    world: World,
    ask: Omit<Parameters<typeof treeRows>[0], 'topology' | 'inventory' | 'cluster'>,
  ) => treeRows({ topology: world.topology, inventory: world.inventory, cluster: judged(world), ...ask });
  const opened = (world: World, open: boolean): ReadonlySet<string> =>
    new Set(open ? world.topology.services.map((service) => `service:${service.name}`) : []);

  test('ids are unique, and guides are as deep as the row', () => {
    fc.assert(
      fc.property(histories, asked, (history, { open, ...ask }) => {
        const world = last(history);
        const rows = rowsOf(world, { ...ask, unfolded: opened(world, open) });
        expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
        for (const row of rows) expect(row.prefix.length).toBe(ask.mode === 'levels' ? 0 : row.depth);
      }),
      { numRuns: 100 },
    );
  });

  test('the order does not depend on verdicts', () => {
    fc.assert(
      fc.property(histories, asked, (history, { open, mode }) => {
        const worlds = told(history, judged);
        const orders = worlds.map((world) =>
          rowsOf(world, { mode, filter: '', onlyBroken: false, unfolded: opened(world, open) }).map(
            (row) => row.id,
          ),
        );
        for (const order of orders) expect(order).toEqual(orders[0]);
      }),
      { numRuns: 60 },
    );
  });

  test('what is filtered keeps the order of what is not', () => {
    fc.assert(
      fc.property(histories, asked, (history, { open: _, ...ask }) => {
        const world = last(history);
        const none = new Set<string>();
        const services = (rows: ReturnType<typeof rowsOf>): string[] =>
          rows.filter((row) => row.kind === 'service').map((row) => row.id);
        const all = services(
          rowsOf(world, { mode: ask.mode, filter: '', onlyBroken: false, unfolded: none }),
        );
        const some = services(rowsOf(world, { ...ask, unfolded: none }));
        expect(some).toEqual(all.filter((id) => some.includes(id)));
      }),
      { numRuns: 60 },
    );
  });

  test('going from problem to problem visits each once and comes round', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const world = last(history);
        const rows = rowsOf(world, {
          mode: 'levels',
          filter: '',
          onlyBroken: false,
          unfolded: opened(world, true),
        });
        const visited: string[] = [];
        let at = nextProblem(rows, undefined);
        while (at !== undefined && !visited.includes(at)) {
          visited.push(at);
          at = nextProblem(rows, at);
        }
        const order = rows.map((row) => row.id);
        expect(visited).toEqual(order.filter((id) => visited.includes(id)));
        const verdictOf = (row: (typeof rows)[number]) =>
          row.kind === 'instance' ? row.instance.verdict : row.kind === 'service' ? row.state.verdict : 'ok';
        const having = (...verdicts: readonly Verdict[]): string[] =>
          rows.filter((row) => verdicts.includes(verdictOf(row))).map((row) => row.id);
        const real = having('down', 'late', 'degraded');
        expect(visited).toEqual(real.length > 0 ? real : having('blocked', 'unknown'));
      }),
      { numRuns: 60 },
    );
  });
});
