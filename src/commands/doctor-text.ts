/** The doctor's findings as text. Pure. */
import stringWidth from 'string-width';
import { formatLatency } from '../core/format.ts';
import { countOf, type Finding, type FindingState, type Section } from './doctor-finding.ts';

const MARKS: Readonly<Record<FindingState, readonly [unicode: string, ascii: string]>> = {
  ok: ['✓', '+'],
  warning: ['!', '!'],
  failed: ['✗', 'X'],
  skipped: ['-', '-'],
};

const TIME_COLUMNS = 8;
const NARROWEST = 40;

export type TextOptions = { readonly ascii: boolean; readonly columns: number };

/** Words in lines of at most so many columns; what is longer than a line is cut into lines. */
const wrapped = (text: string, columns: number): string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (stringWidth(longer) <= columns) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (stringWidth(line) > columns) {
      lines.push(line.slice(0, columns));
      line = line.slice(columns);
    }
  }
  return [...lines, line];
};

const findingLines = (finding: Finding, label: number, { ascii, columns }: TextOptions): string[] => {
  const { check, state, words, ms, remedy } = finding;
  const lead = `  ${MARKS[state][ascii ? 1 : 0]} ${check.padEnd(label)}  `;
  const indent = ' '.repeat(lead.length);
  const room = columns - lead.length - (ms === undefined ? 0 : TIME_COLUMNS);
  const [head = '', ...rest] = wrapped(words, room);
  const time = ms === undefined ? '' : formatLatency(ms).padStart(TIME_COLUMNS);
  const first = time === '' ? head : `${head}${' '.repeat(Math.max(0, room - stringWidth(head)))}${time}`;
  const arrow = ascii ? '-> ' : '→ ';
  const cure = remedy === undefined ? [] : wrapped(remedy, columns - indent.length - arrow.length);
  return [
    `${lead}${first}`.trimEnd(),
    ...rest.map((line) => `${indent}${line}`),
    ...cure.map((line, index) => `${indent}${index === 0 ? arrow : ' '.repeat(arrow.length)}${line}`),
  ];
};

/** A heading and a line for each finding, with its remedy below. */
export const sectionText = ({ title, findings }: Section, options: TextOptions): string => {
  const columns = Math.max(NARROWEST, options.columns);
  const label = Math.max(0, ...findings.map(({ check }) => check.length));
  const lines = findings.flatMap((finding) => findingLines(finding, label, { ...options, columns }));
  return `${[title, ...lines].join('\n')}\n`;
};

/** "36 ok, 1 warning, 2 failed". */
export const summaryText = (sections: readonly Section[]): string => {
  const warnings = countOf(sections, 'warning');
  const left = countOf(sections, 'skipped');
  const parts = [
    `${countOf(sections, 'ok')} ok`,
    ...(warnings === 0 ? [] : [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`]),
    `${countOf(sections, 'failed')} failed`,
    ...(left === 0 ? [] : [`${left} could not be told`]),
  ];
  return `${parts.join(', ')}\n`;
};
