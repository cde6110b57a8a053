/**
 * A page of a statement's result as the SQL Gateway gives it. The address of the next page is read
 * for its number only: where the client asks next is not for an answer to say.
 */
import type { ExactNumber } from './exact-json.ts';
import { Fields, mismatch } from './fields.ts';
import { isHexId, jobIdOf, type JobId } from './identifiers.ts';
import { sqlTypeText } from './sql-type.ts';

/** As sent: times and bytes (base64) are texts, rows and maps are objects. */
export type SqlValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | ExactNumber
  | readonly SqlValue[]
  | { readonly [name: string]: SqlValue };

/** Insert, update before, update after, delete; as Flink shows them. */
export type RowOp = '+I' | '-U' | '+U' | '-D';

export interface SqlColumn {
  readonly name: string;
  /** As SQL writes it: `BIGINT NOT NULL`. */
  readonly type: string;
}

export interface SqlRow {
  readonly op: RowOp;
  /** As many as there are columns. */
  readonly values: readonly SqlValue[];
}

export type ResultPage =
  | { readonly kind: 'not-ready' }
  | {
      readonly kind: 'rows';
      /** Null: this was the last page. */
      readonly nextToken: number | null;
      /** Rows come from a job and not from the gateway itself. */
      readonly isQuery: boolean;
      /** False: the one row says OK. */
      readonly hasContent: boolean;
      readonly jobId: JobId | null;
      readonly columns: readonly SqlColumn[];
      readonly rows: readonly SqlRow[];
    };

/** `token`: that of the page that was asked for. */
export function decodeResultPage(answer: unknown, token: number): ResultPage {
  const page = Fields.of(answer);
  const resultType = page.requiredText('resultType');
  switch (resultType) {
    case 'NOT_READY':
      return { kind: 'not-ready' };
    case 'PAYLOAD':
      return decodeRows(page, nextToken(page.requiredText('nextResultUri'), token));
    case 'EOS':
      return decodeRows(page, null);
    default:
      throw mismatch(`its resultType is ${JSON.stringify(resultType)}`);
  }
}

function decodeRows(page: Fields, next: number | null): ResultPage {
  const results = page.object('results');
  const columns = (results?.objects('columns') ?? []).map(decodeColumn);
  const jobId = page.text('jobID');
  return {
    kind: 'rows',
    nextToken: next,
    isQuery: page.flag('isQueryResult') ?? false,
    hasContent: page.text('resultKind') !== 'SUCCESS',
    jobId: jobId !== null && isHexId(jobId) ? jobIdOf(jobId) : null,
    columns,
    rows: (results?.objects('data') ?? []).map((row) => decodeRow(row, columns.length)),
  };
}

function decodeColumn(column: Fields): SqlColumn {
  return {
    name: column.requiredText('name'),
    type: sqlTypeText(column.requiredObject('logicalType')),
  };
}

const OPS: ReadonlyMap<string, RowOp> = new Map([
  ['INSERT', '+I'],
  ['UPDATE_BEFORE', '-U'],
  ['UPDATE_AFTER', '+U'],
  ['DELETE', '-D'],
]);

function decodeRow(row: Fields, columnCount: number): SqlRow {
  const kind = row.requiredText('kind');
  const op = OPS.get(kind);
  if (op === undefined) throw mismatch(`${row.place}.kind is ${JSON.stringify(kind)}`);
  const values = row.value('fields');
  if (!Array.isArray(values) || values.length !== columnCount) {
    throw mismatch(`${row.place} has not as many fields as there are columns`);
  }
  // Whatever the parser gives is one of these.
  return { op, values: values as readonly SqlValue[] };
}

/** Each page has the number after that of the page before. */
function nextToken(uri: string, token: number): number {
  const digits = /\/result\/(\d{1,15})(?:[/?#]|$)/.exec(uri)?.[1];
  if (digits === undefined || Number(digits) !== token + 1) {
    throw mismatch(`after page ${token} it names the page ${JSON.stringify(uri)}`);
  }
  return token + 1;
}
