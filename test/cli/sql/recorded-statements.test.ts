import { describe, expect, it } from 'vitest';
import { jsonDocument } from '../../../src/output/json-document.ts';
import {
  gatewayRecording,
  gatewayVersions,
  recordedGateway,
} from '../../support/recorded-gateway.ts';
import { failureOf, run } from './run-statements.ts';

describe.each(gatewayVersions)('sql run at a gateway of %s', (version) => {
  const all = gatewayRecording(version).statements;
  const sql = (name: string): string => all[name]?.statement ?? '';

  it('gives every statement its result', async () => {
    const gateway = await recordedGateway({ version });
    const names = ['set', 'create', 'sink', 'show', 'describe', 'explain', 'insert', 'changelog'];
    const result = await run(gateway, names.map(sql));
    expect(result.statements.map(({ state }) => state)).toEqual(names.map(() => 'OK'));
    const [, , , show, , explain, insert, changelog] = result.statements;
    expect(show?.rows).toEqual([{ 'table name': 'b' }, { 'table name': 'g' }]);
    expect(JSON.stringify(explain?.rows)).toContain('Optimized Execution Plan');
    expect(insert?.jobId).toMatch(/^[0-9a-f]{32}$/);
    expect(changelog).toMatchObject({
      kind: 'SELECT',
      rows: [
        { name: 'a', c: 2 },
        { name: 'b', c: 1 },
      ],
      rowCount: 2,
      changeCount: 4,
      isTruncated: false,
    });
    expect(gateway.asked.at(-1)).toBe('DELETE /sessions/S');
  });

  it('keeps every value as it was sent', async () => {
    const gateway = await recordedGateway({ version });
    const text = jsonDocument(await run(gateway, [sql('types')]));
    for (const shown of [
      '"b": 9223372036854775807',
      '"d": 12345678901234567890.123456789012345678',
      '"d2": 1E+2',
      '"t": "2023-11-14T22:13:00.123456"',
      '"l": "2023-11-14T22:13:00.123Z"',
      '"k": 9007199254740993',
      '"dbl": 1.5E300',
      '"nan": "NaN"',
      '"bin": "AP8Q"',
      '"c": "ab   "',
      '"n": null',
      '"type": "ARRAY<INT> NOT NULL"',
      '"type": "ROW<a INT, b STRING> NOT NULL"',
      '"type": "INTERVAL SECOND NOT NULL"',
      '"type": "DECIMAL(38, 18) NOT NULL"',
      '"type": "STRING"',
      '"type": "TIMESTAMP_LTZ(3) NOT NULL"',
    ]) {
      expect(text).toContain(shown);
    }
  });

  it('takes values as text where Flink has no JSON for them', async () => {
    const gateway = await recordedGateway({ version });
    const { statements } = await run(gateway, [sql('map-of-ints')]);
    expect(statements[0]?.rows).toEqual([{ m: '{1=a}', n: null }]);
    expect(gateway.errorText()).toContain('the values are shown as text');
  });

  it.each([
    ['syntax', "Incorrect syntax near the keyword 'TIMESTAMP_LTZ' at line 1, column 8.", '2:8'],
    ['no-table', "Object 'nope' not found", '3:7'],
    ['division', 'Division by zero', null],
    ['runtime', "For input string: 'x'. Invalid character found.", null],
    [
      'again',
      'Table (or view) default_database.g already exists in Catalog default_catalog.',
      null,
    ],
  ])('says why %s failed, and where', async (name, reason, place) => {
    const gateway = await recordedGateway({ version });
    const failure = await failureOf(run(gateway, ['SHOW TABLES', sql(name), 'SHOW TABLES']));
    expect(failure).toMatchObject({ code: 'DREY_STATEMENT_FAILED', exitCode: 6 });
    const [line = ''] = sql(name).split('\n');
    const at = place === null ? '' : ` (at --execute:${place})`;
    expect(failure.message).toBe(
      `--execute:2:1: statement 2 of 3 failed: ${reason}${at}\n  ${line}\n1 of 3 statements were not run`,
    );
    expect(failure.details['statements']).toMatchObject([
      { state: 'OK' },
      { state: 'FAILED', error: { message: reason } },
      { state: 'SKIPPED' },
    ]);
    expect(gateway.statements).toHaveLength(2);
    expect(gateway.asked.at(-1)).toBe('DELETE /sessions/S');
  });
});
