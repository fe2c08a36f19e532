/** What the topology knows of a service, held against its state: relations, impact, mitigations. */
import { sentenceList } from '../../core/format.ts';
import { dependenciesOf, dependentsOf } from '../../core/graph.ts';
import type { ClusterState, QuorumFault, ServiceState } from '../../core/model/cluster.ts';
import type { Service } from '../../core/model/topology.ts';
import { rivalsOf, rivalWords } from '../../core/split.ts';
import { type AppState, shown } from '../../store/state.ts';
import { gap, type Line, seg } from '../paint.ts';
import type { Theme } from '../theme.ts';
import { severityVerdict } from '../verdict-words.ts';
import { labelled, labelledItems, labelledLine, paragraph, section } from './page.ts';

/** From here on a failing neighbour's reason stands beside it. */
const REASONS_FROM_COLUMNS = 60;

const relation = (
  cluster: ClusterState,
  label: string,
  list: readonly { readonly service: string; readonly hard: boolean }[],
  isWide: boolean,
  theme: Theme,
): readonly Line[] =>
  list.map(({ service, hard }, index) => {
    const state = cluster.services.get(service);
    const verdict = state?.verdict ?? 'unknown';
    return labelledLine(index === 0 ? label : '', [
      seg(theme.glyph(verdict), verdict),
      gap(1),
      seg(service.padEnd(14)),
      seg(hard ? 'requires' : 'wants', hard ? 'plain' : 'faint'),
      ...(isWide && state !== undefined && verdict !== 'ok'
        ? [gap(2), seg(state.reason || verdict, verdict)]
        : []),
    ]);
  });

/** Needs and needed by, the hard ones told apart from the soft ones. */
export const relationSection = (
  state: AppState,
  service: Service,
  columns: number,
  theme: Theme,
): readonly Line[] => {
  const { cluster } = shown(state);
  const needs = dependenciesOf(state.topology, service.name);
  const neededBy = dependentsOf(state.topology, service.name);
  if (needs.length + neededBy.length === 0) return [];
  return [
    ...section('Depends'),
    ...relation(cluster, 'needs', needs, columns >= REASONS_FROM_COLUMNS, theme),
    ...relation(cluster, 'needed by', neededBy, columns >= REASONS_FROM_COLUMNS, theme),
  ];
};

/** What failing means for users, and what stands against it. */
export const impactSection = (service: Service, columns: number, theme: Theme): readonly Line[] => [
  ...section(
    `When ${service.title} fails ${service.impact.some((row) => row.perNode) ? 'on a node' : 'everywhere'}`,
  ),
  ...service.impact.map((row): Line => {
    const verdict = severityVerdict(row.severity);
    return [gap(2), seg(theme.glyph(verdict), verdict), gap(1), seg(row.text)];
  }),
  ...labelledItems(
    'mitigation',
    service.mitigations.map(({ text }) => text),
    columns,
  ),
];

const faultText = (fault: QuorumFault): string => {
  switch (fault.kind) {
    case 'no-leader':
      return 'no leader';
    case 'two-leaders':
      return rivalWords(fault.nodes);
    case 'size-disagreement':
      return `members see different sizes: ${[...fault.sizes].map(([node, size]) => `${node} ${size}`).join(', ')}`;
    case 'beyond-inventory':
      return `${fault.size} members, ${fault.watched} of them in this inventory`;
    default:
      return fault satisfies never;
  }
};

/** Votes, leader and faults of a quorum service; nothing for the others. */
export const quorumSection = (service: ServiceState, columns: number): readonly Line[] => {
  const { quorum } = service;
  if (quorum === undefined) return [];
  const isLost = quorum.standing === 'lost';
  const rivals = rivalsOf(service);
  const isSplit = rivals.length > 0 && !isLost;
  const votes = `${quorum.votes} of ${quorum.expected} votes, ${quorum.needed} needed`;
  return [
    ...section('Quorum'),
    // Nobody says which leader a follower votes for: a sum of the votes of two sides is held by neither.
    ...(isSplit
      ? labelled(
          'disputed',
          `${quorum.votes} of ${quorum.expected} votes, but they are not those of one cluster`,
          columns,
          'down',
        )
      : labelled(quorum.standing, votes, columns, isLost ? 'down' : 'plain')),
    ...labelled('leader', isSplit ? sentenceList(rivals) : (quorum.leader ?? 'none'), columns),
    ...quorum.faults.flatMap((fault) =>
      fault.kind === 'beyond-inventory'
        ? labelled('size', faultText(fault), columns)
        : labelled('fault', faultText(fault), columns, 'down'),
    ),
  ];
};

/** Purpose and the facts of the topology that do not change. */
export const topologySection = (service: Service, columns: number): readonly Line[] => [
  ...section(`About ${service.title}`),
  ...paragraph(service.purpose, columns),
  ...labelled('critical', service.critical.value ? (service.critical.why ?? 'yes') : 'no', columns),
  ...labelled('unit', `${service.unit}, type ${service.type}`, columns),
  ...labelledItems(
    'ports',
    service.ports.map((port) => `${port.port}/${port.protocol} ${port.name}`),
    columns,
  ),
  ...labelled('data', service.dataDir ?? '', columns),
  ...labelled(
    'starts in',
    `about ${Math.round(service.startMs / 1000)} s${service.startAfter === undefined ? '' : ` after ${service.startAfter}`}`,
    columns,
  ),
  ...labelled(
    'stores in',
    service.backend === undefined ? '' : `${service.backend.service}: ${service.backend.stores}`,
    columns,
  ),
];
