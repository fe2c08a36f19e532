import { describe, expect, it } from 'vitest';
import { search } from '../../../src/core/fuzzy.ts';

const NAMES = [
  'restart chainfire on node01',
  'restart chainfire on node02',
  'stop chainfire on node02',
  'restart iam on node02',
  'chainfire',
];
const found = (query: string, weight: (name: string) => number = () => 1): readonly string[] =>
  search(query, NAMES, (name) => name, weight).map(({ item }) => item);

describe('search', () => {
  it('finds by a few letters of each word, in any order', () => {
    expect(found('rest chain n2')).toEqual(['restart chainfire on node02']);
    expect(found('n2 chain rest')).toEqual(['restart chainfire on node02']);
    expect(found('CHAIN N2')).toEqual(['restart chainfire on node02', 'stop chainfire on node02']);
  });

  it('puts the nearest first, and leaves equals as they were', () => {
    expect(found('chainfire')[0]).toBe('chainfire');
    expect(found('rest chain')).toEqual(['restart chainfire on node01', 'restart chainfire on node02']);
    expect(found('')).toEqual(NAMES);
    expect(found('  ')).toEqual(NAMES);
  });

  it('lets what weighs less give way', () => {
    const heavy = (name: string): number => (name === 'chainfire' ? 0.1 : 1);
    expect(found('chainfire', heavy).at(-1)).toBe('chainfire');
  });

  it('tells which letters were found', () => {
    const [hit] = search(
      'rest chain n2',
      NAMES,
      (name) => name,
      () => 1,
    );
    const letters = hit?.at.map((index) => hit.item[index]).join('');
    expect(letters).toBe('restchainn2');
  });

  it('finds nothing where a word is missing, and takes no long time over anything', () => {
    expect(found('zebra')).toEqual([]);
    expect(found('rest zebra')).toEqual([]);
    const text = 'a'.repeat(60);
    expect(
      search(
        `${'a'.repeat(79)}b`,
        [text, `${text}b`],
        (name) => name,
        () => 1,
      ),
    ).toEqual([]);
    expect(
      search(
        '(a+)+$ .*[[',
        NAMES,
        (name) => name,
        () => 1,
      ),
    ).toEqual([]);
  });
});

describe('a typed word', () => {
  const among = (query: string, names: readonly string[]): readonly string[] =>
    search(
      query,
      names,
      (name) => name,
      () => 1,
    ).map(({ item }) => item);

  it('is found as a whole before its beginning, that before a part, that before letters', () => {
    expect(among('iam', ['x-iam', 'miami', 'iambic', 'iam', 'inactive-monitor'])).toEqual([
      'iam',
      'iambic',
      'x-iam',
      'miami',
      'inactive-monitor',
    ]);
    expect(among('fcj', ['flaredb-cluster-join', 'fcj'])).toEqual(['fcj', 'flaredb-cluster-join']);
  });

  it('is found as the initials of several', () => {
    expect(among('fb', ['fiberlb', 'first boot'])).toEqual(['first boot', 'fiberlb']);
  });

  it('ends where a number ends, of many nodes', () => {
    expect(among('n2', ['node020', 'node012', 'node002', 'node200'])).toEqual([
      'node012',
      'node002',
      'node020',
      'node200',
    ]);
  });

  it('is not scattered over several words', () => {
    expect(among('n2', ['restart chainfire on host2'])).toEqual([]);
    expect(among('rc', ['x marc', 'restart chainfire'])).toEqual(['restart chainfire', 'x marc']);
  });
});
