/** What systemd says about an instance's unit, or why we do not know. */
import { formatAge, plural } from '../../core/format.ts';
import type { InstanceState, StepState } from '../../core/model/cluster.ts';
import type { LinkState, NodeUnits, UnitFacts } from '../../core/model/observation.ts';
import { lastingNotes, loadFault } from '../../core/unit-notes.ts';
import { contradiction } from '../../core/unit-verdict.ts';
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

/** How a step is wrong, beside its state: "exit 1 (exit-code) · 5 restarts", "left behind", "behind chainfire". */
const wrongWords = (step: StepState, unit: UnitFacts): readonly string[] => {
  switch (step.state) {
    case 'failed': {
      const exit = exitText(unit);
      const restarts = unit.restarts ?? 0;
      return [exit === '' ? step.reason : exit, ...(restarts > 0 ? [plural(restarts, 'restart')] : [])];
    }
    case 'left-behind':
      return [step.reason];
    case 'held':
      return step.by === undefined ? [] : [`behind ${step.by.replace(/\.service$/u, '')}`];
    default:
      return step.state satisfies never;
  }
};

/** What to run for a step: empty where something else is to be repaired first, or systemd tries again by itself. */
const stepRepair = (state: AppState, step: StepState, unit: UnitFacts): string => {
  const fault = loadFault(unit);
  if (fault !== undefined) return fault.advice;
  if (step.state === 'left-behind') return `systemctl start ${state.topology.firstBoot.ready.unit}`;
  return unit.active === 'failed'
    ? `systemctl reset-failed ${step.unit}, then systemctl restart it once its cause is gone`
    : '';
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
      const wrong = shown(state)
        .cluster.nodes.get(instance.node)
        ?.steps.find((other) => other.unit === step.unit);
      const words = [
        step.unit.replace(/\.service$/u, ''),
        ...(unit.load === 'not-found'
          ? ['not on this node']
          : [`${unit.active} (${unit.sub})${sinceText(unit, look, shown(state).nowMs)}`]),
        ...(wrong === undefined ? [] : wrongWords(wrong, unit)),
      ];
      const tone = wrong === undefined ? 'plain' : wrong.state === 'failed' ? 'down' : 'degraded';
      return [
        ...labelledItems(index === 0 ? 'first boot' : '', words, columns, tone),
        ...labelled('repair', wrong === undefined ? '' : stepRepair(state, wrong, unit), columns, 'strong'),
      ];
    });

/** What to do about a unit that was left behind, or that waits for a step that was not done. */
const repairLines = (state: AppState, instance: InstanceState, columns: number): readonly Line[] => {
  const { left } = instance;
  if (left === undefined) return [];
  const target = state.topology.firstBoot.ready.unit;
  const after = left.after.replace(/\.service$/u, '');
  return [
    ...labelled(
      'why',
      `it went down with ${after}, which came back alone; no job starts it`,
      columns,
      'down',
    ),
    ...labelled('repair', `systemctl start ${target}: starts whatever is not up`, columns, 'strong'),
  ];
};

/** What systemd holds against the unit's file, or against an endpoint that answers. */
const noteLines = (instance: InstanceState, unit: UnitFacts, columns: number): readonly Line[] => {
  const fault = loadFault(unit);
  const against = instance.verdict === 'ok' ? contradiction(unit) : '';
  return [
    ...labelled('load', fault === undefined ? '' : `${unit.load}: ${fault.words}`, columns, 'down'),
    ...labelled('repair', fault?.advice ?? '', columns, 'strong'),
    ...labelled('note', against, columns, 'degraded'),
    ...(fault === undefined ? lastingNotes(unit) : []).flatMap(({ advice }) =>
      labelled('note', advice, columns, 'degraded'),
    ),
  ];
};

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
    ...repairLines(state, instance, columns),
    ...noteLines(instance, unit, columns),
    ...labelled('result', exitText(unit), columns, 'down'),
    ...labelled(isRunning(unit) ? 'says' : 'said last', unit.statusText ?? '', columns),
    ...stepLines(state, instance, look, columns),
    ...labelled('looked at', `${formatAge(nowMs - look.atMs)} ago`, columns, 'faint'),
  ];
};
