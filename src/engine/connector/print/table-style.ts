/**
 * Rows as a table with aligned columns, for reading. The widths come from the first batch, so that
 * rows can be shown as they come; a later cell that is longer pushes its row out of line and is
 * shown whole. Control characters of the data never reach the terminal.
 */
import type { Batch, RowSchema } from '../../batch/batch.ts';
import type { TypeRoot } from '../../../expression/type.ts';
import type { ByteSink, RecordEncoder } from '../../format/contract.ts';
import { OutputBuffer } from '../output-buffer.ts';
import { displayWidth, visibleText } from './display-text.ts';
import { jsonMembers, type JsonMembers } from './json-members.ts';
import type { PrintStyle } from './print-sink.ts';

export interface TableStyleOptions {
  readonly schema: RowSchema;
  /** Writes each row as one JSON object and a line end; gives the cells their text. */
  readonly encoder: RecordEncoder;
  /** Shown in front of the columns; null: there is only one print sink. */
  readonly sinkName: string | null;
}

interface TableColumn {
  readonly name: string;
  readonly isRightAligned: boolean;
  /** Terminal cells. */
  width: number;
}

const SINK_COLUMN = 'sink';
const GAP = '  ';
/** As Flink's SQL client shows it. */
const NULL_TEXT = '<NULL>';
/** A wider first cell does not widen its column for all rows to come. */
const WIDTH_MAX = 60;
const NUMERIC_ROOTS: ReadonlySet<TypeRoot> = new Set<TypeRoot>([
  'TINYINT',
  'SMALLINT',
  'INT',
  'BIGINT',
  'FLOAT',
  'DOUBLE',
  'DECIMAL',
]);

export class TableStyle implements PrintStyle {
  private readonly options: TableStyleOptions;
  private readonly lines = new OutputBuffer();
  /** Empty until the first row. */
  private columns: readonly TableColumn[] = [];

  constructor(options: TableStyleOptions) {
    this.options = options;
  }

  print(batch: Batch, target: ByteSink): void {
    this.options.encoder.encode(batch, 0, this.lines);
    const text = new TextDecoder().decode(this.lines.take());
    const rows = text.split('\n').slice(0, -1).map(jsonMembers);
    if (rows.length === 0) return;
    const isFirst = this.columns.length === 0;
    if (isFirst) this.columns = this.columnsOf(rows[0]!);
    const cells = rows.map((row) => this.cellsOf(row));
    const head = isFirst ? this.header(cells) : '';
    append(head + cells.map((row) => this.lineOf(row)).join(''), target);
  }

  /** What the encoder writes beyond the schema (a row kind) comes first, as it does in JSON. */
  private columnsOf(row: JsonMembers): readonly TableColumn[] {
    const { schema, sinkName } = this.options;
    const known = new Set(schema.map(({ name }) => name));
    const extra = Array.from(row.keys()).filter((name) => !known.has(name));
    if (sinkName !== null) extra.unshift(SINK_COLUMN);
    return [
      ...extra.map((name) => ({ name, isRightAligned: false, width: 0 })),
      ...schema.map(({ name, type }) => ({
        name,
        isRightAligned: NUMERIC_ROOTS.has(type.root),
        width: 0,
      })),
    ];
  }

  private cellsOf(row: JsonMembers): readonly string[] {
    const { sinkName } = this.options;
    return this.columns.map(({ name }, index) => {
      if (index === 0 && sinkName !== null) return visibleText(sinkName);
      return visibleText(row.get(name) ?? NULL_TEXT);
    });
  }

  private header(rows: readonly (readonly string[])[]): string {
    for (const [index, column] of this.columns.entries()) {
      const widths = rows.map((row) => displayWidth(row[index] ?? ''));
      const widest = widths.reduce((a, b) => Math.max(a, b), 0);
      column.width = Math.max(displayWidth(visibleText(column.name)), Math.min(widest, WIDTH_MAX));
    }
    const names = this.columns.map(({ name }) => visibleText(name));
    const rules = this.columns.map(({ width }) => '-'.repeat(width));
    return this.lineOf(names) + this.lineOf(rules);
  }

  private lineOf(cells: readonly string[]): string {
    const padded = this.columns.map((column, index) => {
      const cell = cells[index] ?? '';
      const padding = ' '.repeat(Math.max(0, column.width - displayWidth(cell)));
      return column.isRightAligned ? padding + cell : cell + padding;
    });
    return `${padded.join(GAP).trimEnd()}\n`;
  }
}

function append(text: string, target: ByteSink): void {
  const content = new TextEncoder().encode(text);
  target.reserve(content.length).set(content, target.length);
  target.advance(content.length);
}
