/** The way of a request as a pipe from top to bottom, with a branch for each question on the way. */
import type { PathHop, RequestPath } from '../../core/request-path.ts';
import type { AppState } from '../../store/state.ts';
import { field, gap, type Line, type Segment, seg } from '../paint.ts';
import { width } from '../text.ts';
import type { Theme, Tone } from '../theme.ts';
import { firstFitting, shorter } from './fit.ts';

const hopMark = ({ state, verdict }: PathHop, theme: Theme): Segment =>
  state === 'unwatched' ? seg(theme.symbols.dot, 'faint') : seg(theme.glyph(verdict), verdict);

const titleOf = (state: AppState, name: string): string =>
  state.topology.services.find((service) => service.name === name)?.title ?? name.replaceAll('-', ' ');

/** A stage of the pipe: the hop that hands the request on, and the questions that its receiver asks. */
type Stage = { readonly hop: PathHop; readonly calls: readonly (readonly PathHop[])[] };

/** What the receiver of a question asks in turn. */
const followed = (path: RequestPath, call: PathHop): readonly PathHop[] => {
  const stages = path.hops.filter((one) => one.hop.kind === 'forward').map((one) => one.hop.to);
  const next = path.hops.filter((one) => one.hop.kind === 'call' && one.hop.from === call.hop.to);
  return stages.includes(call.hop.to) ? [call] : [call, ...next];
};

const stagesOf = (path: RequestPath): readonly Stage[] =>
  path.hops
    .filter((one) => one.hop.kind === 'forward')
    .map((hop) => ({
      hop,
      calls: path.hops
        .filter((one) => one.hop.kind === 'call' && one.hop.from === hop.hop.to)
        .map((call) => followed(path, call)),
    }));

type Columns = {
  readonly name: number;
  readonly own: number;
  readonly callee: number;
  readonly rest: number;
};

const MARGIN = 1;
const PIPE_COLUMNS = MARGIN + 5;
const OWN_SHARE = 0.42;

const columnsFor = (state: AppState, path: RequestPath, columns: number): Columns => {
  const widest = (kind: 'forward' | 'call'): number =>
    Math.max(
      0,
      ...path.hops.filter((one) => one.hop.kind === kind).map((one) => width(titleOf(state, one.hop.to))),
    );
  const [name, callee] = [widest('forward') + 1, widest('call') + 1];
  const left = columns - PIPE_COLUMNS - name - 4 - callee;
  const own = Math.max(10, Math.floor(left * OWN_SHARE));
  return { name, own, callee, rest: Math.max(0, left - own) };
};

/** What a hop is for while it passes, and why not when it does not. */
const words = (one: PathHop, purpose: string, columns: number): Segment =>
  one.why === ''
    ? seg(firstFitting([purpose], columns), 'faint')
    : seg(firstFitting(shorter(one.why), columns), one.verdict);

const callPart = (state: AppState, chain: readonly PathHop[], columns: Columns, theme: Theme): Line => {
  const [call, ...next] = chain;
  if (call === undefined) return [];
  const onwards = next.map((one) => ` ${theme.symbols.arrow} ${titleOf(state, one.hop.to)}`).join('');
  const tone = call.reached ? 'plain' : 'faint';
  return [
    seg(`${theme.ascii ? '>' : theme.symbols.arrow} `, tone),
    hopMark(call, theme),
    gap(1),
    field(titleOf(state, call.hop.to), columns.callee, tone),
    words(call, `${call.hop.label}${onwards}`, columns.rest),
  ];
};

const stageLines = (
  state: AppState,
  stage: Stage,
  place: 'first' | 'middle' | 'last',
  columns: Columns,
  theme: Theme,
): readonly Line[] => {
  const { hop, calls } = stage;
  const { branch, corners } = theme.symbols;
  const knee = { first: corners[0], middle: branch.tee, last: branch.end }[place];
  const tone: Tone = hop.reached ? 'plain' : 'faint';
  // Where nothing is asked, the words have the whole line.
  const room = calls.length > 0 ? columns.own - 1 : columns.own + columns.callee + 4 + columns.rest;
  const own = words(hop, hop.hop.role ?? '', room);
  const head: Line = [
    gap(MARGIN),
    seg(`${knee}${hop.reached ? branch.hard : branch.soft} `, tone),
    hopMark(hop, theme),
    gap(1),
    field(titleOf(state, hop.hop.to), columns.name, hop.reached ? 'strong' : 'faint'),
    field(own.text, room, own.tone),
    gap(1),
  ];
  const [first = [], ...others] = calls;
  const under = PIPE_COLUMNS + columns.name + columns.own;
  return [
    [...head, ...callPart(state, first, columns, theme)],
    ...others.map(
      (call): Line => [
        gap(3),
        seg(place === 'last' ? ' ' : branch.down, tone),
        gap(under - 4),
        ...callPart(state, call, columns, theme),
      ],
    ),
  ];
};

/** `roomy` says between the stages what is asked of the next one. */
export const pathLines = (
  state: AppState,
  path: RequestPath,
  columns: number,
  theme: Theme,
  roomy: boolean,
): readonly Line[] => {
  const widths = columnsFor(state, path, columns);
  const stages = stagesOf(path);
  const { branch } = theme.symbols;
  return stages.flatMap((stage, index): readonly Line[] => {
    const { label, port, from } = stage.hop.hop;
    const isFirst = index === 0;
    const between: Line = [
      gap(MARGIN),
      seg(`${branch.down}  `, stage.hop.reached ? 'plain' : 'faint'),
      seg(`${label}${port === undefined ? '' : ` ${port}`}`, 'faint'),
    ];
    const before = roomy ? [...(isFirst ? [[gap(MARGIN), seg(titleOf(state, from))]] : []), between] : [];
    const last = index === stages.length - 1;
    const place = last ? 'last' : isFirst && !roomy ? 'first' : 'middle';
    return [...before, ...stageLines(state, stage, place, widths, theme)];
  });
};

/** The sentence, and what is left on both sides of where a request dies. */
export const pathAnswer = (
  state: AppState,
  path: RequestPath,
  columns: number,
  theme: Theme,
): readonly Line[] => {
  if (path.sentence === '') return [];
  const meanwhile = path.meanwhile.map(({ service, text }) => `${titleOf(state, service)}: ${text}`);
  const room = columns - 16;
  const lines: Line[] = [
    [gap(1), seg(theme.glyph(path.verdict), path.verdict), gap(1), seg(path.sentence, 'strong')],
  ];
  if (meanwhile.length > 0) {
    const few = meanwhile.slice(0, 2).join(' · ');
    const text = firstFitting([meanwhile.join(' · '), few, meanwhile[0] ?? ''], room);
    lines.push([gap(3), field('meanwhile', 12, 'faint'), seg(text)]);
  }
  if (path.diesAt !== undefined) {
    const titles = path.behind.map((name) => titleOf(state, name));
    const text = titles.length === 0 ? 'nothing' : titles.join(', ');
    lines.push([
      gap(3),
      field('behind it', 12, 'faint'),
      seg(titles.length === 0 ? text : `${text} would pass`),
    ]);
  }
  return lines;
};
