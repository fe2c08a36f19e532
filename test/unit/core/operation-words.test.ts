import { expect, it } from 'vitest';
import { planOperation } from '../../../src/actions/operation/plan.ts';
import { operationTitle } from '../../../src/core/operation-words.ts';
import { instanceTarget } from '../../helpers/plan-restart.ts';
import { sampleStore } from '../../helpers/sample-cluster.ts';

/** Of a stop where chainfire on node02 is down for good. */
const title = (name: string, nodes: readonly string[]): string => {
  const { topology, inventory, cluster, facts, options } = sampleStore('quorum-lost').getState();
  const targets = nodes.map((node) => instanceTarget(`chainfire@${node}`));
  const known = { topology, inventory, cluster, facts, options, sudo: true };
  return operationTitle(planOperation({ verb: 'stop', targets, name, batch: 1, ...known }));
};

it('the title of an operation says of how many there is something to run, where it is not all', () => {
  const nodes = ['node01', 'node02', 'node03'];
  expect(title('3 marked', nodes)).toBe('Stop 2 of 3 marked');
  expect(title('lb-3 on 3 nodes', nodes)).toBe('Stop lb-3 on 2 of 3 nodes');
  expect(title('1 marked', ['node01'])).toBe('Stop 1 marked');
});
