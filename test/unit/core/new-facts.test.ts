import { expect, test } from 'vitest';
import type { ClusterFacts } from '../../../src/core/model/cluster.ts';
import { nodesWithNews } from '../../../src/core/new-facts.ts';
import { fail, looked, rounds, seen, unit, worldOf } from './world.ts';

const world = rounds(worldOf(3), 1);
const { facts, inventory, targets, nowMs } = world;
const newsIn = (next: ClusterFacts): readonly string[] => [...nodesWithNews(inventory, facts, next)].sort();

test('the same facts are no news', () => {
  expect(newsIn(facts)).toEqual([]);
  expect(newsIn({ ...facts, checks: new Map(facts.checks), links: new Map(facts.links) })).toEqual([]);
});

test('a look at anything of a node is', () => {
  const [target] = targets.filter(({ node }) => node === 'node02');
  if (target === undefined) throw new Error('no target');
  const probed = seen(world, [{ kind: 'probe', check: target.id, result: fail(nowMs, 'refused') }]);
  expect(newsIn(probed.facts)).toEqual(['node02']);
  expect(newsIn(looked(world, 'node03', [unit('iam')]).facts)).toEqual(['node03']);
  const linked = seen(world, [{ kind: 'link', node: 'node01', link: { state: 'up', sinceMs: nowMs } }]);
  expect(newsIn(linked.facts)).toEqual(['node01']);
  expect(newsIn({ ...facts, clocks: new Map([['node03', []]]) })).toEqual(['node03']);
});

test('a check that came or went is, wherever it stands', () => {
  const some = new Map([...facts.checks].filter(([, { target }]) => target.id !== targets.at(-1)?.id));
  expect(newsIn({ ...facts, checks: some })).toEqual(['node03']);
  expect([...nodesWithNews(inventory, { ...facts, checks: some }, facts)]).toEqual(['node03']);
  const turned = new Map([...facts.checks].toReversed());
  expect(newsIn({ ...facts, checks: turned })).toEqual(['node01', 'node02', 'node03']);
});

test('another start of all looking is news of every node', () => {
  expect(newsIn({ ...facts, startedAtMs: facts.startedAtMs - 1 })).toEqual(['node01', 'node02', 'node03']);
});
