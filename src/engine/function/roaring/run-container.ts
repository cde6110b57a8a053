/**
 * A container of runs, 4 bytes a run: the form that runOptimize makes of consecutive values.
 * Invariant: runs are ascending and never touch, so that equal sets have equal runs.
 */

export class RunContainer {
  readonly kind = 'run';
  cardinality: number;
  runCount: number;
  /** Pairs of the first value of a run and its length - 1; the first `runCount` pairs count. */
  runs: Uint16Array;

  /** Takes over `runs`, whose first `runCount` pairs hold `cardinality` values. */
  constructor(runs: Uint16Array, runCount: number, cardinality: number) {
    this.cardinality = cardinality;
    this.runCount = runCount;
    this.runs = runs;
  }

  get sizeBytes(): number {
    return this.runs.byteLength;
  }

  has(low: number): boolean {
    const run = this.runBefore(low);
    return run >= 0 && low <= this.lastOf(run);
  }

  /** True when `low` is new. The container stays one of runs, as CRoaring's does. */
  add(low: number): boolean {
    const { runs } = this;
    const before = this.runBefore(low);
    if (before >= 0 && low <= this.lastOf(before)) return false;
    const next = before + 1;
    const touchesBefore = before >= 0 && this.lastOf(before) + 1 === low;
    const touchesNext = next < this.runCount && runs[next * 2]! === low + 1;
    this.cardinality++;
    if (touchesBefore && touchesNext) {
      runs[before * 2 + 1] = runs[before * 2 + 1]! + runs[next * 2 + 1]! + 2;
      runs.copyWithin(next * 2, next * 2 + 2, this.runCount * 2);
      this.runCount--;
    } else if (touchesBefore) {
      runs[before * 2 + 1] = runs[before * 2 + 1]! + 1;
    } else if (touchesNext) {
      runs[next * 2] = low;
      runs[next * 2 + 1] = runs[next * 2 + 1]! + 1;
    } else {
      this.insertRun(next, low);
    }
    return true;
  }

  clone(): RunContainer {
    const runs = this.runs.slice(0, this.runCount * 2);
    return new RunContainer(runs, this.runCount, this.cardinality);
  }

  /** The values, ascending. */
  toValues(): Uint16Array {
    const values = new Uint16Array(this.cardinality);
    let count = 0;
    for (let run = 0; run < this.runCount; run++) {
      const last = this.lastOf(run);
      for (let value = this.firstOf(run); value <= last; value++) values[count++] = value;
    }
    return values;
  }

  countRuns(): number {
    return this.runCount;
  }

  firstOf(run: number): number {
    return this.runs[run * 2]!;
  }

  lastOf(run: number): number {
    return this.runs[run * 2]! + this.runs[run * 2 + 1]!;
  }

  /** The last run that starts at or before `low`; -1 when there is none. */
  private runBefore(low: number): number {
    const { runs } = this;
    let from = 0;
    let to = this.runCount;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (runs[middle * 2]! <= low) from = middle + 1;
      else to = middle;
    }
    return from - 1;
  }

  private insertRun(run: number, low: number): void {
    if (this.runCount * 2 === this.runs.length) {
      const grown = new Uint16Array((this.runCount + 1) * 4);
      grown.set(this.runs);
      this.runs = grown;
    }
    this.runs.copyWithin(run * 2 + 2, run * 2, this.runCount * 2);
    this.runs[run * 2] = low;
    this.runs[run * 2 + 1] = 0;
    this.runCount++;
  }
}

/** The runs of ascending values, of which there are `runCount`. */
export function runsOf(values: Uint16Array, runCount: number): RunContainer {
  const runs = new Uint16Array(runCount * 2);
  let run = -1;
  let previous = -2;
  for (const value of values) {
    if (value === previous + 1) {
      runs[run * 2 + 1] = runs[run * 2 + 1]! + 1;
    } else {
      run++;
      runs[run * 2] = value;
    }
    previous = value;
  }
  return new RunContainer(runs, runCount, values.length);
}
