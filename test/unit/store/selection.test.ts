import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { follow, locate, parentOf } from '../../../src/store/selection.ts';

const names = ['chainfire', 'flaredb', 'iam', 'novanet'];
const nodes = ['node01', 'node02', 'node03'];
const ALL = names.flatMap((name) => [`service:${name}`, ...nodes.map((node) => `instance:${name}@${node}`)]);
/** Any rows that a filter can leave, in their order. */
const rows = fc.subarray(ALL);

describe('locate', () => {
  it('always stands on a row when there is one', () => {
    fc.assert(
      fc.property(rows, fc.constantFrom(...ALL), fc.nat(60), (ids, id, index) => {
        const at = locate(ids, { id, index });
        if (ids.length === 0) return at === -1;
        return at >= 0 && at < ids.length;
      }),
    );
  });

  it('stays on its row wherever that row moves', () => {
    fc.assert(
      fc.property(rows, fc.constantFrom(...ALL), fc.nat(60), (ids, id, index) => {
        fc.pre(ids.includes(id));
        return ids[locate(ids, { id, index })] === id;
      }),
    );
  });

  it('falls to the service of a node that is gone', () => {
    fc.assert(
      fc.property(rows, fc.constantFrom(...ALL), fc.nat(60), (ids, id, index) => {
        const parent = parentOf(id);
        fc.pre(!ids.includes(id) && parent !== undefined && ids.includes(parent));
        return ids[locate(ids, { id, index })] === parent;
      }),
    );
  });

  it('starts below the heading of a level', () => {
    expect(locate(['level:1', 'service:chainfire'], undefined)).toBe(1);
    expect(locate(['level:1'], undefined)).toBe(0);
  });
});

describe('follow', () => {
  const args = [
    fc.integer({ min: -5, max: 50 }),
    fc.nat(40),
    fc.integer({ min: 1, max: 20 }),
    fc.nat(40),
  ] as const;

  it('keeps the row in sight and never scrolls past the end', () => {
    fc.assert(
      fc.property(...args, (scroll, index, height, extra) => {
        const count = index + 1 + extra;
        const top = follow(scroll, index, height, count);
        expect(top).toBeLessThanOrEqual(index);
        expect(top + height).toBeGreaterThan(index);
        expect(top).toBeGreaterThanOrEqual(0);
        expect(top).toBeLessThanOrEqual(Math.max(0, count - height));
      }),
    );
  });

  it('does not move when the row is in sight already', () => {
    fc.assert(
      fc.property(...args, (scroll, index, height, extra) => {
        const count = index + 1 + extra;
        const top = follow(scroll, index, height, count);
        return follow(top, index, height, count) === top;
      }),
    );
  });
});
