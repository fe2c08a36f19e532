/** Where the cursor is in a list whose rows come and go: pure arithmetic on ids. */
import type { Anchor, SubjectId } from './state.ts';

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

/** The row that holds this one: an instance's service. Undefined when no row does. */
export const parentOf = (id: SubjectId): SubjectId | undefined => {
  const match = /^instance:([^@]+)@/u.exec(id);
  return match?.[1] === undefined ? undefined : `service:${match[1]}`;
};

/** The first row worth standing on: a level's heading is only reached by going there. */
const firstOf = (ids: readonly SubjectId[]): number =>
  Math.max(
    0,
    ids.findIndex((id) => !id.startsWith('level:') && !id.startsWith('tag:')),
  );

/** Nothing is known or done about a tag: no cursor stands on it. Below each is a node. */
export const offHeading = (ids: readonly SubjectId[], index: number, by = 1): number => {
  if (ids[index]?.startsWith('tag:') !== true) return index;
  return by < 0 && index > 0 ? index - 1 : index + 1;
};

/**
 * The index of the row under the cursor: the anchored row itself, else the row that holds it, else the row that
 * took its place. -1 only when there are no rows.
 */
export const locate = (ids: readonly SubjectId[], anchor: Anchor | undefined): number => {
  if (ids.length === 0) return -1;
  if (anchor === undefined) return firstOf(ids);
  const exact = ids.indexOf(anchor.id);
  if (exact >= 0) return exact;
  const parent = parentOf(anchor.id);
  const held = parent === undefined ? -1 : ids.indexOf(parent);
  return held >= 0 ? held : offHeading(ids, clamp(anchor.index, 0, ids.length - 1));
};

/** The first shown row, such that row `index` is in sight: the old place when possible, the nearest otherwise. */
export const follow = (scroll: number, index: number, height: number, count: number): number => {
  const last = Math.max(0, count - height);
  if (height <= 0) return 0;
  const top = clamp(scroll, 0, last);
  if (index < 0) return top;
  if (index < top) return index;
  return index >= top + height ? Math.min(last, index - height + 1) : top;
};
