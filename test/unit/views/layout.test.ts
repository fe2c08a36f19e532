import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClusterNode } from '../../../src/core/model/inventory.ts';
import { frameFor, MIN_COLUMNS, MIN_ROWS, paneColumns } from '../../../src/views/layout.ts';
import { cellsWidth, markCells, nameColumnsOf, treeColumns } from '../../../src/views/tree/columns.ts';
import { sampleInventory } from '../../helpers/sample-cluster.ts';

const columns = fc.integer({ min: MIN_COLUMNS, max: 400 });

describe('frameFor', () => {
  it('hands out every row once', () => {
    fc.assert(
      fc.property(columns, fc.integer({ min: MIN_ROWS, max: 200 }), (width, rows) => {
        const frame = frameFor({ columns: width, rows });
        const rules = frame.kind === 'full' ? 2 : 1;
        expect(frame.headerRows + frame.bodyRows + rules + 1).toBe(rows);
        expect(frame.listRows).toBeGreaterThan(0);
      }),
    );
  });

  it('gives up the body when there is no room for one', () => {
    expect(frameFor({ columns: 39, rows: 50 }).kind).toBe('tiny');
    expect(frameFor({ columns: 200, rows: 14 }).kind).toBe('tiny');
    expect(frameFor({ columns: 40, rows: 15 }).kind).toBe('compact');
    expect(frameFor({ columns: 80, rows: 24 }).kind).toBe('full');
  });

  it('has room for levels, nine services and three unfolded nodes in 80x24', () => {
    expect(frameFor({ columns: 80, rows: 24 }).listRows).toBeGreaterThanOrEqual(3 + 9 + 3);
  });

  it('has a pane from 120 columns on and leaves the tree its place', () => {
    expect(paneColumns(119)).toBe(0);
    fc.assert(
      fc.property(fc.integer({ min: 120, max: 400 }), (width) => {
        expect(paneColumns(width)).toBeGreaterThanOrEqual(40);
        expect(width - paneColumns(width)).toBeGreaterThanOrEqual(72);
      }),
    );
  });
});

describe('treeColumns', () => {
  const names = [{ name: 'lightningstor', depth: 0 }];

  it('never needs more columns than there are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 300 }), fc.integer({ min: 1, max: 240 }), (width, count) => {
        const { nodes } = sampleInventory(count);
        const { name, state, cells } = treeColumns(nodes, nameColumnsOf(names, nodes), width);
        expect(1 + name + 1 + state + 1 + cellsWidth(cells)).toBeLessThanOrEqual(width);
      }),
      { numRuns: 300 },
    );
  });

  it('names each of a few nodes over its mark, by what tells them apart where names do not fit', () => {
    const labelsOf = (nodes: readonly ClusterNode[]): readonly string[] => {
      const { cells } = treeColumns(nodes, nameColumnsOf(names, nodes), 80);
      return cells.kind === 'cells' ? cells.labels : [];
    };
    expect(labelsOf(sampleInventory(5).nodes)).toEqual(['node01', 'node02', 'node03', 'node04', 'node05']);
    expect(labelsOf(sampleInventory(9).nodes).slice(0, 2)).toEqual(['01', '02']);
    expect(labelsOf(sampleInventory(20).nodes)).toEqual([]);
    const named = ['ash', 'birch', 'cedar', 'elm', 'fir'].map((name) => ({
      ...sampleInventory(1).nodes[0],
      name,
    }));
    expect(labelsOf(named as readonly ClusterNode[])).toEqual(['ash', 'birch', 'cedar', 'elm', 'fir']);
  });

  it('shows words for three nodes in 80 columns, and every node has a mark in any case', () => {
    const three = sampleInventory(3).nodes;
    expect(treeColumns(three, nameColumnsOf(names, three), 80).cells).toMatchObject({
      kind: 'cells',
      cell: 11,
      labels: ['node01', 'node02', 'node03'],
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 240 }), fc.integer({ min: 1, max: 120 }), (count, room) => {
        const { nodes } = sampleInventory(count);
        const cells = markCells(nodes, room);
        if (cells.kind !== 'marks') throw new Error('marks expected');
        expect(cellsWidth(cells)).toBeLessThanOrEqual(room);
        const seen = cells.groups.flatMap((group) => group.marks.flatMap((mark) => mark.nodes));
        expect(seen.map((node) => node.name)).toEqual(nodes.map((node) => node.name));
      }),
    );
  });
});
