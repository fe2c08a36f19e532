/** What would a stop do? systemd's cascade on each node, and what is while all of that is out. Pure. */
import { serviceByName, watchedUnits } from '../graph.ts';
import type { ClusterNode } from '../model/inventory.ts';
import type { UnitName } from '../model/topology.ts';
import { cascadeOn } from './cascade.ts';
import { isDark, whileOut } from './consequences.ts';
import type { Stop, WhatIf, WhatIfInput } from './model.ts';
import { sentenceOf, weightOf } from './sentence.ts';

/** The nodes that the stop touches, and the units asked to stop there. */
const targetsOf = (
  { topology, inventory }: WhatIfInput,
  stop: Stop,
): readonly (readonly [ClusterNode, readonly UnitName[]])[] => {
  if (stop.kind === 'node') {
    return inventory.nodes
      .filter((node) => node.name === stop.node)
      .map((node) => [node, watchedUnits(topology, node)]);
  }
  const unit = serviceByName(topology, stop.service)?.unit;
  if (unit === undefined) return [];
  return inventory.nodes
    .filter((node) => node.services.includes(stop.service))
    .filter((node) => stop.kind === 'service' || node.name === stop.node)
    .map((node) => [node, [unit]]);
};

/** What the stop would do, from what is known now; no node is asked. */
export const whatIf = (input: WhatIfInput, stop: Stop): WhatIf => {
  const cascades = targetsOf(input, stop).flatMap(([node, units]) =>
    isDark(input.cluster, node.name) ? [] : (cascadeOn(input, node, units) ?? []),
  );
  const out = new Map(cascades.map(({ node, stops }) => [node, stops.map(({ unit }) => unit)]));
  const found = { stop, cascades, ...whileOut(input, out) };
  const weight = weightOf(found);
  return { ...found, weight, sentence: sentenceOf(input, found, weight) };
};
