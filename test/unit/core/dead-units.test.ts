/** What a start of the boot target brings back, by looks as systemd gives them. */
import { describe, expect, it } from 'vitest';
import { deadUnits, nothingToStart } from '../../../src/core/dead-units.ts';
import { watchedUnits } from '../../../src/core/graph.ts';
import type { UnitFacts } from '../../../src/core/model/observation.ts';
import { inventoryOf, topology } from '../actions/world.ts';

const [node] = inventoryOf(1).nodes;
if (node === undefined) throw new Error('no node');

const deadIn = (changes: Readonly<Record<string, Partial<UnitFacts>>>) =>
  deadUnits(topology, node, {
    atMs: 0,
    units: watchedUnits(topology, node).map((unit) => ({
      unit,
      load: 'loaded',
      active: 'active',
      sub: 'running',
      result: 'success',
      ...changes[unit],
    })),
  });

const DEAD: Partial<UnitFacts> = { active: 'inactive', sub: 'dead' };
const FAILED: Partial<UnitFacts> = { active: 'failed', sub: 'failed', result: 'exit-code', exitCode: 3 };

describe('the dead units of a node', () => {
  it('are none when all is up', () => {
    expect(deadIn({})).toEqual({ starts: [], leftDown: [] });
  });

  it('are those that a stop of chainfire took down and its start did not bring back', () => {
    const down = [
      'flaredb.service',
      'iam.service',
      'chainfire-cluster-join.service',
      'flaredb-cluster-join.service',
      'iam-initial-setup.service',
    ];
    expect(deadIn(Object.fromEntries(down.map((unit) => [unit, DEAD])))).toEqual({
      starts: down,
      leftDown: [],
    });
  });

  it.each<[string, Readonly<Record<string, Partial<UnitFacts>>>, ReturnType<typeof deadIn>]>([
    [
      'what is queued or starting is on its way',
      {
        'iam.service': { ...DEAD, job: 5 },
        'flaredb.service': { active: 'activating', sub: 'start' },
        'novanet.service': { active: 'activating', sub: 'auto-restart', result: 'exit-code' },
      },
      { starts: [], leftDown: [] },
    ],
    [
      'what failed is not counted on, nor what requires it',
      {
        'flaredb.service': FAILED,
        'iam.service': DEAD,
        'iam-initial-setup.service': DEAD,
        'novanet.service': DEAD,
      },
      {
        starts: ['novanet.service'],
        leftDown: [
          { unit: 'flaredb.service', why: 'has failed' },
          { unit: 'iam.service', why: 'requires flaredb' },
          { unit: 'iam-initial-setup.service', why: 'requires flaredb' },
        ],
      },
    ],
    [
      'what is masked, missing or disabled stays down',
      {
        'novanet.service': { ...DEAD, load: 'masked' },
        'flashdns.service': { ...DEAD, load: 'not-found' },
        'fiberlb.service': { ...DEAD, unitFile: 'disabled' },
      },
      {
        starts: [],
        leftDown: [
          { unit: 'novanet.service', why: 'is masked' },
          { unit: 'flashdns.service', why: 'does not exist' },
          { unit: 'fiberlb.service', why: 'is disabled' },
        ],
      },
    ],
    [
      'what is disabled comes back when something else requires it',
      {
        'flaredb.service': { ...DEAD, unitFile: 'disabled' },
        'iam.service': DEAD,
      },
      { starts: ['flaredb.service', 'iam.service'], leftDown: [] },
    ],
    [
      'a step that is gone from the node is nothing',
      {
        'iam-initial-setup.service': { ...DEAD, load: 'not-found' },
      },
      { starts: [], leftDown: [] },
    ],
  ])('%s', (_name, changes, dead) => {
    expect(deadIn(changes)).toEqual(dead);
  });

  it('are told of in words when there is nothing to start', () => {
    expect(nothingToStart('node02', [])).toBe('nothing is down on node02');
    const { leftDown } = deadIn({ 'flaredb.service': FAILED, 'iam.service': DEAD });
    expect(nothingToStart('node02', leftDown)).toBe(
      'nothing to start on node02: flaredb has failed and iam requires flaredb',
    );
  });
});
