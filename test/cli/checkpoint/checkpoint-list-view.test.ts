import { expect, test } from 'vitest';
import {
  checkpointListView,
  durationsOf,
  figuresOf,
  wantedOf,
  type CheckpointRow,
} from '../../../src/cli/checkpoint/checkpoint-list-view.ts';
import { createPalette } from '../../../src/output/palette.ts';
import { renderView } from '../../../src/output/render-view.ts';

const plain = { palette: createPalette(false), zoneOffset: () => 0 };

function row(id: number, durationMs: number | null, more: Partial<CheckpointRow> = {}) {
  return {
    id,
    status: 'COMPLETED',
    isSavepoint: false,
    triggeredAtMs: 0,
    durationMs,
    sizeBytes: 10,
    stateSizeBytes: 1024 * id,
    location: `/checkpoints/chk-${id}`,
    failureMessage: null,
    ...more,
  };
}

const rows: readonly CheckpointRow[] = [
  row(5, 9000, { isSavepoint: true }),
  row(4, 40),
  row(3, null, { status: 'FAILED', location: null, failureMessage: 'no space is left' }),
  row(2, 20),
  row(1, null),
];

function rendered(format: 'text' | 'csv', isLocationShown = false): string {
  const table = {
    rows,
    empty: 'none',
    kind: { key: 'type', textOf: (one: CheckpointRow) => (one.isSavepoint ? 'sp' : 'chk') },
    moodOf: () => undefined,
    isLocationShown,
    names: rows.map(({ id }) => String(id)),
  };
  const counts = { completed: 4, failed: 1, restored: 0 };
  const durationsMs = durationsOf(rows.toReversed());
  const view = checkpointListView(table, { counts, figures: figuresOf(rows), durationsMs });
  return renderView(view, format, plain);
}

test('figures are of completed checkpoints that are no savepoints', () => {
  expect(figuresOf(rows)).toEqual({
    completed: 3,
    medianDurationMs: 30,
    maxDurationMs: 40,
    medianStateSizeBytes: 2048,
  });
  expect(durationsOf(rows)).toEqual([40, 20]);
  expect(figuresOf(rows.slice(0, 1))).toBeNull();
});

test('what is wanted is chosen by kind and by whether it failed, and then cut', () => {
  const ids = (kind: 'all' | 'checkpoints' | 'savepoints', failedOnly: boolean, limit: number) =>
    wantedOf(rows, { kind, failedOnly, limit }, ({ status }) => status === 'FAILED').map(
      ({ id }) => id,
    );
  expect(ids('all', false, 2)).toEqual([5, 4]);
  expect(ids('checkpoints', false, 2)).toEqual([4, 3]);
  expect(ids('savepoints', false, 2)).toEqual([5]);
  expect(ids('all', true, 2)).toEqual([3]);
});

test('the figures stand below the table, the durations from left to right', () => {
  const lines = rendered('text').trimEnd().split('\n');
  expect(lines.slice(-7)).toEqual([
    'completed        4',
    'failed           1',
    'restored         0',
    'median duration  30 ms',
    'longest          40 ms',
    'median state     2.00 KiB',
    'durations        ▁█',
  ]);
});

test('the plain table has locations only where other commands take them', () => {
  expect(rendered('text')).not.toContain('LOCATION');
  expect(rendered('text', true)).toContain('/checkpoints/chk-4');
  expect(rendered('csv').split('\n')[0]).toBe(
    'id,status,type,triggeredAtMs,durationMs,sizeBytes,stateSizeBytes,failureMessage,location',
  );
});
