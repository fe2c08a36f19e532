/** Which items are worth a line: what has changed since it was last told, and at first what stands out. */
import { NOT_SEEN, type WaitItem, type WaitState } from './model.ts';

/** As it was last told, by item. */
export type Told = ReadonlyMap<string, { readonly state: WaitState; readonly count: number }>;

export type WaitChange = WaitItem & { readonly from?: WaitState };

/** Not news when it is the first that is seen of an item. */
const PLAIN: ReadonlySet<WaitState> = new Set(['waiting', 'done', 'ok', 'held', 'reachable', 'absent']);

const keyOf = ({ what, node, name }: WaitItem): string => `${what} ${node ?? ''} ${name}`;

/** Neither news nor taken note of: what is not known, and what is nearly well. A node without answer says why, later. */
const isUntold = ({ state, words }: WaitItem): boolean =>
  state === 'unknown' || state === 'settling' || (state === 'unseen' && words === NOT_SEEN);

/** The changes from `told` to `items`, in the order of the items, and what is told from now on. */
export const changesSince = (
  told: Told,
  items: readonly WaitItem[],
): { readonly changes: readonly WaitChange[]; readonly told: Told } => {
  const next = new Map(told);
  const changes: WaitChange[] = [];
  for (const item of items) {
    const key = keyOf(item);
    if (isUntold(item)) continue;
    const { state, count = 0 } = item;
    const known = told.get(key);
    next.set(key, { state, count });
    const isSame = known?.state === state && known.count === count;
    const isNews = known === undefined ? !PLAIN.has(state) : !isSame && state !== 'waiting';
    if (isNews) changes.push({ ...item, ...(known === undefined ? {} : { from: known.state }) });
  }
  return { changes, told: next };
};
