/** The what-if page: what a stop would do, from what is known now. */

import { serviceByName } from '../../core/graph.ts';
import { capabilityWord } from '../../core/impact/words.ts';
import { onNodes } from '../../core/line-words.ts';
import type { Verdict } from '../../core/model/cluster.ts';
import type { CapabilityChange, Loss, QuorumChange, Stop, Weight, WhatIf } from '../../core/what-if/model.ts';
import { votersWords } from '../../core/what-if/sentence.ts';
import { selectedSubject } from '../../store/rows.ts';
import { type AppState, shown } from '../../store/state.ts';
import { stopOf, whatIfOf } from '../../store/what-if.ts';
import { labelled, paragraph, section } from '../detail/page.ts';
import { field, gap, type Line, seg } from '../paint.ts';
import type { PagePainter } from '../painter.ts';
import { width } from '../text.ts';
import type { Theme, Tone } from '../theme.ts';
import { capabilityVerdict } from '../verdict-words.ts';
import { cascadeLines } from './cascade-lines.ts';

/** From here on a capability's line says which services are behind it. */
const BECAUSE_FROM_COLUMNS = 60;

const WEIGHT: Readonly<Record<Weight, readonly [Verdict, string]>> = {
  nothing: ['unknown', 'no change'],
  unseen: ['unknown', 'not known'],
  safe: ['ok', 'safe'],
  risk: ['degraded', 'at risk'],
  harm: ['down', 'harm'],
};

const questionOf = (stop: Stop): string => {
  switch (stop.kind) {
    case 'instance':
      return `What if ${stop.service} on ${stop.node} stopped?`;
    case 'service':
      return `What if ${stop.service} stopped everywhere?`;
    case 'node':
      return `What if ${stop.node} stopped?`;
    default:
      return stop satisfies never;
  }
};

const quorumWords = (change: QuorumChange): readonly (readonly [string, Tone])[] => {
  const { before, during, expected, needed, was, becomes, leader } = change;
  const votes = `now ${before} of ${expected}, then ${during}; ${needed} needed`;
  const [how, tone]: readonly [string, Tone] =
    becomes === 'held'
      ? ['holds', 'plain']
      : becomes === 'lost'
        ? [was === 'lost' ? 'lost already' : 'LOST', 'down']
        : [becomes === 'unknown' ? `holds only if ${votersWords(change)}` : becomes, 'degraded'];
  const isElecting = leader !== undefined && becomes !== 'lost';
  return [
    [`${votes}: ${how}`, tone],
    ...(isElecting ? ([[`${leader} leads now: the others elect`, 'plain']] as const) : []),
  ];
};

const quorumLines = ({ quorums }: WhatIf, columns: number): readonly Line[] =>
  quorums.length === 0
    ? []
    : [
        ...section('Quorum'),
        ...quorums.flatMap((change) =>
          quorumWords(change).flatMap(([text, tone], index) =>
            labelled(index === 0 ? change.service : '', text, columns, tone),
          ),
        ),
      ];

/** One line per service and reason. */
const lossLines = ({ losses }: WhatIf, state: AppState, columns: number): readonly Line[] => {
  if (losses.length === 0) return [];
  const groups = new Map<string, Loss[]>();
  for (const loss of losses) {
    const key = `${loss.service} ${loss.without}`;
    groups.set(key, [...(groups.get(key) ?? []), loss]);
  }
  return [
    ...section('Runs on, but does no work'),
    ...[...groups.values()].flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const { service, without } = first;
      const all = shown(state).cluster.services.get(service)?.instances.length ?? 0;
      const where = onNodes(
        group.map(({ node }) => node),
        all,
      );
      const why = service === without ? 'no quorum' : `without ${without}`;
      return labelled(service, `${where}: ${why}`, columns);
    }),
  ];
};

const capabilityLine = (
  { title, before, during, because }: CapabilityChange,
  titleColumns: number,
  state: AppState,
  columns: number,
  theme: Theme,
): Line => {
  const verdict = capabilityVerdict(during);
  const names = because.map((name) => serviceByName(state.topology, name)?.title ?? name);
  return [
    gap(2),
    seg(theme.glyph(verdict), verdict),
    gap(1),
    field(title, titleColumns),
    gap(2),
    field(`${capabilityWord(before)} ${theme.symbols.arrow} ${capabilityWord(during)}`, 19, verdict),
    ...(columns < BECAUSE_FROM_COLUMNS ? [] : [gap(1), seg(names.join(', '), 'faint')]),
  ];
};

const userLines = (
  { capabilities }: WhatIf,
  state: AppState,
  columns: number,
  theme: Theme,
): readonly Line[] => {
  const titleColumns = Math.min(columns - 18, Math.max(0, ...capabilities.map(({ title }) => width(title))));
  return [
    ...section('Users'),
    ...(capabilities.length === 0
      ? paragraph('Nothing changes for them.', columns)
      : capabilities.map((change) => capabilityLine(change, titleColumns, state, columns, theme))),
  ];
};

const darkLines = ({ dark }: WhatIf, total: number, columns: number): readonly Line[] =>
  dark.length === 0
    ? []
    : [
        ...section('Not seen'),
        ...paragraph(`${onNodes(dark, total)}: out of sight, counted as nothing.`, columns, 'degraded'),
      ];

const bodyLines = (found: WhatIf, state: AppState, columns: number, theme: Theme): readonly Line[] => [
  ...cascadeLines(found.stop, found.cascades, state.inventory.nodes.length, columns, theme),
  ...quorumLines(found, columns),
  ...lossLines(found, state, columns),
  ...(found.cascades.length === 0 ? [] : userLines(found, state, columns, theme)),
  ...darkLines(found, state.inventory.nodes.length, columns),
];

export const whatIfLines: PagePainter = (state, { columns }, theme) => {
  const stop = stopOf(state, selectedSubject(state));
  if (stop === undefined) return { title: [gap(1), seg('It is not there any more.', 'faint')], lines: [] };
  const found = whatIfOf(state, stop);
  const [verdict, word] = WEIGHT[found.weight];
  return {
    title: [
      gap(1),
      seg(questionOf(stop), 'strong'),
      gap(2),
      seg(theme.glyph(verdict), verdict),
      gap(1),
      seg(word, verdict),
    ],
    lines: [
      ...paragraph(found.sentence, columns, found.weight === 'harm' ? 'down' : 'plain'),
      ...bodyLines(found, state, columns, theme),
      [],
      ...paragraph('No node was contacted.', columns, 'faint'),
    ],
  };
};
