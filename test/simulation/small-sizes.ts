/**
 * The build that most seeds run in: batches of a few rows, and small first sizes of buffers. Large
 * ones are allocated and cleared for a handful of rows, and no job of the simulation would fill
 * one or see it grow. One seed in seven runs with the sizes of the product; which one depends on
 * the seed alone, so that a replay is the same.
 */
import type { SourceEdit } from './planted-bugs.ts';

export const smallSizes: readonly SourceEdit[] = [
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
  {
    file: 'src/engine/checkpoint/storage/file-series.ts',
    find: 'const BUFFER_BYTES = 256 * 1024;',
    put: 'const BUFFER_BYTES = 2048;',
  },
  {
    file: 'src/engine/checkpoint/storage/file-series.ts',
    find: 'const COPIED_BYTES_MAX = 64 * 1024;',
    put: 'const COPIED_BYTES_MAX = 512;',
  },
  {
    file: 'src/engine/connector/output-buffer.ts',
    find: 'const INITIAL_BYTES = 64 * 1024;',
    put: 'const INITIAL_BYTES = 256;',
  },
  {
    file: 'src/engine/state/key-encoder.ts',
    find: 'const INITIAL_BYTES = 64 * 1024;',
    put: 'const INITIAL_BYTES = 256;',
  },
  {
    file: 'src/engine/state/key-decoder.ts',
    find: 'const INITIAL_BYTES = 64 * 1024;',
    put: 'const INITIAL_BYTES = 256;',
  },
  {
    file: 'src/engine/state/backend/byte-heap.ts',
    find: 'const FIRST_CHUNK_BYTES = 16 * 1024;',
    put: 'const FIRST_CHUNK_BYTES = 1024;',
  },
  {
    file: 'src/engine/state/backend/entry-reader.ts',
    find: 'const ENTRIES = 1_024;',
    put: 'const ENTRIES = 16;',
  },
  {
    file: 'src/engine/time/time-heap.ts',
    find: 'const INITIAL_CAPACITY = 1024;',
    put: 'const INITIAL_CAPACITY = 16;',
  },
  {
    file: 'src/engine/state/value-numbers.ts',
    find: 'const INITIAL_IDS = 1024;',
    put: 'const INITIAL_IDS = 16;',
  },
  {
    file: 'src/engine/operator/join/kept-rows.ts',
    find: 'const INITIAL_KEYS = 1024;',
    put: 'const INITIAL_KEYS = 16;',
  },
];

const WHOLE_EVERY = 7;

export function hasSmallSizes(seed: number): boolean {
  return seed % WHOLE_EVERY !== 0;
}
