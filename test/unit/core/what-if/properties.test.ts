/** What holds for every stop in every cluster, however it is wired and whatever is seen of it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CapabilityState, ClusterState } from '../../../../src/core/model/cluster.ts';
import type { Stop, WhatIf } from '../../../../src/core/what-if/model.ts';
import { whatIf } from '../../../../src/core/what-if/what-if.ts';
import { builtinTopology } from '../../../../src/topology/builtin.ts';
import { histories, told } from '../arbitrary.ts';
import { judged, type World } from '../world.ts';

const RANK: Readonly<Record<CapabilityState['state'], number>> = {
  works: 0,
  'at-risk': 1,
  unknown: 2,
  starting: 3,
  degraded: 4,
  lost: 5,
};
const STANDING = { held: 0, unknown: 1, forming: 2, lost: 3 } as const;

type Moment = { readonly world: World; readonly cluster: ClusterState };

const stopsIn = ({ inventory, topology }: World): Stop[] => [
  ...inventory.nodes.flatMap((node) => [
    { kind: 'node', node: node.name } as const,
    ...node.services.map((service): Stop => ({ kind: 'instance', service, node: node.name })),
  ]),
  ...topology.services.map(({ name }): Stop => ({ kind: 'service', service: name })),
];

const stopped = ({ world, cluster }: Moment, stop: Stop): WhatIf => whatIf({ ...world, cluster }, stop);

/** Holds for any stop at the end of any history. */
const always = (check: (moment: Moment, stop: Stop) => void): void => {
  fc.assert(
    fc.property(histories, fc.nat(), (history, pick) => {
      const world = told(history, judged).at(-1);
      if (world === undefined) throw new Error('empty history');
      const stops = stopsIn(world);
      const stop = stops[pick % stops.length];
      if (stop !== undefined) check({ world, cluster: judged(world) }, stop);
    }),
    { numRuns: 250 },
  );
};

const ranks = ({ capabilities }: ClusterState): number[] => capabilities.map(({ state }) => RANK[state]);

/** The least that must remain: what nobody could see may have been well all along. */
const knownRanks = ({ capabilities }: ClusterState): number[] =>
  capabilities.map(({ state }) => (state === 'unknown' ? RANK.works : RANK[state]));

describe('a stop', () => {
  test('makes no capability better, and no quorum', () => {
    always((moment, stop) => {
      const { during } = stopped(moment, stop);
      const before = knownRanks(moment.cluster);
      for (const [index, rank] of ranks(during).entries()) {
        // One of two leaders less is a risk less.
        const isSplit = moment.cluster.capabilities[index]?.causes.some(({ risk }) => risk?.kind === 'split');
        if (isSplit !== true) expect(rank).toBeGreaterThanOrEqual(before[index] ?? 0);
      }
      for (const { name, quorum } of moment.cluster.services.values()) {
        const then = during.services.get(name)?.quorum;
        if (quorum === undefined || then === undefined) continue;
        expect(then.votes).toBeLessThanOrEqual(quorum.votes);
        expect(then.expected).toBe(quorum.expected);
        expect(STANDING[then.standing]).toBeGreaterThanOrEqual(STANDING[quorum.standing]);
      }
    });
  });

  test('changes nothing where nothing of it runs, and says so', () => {
    always((moment, stop) => {
      const found = stopped(moment, stop);
      const isNothing = found.cascades.length === 0;
      expect(found.weight === 'nothing' || found.weight === 'unseen').toBe(isNothing);
      if (isNothing) expect(found.during).toBe(moment.cluster);
    });
  });

  test('done, there is nothing left to stop', () => {
    always(({ world, cluster }, stop) => {
      const { cascades, during } = stopped({ world, cluster }, stop);
      const gone = new Set(cascades.flatMap(({ node, stops }) => stops.map(({ unit }) => `${unit} ${node}`)));
      const facts = {
        ...world.facts,
        units: new Map(
          world.inventory.nodes.map(({ name, services }) => {
            const look = world.facts.units.get(name) ?? { atMs: world.nowMs, units: [] };
            const seen = new Set(look.units.map(({ unit }) => unit));
            const unseen = [...world.topology.services, ...world.topology.firstBoot.steps]
              .filter((one) => !('level' in one) || services.includes(one.name))
              .filter(({ unit }) => !seen.has(unit) && gone.has(`${unit} ${name}`))
              .map(({ unit }) => ({ unit, load: 'loaded', active: 'active', sub: 'x', result: '' }));
            const units = [...look.units, ...unseen].map((unit) =>
              gone.has(`${unit.unit} ${name}`) ? { ...unit, active: 'inactive', job: 0 } : unit,
            );
            return [name, { ...look, units }];
          }),
        ),
      };
      const again = whatIf({ ...world, facts, cluster: during }, stop);
      expect(again.cascades).toEqual([]);
      expect(again.capabilities).toEqual([]);
    });
  });

  test('of a node is at least as bad as of each instance on it, and of a service as on each node', () => {
    always((moment, stop) => {
      if (stop.kind !== 'instance') return;
      const [one, node, service] = [
        stop,
        { kind: 'node', node: stop.node } as const,
        { kind: 'service', service: stop.service } as const,
      ].map((each) => stopped(moment, each));
      for (const larger of [node, service]) {
        const least = knownRanks(one?.during ?? moment.cluster);
        for (const [index, rank] of ranks(larger?.during ?? moment.cluster).entries()) {
          expect(rank).toBeGreaterThanOrEqual(least[index] ?? 0);
        }
        const units = new Set(
          larger?.cascades.flatMap(({ node: at, stops }) => stops.map(({ unit }) => `${unit} ${at}`)),
        );
        for (const { node: at, stops } of one?.cascades ?? []) {
          for (const { unit } of stops) expect(units).toContain(`${unit} ${at}`);
        }
      }
    });
  });

  test('stops nothing before what requires it, in one order, without what is down', () => {
    always((moment, stop) => {
      const { topology } = moment.world;
      const known = [...topology.services, ...topology.firstBoot.steps];
      for (const { stops, leftDown, stays, idle } of stopped(moment, stop).cascades) {
        const units = stops.map(({ unit }) => unit);
        expect(new Set(units).size).toBe(units.length);
        for (const unit of leftDown) expect(units).toContain(unit);
        for (const unit of [...stays, ...idle]) expect(units).not.toContain(unit);
        // A cycle has no order.
        if (topology.services !== builtinTopology().services) continue;
        for (const [index, unit] of units.entries()) {
          const required = known.find((one) => one.unit === unit)?.requires ?? [];
          for (const earlier of units.slice(0, index)) expect(required).not.toContain(earlier);
        }
      }
    });
  });

  test('is told in a sentence', () => {
    always((moment, stop) => {
      const { sentence, weight } = stopped(moment, stop);
      expect(sentence).toMatch(/\.$/u);
      expect(sentence).not.toMatch(/undefined|NaN|\n|: \.|No {2}/u);
      expect(sentence.startsWith('Safe')).toBe(weight === 'safe');
    });
  });
});
