/**
 * The checked pipeline: names resolved, expressions typed, every node with its output schema. This
 * is what the embedded engine and the SQL compiler both start from; it knows neither of them.
 * Invariant: nodes are in topological order; a column index in an expression refers to the schema
 * of the node's (first) input.
 */
import type { AggregateExpression, TypedExpression } from '../../expression/tree.ts';
import type { RowField } from '../../expression/type.ts';

export interface LogicalPlan {
  readonly name: string;
  readonly parallelism: number;
  readonly maxParallelism: number | null;
  /** Flink configuration keys as written in the file, checked. */
  readonly configuration: ReadonlyMap<string, string>;
  /** IANA name from `table.local-time-zone`; UTC by default. */
  readonly timeZone: string;
  readonly nodes: readonly PlanNode[];
  readonly tests: readonly PipelineTest[];
}

/** One stream of a node: its rows, or a side stream. */
export interface StreamReference {
  readonly node: string;
  /** `main`, `late`, `dead`, or a side output of a process function. */
  readonly stream: string;
}

interface PlanNodeBase {
  readonly name: string;
  /** One-based position of the node's name in the file. */
  readonly line: number;
  /** The node's own or the pipeline's. */
  readonly parallelism: number;
  /** Columns of the main stream, in order. */
  readonly schema: readonly RowField[];
  /**
   * Columns of `schema` that later nodes may use but sinks do not write: the window_time of an
   * aggregation, until a `select` names it.
   */
  readonly hiddenColumns: readonly string[];
  /** Name of the time attribute among `schema`; null when there is none. */
  readonly timeColumn: string | null;
  /** Set when the main stream carries updates and deletes; null: it only appends. */
  readonly changelog: Changelog | null;
}

/** A stream whose rows change what was said before. */
export interface Changelog {
  /**
   * Names of the columns that tell the current rows apart: an update has the values of these of
   * the row that it takes the place of. Null: no columns do.
   */
  readonly key: readonly string[] | null;
}

export type PlanNode =
  | SourceNode
  | SelectNode
  | UnionNode
  | ProcessNode
  | LookupNode
  | WindowAggregateNode
  | DictionaryNode
  | AsyncNode
  | SinkNode;

export interface NamedExpression {
  readonly name: string;
  readonly expression: TypedExpression;
}

export interface SourceNode extends PlanNodeBase {
  readonly kind: 'source';
  readonly connector: SourceConnector;
  /** What the format decodes, in file order. */
  readonly physicalColumns: readonly RowField[];
  /**
   * The output columns, in declaration order: physical columns and `AS` columns. Indexes refer to
   * `physicalColumns`.
   */
  readonly columns: readonly NamedExpression[];
  readonly watermark: WatermarkSpec | null;
  readonly primaryKey: readonly string[];
  readonly onError: 'fail' | 'dead-letter' | 'ignore';
  readonly maxRecordBytes: number;
}

export interface WatermarkSpec {
  /** Index of the event-time column in `SourceNode.columns`. */
  readonly columnIndex: number;
  readonly delayMs: number;
  /** Null: a silent split holds the watermark back. */
  readonly idleTimeoutMs: number | null;
}

export type SourceConnector =
  | {
      readonly kind: 'filesystem';
      /** Absolute file, folder or glob. */
      readonly path: string;
      readonly format: FormatSpec;
    }
  | { readonly kind: 'stdin'; readonly format: FormatSpec }
  | { readonly kind: 'datagen'; readonly options: DatagenSpec };

export type FormatSpec = JsonFormatSpec | CsvFormatSpec;

/** Flink's `json.*` options. */
export interface JsonFormatSpec {
  readonly kind: 'json';
  readonly failOnMissingField: boolean;
  readonly timestampFormat: 'SQL' | 'ISO-8601';
  /** Encoding only. */
  readonly encodeDecimalAsPlainNumber: boolean;
  /** Encoding only. */
  readonly ignoreNullFields: boolean;
}

/** Flink's `csv.*` options and `drey.csv.skip-header`. */
export interface CsvFormatSpec {
  readonly kind: 'csv';
  /** One character. */
  readonly fieldDelimiter: string;
  /** One character; null when quoting is disabled. */
  readonly quoteCharacter: string | null;
  readonly escapeCharacter: string | null;
  readonly nullLiteral: string | null;
  readonly allowComments: boolean;
  readonly skipHeaderLines: number;
}

