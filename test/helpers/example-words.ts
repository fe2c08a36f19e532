/** Takes an example of the command table apart as a shell would: enough of it for what they use. */

/** The words of each command of a line: `a 'b c' | d && e > f` are three and a file. Throws at an open quote. */
export const commandsOf = (line: string): readonly (readonly string[])[] => {
  const found: string[][] = [[]];
  let word: string | undefined;
  let quote = '';
  const endWord = (): void => {
    if (word !== undefined) found.at(-1)?.push(word);
    word = undefined;
  };
  for (const char of line) {
    if (quote !== '') {
      if (char === quote) quote = '';
      else word = `${word ?? ''}${char}`;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (char === ' ') endWord();
    else if ('|&<>()'.includes(char)) {
      endWord();
      if (found.at(-1)?.length !== 0) found.push([]);
    } else word = `${word ?? ''}${char}`;
  }
  if (quote !== '') throw new Error(`an open ${quote} in: ${line}`);
  endWord();
  return found;
};
