/** The real screen in a real terminal emulator: Ink writes into xterm, and tests read cells. */
import { EventEmitter } from 'node:events';
import xterm from '@xterm/headless';
import { render } from 'ink';
import type { AppStore } from '../../src/store/store.ts';
import { App } from '../../src/views/App.tsx';
import type { ThemeOptions } from '../../src/views/theme.ts';
import { waitFor } from './wait-for.ts';

export type Cell = {
  readonly text: string;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly inverse: boolean;
  /** The colour's number as xterm keeps it; undefined for the default colour. */
  readonly color: number | undefined;
};

export type Screen = {
  /** The rows as text, without trailing blanks. */
  readonly lines: () => readonly string[];
  readonly text: () => string;
  readonly cell: (row: number, column: number) => Cell;
  /** The first cell of the first occurrence of the text on screen. */
  readonly find: (text: string) => Cell;
  /** Types the bytes in one chunk and waits until they are drawn. */
  readonly press: (bytes: string) => Promise<void>;
  readonly resize: (columns: number, rows: number) => Promise<void>;
  /** Waits until everything that happened is on the screen. */
  readonly settle: () => Promise<void>;
  /** True when a line was wider than the terminal or there were more lines than rows. */
  readonly overflowed: () => boolean;
  /** How often Ink has serialised the frame so far. */
  readonly frames: () => number;
  /** Waits until the text is on the screen: a lone escape, for one, is only known as such after a while. */
  readonly until: (text: string) => Promise<void>;
  readonly close: () => void;
};

class FakeOutput extends EventEmitter {
  readonly isTTY = true;
  columns: number;
  rows: number;
  readonly #terminal: xterm.Terminal;

  constructor(terminal: xterm.Terminal) {
    super();
    this.#terminal = terminal;
    this.columns = terminal.cols;
    this.rows = terminal.rows;
  }

  write(data: string, callback?: () => void): boolean {
    this.#terminal.write(data, callback);
    return true;
  }

  getColorDepth(): number {
    return 24;
  }
}

class FakeInput extends EventEmitter {
  readonly isTTY = true;
  #queue: string[] = [];

  setRawMode(): void {}
  setEncoding(): void {}
  ref(): void {}
  unref(): void {}
  resume(): void {}
  pause(): void {}

  read(): string | null {
    return this.#queue.shift() ?? null;
  }

  type(bytes: string): void {
    this.#queue.push(bytes);
    this.emit('readable');
    this.emit('data', bytes);
  }
}

const PLAIN: ThemeOptions = { ascii: false, color: 'truecolor' };

/** Mounts the console over the store in a terminal of this size. */
export const openScreen = async (
  store: AppStore,
  columns: number,
  rows: number,
  theme: ThemeOptions = PLAIN,
): Promise<Screen> => {
  // A terminal line discipline turns LF into CR LF, also in the raw mode that node sets.
  const terminal = new xterm.Terminal({ cols: columns, rows, convertEol: true, allowProposedApi: true });
  const stdout = new FakeOutput(terminal);
  const stdin = new FakeInput();
  let frames = 0;
  const instance = render(<App store={store} theme={theme} />, {
    stdout: stdout as unknown as NodeJS.WriteStream,
    stdin: stdin as unknown as NodeJS.ReadStream,
    interactive: true,
    alternateScreen: true,
    incrementalRendering: true,
    exitOnCtrlC: false,
    patchConsole: false,
    maxFps: 120,
    onRender: () => {
      frames += 1;
    },
  });
  const parsed = (): Promise<void> => new Promise((resolve) => terminal.write('', resolve));
  const settle = async (): Promise<void> => {
    await instance.waitUntilRenderFlush();
    await parsed();
  };
  const line = (row: number) => terminal.buffer.active.getLine(row);
  const lines = (): string[] =>
    Array.from({ length: terminal.rows }, (_, row) => line(row)?.translateToString(true) ?? '');
  const cell = (row: number, column: number): Cell => {
    const found = line(row)?.getCell(column);
    if (found === undefined) throw new Error(`no cell at ${row},${column}`);
    return {
      text: found.getChars(),
      bold: found.isBold() !== 0,
      dim: found.isDim() !== 0,
      inverse: found.isInverse() !== 0,
      color: found.isFgDefault() ? undefined : found.getFgColor(),
    };
  };
  /** A rule from edge to edge and a footer at the bottom, or the words of a screen that is too small. */
  const isDrawnFor = (width: number, height: number): boolean => {
    const now = lines();
    const hasRule = now.some((text) => text.length === width && /^[─-]{2}.*[─-]{2}$/u.test(text));
    return (hasRule && now[height - 1] !== '') || now.some((text) => text.includes(`${width}x${height}`));
  };
  await settle();
  return {
    lines,
    text: () => lines().join('\n'),
    cell,
    until: (text) =>
      waitFor(async () => {
        await settle();
        if (!lines().join('\n').includes(text))
          throw new Error(`not on screen: ${text}\n${lines().join('\n')}`);
      }),
    find: (text) => {
      for (const [row, words] of lines().entries()) {
        const index = words.indexOf(text);
        if (index < 0) continue;
        // Columns, not characters: a wide character before it takes two cells.
        let column = 0;
        for (let seen = 0; seen < index; column += 1)
          seen += line(row)?.getCell(column)?.getChars().length || 0;
        return cell(row, column);
      }
      throw new Error(`not on screen: ${text}\n${lines().join('\n')}`);
    },
    press: async (bytes) => {
      stdin.type(bytes);
      await settle();
    },
    resize: async (nextColumns, nextRows) => {
      terminal.resize(nextColumns, nextRows);
      stdout.columns = nextColumns;
      stdout.rows = nextRows;
      stdout.emit('resize');
      // Ink draws at once, with our old lines; ours for the new size come when React gets to them.
      await waitFor(async () => {
        await settle();
        if (!isDrawnFor(nextColumns, nextRows)) throw new Error(`not drawn anew:\n${lines().join('\n')}`);
      });
    },
    settle,
    overflowed: () => {
      const { active } = terminal.buffer;
      return active.baseY > 0 || lines().some((_, row) => active.getLine(row)?.isWrapped);
    },
    frames: () => frames,
    close: () => {
      instance.unmount();
      terminal.dispose();
    },
  };
};
