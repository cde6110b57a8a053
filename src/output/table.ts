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
  for (const row of view.rows) table.push(row.map(visibleText));
  const lines = table.toString().split('\n');
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
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
