/** Changes of a query as lines under a heading, columns below each other as far as they are known. */
import type { SqlColumn, SqlRow } from '../../flink/model/sql-result.ts';
import { valueText } from './value-text.ts';

/** Wider values push what follows to the right, in their own line only. */
const WIDTH_MAX = 40;
const GAP = '  ';

export class ChangeLines {
  private readonly headings: readonly string[];
  private readonly widths: number[];
  private isHeaded = false;

  constructor(columns: readonly SqlColumn[]) {
    this.headings = columns.map(({ name }) => name);
    this.widths = this.headings.map((heading) => heading.length);
  }

  /** The heading comes before the first change. */
  add(changes: readonly SqlRow[]): readonly string[] {
    const rows = changes.map(({ op, values }) => ({ op, texts: values.map(valueText) }));
    for (const { texts } of rows) {
      for (const [index, text] of texts.entries()) {
        const width = Math.min(text.length, WIDTH_MAX);
        this.widths[index] = Math.max(this.widths[index] ?? 0, width);
      }
    }
    const lines = rows.map(({ op, texts }) => this.line(op, texts));
    if (this.isHeaded || lines.length === 0) return lines;
    this.isHeaded = true;
    return [this.line('op', this.headings), ...lines];
  }

  private line(op: string, texts: readonly string[]): string {
    const cells = texts.map((text, index) => text.padEnd(this.widths[index] ?? 0));
    return [op, ...cells].join(GAP).trimEnd();
  }
}
