/**
 * The checked pipeline: names resolved, expressions typed, every node with its output schema. This
 * is what the embedded engine and the SQL compiler both start from; it knows neither of them.
 * Invariant: nodes are in topological order; a column index in an expression refers to the schema
 * of the node's (first) input.
 */
import type { AggregateExpression, TypedExpression } from '../../expression/tree.ts';
import type { LogicalType, RowField } from '../../expression/type.ts';
import type { RedisAddress, SinkConnector, SourceConnector } from './connector-spec.ts';
import type { DruidIngestion } from './druid-ingestion.ts';
import type { PipelineTest } from './pipeline-test.ts';
import type { StreamReference } from './stream-reference.ts';
import type { WatermarkSpec } from './watermark-spec.ts';

export interface LogicalPlan {
  readonly name: string;
  readonly parallelism: number;
  readonly maxParallelism: number | null;
  /** Flink configuration keys as written in the file, checked. */
  readonly configuration: ReadonlyMap<string, string>;
  /** Of each of these keys. */
  readonly configurationPlaces: ReadonlyMap<string, ConfigurationPlace>;
  /** IANA name from `table.local-time-zone`; UTC by default. */
  readonly timeZone: string;
  readonly nodes: readonly PlanNode[];
  readonly tests: readonly PipelineTest[];
}

/** Where a value of `configuration` stands in the file, one-based. */
export interface ConfigurationPlace {
  readonly line: number;
  readonly column: number;
  readonly length: number;
  /** The value as the absolute path of a local file or folder; null where it cannot be one. */
  readonly path: string | null;
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
  /** Further time attributes, where a join leaves two; absent: none. */
  readonly otherTimeColumns?: readonly string[];
  /** Set when the main stream carries updates and deletes; null: it only appends. */
  readonly changelog: Changelog | null;
  /** Set when the rows of the main stream are results of windows; absent: they are not. */
  readonly windowed?: WindowedRows | null;
}

