/** What became of one statement, as the workflow knows it, and as the JSON document has it. */
import type { SqlColumn } from '../../flink/model/sql-result.ts';
import type { JobId } from '../../flink/model/identifiers.ts';
import type { RowValues } from '../../flink/sql/materialise-rows.ts';
import type { StatementFailure } from '../../flink/sql/locate-failure.ts';
import { rowObject } from './value-text.ts';

export interface StatementOutcome {
  /** The first one is 1. */
  readonly index: number;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly kind: string;
  /** Its first line, without secrets. */
  readonly statement: string;
  readonly state: 'OK' | 'FAILED' | 'SKIPPED';
  readonly jobId: JobId | null;
  /** FINISHED with --wait; null when nobody waited for it. */
  readonly jobState: string | null;
  readonly columns: readonly SqlColumn[];
  readonly rows: readonly RowValues[];
  /** Rows came from a job. */
  readonly isQuery: boolean;
  /** Its rows were handed out as they came, and are not kept. */
  readonly isWatched: boolean;
  /** False: there is no more to say than OK. */
  readonly hasContent: boolean;
  /** Insertions, updates and deletions that came; an update counts twice. */
  readonly changeCount: number;
  /** The reading ended at the limit; there may be more. */
  readonly isTruncated: boolean;
  readonly durationMs: number;
  readonly failure: StatementFailure | null;
}

export interface StatementResult {
  readonly index: number;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly kind: string;
  readonly statement: string;
  readonly state: 'OK' | 'FAILED' | 'SKIPPED';
  readonly jobId: JobId | null;
  readonly jobState: string | null;
  readonly columns: readonly SqlColumn[];
  readonly rows: readonly object[];
  /** Rows of the table that the changes add up to; of --watch the changes that were printed. */
  readonly rowCount: number;
  readonly changeCount: number;
  readonly isTruncated: boolean;
  readonly durationMs: number;
  readonly error?: {
    readonly message: string;
    readonly exception: string | null;
    readonly reasons: readonly string[];
    /** Where in the file; null when Flink does not say. */
    readonly line: number | null;
    readonly column: number | null;
  };
}

export function statementResult(outcome: StatementOutcome): StatementResult {
  const { columns, rows, isQuery, isWatched, hasContent, failure, ...rest } = outcome;
  const isShown = isQuery || hasContent;
  return {
    ...rest,
    columns: isShown ? columns : [],
    rows: isShown ? rows.map((values) => rowObject(columns, values)) : [],
    rowCount: isShown ? (isWatched ? rest.changeCount : rows.length) : 0,
    ...(failure === null
      ? {}
      : {
          error: {
            message: failure.message,
            exception: failure.exception,
            reasons: failure.reasons,
            line: failure.place?.line ?? null,
            column: failure.place?.column ?? null,
          },
        }),
  };
}

export function placeText({
  file,
  line,
  column,
}: Pick<StatementOutcome, 'file' | 'line' | 'column'>): string {
  return `${file}:${line}:${column}`;
}
