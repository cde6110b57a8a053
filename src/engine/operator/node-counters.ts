/** What one node of a job has counted since it started; snapshots carry it, progress shows it. */
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';

/** Name of the list in snapshots. A snapshot may be restored without it: only figures are lost. */
export const NODE_COUNTERS = 'counters';

export class NodeCounters {
  recordsIn = 0;
  recordsOut = 0;
  /** Rows that were late for their window, or to be the first of their key, and therefore dropped. */
  lateRecords = 0;
  /** Records that could not be read and were skipped or kept as dead letters. */
  deadRecords = 0;

  snapshotState(writer: StateWriter): void {
    writer.float64(this.recordsIn);
    writer.float64(this.recordsOut);
    writer.float64(this.lateRecords);
    writer.float64(this.deadRecords);
  }

  /** Adds what a subtask had counted: at another parallelism there may be several, or none. */
  restoreState(reader: StateReader): void {
    this.recordsIn += reader.float64();
    this.recordsOut += reader.float64();
    this.lateRecords += reader.float64();
    this.deadRecords += reader.float64();
  }
}
