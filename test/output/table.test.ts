import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { createPalette } from '../../src/output/palette.ts';
import { renderTable } from '../../src/output/table.ts';

const plain = createPalette(false);

test('columns are as wide as their widest cell, numbers stand to the right', () => {
  const view = {
    columns: ['name', 'rows'],
    rows: [
      ['events', '1,234'],
      ['per_minute', '7'],
    ],
    rightAligned: [1],
  };
  expect(renderTable(view, plain)).toBe(
    ['name         rows', 'events      1,234', 'per_minute      7', ''].join('\n'),
  );
});

test('wide characters count two columns', () => {
  const view = {
    columns: ['city', 'n'],
    rows: [
      ['東京', '1'],
      ['Rome', '2'],
    ],
  };
  expect(renderTable(view, plain)).toBe('city  n\n東京  1\nRome  2\n');
});

test('a cell with control characters stays on its line', () => {
  const table = renderTable({ columns: ['a'], rows: [['x\n\u001b[31my']] }, plain);
  expect(table).toBe('a\nx\\n\\x1b[31my\n');
});

test('a table without rows is empty', () => {
  expect(renderTable({ columns: ['a'], rows: [] }, plain)).toBe('');
});

test('colours do not change the layout', () => {
  const view = { columns: ['name', 'n'], rows: [['events', '1']] };
  const coloured = renderTable(view, createPalette(true));
  expect(coloured).not.toBe(renderTable(view, plain));
  expect(stripVTControlCharacters(coloured)).toBe(renderTable(view, plain));
});

test('ten thousand rows are no long work', () => {
  const rows = Array.from({ length: 10_000 }, (_, index) => [
    `job ${index}`,
    '東京',
    String(index),
  ]);
  const started = performance.now();
  const lines = renderTable({ columns: ['name', 'city', 'n'], rows }, plain).split('\n');
  // It was half a minute; a machine under load is not that slow.
  expect(performance.now() - started).toBeLessThan(5_000);
  expect(lines.slice(0, 2)).toEqual(['name      city  n', 'job 0     東京  0']);
  expect(lines).toHaveLength(10_002);
});
