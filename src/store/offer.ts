/** Which instance an action is about when the selected row names one, or leaves no doubt about one. */
import { sentenceList } from '../core/format.ts';
import type { InstanceState, Verdict } from '../core/model/cluster.ts';
import type { InstanceId } from '../core/model/inventory.ts';
import type { TreeRow } from '../core/rows.ts';
import { instanceOfSubject, selectedSubject, treeRowsOf } from './rows.ts';
import { type AppState, type SubjectId, shown, topFrame } from './state.ts';

export type Offer =
  | { readonly kind: 'selected'; readonly instance: InstanceId }
  /** Not selected itself; `why` says why it is the one: "the only one of 3 that is down". */
  | { readonly kind: 'only'; readonly instance: InstanceId; readonly why: string }
  /** Several could be meant: "2 of 3 are down: node02, node03". */
  | { readonly kind: 'several'; readonly words: string }
  | { readonly kind: 'none' };

const LISTED_MAX = 3;

/** Worth a restart, the worst first; what is blocked or out of sight is not mended by one. */
const WORTH: readonly (readonly [readonly Verdict[], string])[] = [
  [['down', 'late'], 'down'],
  [['degraded'], 'degraded'],
];

const among = (all: readonly InstanceState[], name: (instance: InstanceState) => string): Offer => {
  const [first, ...others] = all;
  if (first === undefined) return { kind: 'none' };
  if (others.length === 0) return { kind: 'only', instance: first.id, why: 'the only one' };
  for (const [verdicts, word] of WORTH) {
    const found = all.filter((instance) => verdicts.includes(instance.verdict));
    const [one] = found;
    if (one === undefined) continue;
    const of = `of ${all.length}`;
    if (found.length === 1)
      return { kind: 'only', instance: one.id, why: `the only one ${of} that is ${word}` };
    const names = found.length > LISTED_MAX ? '' : `: ${sentenceList(found.map(name))}`;
    return { kind: 'several', words: `${found.length} ${of} are ${word}${names}` };
  }
  return { kind: 'several', words: `this row stands for ${all.length}` };
};

/** The instances that a filter leaves below the row of a service, when it opened that row itself. */
const filtered = (state: AppState, id: SubjectId): readonly InstanceState[] => {
  if (state.ui.filter.text === '' || topFrame(state.ui).view !== 'tree') return [];
  const rows = treeRowsOf(state);
  const at = rows.findIndex((row) => row.id === id);
  if (rows[at]?.foldable !== false) return [];
  const after = rows.slice(at + 1);
  const end = after.findIndex((row) => row.kind !== 'instance');
  return after
    .slice(0, end < 0 ? after.length : end)
    .flatMap((row: TreeRow) => (row.kind === 'instance' ? [row.instance] : []));
};

/** What an action on the selected row would be about. */
export const offerOf = (state: AppState): Offer => {
  const now = shown(state);
  const id = selectedSubject(state);
  const exact = instanceOfSubject(now, id)?.id;
  if (exact !== undefined) return { kind: 'selected', instance: exact };
  if (id === undefined) return { kind: 'none' };
  const name = id.slice(id.indexOf(':') + 1);
  const all = [...now.cluster.instances.values()];
  if (id.startsWith('service:')) {
    const left = filtered(state, id);
    const [one] = left;
    if (one !== undefined && left.length === 1) {
      return { kind: 'only', instance: one.id, why: 'the only one that the filter shows' };
    }
    return among(
      all.filter((instance) => instance.service === name),
      (instance) => instance.node,
    );
  }
  if (id.startsWith('node:')) {
    return among(
      all.filter((instance) => instance.node === name),
      (instance) => instance.service,
    );
  }
  return { kind: 'none' };
};
