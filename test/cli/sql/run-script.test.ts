import { describe, expect, it } from 'vitest';
import { recordedGateway } from '../../support/recorded-gateway.ts';
import { failureOf, run, textOf, Told } from './run-statements.ts';

const jobShown = (text: string): string => /[0-9a-f]{32}/.exec(text)?.[0] ?? '';

describe('runScript', () => {
  it('goes on after a failure when that is asked for, and fails all the same', async () => {
    const gateway = await recordedGateway();
    const statements = [textOf('syntax'), 'SHOW TABLES', textOf('division')];
    const failure = await failureOf(run(gateway, statements, { continuesOnError: true }));
    expect(failure).toMatchObject({ code: 'DREY_STATEMENT_FAILED', exitCode: 6 });
    expect(failure.message).toContain('--execute:1:1: statement 1 of 3 failed');
    expect(failure.message).toContain('--execute:3:1: statement 3 of 3 failed');
    expect(gateway.statements).toEqual(statements);
  });

  it('takes the first rows of a query and cancels it', async () => {
    const gateway = await recordedGateway({ endless: 'SELECT * FROM t' });
    const { statements } = await run(gateway, ['SELECT * FROM t'], { rowsMax: 3 });
    expect(statements[0]).toMatchObject({
      rows: [{ n: 0 }, { n: 1 }, { n: 2 }],
      isTruncated: true,
      changeCount: 3,
    });
    expect(gateway.asked.slice(-2)).toEqual([
      'DELETE /sessions/S/operations/O/close',
      'DELETE /sessions/S',
    ]);
  });

  it('hands out changes as they come with --watch', async () => {
    const gateway = await recordedGateway();
    const told = new Told();
    const request = { isWatching: true, rowsMax: Infinity };
    const { statements } = await run(gateway, [textOf('changelog')], request, told);
    expect(told.changes).toEqual(['+I a 1', '+I b 1', '-U a 1', '+U a 2']);
    expect(statements[0]).toMatchObject({ rows: [], rowCount: 4 });
  });

  it('ends the query when nobody reads its changes any more', async () => {
    const gateway = await recordedGateway({ endless: 'SELECT * FROM t' });
    const told = new Told();
    told.onChange = () => told.changes.length < 5;
    await run(gateway, ['SELECT * FROM t'], { isWatching: true, rowsMax: Infinity }, told);
    expect(told.changes).toHaveLength(5);
    expect(gateway.asked).toContain('DELETE /sessions/S/operations/O/close');
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('cancels the query and closes the session at %s', async (signal, exit) => {
    const gateway = await recordedGateway({ endless: 'SELECT * FROM t' });
    const told = new Told();
    told.onChange = () => {
      if (told.changes.length === 3) gateway.signal(signal);
      return true;
    };
    const request = { isWatching: true, rowsMax: Infinity };
    const statements = ['SHOW TABLES', 'SELECT * FROM t', 'SHOW TABLES'];
    const failure = await failureOf(run(gateway, statements, request, told));
    expect(failure.exitCode).toBe(exit);
    expect(failure.message).toContain('its job is cancelled');
    expect(failure.details['statements']).toHaveLength(3);
    expect(gateway.statements).toHaveLength(2);
    expect(gateway.asked.slice(-2)).toEqual([
      'DELETE /sessions/S/operations/O/close',
      'DELETE /sessions/S',
    ]);
  });

  it('sends a query again whose answer was lost', async () => {
    const statement = textOf('changelog');
    const gateway = await recordedGateway({ losesAnswersTo: { statement, times: 2 } });
    const { statements } = await run(gateway, [statement]);
    expect(statements[0]).toMatchObject({ state: 'OK', rowCount: 2 });
    expect(gateway.statements).toEqual([statement, statement, statement]);
  });

  it('finds the job of an INSERT whose answer was lost', async () => {
    const statement = textOf('insert');
    const losesAnswersTo = { statement, times: 1 };
    const gateway = await recordedGateway({ losesAnswersTo, hasLostJobs: true });
    const { statements } = await run(gateway, [statement]);
    const sent = jobShown(JSON.stringify(gateway.configurations[0]));
    expect(sent).not.toBe('');
    expect(statements[0]).toMatchObject({ state: 'OK', jobId: sent });
    expect(gateway.statements).toEqual([statement]);
    expect(gateway.errorText()).toContain(`was lost, but its job ${sent} runs`);
  });

  it('does not send an INSERT again when nobody knows its job', async () => {
    const statement = textOf('insert');
    const gateway = await recordedGateway({ losesAnswersTo: { statement, times: 1 } });
    const failure = await failureOf(run(gateway, ['SHOW TABLES', statement, 'SHOW TABLES']));
    const sent = jobShown(JSON.stringify(gateway.configurations[1]));
    expect(failure).toMatchObject({ code: 'DREY_OUTCOME_UNKNOWN', exitCode: 10 });
    expect(failure.message).toContain('statement 2 of 3 at --execute:2:1');
    expect(failure.hint).toContain(`drey job show ${sent} --url http://127.0.0.1`);
    expect(failure.details).toMatchObject({ line: 2, jobId: sent });
    expect(gateway.statements).toEqual(['SHOW TABLES', statement]);
    expect(gateway.asked.at(-1)).toBe('DELETE /sessions/S');
  });

  it('names the job that an INSERT may have become at Ctrl-C', async () => {
    const gateway = await recordedGateway({ onStatement: () => gateway.signal('SIGINT') });
    const failure = await failureOf(run(gateway, [textOf('insert')]));
    const sent = jobShown(JSON.stringify(gateway.configurations[0]));
    expect(failure.exitCode).toBe(130);
    expect(failure.message).toContain('it may still have its effect');
    expect(failure.hint).toContain(`drey job show ${sent}`);
    expect(gateway.asked.at(-1)).toBe('DELETE /sessions/S');
  });

  it('names no job of an INSERT that failed before there was one', async () => {
    const gateway = await recordedGateway({ repliesAs: 'no-table' });
    const failure = await failureOf(run(gateway, [textOf('insert')]));
    expect(failure.details['statements']).toMatchObject([{ kind: 'INSERT', jobId: null }]);
    expect(failure.hint).toBeUndefined();
  });

  it('does not send a change of the catalog again', async () => {
    const statement = textOf('create');
    const gateway = await recordedGateway({ losesAnswersTo: { statement, times: 1 } });
    expect(await failureOf(run(gateway, [statement]))).toMatchObject({
      code: 'DREY_OUTCOME_UNKNOWN',
      details: { jobId: null },
    });
    expect(gateway.statements).toEqual([statement]);
  });

  it('knows that a set which was not submitted had no effect', async () => {
    const statement = textOf('insert');
    const gateway = await recordedGateway({ losesAnswersTo: { statement, times: 1 } });
    const statements = ['BEGIN STATEMENT SET', statement, 'END'];
    expect(await failureOf(run(gateway, statements))).toMatchObject({
      code: 'DREY_UNREACHABLE',
      exitCode: 4,
    });
  });

  it('brings a job id along only where a job is submitted', async () => {
    const gateway = await recordedGateway();
    const insert = textOf('insert');
    await run(gateway, ['SHOW TABLES', insert, 'BEGIN STATEMENT SET', insert, 'END', insert]);
    const sent = gateway.configurations.map((configuration) =>
      jobShown(JSON.stringify(configuration)),
    );
    expect(sent.map((id) => id !== '')).toEqual([false, true, false, false, true, true]);
    expect(new Set(sent).size).toBe(4);
  });

  it('tells a lost session from a failed statement', async () => {
    const gateway = await recordedGateway({ forgetsAfter: 1 });
    const failure = await failureOf(run(gateway, ['SHOW TABLES', 'SHOW VIEWS']));
    expect(failure).toMatchObject({ code: 'DREY_SQL_SESSION', exitCode: 5 });
    expect(failure.details['statements']).toMatchObject([{ state: 'OK' }, { state: 'SKIPPED' }]);
  });

  it.each([
    'http://elsewhere.example/v4/sessions/x/operations/y/result/1?rowFormat=JSON',
    '/v4/sessions/x/operations/y/result/1?rowFormat=JSON',
    '//elsewhere.example/result/1',
  ])('takes of the next address %s only the number', async (nextResultUri) => {
    const gateway = await recordedGateway({ nextResultUri });
    await run(gateway, [textOf('show')]);
    const pages = gateway.asked.filter((asked) => asked.includes('/result/'));
    expect(new Set(pages)).toEqual(
      new Set([0, 1].map((page) => `GET /sessions/S/operations/O/result/${page}?rowFormat=JSON`)),
    );
  });

  it.each(['/result/0?rowFormat=JSON', '/result/7?rowFormat=JSON', 'nonsense'])(
    'refuses the next address %s, which would leave rows out or repeat them',
    async (nextResultUri) => {
      const gateway = await recordedGateway({ nextResultUri });
      expect(await failureOf(run(gateway, [textOf('show')]))).toMatchObject({
        code: 'DREY_FLINK_ANSWER',
        exitCode: 4,
      });
    },
  );

  it.each([
    [['V1', 'V2', 'V3', 'V4', 'V5'], 'v4'],
    [['V1', 'V2'], 'v2'],
    [['v3'], 'v3'],
  ])('speaks with a gateway of %s', async (apiVersions, expected) => {
    const gateway = await recordedGateway({ apiVersions });
    expect(await run(gateway, ['SHOW TABLES'])).toMatchObject({ gatewayVersion: expected });
  });

  it.each([[['V1']], [['V5', 'V6']]])('refuses a gateway of %s', async (apiVersions) => {
    const gateway = await recordedGateway({ apiVersions });
    expect(await failureOf(run(gateway, ['SHOW TABLES']))).toMatchObject({
      code: 'DREY_FLINK_UNSUPPORTED',
      details: { offered: apiVersions.map((name) => name.toLowerCase()) },
    });
  });

  it('tells a REST interface of a cluster from a gateway', async () => {
    const gateway = await recordedGateway({ isNoGateway: true });
    const failure = await failureOf(run(gateway, ['SHOW TABLES']));
    expect(failure).toMatchObject({ code: 'DREY_FLINK_ANSWER', exitCode: 4 });
    expect(failure.message).toContain('is no SQL Gateway');
  });

  it('runs nothing when a quote is open', async () => {
    const gateway = await recordedGateway();
    const failure = await failureOf(run(gateway, ['SHOW TABLES', "SELECT 'a"]));
    expect(failure).toMatchObject({ code: 'DREY_SQL_SCRIPT', exitCode: 3 });
    expect(failure.message).toBe('--execute:2:8: the string that begins here is not closed');
    expect(gateway.asked).toEqual([]);
  });

  it('changes nothing in a read-only context', async () => {
    const gateway = await recordedGateway({ isReadOnly: true });
    const failure = await failureOf(run(gateway, ['SHOW TABLES', textOf('insert')]));
    expect(failure.code).toBe('DREY_CONTEXT_READ_ONLY');
    expect(failure.message).toContain('run INSERT (--execute:2:1)');
    expect(gateway.asked).toEqual([]);
  });

  it('reads in a read-only context, also with temporary tables', async () => {
    const gateway = await recordedGateway({ isReadOnly: true });
    const statements = ["SET 'a' = 'b'", 'CREATE TEMPORARY TABLE t (a INT)', 'SHOW TABLES'];
    expect((await run(gateway, statements)).statements).toHaveLength(3);
  });

  it('shows no secret of a statement', async () => {
    const gateway = await recordedGateway();
    const statement = "SELECT * FROM t /*+ OPTIONS('password' = 'geheim') */";
    const told = new Told();
    const result = await run(gateway, [statement, 'SHOW TABLES'], {}, told);
    expect(result.statements[0]?.statement).toContain("'password' = '******'");
    expect(`${JSON.stringify(result)}${gateway.errorText()}`).not.toContain('geheim');
    expect(gateway.statements[0]).toBe(statement);
  });

  it('configures the session with the statements of --init first', async () => {
    const files = { 'init.sql': "SET 'a' = 'b';\nCREATE TABLE t (a INT);" };
    const gateway = await recordedGateway({ files });
    await run(gateway, ['SHOW TABLES'], { initFile: 'init.sql' });
    const configured = gateway.asked.filter((asked) => asked.includes('configure'));
    expect(configured).toHaveLength(2);
    expect(gateway.statements).toEqual(['SHOW TABLES']);
  });

  it('says which statement of --init configures no session', async () => {
    const files = { 'init.sql': "SET 'a' = 'b';\n SELECT 1;" };
    const gateway = await recordedGateway({ files });
    const failure = await failureOf(run(gateway, ['SHOW TABLES'], { initFile: 'init.sql' }));
    expect(failure.message).toMatch(
      /^init\.sql:2:2: the session cannot be initialised: Unsupported statement for configuring session: SELECT 1/,
    );
    expect(gateway.statements).toEqual([]);
    expect(gateway.asked.at(-1)).toBe('DELETE /sessions/S');
  });

  it('keeps the session alive while it lasts, and not longer', async () => {
    const gateway = await recordedGateway({ endless: 'SELECT * FROM t', isMinuteShort: true });
    const beats = (): number =>
      gateway.asked.filter((asked) => asked === 'POST /sessions/S/heartbeat').length;
    const told = new Told();
    told.onChange = () => beats() < 3;
    await run(gateway, ['SELECT * FROM t'], { isWatching: true, rowsMax: Infinity }, told);
    expect(beats()).toBeGreaterThanOrEqual(3);
    const closedAt = gateway.asked.lastIndexOf('DELETE /sessions/S');
    expect(gateway.asked.slice(closedAt + 1)).not.toContain('POST /sessions/S/heartbeat');
  });

  it('keeps the session when that is asked for', async () => {
    const gateway = await recordedGateway();
    const { session } = await run(gateway, ['SHOW TABLES'], { keepsSession: true });
    expect(gateway.asked).not.toContain('DELETE /sessions/S');
    expect(gateway.errorText()).toContain(`--session ${session}`);
  });

  it.each(['no-handle', '11111111-0000-4000-8000-000000000001'])(
    'refuses to join the session %s',
    async (session) => {
      const gateway = await recordedGateway();
      const failure = await failureOf(run(gateway, ['SHOW TABLES'], { session }));
      expect(failure).toMatchObject({ code: 'DREY_SQL_SESSION', exitCode: 5 });
      expect(gateway.statements).toEqual([]);
    },
  );

  it('stops at QUIT, as the client of Flink does', async () => {
    const gateway = await recordedGateway();
    const { statements } = await run(gateway, ['SHOW TABLES', 'QUIT', 'SHOW VIEWS']);
    expect(statements.map(({ state }) => state)).toEqual(['OK', 'OK', 'SKIPPED']);
    expect(gateway.statements).toEqual(['SHOW TABLES']);
  });
});
