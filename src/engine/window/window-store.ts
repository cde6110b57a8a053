/**
 * The windows of an operator that are not over: where rows are put, which window fires next, and
 * what is kept of it afterwards. One implementation for each kind of window.
 */
import type { FiredGroups } from './fired-groups.ts';
import type { SelectedRows } from './keyed-aggregation.ts';
import type { HeldState } from './held-state.ts';

import type { OpenWindow } from './open-window.ts';
import type { WindowBounds } from './slice-clock.ts';

/** A stretch of time whose rows belong to the same windows. */
export interface Slice extends WindowBounds {
  /** From this watermark on, rows of the slice are late for each of their windows. */
  readonly closeMs: number;
  /** Takes the rows with all their aggregates. */
  own: OpenWindow;
  /** Position among the slices that the current batch touches; -1: untouched. */
  batchIndex: number;
}

export interface Firing extends WindowBounds {
  readonly triggerMs: number;
  readonly groups: FiredGroups;
  /** Called when all rows are out. */
  readonly done: () => void;
}

export interface WindowStore extends HeldState {
  /**
   * True when a row that is late for one window may still count in another: windows must then fire
   * before the first row that comes under their trigger, and not only behind its batch.
   */
  readonly firesWithinBatches: boolean;
  /** The earliest watermark at which a window fires; Infinity: none will. */
  readonly nextTriggerMs: number;
  /** The slice of a local time, opened if need be; null: the row is late for all its windows. */
  sliceOf(localMs: number, watermarkMs: number): Slice | null;
  /**
   * What holds all that the slice holds, and more: it takes the slice's rows, too, for the
   * aggregates that `isCovered`. To be asked when no slice will be opened before they are added.
   */
  coversOf(slice: Slice): readonly OpenWindow[];
  readonly isCovered: (aggregateIndex: number) => boolean;
  /** Told of the rows that were added to a slice, and of their slots by row number. */
  rowsAdded?(slice: Slice, selected: SelectedRows, slots: Int32Array): void;
  /** The window that fires first. The store goes on when its rows are out (`done`). */
  fire(): Firing;
  /** All that refer to ids of dictionaries. */
  windows(): Iterable<OpenWindow>;
  /**
   * Called when all sections have been read, which several subtasks may have written.
   * @param judgedMs the next rows are judged by this watermark, or a later one
   */
  restored?(judgedMs: number): void;
}

/** Makes the accumulators of a window. `isAskedOften`: results are read more than once. */
export type WindowMaker = (isAskedOften: boolean) => OpenWindow;

/** By their start, so that equal states are written as equal bytes. */
export function inOrder<S extends Pick<Slice, 'startMs'>>(slices: Iterable<S>): S[] {
  return [...slices].sort((left, right) => left.startMs - right.startMs);
}

export function newSlice(bounds: WindowBounds, closeMs: number, own: OpenWindow): Slice {
  return { ...bounds, closeMs, own, batchIndex: -1 };
}
