import fc from 'fast-check';
import { expect, test } from 'vitest';
import { progressLine, type ProgressView } from '../../src/output/progress-line.ts';

const halfway: ProgressView = {
  bytesRead: 512 * 1024,
  bytesTotal: 1024 * 1024,
  recordsIn: 20_000,
  lateRecords: 12,
  deadRecords: 0,
  watermarkAtMs: 1_700_000_000_000,
  durationMs: 2000,
};

test('a wide terminal shows everything', () => {
  expect(progressLine(halfway, 200)).toBe(
    '[##########----------] 50 %  512 KiB of 1.00 MiB  10.0 k rows/s  ' +
      'watermark 2023-11-14 22:13:20  late 12  dead 0  ETA 2.0 s',
  );
});

test('80 columns show all but the bytes', () => {
  const line = progressLine({ ...halfway, recordsIn: 4_960_000, lateRecords: 247 }, 80);
  expect(line).toBe(
    '[####----] 50 %  2.48 M rows/s  watermark 22:13:20  late 247  dead 0  ETA 2.0 s',
  );
});

test('without a total there is no bar and no remaining time', () => {
  expect(progressLine({ ...halfway, bytesTotal: null }, 200)).toBe(
    '512 KiB  10.0 k rows/s  watermark 2023-11-14 22:13:20  late 12  dead 0',
  );
});

test('before the first watermark none is shown', () => {
  expect(progressLine({ ...halfway, watermarkAtMs: null }, 200)).not.toContain('watermark');
});

test('an empty input has no share', () => {
  expect(progressLine({ ...halfway, bytesRead: 0, bytesTotal: 0 }, 200)).not.toContain('%');
});

test('a narrow terminal keeps the rate', () => {
  expect(progressLine(halfway, 20)).toBe('10.0 k rows/s');
});

test('the line is always shorter than the terminal is wide', () => {
  const views = fc.record({
    bytesRead: fc.nat(),
    bytesTotal: fc.option(fc.nat()),
    recordsIn: fc.nat(),
    lateRecords: fc.nat(),
    deadRecords: fc.nat(),
    watermarkAtMs: fc.option(fc.integer({ min: 0, max: 4e12 })),
    durationMs: fc.nat(),
  });
  fc.assert(
    fc.property(views, fc.integer({ min: 1, max: 300 }), (view, columns) => {
      expect(progressLine(view, columns).length).toBeLessThan(columns);
    }),
  );
});

test('the lag names the partitions that are furthest behind', () => {
  const lag = [
    { split: 'events-0', records: 5 },
    { split: 'events-1', records: 1200 },
    { split: 'events-2', records: null },
  ];
  const view = { ...halfway, bytesTotal: null, watermarkAtMs: null, lag };
  expect(progressLine(view, 200)).toContain('lag 1.21 k (events-1 1.20 k, events-0 5)');
  expect(progressLine({ ...view, lag: [{ split: 'events-0', records: null }] }, 200)).toContain(
    'lag ?',
  );
});
