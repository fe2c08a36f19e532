/** To the next row that is not well: in the tree, among the nodes, and in a boot also below a node that is folded. */
import type { BootEntry, BootState } from '../core/first-boot/model.ts';
import type { Verdict } from '../core/model/cluster.ts';
import { worst } from '../core/rollup.ts';
import { nextPlace, nextProblem, type Place } from '../core/rows.ts';
import { bootLines, bootNodeId, bootOf, driftId, entryId, unfoldBoot } from './boot.ts';
import { selectId } from './move.ts';
import { type Outcome, only, withUi } from './outcome.ts';
import { nodeRowsOf, selectedRow, treeRowsOf } from './rows.ts';
import { type AppState, shown, topFrame } from './state.ts';

const VERDICTS: Readonly<Record<BootState, Verdict | undefined>> = {
  failed: 'down',
  late: 'late',
  'left-behind': 'blocked',
  unknown: 'unknown',
  waiting: undefined,
  starting: undefined,
  done: undefined,
};

const placeOf = (id: string, entries: readonly Pick<BootEntry, 'state'>[]): Place => {
  const verdicts = entries.flatMap(({ state }) => VERDICTS[state] ?? []);
  return {
    id,
    verdict: verdicts.length === 0 ? undefined : worst(verdicts),
    isCause: entries.some(({ state }) => state === 'failed'),
  };
};

/** With the cursor there; undefined where nothing holds the boot up but time. */
const atBootProblem = (state: AppState, from: string | undefined): AppState | undefined => {
  const { past, drift, nodes } = bootOf(state);
  if (past) {
    const id = nextPlace(
      drift.map((row) => placeOf(driftId(row), row.undone === undefined ? [] : [row.undone])),
      from,
    );
    return id === undefined ? undefined : selectId(state, id);
  }
  const places = nodes.flatMap((boot) => {
    const lines = state.ui.compact
      ? []
      : bootLines(state, boot).flatMap((entry) => {
          const id = entryId(state, boot.node, entry);
          return id === undefined ? [] : [{ entry, id }];
        });
    // What has no line of its own is told by its node's.
    const rest = boot.entries.filter((entry) => !lines.some((line) => line.entry === entry));
    const own = [placeOf(bootNodeId(boot.node), rest), ...lines.map(({ entry, id }) => placeOf(id, [entry]))];
    return own.map((place) => ({ ...place, node: boot.node }));
  });
  const id = nextPlace(places, from);
  const node = places.find((place) => place.id === id)?.node;
  if (id === undefined || node === undefined) return undefined;
  return selectId(id === bootNodeId(node) ? state : withUi(state, { unfolded: unfoldBoot(state, node) }), id);
};

const at = (state: AppState, id: string | undefined): AppState | undefined =>
  id === undefined ? undefined : selectId(state, id);

const atBrokenNode = (state: AppState, from: string | undefined): AppState | undefined =>
  at(
    state,
    nextPlace(
      nodeRowsOf(state).flatMap((row) => {
        if (row.kind === 'tag') return [];
        const { name, verdict } = row.node;
        const isCause = shown(state).cluster.causes.some(({ nodes }) => nodes.includes(name));
        return { id: row.id, verdict, isCause };
      }),
      from,
    ),
  );

export const goToNextProblem = (state: AppState): Outcome => {
  const from = selectedRow(state);
  const { view } = topFrame(state.ui);
  const there =
    view === 'nodes'
      ? atBrokenNode(state, from)
      : view === 'first-boot'
        ? atBootProblem(state, from)
        : at(state, nextProblem(treeRowsOf(state), from, shown(state).cluster.causes));
  return there === undefined ? { ...only(state), notice: 'nothing is broken here' } : only(there);
};
