/** Which nodes there is anything new about: facts that nobody added to are the very same objects as before. */
import type { ClusterFacts } from './model/cluster.ts';
import type { Inventory, NodeName } from './model/inventory.ts';

/** Both maps are walked side by side: as a rule they hold the same checks in the same order. */
const checksThatDiffer = (before: ClusterFacts, facts: ClusterFacts, found: Set<NodeName>): void => {
  const others = before.checks.values();
  for (const known of facts.checks.values()) {
    const { value: other } = others.next();
    if (other === known) continue;
    found.add(known.target.node);
    if (other !== undefined) found.add(other.target.node);
  }
  for (const other of others) found.add(other.target.node);
};

/** Every node whose checks, looks, clock or link are not what they were; some that are may be among them. */
export const nodesWithNews = (
  { nodes }: Inventory,
  before: ClusterFacts,
  facts: ClusterFacts,
): ReadonlySet<NodeName> => {
  const found = new Set<NodeName>();
  if (before.startedAtMs !== facts.startedAtMs) return new Set(nodes.map(({ name }) => name));
  if (before.checks !== facts.checks) checksThatDiffer(before, facts, found);
  const compare = <T>(old: ReadonlyMap<NodeName, T>, now: ReadonlyMap<NodeName, T>): void => {
    if (old === now) return;
    for (const { name } of nodes) if (old.get(name) !== now.get(name)) found.add(name);
  };
  compare(before.units, facts.units);
  compare(before.clocks, facts.clocks);
  compare(before.links, facts.links);
  return found;
};
