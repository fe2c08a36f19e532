/** Nodes view: every service on every node, one mark or word per cell, and how we reach the node. */
import { plural } from '../../core/format.ts';
import type { NodeState } from '../../core/model/cluster.ts';
import { type ClusterNode, instanceId } from '../../core/model/inventory.ts';
import type { Service } from '../../core/model/topology.ts';
import { keyLabel } from '../../keys/bindings.ts';
import { nodeRowsOf, selectedRow, selectedSubject, type TagRow } from '../../store/rows.ts';
import { follow } from '../../store/selection.ts';
import { type AppState, shown, topFrame } from '../../store/state.ts';
import { subjectPage } from '../detail/detail-lines.ts';
import { emptyLines } from '../empty.ts';
import { field, gap, type Line, lineWidth, seg } from '../paint.ts';
import type { ListPainter, Room } from '../painter.ts';
import { clip, width } from '../text.ts';
import type { Theme } from '../theme.ts';
import { countsLine, linkWord } from '../verdict-words.ts';

type Columns = {
  readonly name: number;
  readonly state: number;
  readonly link: number;
  readonly cell: number;
};

const NAME_MAX = 18;
/** From here on a cell shows words beside its mark. */
const WORDS_FROM = 8;
const CELL_MAX = 12;
/** Fewer rows than this say too little of a page. */
const PAGE_FROM_ROWS = 6;

/** Column widths; the name, state and link come first, the services share the rest. */
const nodeColumns = (state: AppState, room: Room): Columns => {
  const longest = Math.max(4, ...state.inventory.nodes.map((node) => width(node.name)));
  const name = Math.min(room.compact ? 10 : NAME_MAX, longest);
  const fixed = room.compact ? { name, state: 2, link: 0 } : { name, state: 11, link: 10 };
  const left = room.columns - 1 - name - 1 - fixed.state - fixed.link;
  const cell = Math.floor(left / Math.max(1, state.topology.services.length));
  return { ...fixed, cell: Math.min(CELL_MAX, Math.max(2, cell)) };
};

/** From here on a title that is too long is cut; in fewer columns that would say nothing. */
const CUT_FROM = 7;

/**
 * Titles in few letters, no two alike: FDNS for FlashDNS by its capitals and digits, else its first letters. Where
 * even those are too many, the first and another one.
 */
const shortTitles = (titles: readonly string[], columns: number): readonly string[] => {
  if (columns >= CUT_FROM) return titles.map((title) => clip(title, columns));
  const taken = new Set<string>();
  return titles.map((title) => {
    const capitals = title.replace(/[^\p{Lu}\d]/gu, '');
    const letters = capitals.length >= 2 ? capitals : title;
    const others = [...letters.slice(1), ...title.slice(1)].map(
      (letter) => `${letters.slice(0, 1)}${letter}`,
    );
    const tries =
      width(title) <= columns ? [title] : [letters.slice(0, columns), ...(columns < 2 ? [] : others)];
    const short = tries.find((one) => !taken.has(one)) ?? tries[0] ?? '';
    taken.add(short);
    return short.slice(0, Math.max(1, columns));
  });
};

const heading = (state: AppState, columns: Columns): Line => {
  const { services } = state.topology;
  const titles = shortTitles(
    services.map((service) => service.title),
    columns.cell - 1,
  );
  return [
    gap(1),
    field('NODE', columns.name + 1, 'column'),
    field(columns.state > 2 ? 'STATE' : '', columns.state, 'column'),
    field(columns.link > 0 ? 'SSH' : '', columns.link, 'column'),
    ...services.map((service, index) => {
      const isCursor = topFrame(state.ui).column === service.name;
      return field(titles[index] ?? '', columns.cell, isCursor ? 'key' : 'column');
    }),
  ];
};

