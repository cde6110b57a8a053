/**
 * Takes the rows that a function emits to one of its outputs and emits them in batches. A function
 * cannot be stopped in the middle of a call, so what an output has no room for waits here: the
 * operator makes no further call until all full batches are out.
 */
import { nearestName } from '../../expression/nearest.ts';
import type { Value } from '../../expression/value.ts';
import { Batch, type RowSchema } from '../batch/batch.ts';
import { BATCH_ROWS } from '../batch/column.ts';
import { writeValue } from '../batch/write-value.ts';
import type { Output } from '../operator/contract.ts';
import { Misuse } from './misuse.ts';
import { valueOfCell } from './value-of-cell.ts';

/** When a row is emitted. */
export interface EmissionTime {
  /** The watermark that the output has seen last. */
  readonly watermarkMs: number;
  /** For the time attribute, epoch milliseconds; null: the cause of the row has none. */
  readonly timestampMs: number | null;
}

export interface EmitterSpec {
  /** For messages: `the output`, `the side output "errors"`. */
  readonly name: string;
  readonly schema: RowSchema;
  /** Position of the time attribute; null: there is none. */
  readonly timeIndex: number | null;
}

interface OwnBatch {
  readonly batch: Batch;
  readonly watermarks: Float64Array;
}

export class RowEmitter {
  private readonly spec: EmitterSpec;
  private readonly indexes: ReadonlyMap<string, number>;
  private readonly places: readonly string[];
  private readonly values: Value[];
  private readonly output: Output | null;
  /** Being filled; null: no row waits. */
  private filling: OwnBatch | null = null;
  private readonly full: OwnBatch[] = [];
  /** The consumer may still be at it while the output is full. */
  private lent: OwnBatch | null = null;
  private readonly spare: OwnBatch[] = [];

  /** `output` null: nobody reads the rows; they are checked all the same. */
  constructor(spec: EmitterSpec, output: Output | null) {
    this.spec = spec;
    this.output = output;
    this.indexes = new Map(spec.schema.map(({ name }, index) => [name, index]));
    this.places = spec.schema.map(({ name }) => `column "${name}" of ${spec.name}`);
    this.values = spec.schema.map(() => null);
  }

  /** Full batches wait: no further call may be made. */
  get isBlocked(): boolean {
    return this.full.length > 0;
  }

  /** Throws Misuse when the row does not fit; nothing of it is then emitted. */
  add(row: unknown, time: EmissionTime): void {
    this.convert(row, time.timestampMs);
    if (this.output === null) return;
    const own = (this.filling ??= this.take());
    const { batch } = own;
    const at = batch.rowCount;
    for (let index = 0; index < this.values.length; index++) {
      writeValue(batch.columns[index]!, at, this.values[index]!);
    }
    own.watermarks[at] = time.watermarkMs;
    batch.watermarkAfter = time.watermarkMs;
    batch.rowCount = at + 1;
    if (!batch.isFull) return;
    this.full.push(own);
    this.filling = null;
  }

  /** Emits what is full; false: the output is full and more waits. */
  flushFull(): boolean {
    while (this.full.length > 0) {
      if (this.output!.isFull) return false;
      this.takeBack();
      const own = this.full.shift()!;
      this.lent = own;
      this.output!.emit(own.batch);
    }
    return true;
  }

  /** Emits all rows. */
  flush(): boolean {
    if (this.filling !== null) this.full.push(this.filling);
    this.filling = null;
    return this.flushFull();
  }

  emitWatermark(watermarkMs: number): void {
    this.output?.emitWatermark(watermarkMs);
  }

  private take(): OwnBatch {
    if (!this.output!.isFull) this.takeBack();
    const own = this.spare.pop() ?? {
      batch: new Batch(this.spec.schema),
      watermarks: new Float64Array(BATCH_ROWS),
    };
    own.batch.reset();
    own.batch.watermarksBefore = own.watermarks;
    return own;
  }

  /** The consumers have returned: the batch that they had can be filled again. */
  private takeBack(): void {
    if (this.lent !== null) this.spare.push(this.lent);
    this.lent = null;
  }

  private convert(row: unknown, timestampMs: number | null): void {
    if (typeof row !== 'object' || row === null) {
      const found = row === null ? 'null' : `a ${typeof row}`;
      throw new Misuse(
        'DREY_PROCESS_ROW',
        `a row of ${this.spec.name} is an object, not ${found}`,
        'Emit an object with a property for each column.',
      );
    }
    const cells = row as Readonly<Record<string, unknown>>;
    for (const name of Object.keys(cells)) if (!this.indexes.has(name)) throw this.unknown(name);
    const { schema, timeIndex } = this.spec;
    for (let index = 0; index < schema.length; index++) {
      const { name, type } = schema[index]!;
      let cell = cells[name] ?? null;
      if (index === timeIndex && cell === null) {
        if (timestampMs === null) throw this.withoutTime(name);
        cell = timestampMs;
      }
      this.values[index] = valueOfCell(cell, type, this.places[index]!);
    }
  }

  private unknown(name: string): Misuse {
    const names = this.spec.schema.map((field) => field.name);
    const near = nearestName(name, names);
    return new Misuse(
      'DREY_PROCESS_ROW',
      `a row of ${this.spec.name} has a column "${name.slice(0, 60)}", which is not declared`,
      near === undefined ? `Columns: ${names.join(', ')}.` : `Did you mean "${near}"?`,
    );
  }

  private withoutTime(name: string): Misuse {
    return new Misuse(
      'DREY_PROCESS_ROW',
      `a row of ${this.spec.name} has no time: a timer of processing time has none to give to "${name}"`,
      `Set ${name} in the row.`,
    );
  }
}
