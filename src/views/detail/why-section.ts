/** Why an instance is not well: from the effect back to the cause; of a cause, what hangs on it. */
import { evidenceOf } from '../../core/cause/evidence.ts';
import { explainsWords, giveOf } from '../../core/cause/words.ts';
import { formatClock } from '../../core/format.ts';
import type { RootCause } from '../../core/model/cause.ts';
import type { InstanceState } from '../../core/model/cluster.ts';
import { type AppState, shown } from '../../store/state.ts';
import { gap, type Line, seg } from '../paint.ts';
import { wrap } from '../text.ts';
import type { Theme } from '../theme.ts';
import { labelled, paragraph, section } from './page.ts';

const changedText = ({ changed }: RootCause, utcOffsetMinutes: number): string =>
  `${formatClock((changed.fromMs + changed.toMs) / 2, utcOffsetMinutes)} ± ${giveOf(changed)} s`;

/** What does not fit together, whether or not anything is wrong. */
const contradictionLines = (state: AppState, instance: InstanceState, columns: number): readonly Line[] =>
  shown(state)
    .cluster.contradictions.filter(({ instances }) => instances.includes(instance.id))
    .flatMap(({ words }) => paragraph(`${words}.`, columns, 'degraded'));

const chainLines = (
  state: AppState,
  instance: InstanceState,
  columns: number,
  theme: Theme,
): readonly Line[] => {
  const { cluster, facts } = shown(state);
  const chain = evidenceOf({ topology: state.topology, cluster, facts }, instance.id);
  // A cause alone says no more than its state does.
  if (chain.length === 1 && chain[0]?.words === instance.reason) return [];
  const mark = theme.symbols.because;
  const indent = mark.length + 1;
  return chain.flatMap(({ subject, words, cause }, index) =>
    wrap(`${subject}: ${words}`, columns - indent - 3).map(
      (text, line): Line => [
        gap(2),
        index > 0 && line === 0 ? seg(mark, 'faint') : gap(mark.length),
        gap(1),
        seg(text, cause === undefined ? 'plain' : 'down'),
      ],
    ),
  );
};

/** Nothing for an instance that is well and contradicts nobody. */
export const whySection = (
  state: AppState,
  instance: InstanceState,
  columns: number,
  theme: Theme,
): readonly Line[] => {
  const cause = shown(state).cluster.causes.find(({ id }) => id === instance.because);
  const lines = [
    ...chainLines(state, instance, columns, theme),
    ...(cause?.subjects.includes(instance.id) === true
      ? [
          ...labelled('explains', explainsWords(cause), columns),
          ...labelled('changed', changedText(cause, state.utcOffsetMinutes), columns),
        ]
      : []),
    ...contradictionLines(state, instance, columns),
  ];
  return lines.length === 0 ? [] : [...section('Why'), ...lines];
};
