/** The page about one subject: an instance, a first-boot step, a service, a level or a node. */
import { formatAge, formatClock, formatLatency } from '../../core/format.ts';
import { serviceByName } from '../../core/graph.ts';
import type {
  InstanceState,
  LevelState,
  NodeState,
  ServiceState,
  Verdict,
} from '../../core/model/cluster.ts';
import { instanceId } from '../../core/model/inventory.ts';
import { instanceOfSubject, selectedSubject } from '../../store/rows.ts';
import { type AppState, shown } from '../../store/state.ts';
import { targetOf } from '../../store/subjects.ts';
import { field, gap, type Line, seg } from '../paint.ts';
import type { PagePainter, Room } from '../painter.ts';
import { width } from '../text.ts';
import type { Theme } from '../theme.ts';
import { verdictPart } from '../verdict-words.ts';
import { checkSection } from './check-section.ts';
import { driftNote, nodeDriftLines, unitDriftLines } from './drift-section.ts';
import { feedSection } from './feed-section.ts';
import { logSection } from './log-section.ts';
import { labelled, paragraph, section } from './page.ts';
import { impactSection, quorumSection, relationSection, topologySection } from './service-sections.ts';
import { stepPage } from './step-page.ts';
import { stopLines } from './stop-section.ts';
import { linkLines, unitSection } from './unit-section.ts';
import { whySection } from './why-section.ts';

/** More instances than this are not all listed: those that are well are counted. */
const ALL_SHOWN = 12;
/** From here on an instance that has a reason to give has room for its latency, too. */
const LATENCY_FROM_COLUMNS = 60;

type Page = { readonly title: Line; readonly lines: readonly Line[] };

const titleOf = (words: string, verdict: Verdict, theme: Theme): Line => [
  gap(1),
  seg(words, 'strong'),
  gap(2),
  ...verdictPart(verdict, theme),
];

const sinceLines = (state: AppState, sinceMs: number, columns: number): readonly Line[] => {
  const clock = formatClock(sinceMs, state.utcOffsetMinutes);
  return labelled('since', `${clock}, for ${formatAge(shown(state).nowMs - sinceMs)}`, columns);
};

const instancePage = (state: AppState, instance: InstanceState, room: Room, theme: Theme): Page => {
  const { columns } = room;
  const { facts } = shown(state);
  const service = serviceByName(state.topology, instance.service);
  const blocker = instance.blockedBy;
  const { node } = blocker ?? {};
  return {
    title: titleOf(`${instance.service} on ${instance.node}`, instance.verdict, theme),
    lines: [
      ...labelled('state', instance.reason, columns, instance.verdict),
      ...sinceLines(state, instance.sinceMs, columns),
      ...labelled(
        'blocked by',
        blocker ? `${blocker.service}${node === undefined ? '' : ` on ${node}`}` : '',
        columns,
      ),
      ...labelled('raft', instance.raft ?? '', columns),
      ...driftNote(state, service?.unit, instance.node, columns),
      ...whySection(state, instance, columns, theme),
      ...section(instance.checks.length === 1 ? 'Check' : 'Checks'),
      ...instance.checks.flatMap((check, index) => {
        const known = facts.checks.get(check.id);
        if (known === undefined) return [];
        const isOnly = instance.checks.length === 1;
        return [...(index === 0 ? [] : [[]]), ...checkSection(state, known, check, isOnly, columns, theme)];
      }),
      ...unitSection(state, instance, columns),
      ...logSection(state, instance, columns),
      ...(service === undefined
        ? []
        : [
            ...relationSection(state, service, columns, theme),
            ...unitDriftLines(state, service.unit, instance.node, columns),
            ...stopLines(state, instance, columns),
            ...impactSection(service, columns, theme),
          ]),
    ],
  };
};

/** The instances of a page, one on a line. Where there is little room a reason takes the latency's place. */
const instanceLines = (
  instances: readonly InstanceState[],
  labelOf: (instance: InstanceState) => string,
  columns: number,
  theme: Theme,
): readonly Line[] => {
  const shownOnes =
    instances.length > ALL_SHOWN ? instances.filter((instance) => instance.verdict !== 'ok') : instances;
  const kept = shownOnes.slice(0, ALL_SHOWN);
  const label = Math.max(...kept.map((instance) => width(labelOf(instance))), 6) + 2;
  const lines = kept.map((instance): Line => {
    const { verdict, latencyMs, raft, reason } = instance;
    const words = [raft ?? '', reason].filter((word) => word !== '').join(', ');
    const isWithout = columns < LATENCY_FROM_COLUMNS && reason !== '';
    const latency = latencyMs === undefined ? theme.symbols.none : formatLatency(latencyMs);
    return [
      gap(2),
      seg(theme.glyph(verdict), verdict),
      gap(1),
      field(labelOf(instance), label),
      field(verdict, 9, verdict),
      ...(isWithout ? [] : [field(latency, 7, 'faint', 'right'), gap(2)]),
      seg(words),
    ];
  });
  const wellCount = instances.length - shownOnes.length;
  const rest = shownOnes.length - kept.length;
  return [
    ...lines,
    ...(rest === 0 ? [] : [[gap(4), seg(`${rest} more like these`, 'faint')]]),
    ...(wellCount === 0
      ? []
      : [[gap(2), seg(theme.glyph('ok'), 'ok'), gap(1), seg(`${wellCount} ok`, 'faint')]]),
  ];
};

