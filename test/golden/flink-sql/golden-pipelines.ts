/**
 * The folders of `pipelines/`: a pipeline, its input, the same as Flink SQL, and the rows that a
 * real Flink 2.3.0 gave.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { splitStatements } from '../../../src/flink/sql/split-statements.ts';
import { GatewaySession } from './gateway-session.ts';
import { changelogLines } from './golden-rows.ts';

/** Scripts and tests run in the root of the repository. */
const pipelinesFolder = resolve('test/golden/flink-sql/pipelines');
export const EXPECTED = 'expected.jsonl';
/** Stands in query.sql for the folder of the pipeline. */
const FOLDER = '{folder}';

export function pipelineNames(): readonly string[] {
  return readdirSync(pipelinesFolder).sort();
}

export function pipelineFile(name: string, file: string): string {
  return join(pipelinesFolder, name, file);
}

export function readPipelineFile(name: string, file: string): string {
  return readFileSync(pipelineFile(name, file), 'utf8');
}

/** By file name. */
export function inputsOf(name: string): Readonly<Record<string, string>> {
  const files = readdirSync(join(pipelinesFolder, name)).filter(
    (file) => file.endsWith('.jsonl') && file !== EXPECTED,
  );
  return Object.fromEntries(files.map((file) => [file, readPipelineFile(name, file)]));
}

/**
 * Runs query.sql at a real Flink. Append-only rows are written by Flink's own JSON format and come
 * sorted; a changelog, which files do not take, comes in the order of its changes.
 */
export async function runAtFlink(gatewayUrl: string, name: string): Promise<string> {
  const folder = join(pipelinesFolder, name);
  const script = readPipelineFile(name, 'query.sql').replaceAll(FOLDER, folder);
  const split = splitStatements(script);
  if (split.kind === 'open') throw new Error(`${name}: a ${split.what} is not closed`);
  const texts = split.statements.map(({ text }) => text);
  const query = texts.at(-1) ?? '';
  const session = await GatewaySession.open(gatewayUrl, { 'table.dml-sync': 'true' });
  try {
    for (const text of texts.slice(0, -1)) await session.mustRun(text);
    const appended = await appendedLines(session, query);
    if (appended !== null) return appended;
    const { columns, rows } = await session.mustRun(query);
    return changelogLines(columns, rows);
  } finally {
    await session.close();
  }
}

/** How Flink's planner refuses a changelog. */
const NOT_APPEND_ONLY = "doesn't support consuming update";

/** Null when the query gives a changelog. */
async function appendedLines(session: GatewaySession, query: string): Promise<string | null> {
  const folder = mkdtempSync(join(tmpdir(), 'drey-golden-'));
  try {
    const written = await session.run(
      `CREATE TABLE golden_rows WITH ('connector' = 'filesystem', 'path' = '${folder}/rows', 'format' = 'json') AS ${query}`,
    );
    if (written.kind === 'failed') {
      if (written.reason.includes(NOT_APPEND_ONLY)) return null;
      throw new Error(`${query}\n${written.reason}`);
    }
    const parts = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
    const lines = parts.flatMap((part) => part.split('\n').slice(0, -1));
    return lines.sort().map((line) => `${line}\n`).join('');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
