/** What is shown of a statement's outcome: a table, lines of text, a job, or OK. */
import { countCell, textCell, type Cell, type Section, type View } from '../../output/view.ts';
import type { SqlColumn, SqlValue } from '../../flink/model/sql-result.ts';
import type { RowValues } from '../../flink/sql/materialise-rows.ts';
import { placeText, type StatementOutcome } from './statement-outcome.ts';
import { valueText } from './value-text.ts';

export interface StatementViewOptions {
  /** Of the script; a single statement has no title. */
  readonly count: number;
  /** Types beside the names of the columns. */
  readonly isWide: boolean;
  /** False: null is an empty cell, as programs want it. */
  readonly namesNull: boolean;
}

export function statementView(outcome: StatementOutcome, options: StatementViewOptions): View {
  const title = options.count === 1 ? null : titleOf(outcome, options.count);
  const section = contentOf(outcome, options);
  if (section === null) {
    const line = title ?? shortText(outcome);
    return { sections: [{ kind: 'text', lines: [line] }], names: namesOf(outcome) };
  }
  return {
    sections: [title === null ? section : { ...section, title }, ...remarks(outcome)],
    names: namesOf(outcome),
  };
}

/** `[2/5] OK  flow.sql:9:1  INSERT INTO b ...  job 92df...` */
function titleOf(outcome: StatementOutcome, count: number): string {
  const { index, state, statement } = outcome;
  const job = hasOwnJob(outcome) ? `  ${jobText(outcome)}` : '';
  return `[${index}/${count}] ${state}  ${placeText(outcome)}  ${statement}${job}`;
}

function shortText(outcome: StatementOutcome): string {
  return hasOwnJob(outcome) ? jobText(outcome) : outcome.state;
}

function jobText({ jobId, jobState }: StatementOutcome): string {
  return `job ${jobId ?? ''}${jobState === null ? '' : ` ${jobState}`}`;
}

/** Of INSERT and its like: goes on after the statement. */
function hasOwnJob({ jobId, isQuery }: StatementOutcome): boolean {
  return jobId !== null && !isQuery;
}

/** Null: nothing but its state and its job. */
function contentOf(outcome: StatementOutcome, options: StatementViewOptions): Section | null {
  const { columns, rows, isQuery, hasContent, state } = outcome;
  if (!isQuery && (!hasContent || hasOwnJob(outcome))) return null;
  if (state === 'FAILED' && rows.length === 0) return null;
  const lines = isQuery ? null : linesOf(columns, rows);
  if (lines !== null) return { kind: 'text', lines };
  return {
    kind: 'table',
    columns: columns.map(({ name, type }) => ({
      key: name,
      heading: options.isWide ? `${name} ${type}` : name,
    })),
    rows: rows.map((values) => values.map((value) => cellOf(value, options))),
    empty: 'no rows',
  };
}

/** A plan or a CREATE statement: one text of several lines. */
function linesOf(
  columns: readonly SqlColumn[],
  rows: readonly RowValues[],
): readonly string[] | null {
  const text = rows[0]?.[0];
  const isOne = columns.length === 1 && rows.length === 1 && typeof text === 'string';
  return isOne && text.includes('\n') ? text.trimEnd().split('\n') : null;
}

function cellOf(value: SqlValue, { namesNull }: StatementViewOptions): Cell {
  if (value === null) return textCell(namesNull ? 'NULL' : null);
  // Without separators of thousands: many of them are identifiers.
  if (typeof value === 'bigint') return countCell(value);
  if (typeof value === 'number' && Number.isSafeInteger(value)) return countCell(BigInt(value));
  return textCell(valueText(value));
}

function remarks({ isTruncated, changeCount, rows }: StatementOutcome): readonly Section[] {
  if (!isTruncated) return [];
  const counted =
    rows.length === changeCount
      ? `the first ${changeCount} rows`
      : `what the first ${changeCount} changes add up to`;
  return [{ kind: 'text', lines: [`(${counted}; --limit takes more, --watch goes on)`] }];
}

function namesOf(outcome: StatementOutcome): readonly string[] {
  const { jobId, isQuery, hasContent, rows } = outcome;
  if (hasOwnJob(outcome) && jobId !== null) return [jobId];
  return isQuery || hasContent ? rows.map((values) => valueText(values[0] ?? null)) : [];
}
