/** The tests of a pipeline file, their names resolved. */
import type { StreamReference } from './stream-reference.ts';

export interface PipelineTest {
  readonly name: string;
  readonly line: number;
  readonly steps: readonly TestStep[];
}

/** Cells are as in the file, still to be typed by the column they belong to. */
export type TestCell = string | number | boolean | null | readonly TestCell[] | TestRow;
export interface TestRow {
  readonly [column: string]: TestCell;
}

export type TestStep = { readonly line: number } & (
  | { readonly kind: 'input'; readonly source: string; readonly rows: readonly TestRow[] }
  | { readonly kind: 'watermark'; readonly source: string; readonly watermarkMs: number }
  | {
      readonly kind: 'expect';
      readonly stream: StreamReference;
      readonly rows: readonly TestRow[];
      readonly exact: boolean;
    }
  | {
      readonly kind: 'expect-count';
      readonly stream: 'late' | 'dead';
      readonly node: string;
      readonly count: number;
    }
  | { readonly kind: 'snapshot-and-restore' }
  | { readonly kind: 'processing-time'; readonly advanceMs: number }
  /** Where processing time starts; the first step of a test or none. */
  | { readonly kind: 'clock'; readonly atMs: number }
  | { readonly kind: 'end' }
);
