/** What an operator types to see less: words that must all be there, `@word` for a tag of the node. */

/** `tags`: those of the nodes that it is about. */
export type Filter = (text: string, tags?: readonly string[]) => boolean;

/** Case does not matter; a tag need not be typed to its end. Undefined: nothing is asked for. */
export const filterOf = (typed: string): Filter | undefined => {
  const words = typed
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '');
  if (words.length === 0) return undefined;
  return (text, tags = []) => {
    const hay = text.toLowerCase();
    return words.every(
      (word) =>
        hay.includes(word) ||
        (word.startsWith('@') && tags.some((tag) => tag.toLowerCase().startsWith(word.slice(1)))),
    );
  };
};
