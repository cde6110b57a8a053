import { expect, test } from 'vitest';
import { rowText } from '../../../src/cli/pipeline-test/row-text.ts';
import type { LogicalType } from '../../../src/expression/type.ts';
import type { Value } from '../../../src/expression/value.ts';

const nullable = true;

test.each<[LogicalType, Value, string]>([
  [{ root: 'BIGINT', nullable }, 9_223_372_036_854_775_807n, '9223372036854775807'],
  [{ root: 'DECIMAL', precision: 4, scale: 2, nullable }, 150n, '1.50'],
  [{ root: 'BOOLEAN', nullable }, true, 'true'],
  [{ root: 'VARCHAR', length: 10, nullable }, 'a "b"\n', '"a \\"b\\"\\n"'],
  [{ root: 'VARBINARY', length: 10, nullable }, new Uint8Array([1, 2]), '"AQI="'],
  [
    { root: 'TIMESTAMP', precision: 3, nullable },
    1_700_000_000_000_000_000n,
    '"2023-11-14 22:13:20"',
  ],
  [
    { root: 'TIMESTAMP', precision: 3, nullable },
    1_700_000_000_500_000_000n,
    '"2023-11-14 22:13:20.5"',
  ],
  [
    { root: 'TIMESTAMP_LTZ', precision: 0, nullable },
    1_700_000_000_000_000_000n,
    '"2023-11-14 22:13:20Z"',
  ],
  [{ root: 'BIGINT', nullable }, null, 'null'],
])('%j: %s is shown as %s', (type, value, expected) => {
  expect(rowText([{ name: 'c', type }], { c: value }, null)).toBe(`{"c":${expected}}`);
});

test('the kind of a change comes first', () => {
  const columns = [{ name: 'n', type: { root: 'INT', nullable } as const }];
  expect(rowText(columns, { n: 1 }, '-U')).toBe('{"op":"-U","n":1}');
});
