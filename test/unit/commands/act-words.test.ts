import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verbs } from '../../../src/actions/verbs.ts';
import { type Answers, consentFor, isVerb, parseTargets } from '../../../src/commands/act-words.ts';
import { targetName } from '../../../src/core/action-name.ts';
import type { Verb } from '../../../src/core/model/action.ts';
import type { ClusterNode } from '../../../src/core/model/inventory.ts';
import { builtinTopology } from '../../../src/topology/builtin.ts';

const topology = builtinTopology();
const all = topology.services.map(({ name }) => name);
const node = (name: string, services: readonly string[] = all): ClusterNode => ({
  name,
  address: name,
  ssh: name,
  services,
  ports: new Map(),
  tags: [],
});
const config = {
  topology,
  inventory: {
    cluster: 'test',
    nodes: [node('node01'), node('node02', ['chainfire', 'flaredb']), node('node03')],
  },
};

const read = (verb: Verb, words: readonly string[], nodes: readonly string[] = []) =>
  parseTargets(verb, words, nodes, config);
const named = (verb: Verb, words: readonly string[], nodes: readonly string[] = []): string => {
  const found = read(verb, words, nodes);
  return found.ok
    ? `${found.title}: ${found.targets.map(targetName).join(' ')}`
    : `${found.refusal.message}. ${found.refusal.remedy}`;
};

