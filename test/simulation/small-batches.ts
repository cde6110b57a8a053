/**
 * The build that most seeds run in: batches of a few rows. Large columns are allocated and cleared
 * for a handful of rows, and a job of the simulation would never fill one. One seed in seven runs
 * with the sizes of the product; which one depends on the seed alone, so that a replay is the same.
 */
import type { SourceEdit } from './planted-bugs.ts';

export const smallBatches: readonly SourceEdit[] = [
  {
    file: 'src/engine/batch/column.ts',
    find: 'export const BATCH_ROWS = 2048;',
    put: 'export const BATCH_ROWS = 16;',
  },
  {
    file: 'src/engine/channel/transfer-batch.ts',
    find: 'const ROWS_MIN = 64;',
    put: 'const ROWS_MIN = 4;',
  },
];

const WHOLE_EVERY = 7;

export function hasSmallBatches(seed: number): boolean {
  return seed % WHOLE_EVERY !== 0;
}
