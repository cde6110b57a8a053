/** Runs of the window operator on rows written as objects. */
import { NodeCounters } from '../../../src/engine/operator/node-counters.ts';
import { WindowAggregateOperator } from '../../../src/engine/window/window-aggregate.ts';
import type { AggregateSpec, WindowAggregateSpec } from '../../../src/engine/window/window-spec.ts';
import type { AggregateName, TypedExpression } from '../../../src/expression/tree.ts';
import { LENGTH_MAX, type LogicalType, type RowField } from '../../../src/expression/type.ts';
import type { Value } from '../../../src/expression/value.ts';
import type { ZoneClock } from '../../../src/expression/zone-clock.ts';
import {
  type HarnessEvent,
  type HarnessResult,
  type HarnessSpec,
  rowText,
  runInAllModes,
} from '../../support/operator-harness.ts';
import { roomyTestMemory } from '../../support/test-memory.ts';

export const text: LogicalType = { root: 'VARCHAR', length: LENGTH_MAX, nullable: true };
export const bigint: LogicalType = { root: 'BIGINT', nullable: true };
export const ltz: LogicalType = { root: 'TIMESTAMP_LTZ', precision: 3, nullable: true };
const local: LogicalType = { root: 'TIMESTAMP', precision: 3, nullable: false };
const boolean: LogicalType = { root: 'BOOLEAN', nullable: true };

export const inputSchema: readonly RowField[] = [
  { name: 'time', type: ltz },
  { name: 'province', type: text },
  { name: 'city', type: text },
  { name: 'device', type: text },
  { name: 'amount', type: bigint },
  { name: 'isClick', type: boolean },
];
const indexOf = (name: string): number => inputSchema.findIndex((field) => field.name === name);

export function column(name: string): TypedExpression {
  const index = indexOf(name);
  return { kind: 'column', name, index, type: inputSchema[index]!.type };
}

export function aggregate(
  name: AggregateName,
  operand?: string,
  options: { distinct?: boolean; filter?: string; type?: LogicalType } = {},
): AggregateSpec {
  return {
    kind: 'aggregate',
    aggregate: {
      function: name,
      distinct: options.distinct ?? false,
      type: options.type ?? bigint,
      ...(operand === undefined ? {} : { operand: column(operand) }),
      ...(options.filter === undefined ? {} : { filter: column(options.filter) }),
    },
  };
}

export function specOf(
  groupBy: readonly string[],
  aggregates: readonly AggregateSpec[],
  more: Partial<Pick<WindowAggregateSpec, 'groupingSets' | 'window'>> & {
    sizeMs?: number;
    offsetMs?: number;
    zone?: ZoneClock;
  } = {},
): WindowAggregateSpec {
  const types = aggregates.map((spec): LogicalType =>
    spec.kind === 'aggregate' ? spec.aggregate.type : bigint,
  );
  return {
    inputSchema,
    outputSchema: [
      { name: 'window_start', type: local },
      { name: 'window_end', type: local },
      ...groupBy.map((name) => ({ name, type: inputSchema[indexOf(name)]!.type })),
      ...types.map((type, index) => ({ name: `a${index}`, type })),
      { name: 'window_time', type: ltz },
    ],
    timeIndex: 0,
    window: more.window ?? {
      kind: 'tumble',
      sizeMs: more.sizeMs ?? 1000,
      offsetMs: more.offsetMs ?? 0,
    },
    zone: more.zone ?? null,
    groupBy: groupBy.map(column),
    groupingSets: more.groupingSets ?? [groupBy.map((_name, index) => index)],
    aggregates,
  };
}

export interface Row {
  readonly time: number;
  readonly province?: string | null;
  readonly city?: string | null;
  readonly device?: string | null;
  readonly amount?: bigint | null;
  readonly isClick?: boolean | null;
}

export const nanos = (millis: number): bigint => BigInt(millis) * 1_000_000n;

/** One row that comes under this watermark. */
export function rowEvent(row: Row, watermarkMs: number): HarnessEvent {
  return { kind: 'rows', input: 0, rows: [{ values: valuesOf(row), watermarkMs }] };
}

function valuesOf(row: Row): Value[] {
  return inputSchema.map(({ name }): Value =>
    name === 'time' ? nanos(row.time) : (row[name as keyof Row] ?? null),
  );
}

/** Rows with the watermark of the highest time before them minus the delay, then the end. */
export function eventsOf(rows: readonly Row[], delayMs: number): HarnessEvent[] {
  let watermarkMs = -Infinity;
  const harnessRows = rows.map((row) => {
    const values = valuesOf(row);
    const before = watermarkMs;
    watermarkMs = Math.max(watermarkMs, row.time - delayMs);
    return { values, watermarkMs: before };
  });
  return [
    { kind: 'rows', input: 0, rows: harnessRows },
    ...(watermarkMs === -Infinity
      ? []
      : [{ kind: 'watermark', input: 0, watermarkMs } satisfies HarnessEvent]),
    { kind: 'watermark', input: 0, watermarkMs: Infinity },
    { kind: 'end', input: 0 },
  ];
}

/** By which columns rows go to subtasks; several grouping sets keep an operator at one. */
export function keyColumnsOf({
  groupBy,
  groupingSets,
}: Pick<WindowAggregateSpec, 'groupBy' | 'groupingSets'>): Pick<HarnessSpec, 'keyColumns'> {
  const [set, ...others] = groupingSets;
  if (set === undefined || others.length > 0) return {};
  const columns = set.map((position) => groupBy[position]!);
  return { keyColumns: [columns.flatMap((key) => (key.kind === 'column' ? [key.index] : []))] };
}

const evaluation = { timeZone: 'UTC', nowMs: () => 0, random: () => 0 };

export function run(spec: WindowAggregateSpec, rows: readonly Row[], delayMs = 0): HarnessResult {
  return runInAllModes(harnessOf(spec), eventsOf(rows, delayMs));
}

export function harnessOf(spec: WindowAggregateSpec): HarnessSpec {
  const context = { evaluation, memory: roomyTestMemory() };
  return {
    create: (barrierIdsMax) =>
      new WindowAggregateOperator(
        spec,
        barrierIdsMax === undefined ? context : { ...context, barrierIdsMax },
        new NodeCounters(),
      ),
    writesLater: spec.window.kind === 'tumble' ? true : 'one',
    schemas: [inputSchema],
    sides: ['late'],
    ...keyColumnsOf(spec),
  };
}

export const sorted = (rows: readonly (readonly Value[])[]): string[] => rows.map(rowText).sort();
