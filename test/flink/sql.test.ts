import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { FlinkUnderTest } from '../peers/flink-under-test.ts';
import type { ProgramResult } from '../peers/run-program.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { cancelJob, realFlinks, untilState, untilTasksRun, type Json } from './real-flink.ts';
import { drey } from './run-drey.ts';

const ENTRY = fileURLToPath(new URL('../../bin/run.js', import.meta.url));

/** Up to 1.20 the key has no `.type`. */
const NO_RESTART = ['-D', 'restart-strategy.type=none', '-D', 'restart-strategy=none'];
const ENDLESS =
  "CREATE TABLE endless (n BIGINT, text STRING) WITH ('connector'='datagen', 'rows-per-second'='50', 'fields.n.kind'='sequence', 'fields.n.start'='9007199254740993', 'fields.n.end'='9007199254999999', 'fields.text.length'='3')";
const THREE =
  "CREATE TABLE three (n BIGINT, text STRING) WITH ('connector'='datagen', 'number-of-rows'='3')";
const NOWHERE = "CREATE TABLE nowhere (n BIGINT, text STRING) WITH ('connector'='blackhole')";

describe.concurrent.each(realFlinks())('SQL at Flink $version', (flink) => {
  const sql = (...words: readonly string[]): Promise<ProgramResult> =>
    drey(flink, 'sql', 'run', ...words, '--gateway', flink.gatewayUrl);

  async function sqlJson(...words: readonly string[]): Promise<Json> {
    const { exit, stdout, stderr } = await sql(...words, '--json');
    if (exit !== 0) throw new Error(`exit ${exit}: ${stdout}${stderr}`);
    return JSON.parse(stdout) as Json;
  }

  it('runs a script to its end', async (test) => {
    const file = scriptFile(
      [THREE, ENDLESS, NOWHERE],
      ['SHOW TABLES', 'DESCRIBE three', 'EXPLAIN SELECT * FROM three'],
      ['SELECT * FROM three'],
      ['INSERT INTO nowhere SELECT * FROM endless'],
    );
    const { statements } = await sqlJson(file);
    const insert = statements.at(-1);
    test.onTestFinished(() => cancelJob(flink, insert.jobId));
    expect(statements.map((statement: Json) => statement['state'])).toEqual(Array(8).fill('OK'));
    const [, , , tables, description, plan, three] = statements;
    const names = tables.rows.map((row: Json) => row['table name']);
    expect(names).toEqual(['endless', 'nowhere', 'three']);
    expect(description.rows[0]).toMatchObject({ name: 'n', type: 'BIGINT' });
    expect(plan.rows[0].result).toContain('Optimized Execution Plan');
    expect(three).toMatchObject({ rowCount: 3, isTruncated: false, kind: 'SELECT' });
    // The id is drey's own, made before the statement was sent.
    await untilTasksRun(flink, insert.jobId);
  });

  it('keeps every value as Flink has it', async () => {
    const { stdout } = await sql(
      '-e',
      "SELECT CAST(9223372036854775807 AS BIGINT) b, CAST('12345678901234567890.123456789012345678' AS DECIMAL(38, 18)) d, TIMESTAMP '2023-11-14 22:13:00.123456' t, ARRAY[1, CAST(NULL AS INT)] a, MAP['k', CAST(9007199254740993 AS BIGINT)] m, CAST(ROW(1, 'x') AS ROW<i INT, s STRING>) r, CAST(NULL AS STRING) n, X'00ff10' x",
      '--json',
    );
    expect(stdout).toContain('"b": 9223372036854775807');
    expect(stdout).toContain('"d": 12345678901234567890.123456789012345678');
    expect(stdout).toContain('"k": 9007199254740993');
    expect(JSON.parse(stdout).statements[0].rows[0]).toMatchObject({
      t: '2023-11-14T22:13:00.123456',
      a: [1, null],
      r: { i: 1, s: 'x' },
      n: null,
      x: 'AP8Q',
    });
  });

  it('shows maps whose keys are no strings', async () => {
    const { statements } = await sqlJson('-e', "SELECT MAP[1, 'a'] m");
    expect(statements[0].rows).toEqual([{ m: '{1=a}' }]);
  });

  it('adds the changes of a query up', async () => {
    const query = "SELECT w, COUNT(*) c FROM (VALUES ('a'), ('b'), ('a')) AS t(w) GROUP BY w";
    const { stdout } = await sql('-e', query);
    expect(stdout).toBe('w  c\na  2\nb  1\n');
    const watched = await sql('-e', query, '--watch');
    expect(watched.stdout).toBe('op  w  c\n+I  a  1\n+I  b  1\n-U  a  1\n+U  a  2\n');
  });

  it('takes the first rows of an endless query and cancels its job', async () => {
    const init = scriptFile([ENDLESS]);
    const words = ['-e', 'SELECT n FROM endless', '--init', init, '--limit', '5'];
    const { statements } = await sqlJson(...words);
    expect(statements[0]).toMatchObject({ rowCount: 5, isTruncated: true });
    expect(BigInt(statements[0].rows[0].n)).toBe(9007199254740992n);
    await untilState(flink, statements[0].jobId, 'CANCELED');
  });

  it('ends --watch at Ctrl-C, with its job and its session', async () => {
    const init = scriptFile([ENDLESS]);
    const words = ['-e', 'SELECT n FROM endless', '--init', init, '--watch', '--json'];
    const watched = await interruptedAfter(flink, 3, words);
    expect(watched.exit).toBe(130);
    const lines = watched.stdout.trim().split('\n');
    expect(lines[2]).toContain('"op":"+I","row":{"n":9007199254740995}');
    const { error } = JSON.parse(watched.stderr.trim().split('\n').at(-1) ?? '');
    expect(error).toMatchObject({ code: 'DREY_INTERRUPTED', exit: 130 });
    await untilState(flink, error.details.statements[0].jobId ?? error.details.jobId, 'CANCELED');
  });

  it.each([
    ['SELEC 1', 1, 'Non-query expression encountered in illegal context'],
    ['SELECT *\nFROM absent', 2, "Object 'absent' not found"],
    ['SELECT 1/0', 1, 'Division by zero'],
    [`${THREE};\nINSERT INTO absent SELECT * FROM three`, 2, '`absent`'],
    ["SELECT CAST(a AS INT) FROM (VALUES ('1'), ('x')) t(a)", 1, "For input string: 'x'"],
  ])('fails with 6 at %s', async (statement, line, reason) => {
    const failed = await sql('-e', statement, ...NO_RESTART);
    expect(failed.exit).toBe(6);
    expect(failed.stderr).toContain('code: DREY_STATEMENT_FAILED');
    expect(failed.stderr).toContain(reason);
    expect(failed.stderr).toContain(`--execute:${line}`);
    expect(failed.stderr).not.toMatch(/\bat org\.apache|Caused by/);
  });

  it('says what keeps a query from giving rows', async () => {
    const query = "SELECT CAST(a AS INT) FROM (VALUES ('x')) t(a)";
    const failed = await sql('-e', query, '--timeout', '9s');
    expect(failed.exit).toBe(6);
    expect(failed.stderr).toMatch(/the job of the query failed and is \w+: For input string: 'x'/);
    expect(failed.stderr).toContain('not over when the time of --timeout was');
  });

  it('submits a statement set as one job, and waits for it', async () => {
    const insert = 'INSERT INTO nowhere SELECT * FROM three';
    const file = scriptFile(
      [THREE, NOWHERE],
      [`EXECUTE STATEMENT SET BEGIN ${insert}; ${insert}; END`],
      ['BEGIN STATEMENT SET', insert, insert, 'END'],
    );
    const { statements } = await sqlJson(file, '--wait');
    const jobs = statements.map((statement: Json) => [statement['kind'], statement['jobState']]);
    expect(jobs.slice(2)).toEqual([
      ['EXECUTE STATEMENT SET', 'FINISHED'],
      ['BEGIN STATEMENT SET', null],
      ['INSERT', null],
      ['INSERT', null],
      ['END', 'FINISHED'],
    ]);
  });

  it('fails with 6 when the job it waited for does', async () => {
    const insert = 'INSERT INTO nowhere SELECT CAST(text AS BIGINT), text FROM three';
    const words = ['-e', `${THREE}; ${NOWHERE}; ${insert}`, '--wait', ...NO_RESTART];
    const failed = await sql(...words);
    expect(failed.exit).toBe(6);
    expect(failed.stderr).toMatch(/3 of 3 failed: job insert-into\S+ \(\w+\) FAILED: .*For input/);
  });

  it('goes on in a session that was kept', async (test) => {
    const first = await sqlJson('-e', NOWHERE, '--keep-session');
    const { session } = first;
    test.onTestFinished(() => closeSession(flink, session));
    const { statements } = await sqlJson('-e', 'SHOW TABLES', '--session', session);
    expect(statements[0].rows).toEqual([{ 'table name': 'nowhere' }]);
  });

  it('leaves no session behind', async () => {
    const { session } = await sqlJson('-e', 'SHOW TABLES');
    const refused = await sql('-e', 'SHOW TABLES', '--session', session);
    expect(refused.exit).toBe(5);
    expect(refused.stderr).toContain('code: DREY_SQL_SESSION');
  });

  it('runs a thousand lines', async () => {
    const lines = Array.from({ length: 100 }, (_, index) => [
      ...Array.from({ length: 9 }, (_comment, line) => `-- comment; ${line}`),
      `SET 'k${index}' = 'it''s; ${index}';`,
    ]);
    const file = join(temporaryFolder(), 'long.sql');
    writeFileSync(file, `${lines.flat().join('\n')}\nSELEC;\n`);
    const failed = await sql(file);
    expect(failed.exit).toBe(6);
    expect(failed.stderr).toContain(`${file}:1001:1: statement 101 of 101 failed`);
    expect(failed.stdout.trim().split('\n')).toHaveLength(101);
  });
});

function scriptFile(...groups: readonly (readonly string[])[]): string {
  const file = join(temporaryFolder(), 'flow.sql');
  writeFileSync(file, `-- a script\n${groups.flat().join(';\n')};\n`);
  return file;
}

/** Sends SIGINT after so many lines of output. */
async function interruptedAfter(
  flink: FlinkUnderTest,
  lineCount: number,
  words: readonly string[],
): Promise<ProgramResult> {
  const own = ['sql', 'run', ...words, '--url', flink.restUrl, '--gateway', flink.gatewayUrl];
  const child = spawn(process.execPath, [ENTRY, ...own], { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += String(chunk)));
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (lines.push(line) === lineCount) child.kill('SIGINT');
  });
  const [exit] = (await once(child, 'close')) as [number | null];
  return { exit: exit ?? -1, stdout: `${lines.join('\n')}\n`, stderr };
}

async function closeSession({ gatewayUrl }: FlinkUnderTest, session: string): Promise<void> {
  await fetch(`${gatewayUrl}/v2/sessions/${session}`, { method: 'DELETE' });
}
