/** What an `async` node is, as data of the stream graph. */
import type { RowSchema } from '../batch/batch.ts';
import type { RetrySpec } from './retry.ts';

export interface AsyncWaitSpec {
  /** The node's name, for messages. */
  readonly name: string;
  /** Absolute path of the module. */
  readonly modulePath: string;
  /** As the pipeline file has it, for messages. */
  readonly moduleText: string;
  readonly inputSchema: RowSchema;
  /** What the module gives; appended to the input's columns. */
  readonly resultSchema: RowSchema;
  /** Rows leave in the order in which they came. */
  readonly isOrdered: boolean;
  /** Rows in flight, at most. */
  readonly capacity: number;
  /** From the first call for a row to its last answer. */
  readonly timeoutMs: number;
  readonly retry: RetrySpec;
}
