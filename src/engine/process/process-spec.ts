/** A keyed process function as a node of the stream graph: data, the module by its path. */
import type { RowSchema } from '../batch/batch.ts';
import type { ProcessWindow } from './window-function.ts';

export interface KeyedProcessSpec {
  /** The node's name, for messages. */
  readonly name: string;
  /** Absolute path of the module. */
  readonly modulePath: string;
  /** As it is written in the file, for messages. */
  readonly moduleText: string;
  readonly inputSchema: RowSchema;
  readonly outputSchema: RowSchema;
  /** Positions of the key columns in the input; at least one. */
  readonly keyIndexes: readonly number[];
  /** Position of the time attribute in the input; null: there is none. */
  readonly timeIndex: number | null;
  /** Position of the time attribute in the output; null: it has none. */
  readonly outputTimeIndex: number | null;
  readonly sides: readonly SideSpec[];
  /** The function takes all rows of a window at once; null: row by row. */
  readonly window: ProcessWindow | null;
}

export interface SideSpec {
  readonly name: string;
  readonly schema: RowSchema;
  /** Position of the time attribute; null: it has none. */
  readonly timeIndex: number | null;
}
