/** The home screen of a healthy demo: what any two consoles of one cluster have in common, in any terminal. */

/** All of it, from its answer to its last line. */
export const HOME = /All 9 services on 3 nodes are\s+healthy.*? help\n*$/s;

/** The screen without its times. */
export const withoutTimes = (text: string): string =>
  text
    .replace(/\d\d:\d\d:\d\d +live +\S+ \S+/, 'TIME')
    .replace(/\d+(?:\.\d+)? m?s */g, '# ms ')
    .trimEnd();
