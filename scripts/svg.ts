/** Draws a terminal emulator's screen as an SVG: text stays text, colours stay colours. */
import type { IBufferCell, Terminal } from '@xterm/headless';

const CELL = { width: 8.4, height: 18, font: 14 } as const;
const MARGIN = 14;
const BACKGROUND = '#14161b';
const FOREGROUND = '#d6d8de';

/** The 16 colours of the picture's own terminal theme. */
const ANSI = [
  ...['#1d2026', '#e5534b', '#3fb68b', '#e0a83c', '#5b9df5', '#b98be0', '#45b8c4', '#d6d8de'],
  ...['#7d838f', '#ff7b72', '#56d4a5', '#f2c55c', '#79b8ff', '#d2a8ff', '#66d9e8', '#ffffff'],
];

const hex = (value: number): string => `#${value.toString(16).padStart(6, '0')}`;

const indexed = (index: number): string => {
  if (index < 16) return ANSI[index] ?? FOREGROUND;
  if (index >= 232) return hex((8 + (index - 232) * 10) * 0x010101);
  const level = (part: number): number => (part === 0 ? 0 : 55 + part * 40);
  const cube = index - 16;
  return hex(level(Math.floor(cube / 36)) * 65536 + level(Math.floor(cube / 6) % 6) * 256 + level(cube % 6));
};

type Style = {
  readonly fill: string;
  readonly back: string | undefined;
  readonly bold: boolean;
  readonly dim: boolean;
};

const styleOf = (cell: IBufferCell): Style => {
  const front = cell.isFgRGB()
    ? hex(cell.getFgColor())
    : cell.isFgPalette()
      ? indexed(cell.getFgColor())
      : FOREGROUND;
  const back = cell.isBgRGB()
    ? hex(cell.getBgColor())
    : cell.isBgPalette()
      ? indexed(cell.getBgColor())
      : undefined;
  const inverse = cell.isInverse() !== 0;
  return {
    fill: inverse ? (back ?? BACKGROUND) : front,
    back: inverse ? front : back,
    bold: cell.isBold() !== 0,
    dim: cell.isDim() !== 0,
  };
};

const escaped = (text: string): string =>
  text.replace(/[&<>]/g, (found) => (found === '&' ? '&amp;' : found === '<' ? '&lt;' : '&gt;'));

/** The visible screen of `terminal` as one SVG document; `title` is for screen readers. */
export const screenToSvg = (terminal: Terminal, title: string): string => {
  const buffer = terminal.buffer.active;
  const width = terminal.cols * CELL.width + 2 * MARGIN;
  const height = terminal.rows * CELL.height + 2 * MARGIN;
  const parts: string[] = [];
  for (let row = 0; row < terminal.rows; row++) {
    const line = buffer.getLine(buffer.viewportY + row);
    const y = MARGIN + row * CELL.height;
    let run: { text: string; start: number; width: number; style: Style } | undefined;
    const flush = (): void => {
      if (!run) return;
      const x = (MARGIN + run.start * CELL.width).toFixed(1);
      const length = (run.width * CELL.width).toFixed(1);
      const { fill, back, bold, dim } = run.style;
      if (back)
        parts.push(`<rect x="${x}" y="${y}" width="${length}" height="${CELL.height}" fill="${back}"/>`);
      if (run.text.trim()) {
        const weight = bold ? ' font-weight="700"' : '';
        const faint = dim ? ' opacity="0.6"' : '';
        parts.push(
          `<text x="${x}" y="${y + 13}" fill="${fill}" textLength="${length}"${weight}${faint}>${escaped(run.text)}</text>`,
        );
      }
      run = undefined;
    };
    for (let column = 0; column < terminal.cols; column++) {
      const cell = line?.getCell(column);
      if (!cell || cell.getWidth() === 0) continue;
      const style = styleOf(cell);
      const same = run && JSON.stringify(run.style) === JSON.stringify(style);
      if (!same) flush();
      run ??= { text: '', start: column, width: 0, style };
      run.text += cell.getChars() || ' ';
      run.width += cell.getWidth();
    }
    flush();
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">
<title>${escaped(title)}</title>
<rect width="100%" height="100%" rx="8" fill="${BACKGROUND}"/>
<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${CELL.font}" xml:space="preserve">
${parts.join('\n')}
</g>
</svg>
`;
};