const cellPart = (
  state: AppState,
  node: ClusterNode,
  service: Service,
  columns: Columns,
  isCursor: boolean,
  theme: Theme,
): Line => {
  const instance = shown(state).cluster.instances.get(instanceId(service.name, node.name));
  if (instance === undefined) return [field(theme.symbols.dot, columns.cell, 'faint')];
  const { verdict } = instance;
  const isMarked = state.ui.marks.has(instance.id);
  const mark = `${theme.glyph(verdict)}${isMarked ? theme.symbols.mark : ''}`;
  const text = columns.cell >= WORDS_FROM && verdict !== 'blocked' ? `${mark} ${instance.word}` : mark;
  return [field(text, columns.cell - 1, isCursor ? 'cursor' : verdict), gap(1)];
};

const nodeLine = (
  state: AppState,
  node: NodeState,
  columns: Columns,
  isSelected: boolean,
  theme: Theme,
): Line => {
  const { column } = topFrame(state.ui);
  const known = state.inventory.nodes.find((other) => other.name === node.name);
  const { news, rights } = shown(state).facts;
  const [link, linkTone] = linkWord(node.link, news.get(node.name), rights.get(node.name));
  const word = node.reachable ? node.verdict : 'no reply';
  const onNode = isSelected && column === undefined;
  return [
    seg(isSelected ? theme.symbols.cursor : ' ', 'key'),
    field(node.name, columns.name, onNode ? 'cursor' : 'plain'),
    gap(1),
    seg(theme.glyph(node.verdict), node.verdict),
    gap(1),
    field(columns.state > 2 ? word : '', columns.state - 2, node.verdict),
    field(columns.link > 0 ? link : '', columns.link, linkTone),
    ...(known === undefined
      ? []
      : state.topology.services.flatMap((service) =>
          cellPart(state, known, service, columns, isSelected && column === service.name, theme),
        )),
  ];
};

/** A tag with how many of its nodes are well; a long one gives way to the numbers. */
const tagLine = ({ words, nodes, counts }: TagRow, columns: number, theme: Theme): Line => {
  const numbers: Line = [gap(2), seg(plural(nodes, 'node'), 'faint'), gap(2), ...countsLine(counts, theme)];
  return [gap(1), seg(clip(words, Math.max(4, columns - 1 - lineWidth(numbers))), 'strong'), ...numbers];
};

export const nodesLines: ListPainter = (state, room, theme) => {
  const rows = nodeRowsOf(state);
  const columns = nodeColumns(state, room);
  if (rows.length === 0) return [heading(state, columns), ...emptyLines(state, theme, 'No nodes.')];
  const selected = selectedRow(state);
  const index = rows.findIndex((row) => row.id === selected);
  const height = room.rows - 1;
  const followed = follow(topFrame(state.ui).scroll, index, height, rows.length);
  // The tag of the first node stays in sight with it.
  const isHeaded = rows[followed - 1]?.kind === 'tag' && index < followed + height - 1;
  const top = isHeaded ? followed - 1 : followed;
  const list = [
    heading(state, columns),
    ...rows
      .slice(top, top + height)
      .map((row) =>
        row.kind === 'tag'
          ? tagLine(row, room.columns, theme)
          : nodeLine(state, row.node, columns, row.id === selected, theme),
      ),
  ];
  return [...list, ...pageBelow(state, { ...room, rows: room.rows - list.length }, theme)];
};

/** With few nodes there is room below for the page of what is selected. */
const pageBelow = (state: AppState, room: Room, theme: Theme): readonly Line[] => {
  if (room.rows < PAGE_FROM_ROWS) return [];
  const { title, lines } = subjectPage(state, selectedSubject(state), room, theme);
  const page = [[], title, ...lines];
  if (page.length <= room.rows) return page;
  const more = plural(page.length - room.rows + 1, 'more line');
  const key = keyLabel(state, 'open', theme.ascii);
  return [
    ...page.slice(0, room.rows - 1),
    [gap(2), seg(key === undefined ? more : `${more}: ${key}`, 'faint')],
  ];
};
