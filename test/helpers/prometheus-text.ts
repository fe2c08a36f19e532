/** A strict reader of the text format, version 0.0.4: what it does not know it refuses. */

export type Sample = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

export type Family = {
  readonly name: string;
  readonly type: 'gauge' | 'counter' | 'histogram';
  readonly help: string;
  readonly samples: readonly Sample[];
};

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/u;
const VALUE = /^(?:[+-]?Inf|NaN|[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/u;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(,|$)/uy;

const labelsOf = (text: string, line: string): Readonly<Record<string, string>> => {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const [, name, value] = LABEL.exec(text) ?? [];
    if (name === undefined || value === undefined) throw new Error(`no label: ${line}`);
    if (Object.hasOwn(labels, name)) throw new Error(`label twice: ${line}`);
    labels[name] = value.replace(/\\([\\"n])/gu, (_, mark) => (mark === 'n' ? '\n' : mark));
  }
  return labels;
};

const sampleOf = (line: string): Sample => {
  const [, name = '', , labels, value = ''] = /^([^\s{]+)(\{(.*)\})? (\S+)$/u.exec(line) ?? [];
  if (!NAME.test(name)) throw new Error(`no sample: ${line}`);
  if (!VALUE.test(value)) throw new Error(`no value: ${line}`);
  return {
    name,
    labels: labels === undefined ? {} : labelsOf(labels, line),
    value: Number(value.replace('Inf', 'Infinity')),
  };
};

const suffixes = { gauge: [''], counter: [''], histogram: ['_bucket', '_sum', '_count'] } as const;

/** Throws at whatever the format does not allow. */
export const readPrometheus = (text: string): ReadonlyMap<string, Family> => {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const families = new Map<string, { name: string; type: Family['type']; help: string; samples: Sample[] }>();
  const seen = new Set<string>();
  let help: { readonly name: string; readonly text: string } | undefined;
  let family: { name: string; type: Family['type']; help: string; samples: Sample[] } | undefined;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, word, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/u.exec(line) ?? [];
    if (word === 'HELP') {
      if (families.has(name)) throw new Error(`${name} is there twice`);
      help = { name, text: rest };
    } else if (word === 'TYPE') {
      if (help?.name !== name || !Object.hasOwn(suffixes, rest))
        throw new Error(`not after its help: ${line}`);
      family = { name, type: rest as Family['type'], help: help.text, samples: [] };
      families.set(name, family);
    } else if (line.startsWith('#')) {
      throw new Error(`a comment that is none of ours: ${line}`);
    } else {
      const sample = sampleOf(line);
      const known: readonly string[] = family === undefined ? [] : suffixes[family.type];
      if (family === undefined || !known.some((end) => sample.name === `${family?.name}${end}`))
        throw new Error(`not of the family above: ${line}`);
      const series = line.slice(0, line.lastIndexOf(' '));
      if (seen.has(series)) throw new Error(`twice: ${series}`);
      seen.add(series);
      family.samples.push(sample);
    }
  }
  return families;
};

/** The value of one series; undefined when there is none. */
export const seriesValue = (
  families: ReadonlyMap<string, Family>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined =>
  families
    .get(name)
    ?.samples.find(
      (sample) =>
        Object.keys(sample.labels).length === Object.keys(labels).length &&
        Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    )?.value;
