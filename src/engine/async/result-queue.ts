/**
 * The order in which rows in flight leave, with the watermarks between them: segments, one after the
 * other. Within a segment rows leave as they are done; nothing overtakes a watermark. As Flink's
 * UnorderedStreamElementQueue. Ordered: each row is a segment of its own.
 *
 * A watermark may stand before each row of a batch, too: rows of a segment share it. So a row is
 * late behind the operator exactly when it was late before.
 */

/** What the queue needs of a row in flight. */
export interface QueuedRow {
  /** The watermark that held before the row. */
  readonly watermarkMs: number;
  /** Where it stands; set by the queue. */
  segment: Segment<QueuedRow> | null;
}

export class Segment<Row> {
  /** The watermark before its rows. */
  readonly rowWatermarkMs: number;
  /** Rows that have not left, in the order in which they came. */
  readonly rows = new Set<Row>();
  /** Those of them that are done, in that order; the first `left` have left. */
  done: Row[] = [];
  left = 0;
  /** The watermark behind its rows, when one has come. */
  watermarkMs: number | null = null;

  constructor(rowWatermarkMs: number) {
    this.rowWatermarkMs = rowWatermarkMs;
  }
}

/** Rows that have left and are still listed, beyond as many as have not. */
const LEFT_MAX = 1_000;

/** What a snapshot keeps, in the order of the input. */
export type QueueElement<Row> =
  | { readonly kind: 'row'; readonly row: Row }
  | { readonly kind: 'watermark'; readonly watermarkMs: number };

export class ResultQueue<Row extends QueuedRow> {
  private readonly isOrdered: boolean;
  /** Those before `head` have left. A segment without rows is here only for its watermark. */
  private segments: Segment<Row>[] = [];
  private head = 0;
  private count = 0;

  constructor(isOrdered: boolean) {
    this.isOrdered = isOrdered;
  }

  /** Rows that have not left. */
  get rowCount(): number {
    return this.count;
  }

  /** Nothing is to leave any more, no watermark either. */
  get isEmpty(): boolean {
    return this.head === this.segments.length;
  }

  add(row: Row): void {
    const last = this.segments.at(-1);
    const isOpen =
      !this.isOrdered &&
      last !== undefined &&
      last.watermarkMs === null &&
      last.rowWatermarkMs === row.watermarkMs;
    const segment = isOpen ? last : this.append(new Segment<Row>(row.watermarkMs));
    segment.rows.add(row);
    row.segment = segment;
    this.count++;
  }

  /** Only while the queue is not empty: it follows the rows that are in it. */
  addWatermark(watermarkMs: number): void {
    this.segments.at(-1)!.watermarkMs = watermarkMs;
  }

  /** The row may leave now. */
  complete(row: Row): void {
    row.segment!.done.push(row);
  }

  /** The row that leaves next; null: it is not done, or a watermark is next. */
  nextRow(): Row | null {
    const segment = this.segments[this.head];
    return segment?.done[segment.left] ?? null;
  }

  /** `nextRow` has left. */
  removeRow(): void {
    const segment = this.segments[this.head]!;
    segment.rows.delete(segment.done[segment.left]!);
    segment.left++;
    this.count--;
    if (segment.left * 2 > segment.done.length + LEFT_MAX) {
      // Without watermarks a segment may never end.
      segment.done = segment.done.slice(segment.left);
      segment.left = 0;
    }
    if (segment.rows.size === 0 && segment.watermarkMs === null) this.removeSegment();
  }

  /** The watermark that leaves next, which then has left; null: none is next. */
  takeWatermark(): number | null {
    const segment = this.segments[this.head];
    if (segment === undefined || segment.rows.size > 0) return null;
    this.removeSegment();
    return segment.watermarkMs;
  }

  /** Rows and watermarks that have not left. */
  *elements(): Generator<QueueElement<Row>> {
    for (let index = this.head; index < this.segments.length; index++) {
      const { rows, watermarkMs } = this.segments[index]!;
      for (const row of rows) yield { kind: 'row', row };
      if (watermarkMs !== null) yield { kind: 'watermark', watermarkMs };
    }
  }

  private append(segment: Segment<Row>): Segment<Row> {
    this.segments.push(segment);
    return segment;
  }

  private removeSegment(): void {
    this.head++;
    if (this.head * 2 < this.segments.length) return;
    this.segments = this.segments.slice(this.head);
    this.head = 0;
  }
}
