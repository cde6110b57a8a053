/**
 * A container: the values of one bitmap that share their upper 16 bits, in the form that fits.
 * Decides when one form becomes another, by the rules of CRoaring, so that the stored bytes agree.
 */
import { ARRAY_VALUES_MAX, ArrayContainer } from './array-container.ts';
import { BitmapContainer, BITMAP_WORDS } from './bitmap-container.ts';
import { RunContainer, runsOf } from './run-container.ts';

export type Container = ArrayContainer | BitmapContainer | RunContainer;

/** Values that one container can hold. */
export const CONTAINER_VALUES_MAX = 65_536;

/** Bytes of a container in the portable format. */
export function storedBytes(container: Container): number {
  switch (container.kind) {
    case 'array':
      return container.cardinality * 2;
    case 'bitmap':
      return BITMAP_WORDS * 4;
    case 'run':
      return runBytes(container.runCount);
  }
}

/** The same values as a bitmap, not shared with `container`. */
export function toBitmap(container: Container): BitmapContainer {
  if (container.kind === 'bitmap') return container.clone();
  const bitmap = new BitmapContainer();
  addTo(bitmap, container);
  return bitmap;
}

/** The same values in the smallest form; a form that is as small as another stays. */
export function optimised(container: Container): Container {
  const runCount = container.countRuns();
  const plainBytes = bytesWithoutRuns(container.cardinality);
  if (container.kind === 'run') {
    return runBytes(runCount) <= plainBytes ? container : withoutRuns(container);
  }
  if (runBytes(runCount) >= plainBytes) return container;
  return runsOf(container.toValues(), runCount);
}

/** The values of both. May change and return `left`; shares nothing with `right`. */
export function union(left: Container, right: Container): Container {
  if (isFull(left)) return left;
  if (right.kind === 'run' && isFull(right)) return right.clone();
  if (left.kind === 'array' && right.kind === 'array') return unionOfArrays(left, right);
  if (left.kind === 'bitmap' || right.kind === 'bitmap') return unionWithBitmap(left, right);
  const bitmap = toBitmap(left);
  addTo(bitmap, right);
  // Runs with runs, or with an array, stay runs where these are no larger than the other forms.
  const runCount = bitmap.countRuns();
  if (runBytes(runCount) <= bytesWithoutRuns(bitmap.cardinality)) {
    return runsOf(bitmap.toValues(), runCount);
  }
  return bitmap.cardinality > ARRAY_VALUES_MAX ? bitmap : arrayOf(bitmap);
}

/** As CRoaring: a full container becomes a run only where two bitmaps met. */
function unionWithBitmap(left: Container, right: Container): Container {
  const bitmap = left.kind === 'bitmap' ? left : toBitmap(right);
  addTo(bitmap, left.kind === 'bitmap' ? right : left);
  return left.kind === right.kind && isFull(bitmap) ? fullContainer() : bitmap;
}

function unionOfArrays(left: ArrayContainer, right: ArrayContainer): Container {
  const total = left.cardinality + right.cardinality;
  if (total > ARRAY_VALUES_MAX) {
    const bitmap = toBitmap(left);
    addTo(bitmap, right);
    return bitmap.cardinality > ARRAY_VALUES_MAX ? bitmap : arrayOf(bitmap);
  }
  const values = new Uint16Array(total);
  let count = 0;
  let fromLeft = 0;
  let fromRight = 0;
  while (fromLeft < left.cardinality && fromRight < right.cardinality) {
    const a = left.values[fromLeft]!;
    const b = right.values[fromRight]!;
    values[count++] = Math.min(a, b);
    if (a <= b) fromLeft++;
    if (b <= a) fromRight++;
  }
  while (fromLeft < left.cardinality) values[count++] = left.values[fromLeft++]!;
  while (fromRight < right.cardinality) values[count++] = right.values[fromRight++]!;
  return new ArrayContainer(values, count);
}

function addTo(bitmap: BitmapContainer, container: Container): void {
  switch (container.kind) {
    case 'array':
      for (let index = 0; index < container.cardinality; index++) {
        bitmap.add(container.values[index]!);
      }
      return;
    case 'bitmap':
      bitmap.addAll(container);
      return;
    case 'run':
      for (let run = 0; run < container.runCount; run++) {
        bitmap.addRange(container.firstOf(run), container.lastOf(run));
      }
  }
}

function withoutRuns(container: RunContainer): Container {
  return container.cardinality > ARRAY_VALUES_MAX ? toBitmap(container) : arrayOf(container);
}

function arrayOf(container: Container): ArrayContainer {
  return new ArrayContainer(container.toValues(), container.cardinality);
}

function isFull(container: Container): boolean {
  return container.cardinality === CONTAINER_VALUES_MAX;
}

function fullContainer(): RunContainer {
  return new RunContainer(Uint16Array.of(0, CONTAINER_VALUES_MAX - 1), 1, CONTAINER_VALUES_MAX);
}

/** A count and 4 bytes a run. */
function runBytes(runCount: number): number {
  return 2 + runCount * 4;
}

/**
 * What runs are compared with. As CRoaring and the Java library: an array counts two bytes more
 * than it takes when stored, so that three values in a row become a run.
 */
function bytesWithoutRuns(cardinality: number): number {
  return Math.min(2 + cardinality * 2, BITMAP_WORDS * 4);
}
