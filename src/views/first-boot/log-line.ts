/** The last line in the log of what holds the boot. */
import type { BootProgress } from '../../core/first-boot/model.ts';
import type { NodeName } from '../../core/model/inventory.ts';
import type { LogLine } from '../../core/model/observation.ts';
import type { UnitName } from '../../core/model/topology.ts';
import { bootNodeId, entryId } from '../../store/boot.ts';
import { selectedRow } from '../../store/rows.ts';
import type { AppState } from '../../store/state.ts';
import { journalOf, logOf, logSkewMs, logTime, logTone, skewWords } from '../log-words.ts';
import { gap, type Line, seg } from '../paint.ts';
import type { Room } from '../painter.ts';

type Whose = {
  readonly node: NodeName;
  readonly unit: UnitName;
  /** Empty for what the line above has just named. */
  readonly name: string;
};

/** What the cursor is on, if that is a service or a step; else what holds the cluster, or the node under the cursor. */
const whose = (state: AppState, { heldBy, nodes }: BootProgress): Whose | undefined => {
  const selected = selectedRow(state);
  for (const boot of nodes) {
    const { node } = boot;
    const isNode = bootNodeId(node) === selected;
    const entry = isNode
      ? heldBy === undefined
        ? boot.at
        : undefined
      : boot.entries.find((one) => selected !== undefined && entryId(state, node, one) === selected);
    if (entry === undefined) continue;
    const isHolder = heldBy?.node === node && heldBy.unit === entry.unit;
    return { node, unit: entry.unit, name: isHolder ? '' : `${entry.name} on ${node}: ` };
  }
  return heldBy && { ...heldBy, name: '' };
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
  const { node, unit, name } = subject;
  const lead: Line = compact ? [gap(3)] : [gap(3), seg('log', 'faint'), gap(5)];
  const last = telling(logOf(state, node, unit));
  if (last !== undefined) {
    const skewMs = logSkewMs(state, node);
    const off = skewMs === 0 ? '' : `, ${compact ? '' : 'its clock is '}${skewWords(skewMs)}`;
    return [
      [
        ...lead,
        seg(`${logTime(state, last)}${off}`, 'faint'),
        gap(2),
        seg(`${name}${last.text}`, logTone(last)),
      ],
    ];
  }
  const journal = journalOf(state, node);
  if (journal?.state === 'failed') return [[...lead, seg(`${name}not seen: ${journal.detail}`, 'degraded')]];
  return compact ? [] : [[...lead, seg(`${name}no lines yet`, 'faint')]];
};