/** Flink's datagen options, per column where they are per field. */
export interface DatagenSpec {
  /** Null: as fast as possible. Flink's default is 10,000. */
  readonly rowsPerSecond: number | null;
  /** Null: unbounded. */
  readonly numberOfRows: number | null;
  /** Null: a fresh one each run. */
  readonly seed: number | null;
  readonly fields: readonly DatagenField[];
}

export interface DatagenField {
  readonly column: string;
  readonly generator: 'random' | 'sequence';
  /** Numeric bounds, inclusive, as exact decimal text; sequence: first and last value. */
  readonly min: string | null;
  readonly max: string | null;
  /** Characters of STRING, bytes of BYTES, elements of ARRAY and MAP. */
  readonly length: number | null;
  readonly varLen: boolean;
  /** Random timestamps lie at most this far in the past. */
  readonly maxPastMs: number | null;
  /** 0 to 1: share of NULLs. */
  readonly nullRate: number;
}

/** `where` and/or `select` only. */
export interface SelectNode extends PlanNodeBase {
  readonly kind: 'select';
  readonly from: StreamReference;
  readonly where: TypedExpression | null;
  /** Null: all columns pass. Indexes refer to the input. */
  readonly select: readonly NamedExpression[] | null;
}

export interface UnionNode extends PlanNodeBase {
  readonly kind: 'union';
  /** Each with the positions of the columns in it. */
  readonly inputs: readonly {
    readonly from: StreamReference;
    readonly columns: readonly number[];
  }[];
  /** Of all rows, before `select`. */
  readonly columns: readonly RowField[];
  /** Indexes refer to `columns`, as those of `select`. */
  readonly where: TypedExpression | null;
  readonly select: readonly NamedExpression[] | null;
}

export interface LookupNode extends PlanNodeBase {
  readonly kind: 'lookup';
  readonly from: StreamReference;
  readonly where: TypedExpression | null;
  /** Name of the source node that is the table. */
  readonly table: string;
  /** Pairs of column positions: in the input and in the table's schema. Types are equal. */
  readonly on: readonly { readonly inputIndex: number; readonly tableIndex: number }[];
  /** Positions of the table's columns that are appended to the input's columns. */
  readonly tableColumns: readonly number[];
  readonly missing: 'keep' | 'drop' | 'fail';
  /** After the join; indexes refer to input columns followed by table columns. */
  readonly select: readonly NamedExpression[] | null;
}

export interface DictionaryNode extends PlanNodeBase {
  readonly kind: 'dictionary';
  readonly from: StreamReference;
  readonly where: TypedExpression | null;
  /** Position in the input of the column whose values get numbers. */
  readonly columnIndex: number;
  /** How long a value is kept that does not occur; 0: for ever. */
  readonly stateTtlMs: number;
  /** The input's columns, then the one of the numbers; before `select`, whose indexes these are. */
  readonly columns: readonly RowField[];
  readonly select: readonly NamedExpression[] | null;
}

/** A keyed process function. */
export interface ProcessNode extends PlanNodeBase {
  readonly kind: 'process';
  readonly from: StreamReference;
  readonly where: TypedExpression | null;
  /** Absolute. */
  readonly modulePath: string;
  /** As written in the file. */
  readonly moduleText: string;
  /** Positions of the key columns in the input, and their names. */
  readonly keyIndexes: readonly number[];
  readonly keyNames: readonly string[];
  /** Position of the time attribute in the input; null: there is none. */
  readonly timeIndex: number | null;
  /** Of the rows that the function emits; indexes of `select` refer to them. */
  readonly columns: readonly RowField[];
  /** Position of the time attribute in `columns`. */
  readonly outputTimeIndex: number | null;
  /** The function takes all rows of a window at once; null: row by row. */
  readonly window: Extract<Window, { readonly kind: 'tumble' | 'hop' }> | null;
  readonly sides: readonly ProcessSide[];
  readonly select: readonly NamedExpression[] | null;
}

export interface ProcessSide {
  readonly name: string;
  readonly columns: readonly RowField[];
  /** Position of the time attribute in `columns`. */
  readonly timeIndex: number | null;
}

export interface AsyncNode extends PlanNodeBase {
  readonly kind: 'async';
  readonly from: StreamReference;
  readonly where: TypedExpression | null;
  /** Absolute path of a JavaScript module. */
  readonly modulePath: string;
  /** As written in the file. */
  readonly moduleText: string;
  /** What the module gives. */
  readonly resultColumns: readonly RowField[];
  /** The input's columns, then `resultColumns`; before `select`, whose indexes these are. */
  readonly columns: readonly RowField[];
  readonly capacity: number;
  readonly timeoutMs: number;
  readonly isOrdered: boolean;
  /** Null: a call that fails fails the job. */
  readonly retry: AsyncRetry | null;
  readonly select: readonly NamedExpression[] | null;
}