/** Rows that are results of windows of which many groups have the same. */
export interface WindowedRows {
  /** Names of the columns with the bounds. */
  readonly start: string;
  readonly end: string;
  /** Type of the event time that the windows are made of. */
  readonly timeType: LogicalType;
  /** How long behind its end a window still changes. */
  readonly latenessMs: number;
  /** Names of the columns that tell the rows of one window apart; null: none are known to. */
  readonly key: readonly string[] | null;
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
  | IntervalJoinNode
  | ProcessNode
  | LookupNode
  | WindowAggregateNode
  | RunningAggregateNode
  | DedupNode
  | TopNNode
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

export interface IntervalJoinNode extends PlanNodeBase {
  readonly kind: 'interval-join';
  readonly left: JoinInput;
  readonly right: JoinInput;
  /** Bounds of the right row's time minus the left row's, both included. */
  readonly lowerMs: number;
  readonly upperMs: number;
  readonly joinKind: 'inner' | 'left' | 'right' | 'full';
  /** Of all rows, before `select`: the left input's, then the right one's. */
  readonly columns: readonly RowField[];
  /** Indexes refer to `columns`. */
  readonly select: readonly NamedExpression[] | null;
}

export interface JoinInput {
  readonly from: StreamReference;
  /** Positions of the key columns, pair by pair of comparable types with the other side's. */
  readonly keys: readonly number[];
  /** Position of the time attribute. */
  readonly timeIndex: number;
}

export interface LookupNode extends PlanNodeBase {
  readonly kind: 'lookup';
  readonly from: StreamReference;
  readonly where: TypedExpression | null;
  /** Name of the source that is the table, or of the transform with a changelog that is. */
  readonly table: string;
  /** The table is a transform, and changes while the job runs. */
  readonly follows: boolean;
  /** Pairs of column positions: in the input and in the table's schema. Types are equal. */
  readonly on: readonly { readonly inputIndex: number; readonly tableIndex: number }[];
  /** Positions of the table's columns that are appended to the input's columns. */
  readonly tableColumns: readonly number[];
  readonly missing: 'keep' | 'drop' | 'fail';
  /** Processing time between two readings of the table; null: it is read once. */
  readonly refreshMs: number | null;
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
  /** Where numbers are shared with other jobs; null: in the state of the job. */
  readonly store: { readonly address: RedisAddress; readonly key: string } | null;
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

/** An aggregation without a window: its output is a changelog keyed by the group columns. */
export interface RunningAggregateNode extends PlanNodeBase {
  readonly kind: 'running-aggregate';
  readonly from: StreamReference;
  readonly where: TypedExpression | null;
  /** As those of a window. */
  readonly groupBy: readonly NamedExpression[];
  readonly groupingSets: readonly (readonly number[])[];
  readonly aggregates: readonly NamedAggregate[];
  /** The input carries updates and deletes. */
  readonly takesUpdates: boolean;
  /** How long a group without rows is kept, processing time; 0: for ever. */
  readonly stateTtlMs: number;
  /** After the aggregation; indexes refer to the group columns, the aggregates. */
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

/** One row of each key. */
export interface DedupNode extends PlanNodeBase {
  readonly kind: 'dedup';
  readonly from: StreamReference;
  readonly where: TypedExpression | null;
  /** Positions in the input. */
  readonly keys: readonly number[];
  readonly keep: 'first' | 'last';
  /** Position of the time attribute that rows are ordered by; null: as they arrive. */
  readonly timeIndex: number | null;
  /** How long a key is known without news, processing time; 0: for ever. */
  readonly stateTtlMs: number;
  /** Indexes refer to the input. */
  readonly select: readonly NamedExpression[] | null;
}

/** The first n rows of each partition. */
export interface TopNNode extends PlanNodeBase {
  readonly kind: 'top-n';
  readonly from: StreamReference;
  readonly where: TypedExpression | null;
  readonly n: number;
  /** Positions in the input; with the bounds of the window where there is one. */
  readonly partitionBy: readonly number[];
  readonly orderBy: readonly { readonly index: number; readonly isDescending: boolean }[];
  readonly form: TopNForm;
  /** The input's columns, then the rank where it is asked for; before `select`. */
  readonly columns: readonly RowField[];
  readonly hasRank: boolean;
  /** Indexes refer to `columns`. */
  readonly select: readonly NamedExpression[] | null;
}

export type TopNForm =
  /** Once, when the window has ended. */
  | { readonly kind: 'window'; readonly window: PartitionWindow }
  /** As a changelog. */
  | {
      readonly kind: 'streaming';
      /** Set when the input takes rows back: positions of its key, null when it has none. */
      readonly input: { readonly key: readonly number[] | null } | null;
      /** Set when partitions belong to windows, which end. */
      readonly window: PartitionWindow | null;
      /** How long a row is kept without news, processing time; 0: for ever. */
      readonly stateTtlMs: number;
    };

export interface PartitionWindow extends Pick<WindowedRows, 'timeType' | 'latenessMs'> {
  /** Position of the window's end, which is one of the partition's columns. */
  readonly endIndex: number;
}

/** Expressions over the input of a sink. */
export interface SinkRowExpressions {
  readonly expressions: readonly NamedExpression[];
  /** The first so many tell rows apart: equal ones take the place of each other. */
  readonly identityCount: number;
}

export interface SinkNode extends PlanNodeBase {
  readonly kind: 'sink';
  readonly from: StreamReference;
  readonly connector: SinkConnector;
  /** Positions in the input of the columns that are written, in order; the node's `schema`. */
  readonly columns: readonly number[];
  /** How Druid takes in what a `druid` sink writes; absent: it is none. */
  readonly druid?: DruidIngestion;
  /** What is written in their place, and the node's `schema`; null: the columns. */
  readonly row: SinkRowExpressions | null;
}
