import { describe, expect, test } from 'vitest';
import { nextProblem, type TreeInput, type TreeRow, treeRows } from '../../../src/core/rows.ts';
import { fail, judged, looked, rounds, sick, unit, type World, worldOf } from './world.ts';

const healthy = rounds(worldOf(3), 3);
const broken = rounds(healthy, 2, (target, atMs) => {
  if (target.service === 'chainfire') {
    return target.node === 'node01' ? sick(atMs, { raft: 'candidate' }) : fail(atMs, 'refused');
  }
  if (target.service === 'flaredb') return sick(atMs, { raft: 'follower', chainfire: 'disconnected' });
  return target.instance === 'flashdns@node02' ? fail(atMs, 'refused') : undefined;
});

const rowsOf = (world: World, asked: Partial<TreeInput> = {}): readonly TreeRow[] =>
  treeRows({
    topology: world.topology,
    inventory: world.inventory,
    cluster: judged(world),
    mode: 'levels',
    unfolded: new Set(),
    filter: '',
    onlyBroken: false,
    ...asked,
  });
const ids = (rows: readonly TreeRow[]): string[] => rows.map((row) => row.id);
const services = [
  'chainfire',
  'flaredb',
  'iam',
  'plasmavmc',
  'novanet',
  'flashdns',
  'fiberlb',
  'lightningstor',
  'k8shost',
];

/** The tree as an operator would draw it. */
const drawn = (rows: readonly TreeRow[]): string[] =>
  rows.map((row) => {
    const guides = { tee: '├─', corner: '└─', line: '│ ', blank: '  ' };
    const name = row.id.replace(/^[a-z]+:/u, '');
    const edge = row.kind === 'service' && row.edge !== undefined ? ` (${row.edge})` : '';
    const also =
      row.kind === 'service' && row.also.length > 0
        ? ` also ${row.also.map((other) => other.service).join(', ')}`
        : '';
    return `${row.prefix.map((guide) => guides[guide]).join('')}${name}${edge}${also}`;
  });

describe('by levels', () => {
  test('levels and their services in the document’s order, folded', () => {
    const rows = rowsOf(healthy);
    expect(ids(rows)).toEqual([
      'level:1',
      'service:chainfire',
      'service:flaredb',
      'level:2',
      'service:iam',
      'level:3',
      ...services.slice(3).map((name) => `service:${name}`),
    ]);
    expect(rows.filter((row) => row.kind === 'service').every((row) => row.foldable && row.folded)).toBe(
      true,
    );
  });

  test('an unfolded service shows its instances below it, in the inventory’s order', () => {
    const rows = rowsOf(healthy, { unfolded: new Set(['service:iam']) });
    const at = ids(rows).indexOf('service:iam');
    expect(rows[at]).toMatchObject({ foldable: true, folded: false, depth: 1 });
    expect(ids(rows).slice(at + 1, at + 4)).toEqual([
      'instance:iam@node01',
      'instance:iam@node02',
      'instance:iam@node03',
    ]);
    expect(rows[at + 1]).toMatchObject({ depth: 2, foldable: false });
  });

  test('what breaks does not move', () => {
    expect(ids(rowsOf(broken))).toEqual(ids(rowsOf(healthy)));
  });
});

describe('filter', () => {
  test('every word must match, in any case, in title, verdict or reason', () => {
    expect(ids(rowsOf(broken, { filter: 'FLARE' }))).toEqual(['level:1', 'service:flaredb']);
    expect(ids(rowsOf(broken, { filter: 'blocked chainfire' }))).toEqual(['level:1', 'service:flaredb']);
    expect(rowsOf(broken, { filter: 'blocked nonsense' })).toEqual([]);
    expect(ids(rowsOf(broken, { filter: '   ' }))).toEqual(ids(rowsOf(broken)));
  });

  test('a word that only instances match opens their services', () => {
    const rows = rowsOf(healthy, { filter: 'node02 iam' });
    expect(ids(rows)).toEqual(['level:2', 'service:iam', 'instance:iam@node02']);
    expect(rows[1]).toMatchObject({ foldable: false, folded: false });
  });
});

describe('only what is broken', () => {
  test('leaves out what is well and says how many', () => {
    const rows = rowsOf(broken, { onlyBroken: true });
    expect(ids(rows)).toEqual([
      'level:1',
      'service:chainfire',
      'service:flaredb',
      'level:3',
      'service:flashdns',
      'summary:ok',
    ]);
    expect(rows.at(-1)).toMatchObject({ kind: 'summary', count: 6, text: '6 more ok' });
  });

  test('an unfolded service shows only the instances that are broken', () => {
    const rows = rowsOf(broken, { onlyBroken: true, unfolded: new Set(['service:flashdns']) });
    expect(ids(rows)).toContain('instance:flashdns@node02');
    expect(ids(rows)).not.toContain('instance:flashdns@node01');
  });

  test('with nothing broken there is still a row', () => {
    expect(rowsOf(healthy, { onlyBroken: true })).toMatchObject([{ kind: 'summary', text: 'all 9 ok' }]);
  });
});

