/** What a stop of a service would do to a cluster that is well otherwise, as plain text of at most 80 columns. Pure. */
import { plural } from '../core/format.ts';
import { capabilityWord } from '../core/impact/words.ts';
import { listNodes } from '../core/line-words.ts';
import type { CapabilityStanding } from '../core/model/cluster.ts';
import type { ClusterNode, Inventory } from '../core/model/inventory.ts';
import type { Service, Topology } from '../core/model/topology.ts';
import { allWell } from '../core/what-if/all-well.ts';
import { laterText } from '../core/what-if/later.ts';
import type { QuorumChange, WhatIf, WhatIfInput } from '../core/what-if/model.ts';
import { whatIf } from '../core/what-if/what-if.ts';
import { block, columns } from './explain-text.ts';

type Row = readonly [name: string, text: string];

const bare = (unit: string): string => unit.replace(/\.service$/u, '');

const hosts = (inventory: Inventory, { name }: Service): readonly ClusterNode[] =>
  inventory.nodes.filter(({ services }) => services.includes(name));

/** What its stop would do on one node, the worst of those that run different things, and everywhere. */
const stopsOf = (
  input: WhatIfInput,
  service: Service,
): { readonly one: WhatIf | undefined; readonly all: WhatIf; readonly isAlike: boolean } => {
  const kinds = Map.groupBy(hosts(input.inventory, service), ({ services }) => services.join(' '));
  const found = [...kinds.values()].flatMap(([first]) =>
    first === undefined ? [] : [whatIf(input, { kind: 'instance', service: service.name, node: first.name })],
  );
  const cost = ({ weight, capabilities, cascades }: WhatIf): number =>
    (weight === 'harm' ? 2000 : weight === 'risk' ? 1000 : 0) +
    capabilities.length * 20 +
    (cascades[0]?.stops.length ?? 0);
  const [one] = found.toSorted((a, b) => cost(b) - cost(a));
  const all = whatIf(input, { kind: 'service', service: service.name });
  return { one, all, isAlike: kinds.size < 2 };
};

/** "chainfire 2 of 3 votes, 2 needed: holds". Who leads is not known beforehand. */
const quorumWords = ({ service, during, expected, needed, becomes }: QuorumChange): string =>
  `${service} ${during} of ${plural(expected, 'vote')}, ${needed} needed: ${becomes === 'held' ? 'holds' : becomes}`;

const quorumText = ({ quorums, stop }: WhatIf): string => {
  const isElecting = stop.kind === 'instance' && quorums.some(({ becomes }) => becomes === 'held');
  const words = quorums.map(quorumWords).join('; ');
  return isElecting ? `${words}. If it leads, the others elect.` : words;
};

const STANDINGS = ['lost', 'degraded', 'at-risk', 'starting', 'unknown'] as const;

const userRows = ({ capabilities }: WhatIf): readonly Row[] => {
  const by = (state: CapabilityStanding): readonly string[] =>
    capabilities.flatMap(({ during, title }) => (during === state ? [title] : []));
  return STANDINGS.map((state): Row => [capabilityWord(state), by(state).join(', ')]);
};

const withText = (rows: readonly Row[]): readonly Row[] => rows.filter(([, text]) => text !== '');

/** Services that run on and serve nobody. */
const idleText = ({ losses }: WhatIf): string =>
  [
    ...new Set(losses.filter(({ service, without }) => service !== without).map(({ service }) => service)),
  ].join(', ');

const inOrder = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.join(', ')}; in this order`;

/** The rows of one stop below its sentence; what systemd does is told once, where it is told at all. */
const rowsOf = (found: WhatIf, name: string, withCascade: boolean): readonly Row[] => {
  const [cascade] = found.cascades;
  const told: readonly Row[] =
    cascade === undefined || !withCascade
      ? []
      : [
          ['stops', inOrder(cascade.stops.map((unit) => unit.name))],
          ['stay up', cascade.stays.map(bare).join(', ')],
          ['later', laterText(found.stop, cascade)],
        ];
  return withText([
    [name, found.sentence],
    ...told,
    ['quorum', quorumText(found)],
    ['no work', idleText(found)],
    ...userRows(found),
  ]);
};

const assumed = (count: number): string => `all else being well on ${plural(count, 'node')}`;

/** "If it stops": on one node with systemd's cascade, and on all nodes; nothing where no node runs it. */
export const stopLines = (topology: Topology, inventory: Inventory, service: Service): readonly string[] => {
  const here = hosts(inventory, service);
  if (here.length === 0) return [];
  const { one, all, isAlike } = stopsOf(allWell(topology, inventory), service);
  const where =
    here.length === 1
      ? `on ${listNodes(here.map((node) => node.name))}`
      : isAlike || one?.stop.kind !== 'instance'
        ? 'on one node'
        : `on ${one.stop.node}`;
  return block(
    `If it stops, ${assumed(inventory.nodes.length)}`,
    columns([
      ...(one === undefined ? [] : rowsOf(one, where, true)),
      ...(here.length === 1 ? [] : rowsOf(all, 'everywhere', false)),
    ]),
  );
};

/** For each service what comes of its stop on one node and everywhere, in a sentence each. */
export const stopOverview = (topology: Topology, inventory: Inventory): readonly string[] => {
  const input = allWell(topology, inventory);
  const placed = topology.services.filter((service) => hosts(inventory, service).length > 0);
  const rows = placed.map((service) => ({ name: service.name, ...stopsOf(input, service) }));
  const rest = assumed(inventory.nodes.length);
  return [
    ...block(
      `If one stops on one node, ${rest}`,
      columns(rows.flatMap(({ name, one }): Row[] => (one === undefined ? [] : [[name, one.sentence]]))),
    ),
    ...block(
      `If one stops everywhere, ${rest}`,
      columns(rows.map(({ name, all }): Row => [name, all.sentence])),
    ),
  ];
};
