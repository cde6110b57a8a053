/** The side stream `dead` of a source: one row for each record that could not be read. */
import { Batch } from '../batch/batch.ts';
import { writeValue } from '../batch/write-value.ts';
import type { DeadRecord } from '../connector/contract.ts';
import { deadSchema } from '../graph/output-schema.ts';
import type { NodeOutputs } from './edge.ts';

export class DeadOutput {
  private readonly outputs: NodeOutputs;
  private readonly batch = new Batch(deadSchema);

  constructor(outputs: NodeOutputs) {
    this.outputs = outputs;
  }

  /** Emits the first records of the list, as many as the output takes; returns how many. */
  emit(records: readonly DeadRecord[]): number {
    const output = this.outputs.side('dead');
    if (output === null) return records.length;
    let done = 0;
    while (done < records.length && !output.isFull) {
      this.batch.reset();
      while (done < records.length && !this.batch.isFull) {
        this.write(records[done++]!, this.batch.rowCount++);
      }
      output.emit(this.batch);
    }
    return done;
  }

  private write(record: DeadRecord, row: number): void {
    const [source, split, position, reason, raw] = this.batch.columns;
    writeValue(source!, row, record.source);
    writeValue(split!, row, record.split);
    writeValue(position!, row, BigInt(record.position));
    const where = record.column === null ? '' : `column ${record.column}: `;
    writeValue(reason!, row, where + record.reason);
    writeValue(raw!, row, record.raw);
  }
}
