/** A sink of a subtask and what its rows are counted in. */
import type { Sink } from '../connector/contract.ts';
import type { NodeCounters } from '../operator/node-counters.ts';

export interface SinkEntry {
  readonly uid: string;
  readonly sink: Sink;
  readonly counters: NodeCounters;
}
