import { describe, expect, test } from 'vitest';
import { createPalette } from '../../src/output/palette.ts';
import { renderView, type ViewForm } from '../../src/output/render-view.ts';
import {
  bytesCell,
  countCell,
  durationCell,
  flagCell,
  shareCell,
  textCell,
  timeCell,
  type View,
} from '../../src/output/view.ts';

const HOUR_MS = 3_600_000;
const options = { palette: createPalette(false), zoneOffset: () => 2 * HOUR_MS };

const view: View = {
  sections: [
    {
      kind: 'table',
      title: 'Jobs',
      empty: 'no jobs',
      columns: [
        { key: 'name', heading: 'NAME' },
        { key: 'startedAtMs', heading: 'STARTED' },
        { key: 'records', heading: 'RECORDS' },
        { key: 'sizeBytes', heading: 'SIZE', isWide: true },
      ],
      rows: [
        [textCell('a, "b"|c'), timeCell(1_700_000_000_000), countCell(1234567), bytesCell(2048)],
        [textCell(null), timeCell(null), countCell(null), bytesCell(null)],
      ],
    },
    {
      kind: 'fields',
      fields: [
        { key: 'durationMs', label: 'duration', cell: durationCell(90_000) },
        { key: 'busy', label: 'busy', cell: shareCell(0.256) },
        { key: 'isOn', label: 'on', cell: flagCell(true), isWide: true },
      ],
    },
  ],
  names: ['first', 'sec\u001b[31mond'],
};

function check(form: ViewForm, expected: readonly string[]): void {
  expect(renderView(view, form, options).split('\n')).toEqual([...expected, '']);
}

describe('a view', () => {
  test('as text has units, the local zone and no wide parts', () => {
    check('text', [
      'Jobs',
      'NAME      STARTED                RECORDS',
      'a, "b"|c  2023-11-15 00:13:20  1,234,567',
      '-         -                            -',
      '',
      'duration  1 min 30 s',
      'busy      26 %',
    ]);
  });

  test('as wide text has all parts', () => {
    check('wide', [
      'Jobs',
      'NAME      STARTED                RECORDS      SIZE',
      'a, "b"|c  2023-11-15 00:13:20  1,234,567  2.00 KiB',
      '-         -                            -         -',
      '',
      'duration  1 min 30 s',
      'busy      26 %',
      'on        yes',
    ]);
  });

  test('as CSV has the table with raw values, and nothing for what is not known', () => {
    check('csv', [
      'name,startedAtMs,records,sizeBytes',
      '"a, ""b""|c",1700000000000,1234567,2048',
      ',,,',
    ]);
  });

  test('as names has a name a line, with escapes visible', () => {
    check('name', ['first', 'sec\\x1b[31mond']);
  });

  test('as Markdown escapes what would be markup', () => {
    check('markdown', [
      '### Jobs',
      '',
      '| NAME | STARTED | RECORDS |',
      '| --- | --- | --: |',
      '| a, "b"\\|c | 2023-11-15 00:13:20 | 1,234,567 |',
      '| - | - | - |',
      '',
      '| what | value |',
      '| --- | --: |',
      '| duration | 1 min 30 s |',
      '| busy | 26 % |',
    ]);
  });
});

test('fields alone become CSV with keys and values', () => {
  const fields = view.sections.slice(1);
  expect(renderView({ sections: fields, names: [] }, 'csv', options)).toBe(
    'key,value\ndurationMs,90000\nbusy,0.256\nisOn,true\n',
  );
});

test('a table without rows says so', () => {
  const [table] = view.sections;
  if (table?.kind !== 'table') throw new Error('the first section is the table');
  const empty = { sections: [{ ...table, rows: [] }], names: [] };
  expect(renderView(empty, 'text', options)).toBe('Jobs\nno jobs\n');
  expect(renderView(empty, 'csv', options)).toBe('name,startedAtMs,records,sizeBytes\n');
});

test('a bad cell is red where there are colours, and its column stays in line', () => {
  const rows = [[textCell('FAILED', 'bad')], [textCell('RUNNING', 'good')]];
  const table = {
    kind: 'table',
    empty: '',
    columns: [{ key: 's', heading: 'STATE' }],
    rows,
  } as const;
  const coloured = { ...options, palette: createPalette(true) };
  const text = renderView({ sections: [table], names: [] }, 'text', coloured);
  expect(text).toContain('\u001b[31mFAILED\u001b[39m');
  expect(text).toContain('\u001b[32mRUNNING\u001b[39m');
});
