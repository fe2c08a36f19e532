import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseGoal, parseTimeout } from '../../../src/commands/wait-goal.ts';
import type { ClusterNode } from '../../../src/core/model/inventory.ts';
import { builtinTopology } from '../../../src/topology/builtin.ts';

const topology = builtinTopology();
const all = topology.services.map(({ name }) => name);
const node = (name: string, more: Partial<ClusterNode> = {}): ClusterNode => ({
  name,
  address: name,
  ssh: name,
  services: all,
  ports: new Map(),
  tags: [],
  ...more,
});
const { ssh: _none, ...withoutSsh } = node('node03');
const configOf = (nodes: readonly ClusterNode[], enabled = true) => ({
  topology,
  inventory: { cluster: 'test', nodes },
  ssh: {
    enabled,
    options: [],
    sudo: true,
    follow: true,
    checkRights: true,
    connectTimeoutMs: 1,
    maxChannels: 1,
  },
});
const three = configOf([node('node01'), node('node02', { services: ['chainfire', 'flaredb'] }), withoutSsh]);

const refusal = (text: string, config = three): string => {
  const parsed = parseGoal(text, config);
  return parsed.ok ? 'accepted' : `${parsed.by}: ${parsed.refusal.message}. ${parsed.refusal.remedy}`;
};

describe('parseGoal', () => {
  it('reads what to wait for, and leaves out nodes that cannot be asked', () => {
    expect(parseGoal('ready', three)).toEqual({
      ok: true,
      words: { title: 'ready', goal: { kind: 'ready', nodes: ['node01', 'node02'] }, leftOut: ['node03'] },
    });
    expect(parseGoal('healthy', three)).toMatchObject({ words: { goal: { kind: 'healthy' }, leftOut: [] } });
    expect(parseGoal('chainfire', three)).toMatchObject({
      words: {
        goal: { kind: 'service', service: 'chainfire', nodes: ['node01', 'node02', 'node03'], whole: true },
      },
    });
    expect(parseGoal('iam@node03', three)).toMatchObject({
      words: { title: 'iam@node03', goal: { nodes: ['node03'], whole: false }, leftOut: [] },
    });
    expect(parseGoal('iam-initial-setup', three)).toMatchObject({
      words: {
        goal: { kind: 'step', unit: 'iam-initial-setup.service', nodes: ['node01'] },
        leftOut: ['node03'],
      },
    });
  });

  it('takes unit names for what they are of', () => {
    expect(parseGoal('chainfire.service', three)).toEqual(parseGoal('chainfire', three));
    expect(parseGoal('flaredb-cluster-join.service@node01', three)).toEqual(
      parseGoal('flaredb-cluster-join@node01', three),
    );
  });

  it('names the nearest word, node, or where it runs', () => {
    expect(refusal('chainfir')).toBe(
      'usage: no service or step is called "chainfir". did you mean chainfire?',
    );
    expect(refusal('raedy')).toContain('did you mean ready?');
    expect(refusal('xyzzy')).toContain('use one of ready, healthy, chainfire');
    expect(refusal('')).toContain('use one of ready');
    expect(refusal('iam@node1')).toContain('no node is called "node1". did you mean node01?');
    expect(refusal('iam@node02')).toBe('usage: iam does not run on node02. It runs on node01 and node03.');
    expect(refusal('ready@node01')).toContain('ready is of the whole cluster');
  });

  it('says which ssh is missing where only systemd can tell', () => {
    expect(refusal('flaredb-cluster-join@node03')).toMatch(
      /^config: .*node03 has no ssh.*healthy: that needs none/,
    );
    expect(refusal('ready', configOf([node('node01')], false))).toMatch(/^config: .*ssh is off/);
    expect(refusal('healthy', configOf([node('node01')], false))).toBe('accepted');
    expect(refusal('iam', configOf([node('node01')], false))).toBe('accepted');
  });

  it('never throws, and says nothing back that a terminal would obey', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(refusal(text)).not.toMatch(/[\x00-\x1f\x7f-\x9f]/u);
      }),
    );
  });
});

describe('parseTimeout', () => {
  it.each([
    ['90s', 90],
    ['10m', 600],
    ['1h30m', 5400],
    ['1h1m1s', 3661],
    ['45', 45],
    ['0', 0],
    ['0s', 0],
    ['168h', 604_800],
  ])('reads %s', (text, seconds) => {
    expect(parseTimeout(text)).toBe(seconds * 1000);
  });

  it.each(['', ' ', '10 m', '-1', '1.5m', 'm', '30m1h', '1h30', '10ms', '1d', '169h', '9999999', 'never'])(
    'refuses %j',
    (text) => {
      expect(parseTimeout(text)).toBeUndefined();
    },
  );
});
