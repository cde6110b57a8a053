/** What one node of a job has counted since it started; snapshots carry it, progress shows it. */
export class NodeCounters {
  recordsIn = 0;
  recordsOut = 0;
  /** Rows that were late for their window, or to be the first of their key, and therefore dropped. */
  lateRecords = 0;
  /** Records that could not be read and were skipped or kept as dead letters. */
  deadRecords = 0;
}
