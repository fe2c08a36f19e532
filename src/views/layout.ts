/** The arithmetic of the screen: how many rows and columns each part gets. Pure, and the same for every painter. */

export type Size = { readonly columns: number; readonly rows: number };

/** Smaller than this there is only the verdict. */
export const MIN_COLUMNS = 40;
export const MIN_ROWS = 15;
/** From here on a narrow frame has room for what it means for users, and for the cause. */
const TALL_ROWS = 24;
/** From here on the tree has the selected row's page beside it. */
const PANE_FROM_COLUMNS = 120;

export type Frame = Size & {
  readonly kind: 'tiny' | 'compact' | 'full';
  readonly headerRows: number;
  /** Rows between the header's rule and the footer. */
  readonly bodyRows: number;
  /** Rows of the body that scroll: a full frame's first body row is the heading of its columns. */
  readonly listRows: number;
};

/**
 * The frame for a terminal. The header's height depends on the size alone, so that nothing moves when there is
 * more or less to say. A full frame has a rule above and below the body, a compact one only above.
 */
export const frameFor = ({ columns, rows }: Size): Frame => {
  if (columns < MIN_COLUMNS || rows < MIN_ROWS) {
    return { kind: 'tiny', columns, rows, headerRows: rows, bodyRows: 0, listRows: 0 };
  }
  const kind = columns < 60 || rows < 20 ? 'compact' : 'full';
  // Where the sentences have to be wrapped, and there are rows for it, none has to be cut.
  const headerRows = columns < 60 && rows >= TALL_ROWS ? 6 : 4;
  const bodyRows = rows - headerRows - (kind === 'compact' ? 2 : 3);
  return {
    kind,
    columns,
    rows,
    headerRows,
    bodyRows,
    listRows: kind === 'compact' ? bodyRows : bodyRows - 1,
  };
};

/** Columns of the right pane, without its border; 0: none. */
export const paneColumns = (columns: number): number =>
  columns < PANE_FROM_COLUMNS ? 0 : Math.min(72, Math.floor((columns - PANE_FROM_COLUMNS) * 0.4) + 43);
