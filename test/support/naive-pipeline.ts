/**
 * What a pipeline of lookup, filter and tumbling window must give, row by row over plain objects:
 * the reference that property tests compare the engine with. Written from the semantics alone, so
 * it imports nothing of drey and is as slow as it is plain. Integer columns are bigint, DOUBLE ones
 * number; times are epoch milliseconds.
 */

export type NaiveValue = string | number | bigint | boolean | null;
export type NaiveRow = Readonly<Record<string, NaiveValue>>;

export interface NaiveAggregate {
  readonly name: string;
  readonly function: 'COUNT' | 'COUNT DISTINCT' | 'SUM' | 'AVG' | 'MIN' | 'MAX' | 'GROUPING';
  /** Absent for COUNT(*). */
  readonly column?: string;
  readonly filter?: (row: NaiveRow) => boolean;
  /** Width at which SUM and AVG of integers wrap; 64 if absent. */
  readonly bits?: 8 | 16 | 32 | 64;
}

export interface NaiveLookup {
  readonly table: readonly NaiveRow[];
  /** Column of the row to column of the table. */
  readonly on: Readonly<Record<string, string>>;
  readonly select: readonly string[];
  readonly missing: 'keep' | 'drop';
}

export interface NaivePipeline {
  readonly time: string;
  readonly delayMs: number;
  readonly lookup?: NaiveLookup;
  readonly where?: (row: NaiveRow) => boolean;
  readonly sizeMs: number;
  readonly offsetMs?: number;
  /** One list of columns for a plain `group-by`; `rollup` makes several. */
  readonly groupingSets: readonly (readonly string[])[];
  readonly aggregates: readonly NaiveAggregate[];
}

export interface NaiveResult {
  /** `window_start`, `window_end`, every group column, the aggregates; in no particular order. */
  readonly rows: readonly NaiveRow[];
  /** Rows that came after their window had fired, as they reached the window. */
  readonly late: readonly NaiveRow[];
}

interface Group {
  readonly startMs: number;
  readonly set: readonly string[];
  readonly rows: NaiveRow[];
}

/** [a, b, c], [a, b], [a], []. */
export function rollup(columns: readonly string[]): string[][] {
  return columns.concat('').map((_, dropped) => columns.slice(0, columns.length - dropped));
}

/** `rows` are one file in order: its watermark is the highest time so far minus the delay. */
export function runNaively(pipeline: NaivePipeline, rows: readonly NaiveRow[]): NaiveResult {
  const { sizeMs, offsetMs = 0, groupingSets } = pipeline;
  const groups = new Map<string, Group>();
  const late: NaiveRow[] = [];
  const table = indexTable(pipeline.lookup);
  let watermarkMs = -Infinity;
  for (const sourceRow of rows) {
    const timeMs = Number(sourceRow[pipeline.time]);
    const startMs = Math.floor((timeMs - offsetMs) / sizeMs) * sizeMs + offsetMs;
    const hasFired = watermarkMs >= startMs + sizeMs - 1;
    watermarkMs = Math.max(watermarkMs, timeMs - pipeline.delayMs);
    const row = lookUp(pipeline.lookup, table, sourceRow);
    if (row === null || pipeline.where?.(row) === false) continue;
    if (hasFired) {
      late.push(row);
      continue;
    }
    for (const [index, set] of groupingSets.entries()) {
      const key = `${startMs} ${index} ${keyOf(row, set)}`;
      const group = groups.get(key) ?? { startMs, set, rows: [] };
      group.rows.push(row);
      groups.set(key, group);
    }
  }
  return { rows: [...groups.values()].map((group) => resultRow(pipeline, group)), late };
}

/** Rows of the table by their key. */
function indexTable(lookup: NaiveLookup | undefined): ReadonlyMap<string, NaiveRow> {
  const columns = Object.values(lookup?.on ?? {});
  return new Map(lookup?.table.map((row) => [keyOf(row, columns), row]));
}

/** The row with the selected columns of its match; null when it is to be dropped. */
function lookUp(
  lookup: NaiveLookup | undefined,
  table: ReadonlyMap<string, NaiveRow>,
  row: NaiveRow,
): NaiveRow | null {
  if (lookup === undefined) return row;
  const columns = Object.keys(lookup.on);
  // A NULL key matches nothing, not even another NULL.
  const hasKey = columns.every((column) => (row[column] ?? null) !== null);
  const match = hasKey ? table.get(keyOf(row, columns)) : undefined;
  if (match === undefined && lookup.missing === 'drop') return null;
  const selected = lookup.select.map((column) => [column, match?.[column] ?? null] as const);
  return { ...row, ...Object.fromEntries(selected) };
}

/** Equal for equal values only: `1` and `"1"` stay apart. */
function keyOf(row: NaiveRow, columns: readonly string[]): string {
  return JSON.stringify(columns.map((column) => [typeof row[column], String(row[column])]));
}

function resultRow({ groupingSets, aggregates, sizeMs }: NaivePipeline, group: Group): NaiveRow {
  const { startMs, set, rows } = group;
  const result: Record<string, NaiveValue> = {
    window_start: startMs,
    window_end: startMs + sizeMs,
  };
  for (const column of new Set(groupingSets.flat())) {
    result[column] = set.includes(column) ? (rows[0]?.[column] ?? null) : null;
  }
  for (const aggregate of aggregates) result[aggregate.name] = aggregateOf(aggregate, group);
  return result;
}

function aggregateOf(aggregate: NaiveAggregate, { set, rows }: Group): NaiveValue {
  const { column, filter = () => true, bits = 64 } = aggregate;
  const selected = rows.filter((row) => filter(row));
  if (column === undefined) return BigInt(selected.length);
  const values = selected.map((row) => row[column] ?? null).filter((value) => value !== null);
  switch (aggregate.function) {
    case 'GROUPING':
      return set.includes(column) ? 0n : 1n;
    case 'COUNT':
      return BigInt(values.length);
    case 'COUNT DISTINCT':
      return BigInt(new Set(values).size);
    case 'SUM':
      return sum(values, bits);
    case 'AVG':
      return average(values, bits);
    case 'MIN':
      return values.reduce<NaiveValue>((a, b) => (a === null || compare(b, a) < 0 ? b : a), null);
    case 'MAX':
      return values.reduce<NaiveValue>((a, b) => (a === null || compare(b, a) > 0 ? b : a), null);
  }
}

function sum(values: readonly NaiveValue[], bits: number): NaiveValue {
  if (values.length === 0) return null;
  if (typeof values[0] === 'number') return values.reduce<number>((a, b) => a + Number(b), 0);
  return BigInt.asIntN(
    bits,
    values.reduce<bigint>((a, b) => a + BigInt(b ?? 0), 0n),
  );
}

/** Integers are summed at 64 bits, and the quotient is cut off towards zero. */
function average(values: readonly NaiveValue[], bits: number): NaiveValue {
  const total = sum(values, 64);
  if (total === null) return null;
  if (typeof total === 'number') return total / values.length;
  return BigInt.asIntN(bits, BigInt(total) / BigInt(values.length));
}

/** Texts go by their UTF-8 bytes, as in Flink; JavaScript would go by UTF-16 units. */
function compare(left: NaiveValue, right: NaiveValue): number {
  if (typeof left === 'string' && typeof right === 'string') {
    return Buffer.compare(Buffer.from(left), Buffer.from(right));
  }
  if (left === right) return 0;
  return left !== null && right !== null && left < right ? -1 : 1;
}
