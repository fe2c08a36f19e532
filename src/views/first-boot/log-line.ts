/** The last line in the log of what holds the boot. */
import type { BootProgress } from '../../core/first-boot/model.ts';
import type { LogLine } from '../../core/model/observation.ts';
import { bootNodeId } from '../../store/boot.ts';
import { selectedRow } from '../../store/rows.ts';
import type { AppState } from '../../store/state.ts';
import { journalOf, logOf, logTime, logTone } from '../log-words.ts';
import { gap, type Line, seg } from '../paint.ts';
import type { Room } from '../painter.ts';

type Whose = { readonly node: string; readonly unit: string };

/** What holds the cluster; else what the selected node is at. */
const whose = (state: AppState, { heldBy, nodes }: BootProgress): Whose | undefined => {
  if (heldBy !== undefined) return heldBy;
  const { node, at } = nodes.find((one) => bootNodeId(one.node) === selectedRow(state)) ?? {};
  return node === undefined || at === undefined ? undefined : { node, unit: at.unit };
};

/** The unit's own last words in its present run say more than systemd's about it. */
const telling = (lines: readonly LogLine[]): LogLine | undefined => {
  const last = lines.at(-1);
  return lines.findLast(({ from, invocation }) => from === 'unit' && invocation === last?.invocation) ?? last;
};

/** Nothing while there is nothing to be followed; one line from the first to the last moment of a boot. */
export const logLine = (state: AppState, progress: BootProgress, { compact }: Room): readonly Line[] => {
  const subject = whose(state, progress);
  if (subject === undefined || subject.unit.endsWith('.target')) return [];
  const { node, unit } = subject;
  const lead: Line = compact ? [gap(3)] : [gap(3), seg('log', 'faint'), gap(5)];
  const last = telling(logOf(state, node, unit));
  if (last !== undefined) {
    return [[...lead, seg(logTime(state, last), 'faint'), gap(2), seg(last.text, logTone(last))]];
  }
  const journal = journalOf(state, node);
  if (journal?.state === 'failed') return [[...lead, seg(`not seen: ${journal.detail}`, 'degraded')]];
  return compact ? [] : [[...lead, seg('no lines yet', 'faint')]];
};
