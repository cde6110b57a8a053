/**
 * Tables for people. The only importer of cli-table3, of which only the measure of wide characters
 * is used: laid out by it, a table of ten thousand rows takes half a minute. Cells are foreign text
 * and made visible here.
 */
import measure from 'cli-table3/src/utils.js';
import type { Palette } from './palette.ts';
import { visibleText } from './visible-text.ts';

export interface TableView {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Positions of columns that hold numbers. */
  readonly rightAligned?: readonly number[];
  /** Colours a cell's visible text. */
  readonly paint?: (text: string, row: number, column: number) => string;
}

const GAP = '  ';

/** Columns apart by two spaces, no lines; the empty text when there are no rows. */
export function renderTable(view: TableView, palette: Palette): string {
  if (view.rows.length === 0) return '';
  const head = view.columns.map(visibleText);
  const rows = view.rows.map((row) => row.map(visibleText));
  const widths = head.map((heading, column) =>
    rows.reduce((widest, row) => Math.max(widest, widthOf(row[column] ?? '')), widthOf(heading)),
  );
  const isRight = head.map((_, column) => view.rightAligned?.includes(column) === true);
  const line = (
    cells: readonly string[],
    paint: (text: string, column: number) => string,
  ): string =>
    cells
      .map((cell, column) => {
        const space = ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell)));
        const painted = paint(cell, column);
        return isRight[column] === true ? space + painted : painted + space;
      })
      .join(GAP)
      .trimEnd();
  const lines = [
    line(head, (text) => palette.strong(text)),
    ...rows.map((row, index) =>
      line(row, (text, column) => view.paint?.(text, index, column) ?? text),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

/** In columns of a terminal. */
function widthOf(text: string): number {
  return /^[\x20-\x7e]*$/.test(text) ? text.length : measure.strlen(text);
}
