/** Explain says what a stop would do, in the words and with the figures of the console's what-if. */
import { describe, expect, it } from 'vitest';
import { stopLines, stopOverview } from '../../../src/commands/explain-stop.ts';
import { explainAll, explainService } from '../../../src/commands/explain-topology.ts';
import { serviceByName } from '../../../src/core/graph.ts';
import type { Inventory } from '../../../src/core/model/inventory.ts';
import { allWell, plainInventory } from '../../../src/core/what-if/all-well.ts';
import { whatIf } from '../../../src/core/what-if/what-if.ts';
import { builtinTopology } from '../../../src/topology/builtin.ts';

const topology = builtinTopology();
const three = plainInventory(topology, 3);

const flat = (lines: readonly string[]): string => lines.join(' ').replace(/\s+/gu, ' ');
const explained = (name: string, inventory: Inventory = three): string => {
  const service = serviceByName(topology, name);
  if (service === undefined) throw new Error(`no ${name}`);
  return flat(stopLines(topology, inventory, service));
};

describe('what a stop of a service would do', () => {
  it('of one that votes: the cascade in order, what stays, the votes, and who is at risk', () => {
    const text = explained('chainfire');
    expect(text).toContain('all else being well on 3 nodes');
    expect(text).toContain('on one node Safe: quorum stays 2 of 3, users notice nothing.');
    expect(text).toContain(
      'stops iam-initial-setup, flaredb-cluster-join, chainfire-cluster-join, iam, flaredb, chainfire; in this order',
    );
    expect(text).toMatch(/stay up plasmavmc, .*k8shost/u);
    expect(text).toContain('later the other 5 stay down when chainfire alone is started');
    expect(text).toContain('chainfire 2 of 3 votes, 2 needed: holds; flaredb 2 of 3 votes, 2 needed: holds');
    expect(text).toContain('If it leads, the others elect.');
    expect(text).toMatch(/at risk Cluster operations, .*New VMs/u);
    expect(text).toContain("everywhere Breaks Chainfire's quorum: 0 of 3.");
    expect(text).toContain('lost Cluster operations, Configuration updates, New VMs, API logins, Metrics');
  });

  it('of one that hangs on nobody: that alone stops, and nothing of a quorum', () => {
    const text = explained('novanet');
    expect(text).toContain('stops novanet ');
    expect(text).not.toContain('in this order');
    expect(text).not.toContain('quorum');
    expect(text).not.toContain('later');
  });

  it.each(topology.services.map(({ name }) => name))(
    '%s: the sentences are those of the console',
    (service) => {
      const input = allWell(topology, three);
      const text = explained(service);
      expect(text).toContain(whatIf(input, { kind: 'instance', service, node: 'node01' }).sentence);
      expect(text).toContain(whatIf(input, { kind: 'service', service }).sentence);
    },
  );

  it('goes by how many nodes there are', () => {
    expect(explained('chainfire', plainInventory(topology, 5))).toContain('quorum stays 4 of 5');
    const alone = explained('chainfire', plainInventory(topology, 1));
    expect(alone).toContain("on node01 Breaks Chainfire's quorum: 0 of 1.");
    expect(alone).not.toContain('everywhere');
  });

  it('of nodes that run different things, names the one where it does most', () => {
    const inventory: Inventory = {
      ...three,
      nodes: three.nodes.map((node, index) => ({
        ...node,
        services: index === 1 ? node.services : node.services.filter((name) => name !== 'iam'),
      })),
    };
    const text = explained('flaredb', inventory);
    expect(text).toContain('on node02 ');
    expect(text).toContain('API logins would be down');
  });

  it('says nothing of what runs nowhere', () => {
    const without: Inventory = {
      ...three,
      nodes: three.nodes.map((node) => ({ ...node, services: ['chainfire'] })),
    };
    expect(explained('iam', without)).toBe('');
    expect(flat(stopOverview(topology, without))).not.toContain('IAM');
  });
});

describe('explain with nodes', () => {
  const texts = [1, 3, 25].flatMap((count) => {
    const inventory = plainInventory(topology, count);
    return [true, false].flatMap((ascii) => [
      explainAll(topology, { inventory, ascii }),
      ...topology.services.map(({ name }) => explainService(topology, name, { inventory, ascii }) ?? ''),
    ]);
  });

  it('fits 80 columns, with no blank at the end of a line', () => {
    for (const line of texts.flatMap((text) => text.split('\n'))) {
      expect(line.length).toBeLessThanOrEqual(80);
      expect(line).toBe(line.trimEnd());
    }
  });

  it('has a sentence for each service, on one node and everywhere', () => {
    const text = explainAll(topology, { inventory: three });
    expect(text).toContain('If one stops on one node, all else being well on 3 nodes');
    expect(flat(text.split('\n'))).toContain(
      "chainfire Breaks Chainfire's quorum: 0 of 3. New VMs, API logins and metrics would be down.",
    );
    expect(flat(text.split('\n'))).toContain('iam Safe: 2 of 3 IAM stay, users notice nothing.');
  });

  it('needs no character beyond ASCII', () => {
    for (const name of topology.services.map((service) => service.name)) {
      const text = explainService(topology, name, { inventory: three, ascii: true }) ?? '';
      expect(text).toMatch(/^[\x20-\x7e\n]+$/u);
      expect(text).not.toContain('?');
    }
  });
});
