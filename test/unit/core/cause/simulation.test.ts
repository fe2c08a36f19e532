/** What is found to be the cause is what was made to fail, whatever it is; and when that is mended, nothing is left. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dependenciesOf } from '../../../../src/core/graph.ts';
import { builtinTopology } from '../../../../src/topology/builtin.ts';
import { startIncident } from '../situations/incident.ts';

const NODES = ['node01', 'node02', 'node03'];
const topology = builtinTopology();
const faults = fc.uniqueArray(
  fc.tuple(fc.constantFrom(...topology.services.map(({ name }) => name)), fc.constantFrom(...NODES)),
  { minLength: 1, maxLength: 5, selector: ([service, node]) => `${service}@${node}` },
);

type Faults = readonly (readonly [service: string, node: string])[];

const requiredBy = (service: string): readonly string[] =>
  dependenciesOf(topology, service).flatMap((one) => (one.hard ? [one.service] : []));

/** Too few members are up: nobody anywhere can work with it. */
const isLost = (service: string, all: Faults): boolean =>
  NODES.filter((node) => isOut(service, node, all)).length >= 2;

/** Something that it requires fails, too, there or for everybody: whether it would fail by itself is not seen. */
const isHidden = (service: string, node: string, all: Faults): boolean =>
  requiredBy(service).some((parent) => isOut(parent, node, all) || isLost(parent, all));

const isOut = (service: string, node: string, all: Faults): boolean =>
  all.some(([name, at]) => name === service && at === node) || isHidden(service, node, all);

test('the subjects are what was made to fail, the rest is explained, and mending them clears it', () => {
  let echoes = 0;
  fc.assert(
    fc.property(faults, (all) => {
      const incident = startIncident(3);
      for (const [service, node] of all) incident.crash(`${service}.service`, [node]);
      incident.wait(150);
      const state = incident.state();
      const subjects = state.causes.flatMap((cause) => cause.subjects);
      const made = all.map(([service, node]) => `${service}@${node}`);
      for (const subject of subjects) expect(made).toContain(subject);
      for (const [service, node] of all) {
        if (!isHidden(service, node, all)) expect(subjects).toContain(`${service}@${node}`);
      }
      echoes += state.causes.flatMap(({ explains }) => explains).length;

      incident.mend();
      incident.wait(120);
      expect(incident.state().causes).toEqual([]);
      expect(incident.state().verdict).toBe('ok');
    }),
    // One whose echoes are known, or a run of luckier ones would prove nothing of them.
    {
      numRuns: 8,
      examples: [
        [
          [
            ['chainfire', 'node02'],
            ['flaredb', 'node03'],
          ],
        ],
      ],
    },
  );
  expect(echoes).toBeGreaterThan(4);
});