export interface AsyncRetry {
  /** Calls after the first one, at most. */
  readonly attempts: number;
  readonly delayMs: number;
  readonly backoff: 'fixed' | 'exponential';
  readonly maxDelayMs: number;
}

export interface WindowAggregateNode extends PlanNodeBase {
  readonly kind: 'window-aggregate';
  readonly from: StreamReference;
  readonly where: TypedExpression | null;
  readonly window: Window;
  /** Position of the time attribute in the input. */
  readonly timeIndex: number;
  /** All group columns that appear in any grouping set, named as in the output. */
  readonly groupBy: readonly NamedExpression[];
  /** Each set: positions in `groupBy`. One set with all of them when there is no rollup. */
  readonly groupingSets: readonly (readonly number[])[];
  readonly aggregates: readonly NamedAggregate[];
  /** Results before the end or after it, which makes a changelog; null: final ones alone. */
  readonly emit: WindowEmit | null;
  /** True: late rows go to the side stream `late`. They are counted in any case. */
  readonly keepLate: boolean;
  /**
   * After the aggregation; indexes refer to window_start, window_end, the group columns, the
   * aggregates, window_time, in this order. Null: all of these pass, window_time hidden.
   */
  readonly select: readonly NamedExpression[] | null;
}

export interface WindowEmit {
  /** Refresh of results before the end, processing time; null: none. */
  readonly earlyMs: number | null;
  readonly allowedLatenessMs: number;
}

/** Sizes are whole multiples of slides and steps; offsets are not negative and below the size. */
export type Window =
  | { readonly kind: 'tumble'; readonly sizeMs: number; readonly offsetMs: number }
  | {
      readonly kind: 'hop';
      readonly sizeMs: number;
      readonly slideMs: number;
      readonly offsetMs: number;
    }
  | {
      readonly kind: 'cumulate';
      readonly sizeMs: number;
      readonly stepMs: number;
      readonly offsetMs: number;
      /** No row for a group whose results are those of the step before. */
      readonly leavesOutUnchanged: boolean;
    }
  | { readonly kind: 'session'; readonly gapMs: number };

export type NamedAggregate =
  | { readonly kind: 'aggregate'; readonly name: string; readonly aggregate: AggregateExpression }
  /** GROUPING(col, ...): bit i (from the right) is 1 when the column is rolled up. */
  | {
      readonly kind: 'grouping';
      readonly name: string;
      readonly groupByIndexes: readonly number[];
    };

export interface SinkNode extends PlanNodeBase {
  readonly kind: 'sink';
  readonly from: StreamReference;
  readonly connector: SinkConnector;
  /** Positions in the input of the columns that are written, in order; the node's `schema`. */
  readonly columns: readonly number[];
}

export type SinkConnector =
  | { readonly kind: 'print'; readonly style: 'json' | 'table' }
  | {
      readonly kind: 'filesystem';
      /** Absolute folder. */
      readonly path: string;
      readonly format: FormatSpec;
      readonly existing: 'refuse' | 'append' | 'replace';
    }
  | { readonly kind: 'blackhole' };

export interface PipelineTest {
  readonly name: string;
  readonly line: number;
  readonly steps: readonly TestStep[];
}

/** Cells are as in the file, still to be typed by the column they belong to. */
export type TestCell = string | number | boolean | null | readonly TestCell[] | TestRow;
export interface TestRow {
  readonly [column: string]: TestCell;
}

export type TestStep = { readonly line: number } & (
  | { readonly kind: 'input'; readonly source: string; readonly rows: readonly TestRow[] }
  | { readonly kind: 'watermark'; readonly source: string; readonly watermarkMs: number }
  | {
      readonly kind: 'expect';
      readonly stream: StreamReference;
      readonly rows: readonly TestRow[];
      readonly exact: boolean;
    }
  | {
      readonly kind: 'expect-count';
      readonly stream: 'late' | 'dead';
      readonly node: string;
      readonly count: number;
    }
  | { readonly kind: 'snapshot-and-restore' }
  | { readonly kind: 'processing-time'; readonly advanceMs: number }
  | { readonly kind: 'end' }
);
