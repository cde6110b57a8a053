/**
 * The stream graph: what a job consists of, as data. Each node becomes a source, an operator or a
 * sink; inputs name the node and the stream (main or side) that they read.
 * Invariant: nodes are in topological order and names are unique; they are the operators' uids.
 */
import type { TypedExpression } from '../../expression/tree.ts';
import type { RowSchema } from '../batch/batch.ts';
import type { SinkConnectorSpec, SourceConnectorSpec } from '../connector/connector-spec.ts';
import type { AlignmentSpec } from '../time/watermark-alignment.ts';
import type { WatermarkStrategySpec } from '../time/watermark-strategy.ts';
import type { OperatorSpec } from './create-operator.ts';

export interface StreamGraph {
  readonly name: string;
  /** IANA name; what CURRENT_DATE and casts to local time use. */
  readonly timeZone: string;
  /** Number of key groups, at least the parallelism of each node; absent: see maxParallelismOf. */
  readonly maxParallelism?: number;
  readonly nodes: readonly StreamNode[];
}

export type StreamNode = SourceStreamNode | OperatorStreamNode | SinkStreamNode;

export interface StreamInput {
  readonly node: string;
  /** `main`, `late` or `dead`. */
  readonly stream: string;
  /** How rows are divided among the subtasks that read them; absent: forward. */
  readonly exchange?: Exchange;
}

/**
 * Which subtask of the consumer gets a row. `forward`: the one of the same index, and in turn where
 * the numbers of subtasks differ.
 */
export type Exchange =
  | { readonly kind: 'forward' }
  /** The owner of the key group of these values, computed over the input's schema. */
  | { readonly kind: 'hash'; readonly keys: readonly TypedExpression[] }
  /** All of them. */
  | { readonly kind: 'broadcast' };

interface StreamNodeBase {
  /** Stable over restarts; `node/where` and `node/select` for the steps around an operation. */
  readonly uid: string;
  readonly parallelism: number;
}

export interface SourceStreamNode extends StreamNodeBase {
  readonly kind: 'source';
  readonly connector: SourceConnectorSpec;
  /** What the format decodes. */
  readonly physicalSchema: RowSchema;
  /** The output columns over `physicalSchema`; same length and order as `schema`. */
  readonly columns: readonly TypedExpression[];
  readonly schema: RowSchema;
  readonly watermark: SourceWatermark | null;
  readonly onError: 'fail' | 'dead-letter' | 'ignore';
  readonly maxRecordBytes: number;
  /** True for a lookup table: read to its end before the other sources start. */
  readonly isTable: boolean;
  /**
   * Of a lookup table: processing time from the end of one reading to the start of the next;
   * absent: it is read once.
   */
  readonly refreshMs?: number;
}

export interface SourceWatermark {
  /** Position of the event-time column in `schema`. */
  readonly columnIndex: number;
  readonly strategy: WatermarkStrategySpec;
  /** At most one watermark goes out in so long, processing time; null: each that is new. */
  readonly emitIntervalMs: number | null;
  readonly idleTimeoutMs: number | null;
  /** Null: the source is read as fast as it can be. */
  readonly alignment: AlignmentSpec | null;
}

export interface OperatorStreamNode extends StreamNodeBase {
  readonly kind: 'operator';
  readonly inputs: readonly StreamInput[];
  readonly spec: OperatorSpec;
}

export interface SinkStreamNode extends StreamNodeBase {
  readonly kind: 'sink';
  readonly input: StreamInput;
  readonly connector: SinkConnectorSpec;
  readonly inputSchema: RowSchema;
  /** Positions of the input's columns that are written. */
  readonly columns: readonly number[];
  /** The input carries updates and deletes. */
  readonly isChangelog: boolean;
}
