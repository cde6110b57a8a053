/**
 * The tables of `expressions/`: an expression a line, with the type and the value that a real Flink
 * 2.3.0 gave. `!refused`: its planner refused it; `!fails`: its job failed. Values are written as
 * Java writes them (test/expression/java-text.ts is drey's side of that).
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { valueText } from './gateway-value-text.ts';
import { GatewaySession } from './gateway-session.ts';

/** Scripts and tests run in the root of the repository. */
const expressionsFolder = resolve('test/golden/flink-sql/expressions');

export interface ExpressionAnswer {
  readonly text: string;
  readonly type: string;
  /** Null: the table has types only. */
  readonly value: string | null;
}

/** By name, with the columns that the expressions may use, as Flink declares them. */
export const expressionTables: Readonly<Record<string, ColumnSet>> = {
  casts: 'row',
  columns: 'row',
  comparison: 'row',
  functions: 'row',
  'nulls-and-edges': 'row',
  'temporal-json-collections': 'row',
  operators: 'row',
  numbers: 'row',
  texts: 'row',
  times: 'row',
  'conditions-and-json': 'row',
  collections: 'row',
  'more-functions': 'row',
  'cast-matrix': 'row',
  'cast-pairs': 'row',
  types: 'types',
};

export type ColumnSet = 'row' | 'types';

export const REFUSED = '!refused';
export const FAILS = '!fails';

export function tableFile(name: string): string {
  return join(expressionsFolder, `${name}.tsv`);
}

export function readTable(name: string): readonly ExpressionAnswer[] {
  return readFileSync(tableFile(name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [text = '', type = '', value = null] = line.split('\t');
      return { text, type, value };
    });
}

export function lineOf({ text, type, value }: ExpressionAnswer): string {
  return value === null ? `${text}\t${type}` : `${text}\t${type}\t${value}`;
}

const COLUMNS: Readonly<Record<ColumnSet, string>> = {
  row: 'b BOOLEAN, ti TINYINT, si SMALLINT, i INT, l BIGINT, f FLOAT, d DOUBLE, dc DECIMAL(10, 2), s STRING, dt DATE',
  types:
    'b BOOLEAN, ti TINYINT, si SMALLINT, i INT, l BIGINT, f FLOAT, d DOUBLE, dec_ DECIMAL(10, 2), s STRING, c3 CHAR(3), by_ BYTES, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(6), ltz3 TIMESTAMP_LTZ(3), ai ARRAY<INT>, m MAP<STRING, INT>, r ROW<a INT, b STRING>',
};

/** The row that values are computed over. */
const ROW =
  '{"b":true,"ti":1,"si":2,"i":3,"l":4,"f":1.5,"d":2.5,"dc":12.34,"s":"abc","dt":"2020-01-02"}\n';

/** Expressions of one query; a job costs a second, whatever it computes. */
const BATCH_SIZE = 24;

/** What a real Flink says, in the order of `texts`. */
export async function answerAtFlink(
  gatewayUrl: string,
  columns: ColumnSet,
  texts: readonly string[],
): Promise<readonly ExpressionAnswer[]> {
  const folder = mkdtempSync(join(tmpdir(), 'drey-golden-'));
  const session = await GatewaySession.open(gatewayUrl, {
    'execution.runtime-mode': 'streaming',
    'restart-strategy.type': 'none',
    'parallelism.default': '1',
    'table.local-time-zone': 'UTC',
  });
  try {
    writeFileSync(join(folder, 'row.jsonl'), ROW);
    await session.mustRun(
      `CREATE TEMPORARY TABLE one_row (${COLUMNS[columns]}) WITH ('connector' = 'filesystem', 'path' = '${folder}/row.jsonl', 'format' = 'json')`,
    );
    const types = new Map<string, string>();
    const values = new Map<string, string>();
    for (const batch of batchesOf(texts)) await addTypes(session, batch, types);
    if (columns === 'row') {
      const accepted = texts.filter((text) => types.get(text) !== REFUSED);
      for (const batch of batchesOf(accepted)) await addValues(session, batch, values);
    }
    return texts.map((text) => ({
      text,
      type: types.get(text) ?? REFUSED,
      value: columns === 'types' ? null : (values.get(text) ?? '-'),
    }));
  } finally {
    await session.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function batchesOf(texts: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(texts.length / BATCH_SIZE);
  return Array.from({ length: count }, (_, at) =>
    texts.slice(at * BATCH_SIZE, (at + 1) * BATCH_SIZE),
  );
}

type Add = (
  session: GatewaySession,
  texts: readonly string[],
  found: Map<string, string>,
) => Promise<void>;

/** By the schema of a view, which needs no job. */
const addTypes: Add = async (session, texts, types) => {
  const made = await session.run(`CREATE TEMPORARY VIEW asked AS ${queryOf(texts)}`);
  if (made.kind === 'failed') {
    if (texts.length === 1) types.set(texts[0]!, REFUSED);
    // Wrong expressions stand together in the tables, so halving finds them later.
    else for (const text of texts) await addTypes(session, [text], types);
    return;
  }
  const { rows } = await session.mustRun('DESCRIBE asked');
  await session.mustRun('DROP TEMPORARY VIEW asked');
  for (const [index, text] of texts.entries()) {
    const [, type, isNullable] = rows[index]!.fields;
    types.set(text, `${String(type)}${isNullable === true ? '' : ' NOT NULL'}`);
  }
};

/**
 * The cluster has failed, not the expression. A query that the gateway gives up on at once, such
 * as a map whose keys are no texts, which its JSON does not show, can end a TaskManager.
 */
const NO_ANSWER =
  /NoResourceAvailableException|RemoteTransportException|HeartbeatTimeout|TaskManager .* (?:was|is) (?:lost|no longer)|has been disconnected|The TaskExecutor is shutting down|TimeoutException/;

const addValues: Add = async (session, texts, values) => {
  const answer = await session.run(queryOf(texts));
  if (answer.kind === 'failed') {
    const [noAnswer] = NO_ANSWER.exec(answer.reason) ?? [];
    if (noAnswer !== undefined) throw new Error(`${noAnswer} at ${texts.join('\n')}`);
    if (texts.length === 1) values.set(texts[0]!, FAILS);
    else await halve(addValues, session, texts, values);
    return;
  }
  const fields = answer.rows[0]?.fields ?? [];
  for (const [index, text] of texts.entries()) {
    values.set(text, valueText(fields[index], answer.columns[index]!.logicalType));
  }
};

/** One of many has failed: which? */
async function halve(
  add: Add,
  session: GatewaySession,
  ...[texts, found]: [texts: readonly string[], found: Map<string, string>]
): Promise<void> {
  const middle = Math.ceil(texts.length / 2);
  await add(session, texts.slice(0, middle), found);
  await add(session, texts.slice(middle), found);
}

function queryOf(texts: readonly string[]): string {
  return `SELECT ${texts.map((text, index) => `${text} AS c${index}`).join(', ')} FROM one_row`;
}
