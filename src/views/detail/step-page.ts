/** The page about a first-boot step on one node: how it stands, what it waits for, and what waits for it. */
import { unitWord } from '../../core/action-name.ts';
import type { BootEntry } from '../../core/first-boot/model.ts';
import { formatTook } from '../../core/format.ts';
import { requiredBy, stepByName } from '../../core/graph.ts';
import type { ActionTarget } from '../../core/model/action.ts';
import { bootOf } from '../../store/boot.ts';
import type { AppState } from '../../store/state.ts';
import { bootMark, bootTone } from '../first-boot/boot-words.ts';
import { gap, type Line, seg } from '../paint.ts';
import type { Room } from '../painter.ts';
import type { Theme } from '../theme.ts';
import { unitDriftLines } from './drift-section.ts';
import { unitLog } from './log-section.ts';
import { labelled, labelledLine, section } from './page.ts';

type Page = { readonly title: Line; readonly lines: readonly Line[] };

const timeWords = ({ elapsedMs, documentedMs }: BootEntry): string =>
  [
    elapsedMs === undefined ? '' : formatTook(elapsedMs),
    documentedMs === undefined ? '' : `documented ${formatTook(documentedMs)}`,
  ]
    .filter((part) => part !== '')
    .join(', ');

/** Undefined when the node has no such step. */
export const stepPage = (
  state: AppState,
  target: Extract<ActionTarget, { readonly kind: 'step' }>,
  { columns }: Room,
  theme: Theme,
): Page | undefined => {
  const step = stepByName(state.topology, target.step);
  const boot = bootOf(state).nodes.find((one) => one.node === target.node);
  const entryOf = (unit: string): BootEntry | undefined => boot?.entries.find((one) => one.unit === unit);
  const entry = step && entryOf(step.unit);
  if (step === undefined || entry === undefined) return undefined;
  const relation = (label: string, units: readonly string[]): readonly Line[] =>
    units.flatMap((unit, index): Line[] => {
      const other = entryOf(unit);
      if (other === undefined) return [];
      const words = other.state === 'done' ? '' : other.words || other.state;
      return [
        labelledLine(index === 0 ? label : '', [
          bootMark(other.state, theme),
          gap(1),
          seg(other.name),
          ...(words === '' ? [] : [gap(2), seg(words, bootTone(other.state))]),
        ]),
      ];
    });
  const required = requiredBy(state.topology, step.unit);
  return {
    title: [
      gap(1),
      seg(`${step.name} on ${target.node}`, 'strong'),
      gap(2),
      bootMark(entry.state, theme),
      gap(1),
      seg(entry.state, bootTone(entry.state)),
    ],
    lines: [
      ...labelled('state', entry.words, columns, entry.state === 'done' ? 'plain' : bootTone(entry.state)),
      ...labelled('took', timeWords(entry), columns),
      ...labelled('is', `${step.title}, a first-boot step`, columns),
      ...step.does.flatMap((text, index) => labelled(index === 0 ? 'does' : '', text, columns)),
      ...labelled('unit', `${step.unit}, type ${step.type}`, columns),
      ...unitLog(state, target.node, step.unit, columns),
      ...section('Depends'),
      ...relation('requires', step.requires),
      ...relation('required by', required),
      ...labelled(
        'comes after',
        step.after
          .filter((unit) => !step.requires.includes(unit))
          .map(unitWord)
          .join(', '),
        columns,
      ),
      ...unitDriftLines(state, step.unit, target.node, columns),
    ],
  };
};
