import { describe, expect, it } from 'vitest';
import type { ClusterFlags } from '../../../src/cli/cluster/cluster-flags.ts';
import { runScript } from '../../../src/cli/sql/run-script.ts';
import { observerOf } from '../../../src/cli/sql/script-observer.ts';
import { recordedGateway, type GatewayOptions } from '../../support/recorded-gateway.ts';
import { failureOf, REQUEST, textOf } from './run-statements.ts';

/** What comes to standard output of recorded statements, and of others as they are. */
async function outputOf(
  names: readonly string[],
  flags: ClusterFlags,
  options: GatewayOptions = {},
): Promise<{ readonly output: string; readonly errors: string }> {
  const gateway = await recordedGateway(options);
  const isWatching = flags.watch === true;
  const request = {
    ...REQUEST,
    executed: [names.map((name) => (/[ ;]/.test(name) ? name : textOf(name))).join(';\n')],
    isWatching,
    rowsMax: isWatching ? Infinity : 3,
  };
  await runScript(gateway.session, request, observerOf(gateway.session, flags)).catch(
    (error: unknown) => failureOf(Promise.reject(error as Error)),
  );
  return { output: gateway.outputText(), errors: gateway.errorText() };
}

describe('what sql run prints', () => {
  it.each<[what: string, names: readonly string[], output: string]>([
    ['OK', ['create'], 'OK\n'],
    ['a table', ['show'], 'table name\nb\ng\n'],
    ['that there are no rows', ['no-tables'], 'no rows\n'],
    [
      'nulls',
      ['describe'],
      'name  type    null  key   extras  watermark\nid    BIGINT  TRUE  NULL  NULL    NULL\nname  STRING  TRUE  NULL  NULL    NULL\n',
    ],
    [
      'what changes add up to, with no update cut in two',
      ['changelog'],
      'name  c\na     2\nb     1\n\n(what the first 4 changes add up to; --limit takes more, --watch goes on)\n',
    ],
  ])('of a single statement is %s', async (_what, names, output) => {
    const { output: found } = await outputOf(names, {});
    expect(found).toBe(output);
  });

  it('of a single INSERT is its job', async () => {
    expect((await outputOf(['insert'], {})).output).toMatch(/^job [0-9a-f]{32}\n$/);
  });

  it('of a plan is its lines', async () => {
    expect((await outputOf(['explain'], {})).output).toMatch(
      /^== Abstract Syntax Tree ==\nLogicalProject.*\n\+- LogicalTableScan/,
    );
  });

  it('of several statements has a line for each', async () => {
    const { output, errors } = await outputOf(['set', 'show', 'no-table', 'show'], {});
    expect(output).toBe(
      `[1/4] OK  --execute:1:1  ${textOf('set')}
[2/4] OK  --execute:2:1  SHOW TABLES
table name
b
g
[3/4] FAILED  --execute:3:1  SELECT *
`,
    );
    expect(errors).toContain('[2/4] --execute:2:1  SHOW TABLES\n');
  });

  it('has types with -o wide', async () => {
    const { output } = await outputOf(['show'], { output: 'wide' });
    expect(output).toBe('table name STRING\nb\ng\n');
  });

  it('is nothing but rows with -o csv', async () => {
    const { output } = await outputOf(['create', 'describe'], { output: 'csv' });
    expect(output).toBe(
      'name,type,null,key,extras,watermark\nid,BIGINT,TRUE,,,\nname,STRING,TRUE,,,\n',
    );
  });

  it('is the ids of jobs with -o name', async () => {
    const { output } = await outputOf(['create', 'insert'], { output: 'name' });
    expect(output).toMatch(/^[0-9a-f]{32}\n$/);
  });

  it('is a table of Markdown with -o markdown', async () => {
    const { output } = await outputOf(['show'], { output: 'markdown' });
    expect(output).toBe('| table name |\n| --- |\n| b |\n| g |\n');
  });

  it('is nothing under --json, which prints one document at the end', async () => {
    expect((await outputOf(['show', 'changelog'], { json: true })).output).toBe('');
  });

  it('is a line for each change with --watch', async () => {
    const { output } = await outputOf(['changelog'], { watch: true });
    expect(output).toBe('op  name  c\n+I  a     1\n+I  b     1\n-U  a     1\n+U  a     2\n');
  });

  it('is lines of JSON with --watch --json, with one for each statement', async () => {
    const { output } = await outputOf(['show', 'changelog'], { watch: true, json: true });
    const lines = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { schemaVersion: 1, statement: { index: 1, state: 'OK', rows: [{}, {}] } },
      { index: 2, op: '+I', row: { name: 'a', c: 1 } },
      { index: 2, op: '+I', row: { name: 'b', c: 1 } },
      { index: 2, op: '-U', row: { name: 'a', c: 1 } },
      { index: 2, op: '+U', row: { name: 'a', c: 2 } },
      { statement: { index: 2, state: 'OK', rows: [], rowCount: 4 } },
    ]);
  });

  it.each(['yaml', 'csv', 'name', 'markdown', 'github'])(
    'is not given with --watch -o %s',
    async (output) => {
      const { session } = await recordedGateway();
      expect(() => observerOf(session, { watch: true, output })).toThrow(`and no ${output}`);
    },
  );

  it('shows control characters of the cluster and of the script', async () => {
    const { output } = await outputOf(["SET 'a' = '\u001b[2J'", 'show'], {});
    expect(output).toContain("SET 'a' = '\\x1b[2J'");
    expect(output).not.toContain('\u001b');
  });
});
