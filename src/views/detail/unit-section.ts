/** What systemd says about an instance's unit, or why we do not know. */
import { formatAge, plural } from '../../core/format.ts';
import type { InstanceState } from '../../core/model/cluster.ts';
import type { LinkState, NodeUnits, UnitFacts } from '../../core/model/observation.ts';
import { type AppState, shown } from '../../store/state.ts';
import type { Line } from '../paint.ts';
import { labelled, labelledItems, paragraph, section } from './page.ts';

/** Since when, by the node's own monotonic clock: its wall clock may be wrong. */
const sinceText = (unit: UnitFacts, look: NodeUnits, nowMs: number): string => {
  const { monotonicMs } = look;
  const at = unit.stateChangeMs ?? unit.activeEnterMs;
  if (monotonicMs === undefined || at === undefined || at === 0) return '';
  return ` for ${formatAge(monotonicMs - at + (nowMs - look.atMs))}`;
};

const exitText = (unit: UnitFacts): string => {
  if (unit.result === 'success' || unit.result === '') return '';
  return unit.exitCode === undefined || unit.exitCode === 0
    ? unit.result
    : `exit ${unit.exitCode} (${unit.result})`;
};

const bootText = ({ unitFile }: UnitFacts): readonly string[] => {
  if (unitFile === undefined || unitFile === '') return [];
  return [unitFile === 'enabled' || unitFile === 'disabled' ? `${unitFile} at boot` : unitFile];
};

const isRunning = ({ active }: UnitFacts): boolean => active === 'active' || active === 'activating';

/** Why there are no unit facts, and what would help. */
export const linkLines = (link: LinkState | undefined, columns: number): readonly Line[] => {
  switch (link?.state) {
    case undefined:
    case 'none':
      return paragraph('No ssh to this node: what systemd says is not known.', columns, 'faint');
    case 'connecting':
      return paragraph('ssh is connecting.', columns, 'starting');
    case 'up':
      return [];
    case 'failed':
      return [
        ...paragraph(`ssh fails: ${link.failure.detail}`, columns, 'degraded'),
        ...paragraph(link.failure.remedy, columns),
      ];
    default:
      return link satisfies never;
  }
};

/** The first-boot steps of the instance's service: without its join, a member stays outside of its cluster. */
const stepLines = (
  state: AppState,
  instance: InstanceState,
  look: NodeUnits,
  columns: number,
): readonly Line[] =>
  state.topology.firstBoot.steps
    .filter((step) => step.service === instance.service)
    .flatMap((step, index) => {
      const unit = look.units.find((other) => other.unit === step.unit);
      if (unit === undefined) return [];
      const failed = exitText(unit);
      const words = [
        step.unit.replace(/\.service$/u, ''),
        `${unit.active} (${unit.sub})${sinceText(unit, look, shown(state).nowMs)}`,
        ...(failed === '' ? [] : [failed]),
      ];
      return labelledItems(index === 0 ? 'first boot' : '', words, columns, failed === '' ? 'plain' : 'down');
    });

/** The section on the unit of one instance. */
export const unitSection = (state: AppState, instance: InstanceState, columns: number): readonly Line[] => {
  const { facts, nowMs } = shown(state);
  const look = facts.units.get(instance.node);
  const { unit } = instance;
  if (unit === undefined || look === undefined) {
    const lines = linkLines(facts.links.get(instance.node), columns);
    return [
      ...section('Unit'),
      ...(lines.length > 0 ? lines : paragraph('systemd was not asked yet.', columns, 'faint')),
    ];
  }
  return [
    ...section('Unit'),
    ...labelledItems('unit', [unit.unit, ...bootText(unit)], columns),
    ...labelledItems(
      'state',
      [
        `${unit.active} (${unit.sub})${sinceText(unit, look, nowMs)}`,
        ...(unit.restarts === undefined ? [] : [plural(unit.restarts, 'restart')]),
        ...(unit.mainPid === undefined || unit.mainPid === 0 ? [] : [`pid ${unit.mainPid}`]),
      ],
      columns,
    ),
    ...labelled('load', unit.load === 'loaded' ? '' : unit.load, columns, 'down'),
    ...labelled('result', exitText(unit), columns, 'down'),
    ...labelled(isRunning(unit) ? 'says' : 'said last', unit.statusText ?? '', columns),
    ...(unit.needsReload
      ? labelled('note', 'its file changed: systemctl daemon-reload', columns, 'degraded')
      : []),
    ...stepLines(state, instance, look, columns),
    ...labelled('looked at', `${formatAge(nowMs - look.atMs)} ago`, columns, 'faint'),
  ];
};
