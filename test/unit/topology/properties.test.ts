/** A topology file with any line lost, doubled, moved or filled with something else: taken and of use, or refused with reasons. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { emptyFacts } from '../../../src/core/facts.ts';
import { expectedTargets } from '../../../src/core/graph.ts';
import { judge } from '../../../src/core/judge.ts';
import type { Inventory } from '../../../src/core/model/inventory.ts';
import { formatProblems } from '../../../src/core/problem.ts';
import { loadTopology } from '../../../src/topology/load.ts';
import { OPTIONS, START } from '../core/world.ts';

const lines = readFileSync(new URL('../../../src/topology/plasmacloud.yaml', import.meta.url), 'utf8').split(
  '\n',
);

type Edit = (text: readonly string[]) => readonly string[];
const place = fc.nat(lines.length - 1);
const values = fc.oneof(
  fc.constant('"\u001b[2J"'),
  fc.constantFrom(
    '~',
    '[]',
    '{}',
    '-1',
    '1e99',
    '0x10',
    'true',

    'chainfire',
    '*a',
    '!!binary x',
  ),
  fc.string({ maxLength: 6 }),
);
const edit: fc.Arbitrary<Edit> = fc.oneof(
  place.map(
    (at): Edit =>
      (text) =>
        text.toSpliced(at, 1),
  ),
  place.map(
    (at): Edit =>
      (text) =>
        text.toSpliced(at, 0, text[at] ?? ''),
  ),
  fc.tuple(place, place).map(
    ([from, to]): Edit =>
      (text) => {
        const [moved = ''] = text.slice(from, from + 1);
        return text.toSpliced(from, 1).toSpliced(to, 0, moved);
      },
  ),
  fc.tuple(place, values).map(
    ([at, value]): Edit =>
      (text) =>
        text.with(
          at % text.length,
          (text[at % text.length] ?? '').replace(/: .*/u, () => `: ${value}`),
        ),
  ),
  fc.tuple(place, fc.nat(40), fc.string({ maxLength: 2 })).map(
    ([at, column, put]): Edit =>
      (text) => {
        const line = text[at % text.length] ?? '';
        return text.with(at % text.length, `${line.slice(0, column)}${put}${line.slice(column + 1)}`);
      },
  ),
);

it('is judged without a throw where it is taken, and refused with reasons that a terminal can show', () => {
  const counts = { taken: 0, refused: 0 };
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
      const text = edits.reduce<readonly string[]>((now, change) => change(now), lines).join('\n');
      const loaded = loadTopology({ path: 'any.yaml', text });
      if (!loaded.ok) {
        counts.refused += 1;
        expect(loaded.problems.length).toBeGreaterThan(0);
        expect(formatProblems(loaded.problems)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/u);
        for (const problem of loaded.problems) {
          expect(problem.message).not.toBe('');
          expect(problem.remedy).not.toBe('');
        }
        return;
      }
      counts.taken += 1;
      const { topology } = loaded;
      const services = topology.services.map(({ name }) => name);
      const inventory: Inventory = {
        cluster: 'any',
        nodes: [{ name: 'node01', address: '10.0.0.1', services, ports: new Map(), tags: [] }],
      };
      const facts = emptyFacts(expectedTargets(topology, inventory), inventory.nodes, START);
      const known = { topology, inventory, facts, options: OPTIONS, nowMs: START + 60_000 };
      const cluster = judge({ ...known, previous: undefined });
      expect([...cluster.services.keys()]).toEqual(services);
    }),
    { numRuns: 60 },
  );
  // Otherwise this would have proved nothing.
  expect(Math.min(counts.taken, counts.refused)).toBeGreaterThan(5);
});