describe('parseTargets', () => {
  it('reads an instance, by short name or unit name', () => {
    expect(named('restart', ['chainfire@node02'])).toBe('chainfire@node02: chainfire@node02');
    expect(named('restart', ['chainfire.service@node02'])).toBe('chainfire@node02: chainfire@node02');
    expect(named('restart', ['chainfire'], ['node02'])).toBe('chainfire@node02: chainfire@node02');
  });

  it('takes a service without a node for all nodes that run it', () => {
    expect(named('restart', ['chainfire'])).toBe(
      'chainfire on 3 nodes: chainfire@node01 chainfire@node02 chainfire@node03',
    );
    expect(named('restart', ['iam'])).toBe('iam on 2 nodes: iam@node01 iam@node03');
    expect(named('restart', ['iam.service'], ['node03', 'node01'])).toBe(
      'iam on 2 nodes: iam@node03 iam@node01',
    );
  });

  it('takes @TAG for the nodes that carry it: those that run the service, or each as a whole', () => {
    const [one = node('node01'), two = node('node02'), three = node('node03')] = config.inventory.nodes;
    const tagged = {
      topology,
      inventory: {
        cluster: 'test',
        nodes: [
          { ...one, tags: ['r1'] },
          { ...two, tags: ['r1', 'storage'] },
          { ...three, tags: ['storage'] },
        ],
      },
    };
    const of = (verb: Verb, words: readonly string[], nodes: readonly string[] = []): string => {
      const found = parseTargets(verb, words, nodes, tagged);
      return found.ok
        ? `${found.title}: ${found.targets.map(targetName).join(' ')}`
        : `${found.refusal.message}. ${found.refusal.remedy}`;
    };
    expect(of('restart', ['chainfire'], ['@storage'])).toBe(
      'chainfire on 2 nodes: chainfire@node02 chainfire@node03',
    );
    expect(of('restart', ['iam@@r1'])).toBe('iam@node01: iam@node01');
    expect(of('restart', ['chainfire'], ['@r1', 'node03', '@storage'])).toBe(
      'chainfire on 3 nodes: chainfire@node01 chainfire@node02 chainfire@node03',
    );
    expect(of('start', ['@storage'])).toBe('2 targets: node02 node03');
    expect(of('restart', ['chainfire'], ['@storge'])).toBe(
      'no node has the tag "storge". did you mean @storage?',
    );
    expect(of('start', ['@r2'])).toMatch(/^no node has the tag "r2"/);
    expect(of('start', ['@storage'], ['node01'])).toBe('@storage names nodes itself. Leave --node away.');
    expect(of('rerun', ['iam'], ['@none'])).toMatch(/^no node has the tag "none"/);
  });

  it('reads steps and nodes for the verbs that take them', () => {
    expect(read('rerun', ['flaredb-cluster-join.service@node02'])).toMatchObject({
      targets: [{ kind: 'step', step: 'flaredb-cluster-join', node: 'node02' }],
    });
    expect(named('rerun', ['iam-initial-setup'])).toMatch(/^iam-initial-setup on 2 nodes/);
    expect(read('bring-up', ['node02'])).toMatchObject({ targets: [{ kind: 'node', node: 'node02' }] });
  });

  it('takes each target once, in the order of the words', () => {
    expect(named('restart', ['iam@node03', 'chainfire@node01', 'iam@node03'])).toBe(
      '2 targets: iam@node03 chainfire@node01',
    );
    expect(named('bring-up', ['node03', 'node01'])).toBe('2 targets: node03 node01');
  });

  it.each<[Verb, readonly string[], readonly string[], RegExp]>([
    ['restart', ['chainfir'], [], /no service, step or node.*"chainfir"\. did you mean chainfire\?/],
    ['restart', ['iam@node1'], [], /no node is called "node1"\. did you mean node01\?/],
    ['restart', ['iam'], ['node4'], /no node is called "node4"\. did you mean/],
    ['restart', ['iam@node02'], [], /iam does not run on node02\. It runs on node01 and node03\./],
    ['restart', ['chain*'], [], /no service, step or node/],
    ['restart', ['iam@'], [], /no node is called ""/],
    ['restart', ['@node01'], [], /^no node has the tag "node01". Give tags/],
    ['restart', ['iam@node01@node02'], [], /no node is called "node01@node02"/],
    ['restart', ['iam@node01'], ['node03'], /names its node already/],
    ['restart', ['flaredb-cluster-join@node01'], [], /plasmatop rerun flaredb-cluster-join@node01/],
    ['rerun', ['node02'], [], /rerun is not for a whole node/],
    ['stop', ['iam-initial-setup@node01'], [], /plasmatop rerun iam-initial-setup@node01/],
    ['bring-up', ['node02'], ['node02'], /node02 is a node itself/],
    ['bring-up', ['iam@node01'], [], /not for a service/],
    ['bring-up', ['nod02'], [], /no node is called "nod02"\. did you mean node02\?/],
    ['bring-up', [], [], /bring-up needs a target\. As in plasmatop bring-up node02/],
    ['restart', [], ['node01'], /restart needs a target\. As in plasmatop restart chainfire@node02/],
    ['restart', ['\u001b[2Jx'], [], /^no service, step or node is called "·x"/],
  ])('refuses %s %j with --node %j', (verb, words, nodes, said) => {
    expect(named(verb, words, nodes)).toMatch(said);
  });

  it('does not choose between a node and a service of one name', () => {
    const twice = { ...config, inventory: { cluster: 'x', nodes: [node('iam')] } };
    expect(parseTargets('rerun', ['iam'], [], twice)).toMatchObject({ ok: false });
    expect(parseTargets('rerun', ['iam@iam'], [], twice)).toMatchObject({ ok: true });
  });

  it('only ever finds what the verb takes and the inventory has', () => {
    const word = fc.oneof(
      fc.string(),
      fc
        .tuple(
          fc.constantFrom(...all, 'iam-initial-setup', 'node02', 'x'),
          fc.constantFrom('', '@node01', '@y'),
        )
        .map(([name, at]) => `${name}${at}`),
    );
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(verbs)), fc.array(word), (verb, words) => {
        if (!isVerb(verb)) return;
        const found = read(verb, words);
        if (!found.ok) {
          expect(found.refusal.message).not.toBe('');
          return;
        }
        for (const target of found.targets) {
          expect(verbs[verb].targets).toContain(target.kind);
          expect(config.inventory.nodes.map(({ name }) => name)).toContain(target.node);
        }
      }),
    );
  });
});

describe('consentFor', () => {
  const none: Answers = { yes: false, confirm: undefined, canAsk: false };
  const how = (typed: string | undefined, answers: Partial<Answers>): string =>
    consentFor(typed, ['chainfire'], { ...none, ...answers }).kind;

  it('takes --yes where enter would do, and never where a name is to be typed', () => {
    expect(how(undefined, { yes: true })).toBe('given');
    expect(how('chainfire', { yes: true })).toBe('missing');
    expect(how('chainfire', { yes: true, canAsk: true })).toBe('ask');
  });

  it('takes --confirm for both, with the right name only', () => {
    expect(how('chainfire', { confirm: 'chainfire' })).toBe('given');
    expect(how(undefined, { confirm: 'chainfire' })).toBe('given');
    expect(how('chainfire', { confirm: 'iam' })).toBe('missing');
    expect(how(undefined, { confirm: 'iam', yes: true, canAsk: true })).toBe('missing');
  });

  it('asks where it can, and otherwise says no', () => {
    expect(how(undefined, { canAsk: true })).toBe('ask');
    expect(how(undefined, {})).toBe('missing');
    expect(consentFor('chainfire', ['chainfire'], none)).toMatchObject({
      refusal: { remedy: expect.stringContaining('--confirm chainfire') as unknown },
    });
  });
});
