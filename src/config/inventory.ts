/** Turns the nodes of a file, or of `--nodes`, into the inventory. */
import { isIP } from 'node:net';
import type { ClusterNode, Inventory, NodeName } from '../core/model/inventory.ts';
import type { Topology } from '../core/model/topology.ts';
import type { Problem } from '../core/problem.ts';
import { nodesTagged, tagInWord, tagWords } from '../core/tags.ts';
import { suggestName } from '../topology/names.ts';
import type { Report } from '../topology/source.ts';
import type { ConfigFile, NodeEntry } from './schema.ts';
import { isAddress, isNodeName } from './words.ts';

type Common = {
  readonly topology: Topology;
  /** `tls.serverName`, where a node has none of its own. */
  readonly serverName?: string;
};

const nodeOf = ({ topology, serverName }: Common, entry: NodeEntry): ClusterNode => {
  const address = entry.address ?? entry.name;
  const certified = (entry.serverName ?? serverName)?.replaceAll('{node}', entry.name);
  return {
    name: entry.name,
    address,
    ...(entry.ssh === false ? {} : { ssh: entry.ssh ?? address }),
    services: topology.services
      .map((service) => service.name)
      .filter((service) => entry.services === undefined || entry.services.includes(service)),
    ports: entry.ports ?? new Map(),
    ...(certified === undefined ? {} : { serverName: certified }),
    tags: entry.tags ?? [],
  };
};

type Groups = NonNullable<ConfigFile['groups']>;

/** A group is a tag that is written beside the nodes instead of at each. */
const withGroups = (entry: NodeEntry, groups: Groups): NodeEntry => {
  const own = entry.tags ?? [];
  const others = Object.keys(groups).filter((group) => groups[group]?.includes(entry.name));
  return { ...entry, tags: [...new Set([...own, ...others])] };
};

/** The inventory of a file's `nodes`; reports duplicates, unknown services and ports that nothing listens on. */
export const buildInventory = (
  source: Common & {
    readonly cluster: string;
    readonly entries: readonly NodeEntry[];
    readonly groups: Groups;
    readonly report: Report;
  },
): Inventory => {
  const { topology, entries, groups, report } = source;
  const services = topology.services.map((service) => service.name);
  const ports = new Set(
    topology.services.flatMap((service) => [...service.ports, ...service.checks].map(({ port }) => port)),
  );
  const seen = new Set<NodeName>();
  entries.forEach((entry, index) => {
    if (seen.has(entry.name)) {
      report(['nodes', index, 'name'], `node ${entry.name} is there twice`, 'remove or rename one of them');
    }
    seen.add(entry.name);
    if (entry.address === undefined && !isAddress(entry.name)) {
      report(['nodes', index, 'name'], `"${entry.name}" is no address`, 'add "address:" to this node');
    }
    (entry.services ?? []).forEach((service, at) => {
      if (!services.includes(service)) {
        report(
          ['nodes', index, 'services', at],
          `there is no service ${service}`,
          suggestName(service, services),
        );
      }
    });
    for (const port of entry.ports?.keys() ?? []) {
      if (!ports.has(port)) {
        const known = [...ports].map(String);
        report(
          ['nodes', index, 'ports', String(port)],
          `no service of the topology uses port ${port}`,
          suggestName(String(port), known),
        );
      }
    }
  });
  for (const [group, names] of Object.entries(groups)) {
    names.forEach((name, at) => {
      if (!seen.has(name))
        report(['groups', group, at], `there is no node ${name}`, suggestName(name, [...seen]));
    });
  }
  return {
    cluster: source.cluster,
    nodes: entries.map((entry) => nodeOf(source, withGroups(entry, groups))),
  };
};

export type ChosenNodes =
  | { readonly ok: true; readonly inventory: Inventory }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** The nodes of `--nodes a,@storage,c` in that order: those the file knows as it has them, others by name alone. */
export const inventoryOfFlag = (
  source: Common & { readonly inventory: Inventory; readonly flag: string },
): ChosenNodes => {
  const { inventory, flag } = source;
  const words = flag.split(',').map((name) => name.trim());
  const problem = (message: string, remedy: string): Problem => ({
    file: '--nodes',
    path: '',
    message,
    remedy,
  });
  const problems = words.flatMap((word, index) => {
    if (word === '') return [problem('a name is empty', 'write --nodes a,b,c')];
    if (words.indexOf(word) !== index) return [problem(`node ${word} is there twice`, 'name it once')];
    const tag = tagInWord(word);
    if (tag !== undefined) {
      return nodesTagged(inventory, tag).length > 0
        ? []
        : [problem(`no node has the tag "${tag}"`, suggestName(word, tagWords(inventory)))];
    }
    const isKnown = inventory.nodes.some((node) => node.name === word);
    return isKnown || isIP(word) !== 0 || (isNodeName(word) && isAddress(word))
      ? []
      : [problem(`"${word}" is neither a host name nor an IP address`, 'write --nodes a,b,c')];
  });
  if (problems.length > 0) return { ok: false, problems };
  const names = words.flatMap((word) => {
    const tag = tagInWord(word);
    return tag === undefined ? [word] : nodesTagged(inventory, tag);
  });
  const nodes = [...new Set(names)].map(
    (name) => inventory.nodes.find((node) => node.name === name) ?? nodeOf(source, { name }),
  );
  return { ok: true, inventory: { ...inventory, nodes } };
};
