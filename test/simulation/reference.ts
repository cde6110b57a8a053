/**
 * What the output of a workload must be when its input has been read so far and no further: the
 * second program, row by row over plain objects, from the semantics alone.
 * Invariant: it knows nothing of subtasks, batches, channels or checkpoints.
 */
import {
  isRow,
  lookupKeys,
  usesWindows,
  type InputFile,
  type InputRow,
  type WindowPlan,
  type WorkloadPlan,
} from './workload-plan.ts';
import { JOIN_AFTER_MS, TIMER_AFTER_MS } from './workload-document.ts';

/** How far the input has been read. */
export interface Cut {
  /** Lines by path; a file that is not named has been read to its end and left. */
  readonly lines: ReadonlyMap<string, number>;
  /** The input has ended: all that waits for time comes out. */
  readonly isEnd: boolean;
}

export const wholeInput: Cut = { lines: new Map(), isEnd: true };

type OutputRow = Readonly<Record<string, string | number>>;

/** A row as text that is equal for equal rows. */
export function rowText(row: OutputRow): string {
  return JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function expectedRows(plan: WorkloadPlan, cut: Cut): readonly string[] {
  return rowsOf(plan, cut).map(rowText);
}

function rowsOf(plan: WorkloadPlan, cut: Cut): readonly OutputRow[] {
  const rows = plan.files.flatMap((file) => readRows(plan, file, cut));
  switch (plan.kind) {
    case 'pass':
      return rows
        .filter(({ amount }) => amount > 2)
        .map(({ id, amount }) => ({ id, twice: amount * 2 }));
    case 'count':
      return [...groupBy(rows, ({ key }) => key)].flatMap(([key, group]) =>
        group.map((_, at) => ({ key, n: at + 1 })),
      );
    case 'dedup':
      return [...groupBy(rows, ({ key, amount }) => `${key} ${amount}`).values()].map(
        ([{ key, amount }]) => ({ key, amount }),
      );
    case 'numbers':
      return rows.map(({ id, key }) => ({ id, key }));
    case 'join':
      return pairs(plan, cut);
    case 'outer-join':
      return [...pairs(plan, cut), ...alone(plan, cut)];
    case 'timers':
      return timers(plan, cut);
    case 'window':
      return windows(plan, cut);
    case 'top-n':
      return firstTwo(windows(plan, cut));
  }
}

function linesOf(file: InputFile, cut: Cut): InputFile['lines'] {
  return file.lines.slice(0, cut.lines.get(file.path) ?? file.lines.length);
}

function readRows(plan: WorkloadPlan, file: InputFile, cut: Cut): readonly InputRow[] {
  const rows = linesOf(file, cut).filter(isRow);
  return plan.hasLookup ? rows.filter(({ key }) => lookupKeys.includes(key)) : rows;
}

type Group<T> = [T, ...T[]];

function groupBy<T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, Group<T>> {
  const groups = new Map<string, Group<T>>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return groups;
}

/** Highest time of all rows of a file that have been read, minus the delay. */
function watermarkOf(plan: WorkloadPlan, file: InputFile, cut: Cut): number {
  const times = linesOf(file, cut)
    .filter(isRow)
    .map(({ ts }) => ts);
  return Math.max(-Infinity, ...times) - plan.delayMs;
}

/** What event time has come to: the lowest of the files that are still read. */
function combinedWatermark(plan: WorkloadPlan, cut: Cut): number {
  if (cut.isEnd) return Infinity;
  const open = plan.files.filter(({ path }) => cut.lines.has(path));
  return Math.min(Infinity, ...open.map((file) => watermarkOf(plan, file, cut)));
}

function side(plan: WorkloadPlan, source: InputFile['source'], cut: Cut): readonly InputRow[] {
  const files = plan.files.filter((file) => file.source === source);
  return files.flatMap((file) => linesOf(file, cut).filter(isRow));
}

function doMeet(l: InputRow, r: InputRow): boolean {
  return r.key === l.key && r.ts >= l.ts && r.ts <= l.ts + JOIN_AFTER_MS;
}

function pairs(plan: WorkloadPlan, cut: Cut): readonly OutputRow[] {
  const right = side(plan, 'others', cut);
  return side(plan, 'events', cut).flatMap((l) =>
    right.filter((r) => doMeet(l, r)).map((r) => ({ l: l.id, r: r.id })),
  );
}

/** Rows that nothing in time can meet any more. */
function alone(plan: WorkloadPlan, cut: Cut): readonly OutputRow[] {
  const right = side(plan, 'others', cut);
  const watermarkMs = combinedWatermark(plan, cut);
  return side(plan, 'events', cut)
    .filter((l) => l.ts + JOIN_AFTER_MS < watermarkMs && !right.some((r) => doMeet(l, r)))
    .map(({ id }) => ({ l: id, r: 'null' }));
}

/** Rows of one file, in order; of several, no row is late and the order does not matter. */
function timers(plan: WorkloadPlan, cut: Cut): readonly OutputRow[] {
  const rows = plan.files.flatMap((file) => readRows(plan, file, cut));
  const watermarkMs = combinedWatermark(plan, cut);
  const due = new Map<string, { readonly key: string; readonly due: number }>();
  for (const { key, ts } of rows) {
    const dueMs = ts + TIMER_AFTER_MS;
    if (dueMs <= watermarkMs) due.set(`${key} ${dueMs}`, { key, due: dueMs });
  }
  return [...due.values()].map(({ key, due: dueMs }) => ({
    key,
    due: dueMs,
    // What it finds depends on how rows and time come together.
    n: plan.isCrowded ? 0 : countBefore(plan, cut, { key, dueMs }),
  }));
}

/** How many rows of the key had come when the watermark came to the time of the timer. */
function countBefore(
  plan: WorkloadPlan,
  cut: Cut,
  { key, dueMs }: { readonly key: string; readonly dueMs: number },
): number {
  const [file] = plan.files;
  if (file === undefined) return 0;
  let watermarkMs = -Infinity;
  let count = 0;
  for (const line of linesOf(file, cut)) {
    if (!isRow(line)) continue;
    if (watermarkMs >= dueMs) break;
    watermarkMs = Math.max(watermarkMs, line.ts - plan.delayMs);
    if (line.key === key) count++;
  }
  return count;
}

interface Fired {
  readonly window_start: number;
  readonly window_end: number;
  readonly key: string;
  readonly n: number;
  readonly s: number;
  readonly u: number;
  readonly hi: number;
  readonly [column: string]: string | number;
}

function windows(plan: WorkloadPlan, cut: Cut): readonly Fired[] {
  const watermarkMs = combinedWatermark(plan, cut);
  const placed = plan.window.type === 'session' ? sessions(plan, cut) : placedRows(plan, cut);
  const fired = placed.filter(({ endMs }) => endMs - 1 <= watermarkMs);
  const groups = groupBy(fired, ({ row, startMs, endMs }) => `${row.key} ${startMs} ${endMs}`);
  return [...groups.values()].map((group) => {
    const [{ startMs, endMs, row }] = group;
    const amounts = group.map((placedRow) => placedRow.row.amount);
    return {
      window_start: startMs,
      window_end: endMs,
      key: row.key,
      n: amounts.length,
      s: amounts.reduce((sum, amount) => sum + amount, 0),
      u: new Set(amounts).size,
      hi: Math.max(...amounts),
    };
  });
}

interface PlacedRow {
  readonly row: InputRow;
  readonly startMs: number;
  readonly endMs: number;
}

/** Rows in the windows that had not fired when they came. */
function placedRows(plan: WorkloadPlan, cut: Cut): readonly PlacedRow[] {
  const isAlone = plan.files.length === 1;
  return plan.files.flatMap((file) => {
    let watermarkMs = -Infinity;
    return linesOf(file, cut)
      .filter(isRow)
      .flatMap((row) => {
        // Among several files no row is late.
        const beforeMs = isAlone ? watermarkMs : -Infinity;
        watermarkMs = Math.max(watermarkMs, row.ts - plan.delayMs);
        if (plan.hasLookup && !lookupKeys.includes(row.key)) return [];
        return boundsOf(plan.window, row.ts)
          .filter(({ endMs }) => endMs - 1 > beforeMs)
          .map((bounds) => ({ row, ...bounds }));
      });
  });
}

function boundsOf(
  window: WindowPlan,
  ts: number,
): readonly { readonly startMs: number; readonly endMs: number }[] {
  switch (window.type) {
    case 'session':
      return [];
    case 'tumble':
      return boundsOf({ ...window, type: 'hop', slideMs: window.sizeMs }, ts);
    case 'hop': {
      const { sizeMs, slideMs } = window;
      const lastMs = Math.floor(ts / slideMs) * slideMs;
      return Array.from({ length: sizeMs / slideMs }, (_, at) => ({
        startMs: lastMs - at * slideMs,
        endMs: lastMs - at * slideMs + sizeMs,
      }));
    }
    case 'cumulate': {
      const { sizeMs, stepMs } = window;
      const startMs = Math.floor(ts / sizeMs) * sizeMs;
      return Array.from({ length: sizeMs / stepMs }, (_, at) => ({
        startMs,
        endMs: startMs + (at + 1) * stepMs,
      })).filter(({ endMs }) => endMs > ts);
    }
  }
}

function sessions(plan: WorkloadPlan, cut: Cut): readonly PlacedRow[] {
  const { window } = plan;
  if (window.type !== 'session') return [];
  const rows = plan.files.flatMap((file) => readRows(plan, file, cut));
  return [...groupBy(rows, ({ key }) => key).values()].flatMap((group) => {
    const sorted = group.toSorted((a, b) => a.ts - b.ts);
    const found: InputRow[][] = [];
    for (const row of sorted) {
      const last = found.at(-1);
      // As in Flink, sessions that only touch are one.
      if (last !== undefined && row.ts <= last.at(-1)!.ts + window.gapMs) last.push(row);
      else found.push([row]);
    }
    return found.flatMap((session) => {
      const bounds = { startMs: session[0]!.ts, endMs: session.at(-1)!.ts + window.gapMs };
      return session.map((row) => ({ row, ...bounds }));
    });
  });
}

function firstTwo(fired: readonly Fired[]): readonly OutputRow[] {
  return [...groupBy(fired, (row) => `${row.window_start} ${row.window_end}`).values()].flatMap(
    (group) =>
      group
        .toSorted((a, b) => b.s - a.s || (a.key < b.key ? -1 : 1))
        .slice(0, 2)
        .map((row, at) => ({ ...row, place: at + 1 })),
  );
}

/** False: what comes out of rows read so far also depends on how far event time has come. */
export function isTimeless({ kind }: WorkloadPlan): boolean {
  return !usesWindows(kind) && kind !== 'timers' && kind !== 'outer-join';
}