const servicePage = (state: AppState, service: ServiceState, room: Room, theme: Theme): Page => {
  const { columns } = room;
  const { cluster } = shown(state);
  const known = serviceByName(state.topology, service.name);
  const level = state.topology.levels.find((other) => other.number === known?.level);
  return {
    title: titleOf(known?.title ?? service.name, service.verdict, theme),
    lines: [
      ...labelled('state', service.reason, columns, service.verdict),
      ...sinceLines(state, service.sinceMs, columns),
      ...driftNote(state, known?.unit, undefined, columns),
      ...labelled('is', known?.longName ?? '', columns),
      ...labelled('level', level === undefined ? '' : `${level.number} ${level.title}`, columns),
      ...quorumSection(service, columns),
      ...section('Nodes'),
      ...instanceLines(
        service.instances.flatMap((id) => cluster.instances.get(id) ?? []),
        (instance) => instance.node,
        columns,
        theme,
      ),
      ...(known === undefined
        ? []
        : [
            ...relationSection(state, known, columns, theme),
            ...unitDriftLines(state, known.unit, undefined, columns),
            ...impactSection(known, columns, theme),
            ...topologySection(known, columns),
          ]),
    ],
  };
};

const levelPage = (state: AppState, level: LevelState, room: Room, theme: Theme): Page => {
  const { cluster } = shown(state);
  const known = state.topology.levels.find((other) => other.number === level.number);
  return {
    title: [
      gap(1),
      seg(`Level ${level.number}: ${level.title}`, 'strong'),
      gap(2),
      ...verdictPart(level.verdict, theme),
    ],
    lines: [
      ...paragraph(known?.description ?? '', room.columns),
      ...section('Services'),
      ...level.services.flatMap((name) => {
        const service = cluster.services.get(name);
        if (service === undefined) return [];
        const words: Line = [
          gap(2),
          seg(theme.glyph(service.verdict), service.verdict),
          gap(1),
          field(name, 14),
          field(service.verdict, 9, service.verdict),
          gap(1),
          seg(service.reason),
        ];
        return [words];
      }),
    ],
  };
};

const nodePage = (state: AppState, node: NodeState, room: Room, theme: Theme): Page => {
  const { columns } = room;
  const { cluster, facts, nowMs } = shown(state);
  const known = state.inventory.nodes.find((other) => other.name === node.name);
  const look = facts.units.get(node.name);
  return {
    title: titleOf(`Node ${node.name}`, node.verdict, theme),
    lines: [
      ...labelled('state', node.reason, columns, node.verdict),
      ...sinceLines(state, node.sinceMs, columns),
      ...labelled('address', known?.address ?? '', columns),
      ...labelled('tags', known?.tags.join(', ') ?? '', columns),
      ...section('ssh'),
      ...(node.link.state === 'up'
        ? paragraph(`Connected for ${formatAge(nowMs - node.link.sinceMs)}.`, columns)
        : node.link.state === 'none'
          ? []
          : linkLines(node.link, columns)),
      ...labelled('systemd', [look?.systemVersion, look?.systemState].filter(Boolean).join(', '), columns),
      ...feedSection(state, node, columns),
      ...nodeDriftLines(state, node.name, columns),
      ...section('Services'),
      ...instanceLines(
        (known?.services ?? []).flatMap(
          (service) => cluster.instances.get(instanceId(service, node.name)) ?? [],
        ),
        (instance) => instance.service,
        columns,
        theme,
      ),
    ],
  };
};

/** The page about any subject; a subject that is gone says so. */
export const subjectPage = (state: AppState, id: string | undefined, room: Room, theme: Theme): Page => {
  const now = shown(state);
  const name = id?.slice(id.indexOf(':') + 1) ?? '';
  const instance = instanceOfSubject(now, id);
  if (instance !== undefined) return instancePage(state, instance, room, theme);
  const target = targetOf(id);
  const step = target?.kind === 'step' ? stepPage(state, target, room, theme) : undefined;
  if (step !== undefined) return step;
  const service = now.cluster.services.get(name);
  if (id?.startsWith('service:') && service) return servicePage(state, service, room, theme);
  const node = now.cluster.nodes.get(name);
  if (id?.startsWith('node:') && node) return nodePage(state, node, room, theme);
  const level = now.cluster.levels.find((other) => id === `level:${other.number}`);
  if (level !== undefined) return levelPage(state, level, room, theme);
  return { title: [gap(1), seg('Nothing is selected.', 'faint')], lines: [] };
};

export const detailLines: PagePainter = (state, room, theme) =>
  subjectPage(state, selectedSubject(state), room, theme);
