/**
 * Tables for people. The only importer of cli-table3, which knows how wide characters are. Cells
 * are foreign text and made visible here.
 */
import Table from 'cli-table3';
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

/** Columns apart by two spaces, no lines; the empty text when there are no rows. */
export function renderTable(view: TableView, palette: Palette): string {
  if (view.rows.length === 0) return '';
  const table = new Table({
    head: view.columns.map((column) => palette.strong(visibleText(column))),
    chars: borderless,
    style: { 'padding-left': 0, 'padding-right': 2, head: [], border: [] },
    colAligns: view.columns.map((_, index) =>
      view.rightAligned?.includes(index) === true ? 'right' : 'left',
    ),
  });
  for (const [index, row] of view.rows.entries()) {
    table.push(row.map((cell, column) => painted(view, visibleText(cell), index, column)));
  }
  const lines = table.toString().split('\n');
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function painted({ paint }: TableView, text: string, row: number, column: number): string {
  return paint === undefined ? text : paint(text, row, column);
}

const borderless = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};