describe('by dependencies', () => {
  test('each service once, under what ties it most', () => {
    expect(drawn(rowsOf(healthy, { mode: 'dependencies' }))).toEqual([
      'chainfire',
      '├─flaredb (requires)',
      '│ └─iam (requires)',
      '│   └─plasmavmc (wants) also chainfire',
      '├─novanet (wants)',
      '│ └─k8shost (wants) also chainfire',
      '├─flashdns (wants)',
      '├─fiberlb (wants)',
      '└─lightningstor (wants)',
    ]);
  });

  test('instances hang between a service and its dependents', () => {
    const rows = rowsOf(healthy, {
      mode: 'dependencies',
      unfolded: new Set(['service:iam', 'service:k8shost']),
    });
    expect(drawn(rows).slice(2, 11)).toEqual([
      '│ └─iam (requires)',
      '│   │ iam@node01',
      '│   │ iam@node02',
      '│   │ iam@node03',
      '│   └─plasmavmc (wants) also chainfire',
      '├─novanet (wants)',
      '│ └─k8shost (wants) also chainfire',
      '│     k8shost@node01',
      '│     k8shost@node02',
    ]);
  });

  test('what hangs on a hidden service moves up, and no edge is claimed', () => {
    expect(drawn(rowsOf(healthy, { mode: 'dependencies', filter: 'chainfire' }))).toEqual(['chainfire']);
    const rows = rowsOf(broken, { mode: 'dependencies', onlyBroken: true });
    expect(drawn(rows)).toEqual(['chainfire', '├─flaredb (requires)', '└─flashdns (wants)', 'ok']);
    const apart = rounds(healthy, 2, (target, atMs) =>
      target.instance === 'chainfire@node02' || target.instance === 'plasmavmc@node03'
        ? fail(atMs, 'refused')
        : undefined,
    );
    const lone = rowsOf(apart, { mode: 'dependencies', onlyBroken: true });
    expect(drawn(lone)).toEqual(['chainfire', '└─plasmavmc also chainfire', 'ok']);
  });
});

describe('nextProblem', () => {
  const rows = rowsOf(broken);

  test('goes to the next broken row and round at the end', () => {
    expect(nextProblem(rows, undefined)).toBe('service:chainfire');
    expect(nextProblem(rows, 'level:1')).toBe('service:chainfire');
    // FlareDB is blocked by Chainfire: an echo.
    expect(nextProblem(rows, 'service:chainfire')).toBe('service:flashdns');
    expect(nextProblem(rows, 'service:flaredb')).toBe('service:flashdns');
    expect(nextProblem(rows, 'service:flashdns')).toBe('service:chainfire');
    expect(nextProblem(rows, 'service:gone')).toBe('service:chainfire');
  });

  test('goes to echoes and to what is unseen only when there is nothing else, to what is starting never', () => {
    const echoes = rows.filter((row) => row.id === 'service:flaredb' || row.id === 'service:iam');
    expect(nextProblem(echoes, 'service:iam')).toBe('service:flaredb');
    expect(nextProblem(rowsOf(worldOf(3)), 'service:iam')).toBe('service:plasmavmc');
    const silent = rounds(healthy, 2, (target, atMs) =>
      target.instance === 'iam@node02' || target.instance === 'k8shost@node02'
        ? fail(atMs, 'refused')
        : undefined,
    );
    const begun = (elapsedMs: number) => ({
      active: 'activating',
      sub: 'start',
      inactiveExitMs: 1_000_000 - elapsedMs,
    });
    const coming = looked(silent, 'node02', [unit('iam', begun(2000)), unit('k8shost', begun(2000))]);
    expect(judged(coming).services.get('iam')?.verdict).toBe('starting');
    expect(nextProblem(rowsOf(coming), 'level:1')).toBeUndefined();
    const late = looked(silent, 'node02', [unit('iam', begun(2000)), unit('k8shost', begun(90_000))]);
    expect(nextProblem(rowsOf(late), 'level:1')).toBe('service:k8shost');
  });

  test('a lone problem leads back to itself, none to nothing', () => {
    const alone = rows.filter((row) => row.id === 'service:flashdns' || row.id === 'service:iam');
    expect(nextProblem(alone, 'service:flashdns')).toBe('service:flashdns');
    expect(nextProblem(rowsOf(healthy), 'service:iam')).toBeUndefined();
  });
});
