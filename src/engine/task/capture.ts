/** The end of a stream that is watched: keeps every row that arrives, for a test to take out. */
import type { Value } from '../../expression/value.ts';
import type { Batch } from '../batch/batch.ts';
import { readValue } from '../batch/read-value.ts';
import type { Operator } from '../operator/contract.ts';

/** A row taken out: values by column, and the row kind for changelogs. */
export interface TakenRow {
  readonly kind: '+I' | '-U' | '+U' | '-D';
  readonly values: Readonly<Record<string, Value>>;
}

const kindNames = ['+I', '-U', '+U', '-D'] as const;

export interface CaptureColumns {
  readonly columns: readonly number[];
  readonly names: readonly string[];
}

export class Capture implements Operator {
  readonly rows: TakenRow[];
  private readonly selected: CaptureColumns | null;

  constructor(rows: TakenRow[], selected: CaptureColumns | null) {
    this.rows = rows;
    this.selected = selected;
  }

  open(): void {
    // Has no outputs.
  }

  processBatch(batch: Batch): boolean {
    const columns = this.selected?.columns ?? batch.columns.map((_column, index) => index);
    const names = this.selected?.names ?? batch.schema.map((field) => field.name);
    for (let row = 0; row < batch.rowCount; row++) {
      const values: Record<string, Value> = {};
      for (const [index, name] of names.entries()) {
        values[name] = readValue(batch.columns[columns[index]!]!, row);
      }
      const kind = batch.kinds === null ? 0 : batch.kinds[row]!;
      this.rows.push({ kind: kindNames[kind]!, values });
    }
    return true;
  }

  processWatermark(): boolean {
    return true;
  }

  endInput(): boolean {
    return true;
  }

  snapshotState(): void {
    // What was captured is handed over by the harness.
  }

  restoreState(): void {
    // As above.
  }

  close(): void {
    // Holds nothing.
  }
}
