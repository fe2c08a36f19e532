/** Medians and percentiles, and how they are written down. */

/** The value below which `share` (0 to 1) of the sorted samples lie. */
export const percentile = (samples: readonly number[], share: number): number => {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
};

export const median = (samples: readonly number[]): number => percentile(samples, 0.5);

export type Row = { readonly what: string; readonly value: string };

/** A Markdown table of two columns. */
export const table = (title: string, rows: readonly Row[]): string =>
  [
    `### ${title}`,
    '',
    '| what | value |',
    '|---|---|',
    ...rows.map(({ what, value }) => `| ${what} | ${value} |`),
    '',
  ].join('\n');
