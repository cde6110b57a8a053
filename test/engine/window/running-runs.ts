/** Runs of the running aggregate on rows written as objects, by a clock that goes with them. */
import { RunningAggregateOperator } from '../../../src/engine/window/running-aggregate.ts';
import type {
  AggregateSpec,
  RunningAggregateSpec,
} from '../../../src/engine/window/window-spec.ts';
import type { Value } from '../../../src/expression/value.ts';
import {
  runOperator,
  type HarnessEvent,
  type HarnessMode,
  type HarnessResult,
  type RowKindName,
} from '../../support/operator-harness.ts';
import { roomyTestMemory } from '../../support/test-memory.ts';
import { inputSchema, keyColumnsOf, specOf } from './window-runs.ts';

export interface Input {
  readonly kind?: RowKindName;
  readonly province?: string | null;
  readonly city?: string | null;
  readonly device?: string | null;
  readonly amount?: bigint | null;
  readonly isClick?: boolean | null;
}

export type Step = { readonly rows: readonly Input[] } | { readonly now: number };

export interface Case {
  readonly groupBy?: readonly string[];
  readonly groupingSets?: readonly (readonly number[])[];
  readonly aggregates: readonly AggregateSpec[];
  readonly ttlMs?: number;
  readonly takesUpdates?: boolean;
}

/** The operator's clock. */
let nowMs = 0;
const evaluation = { timeZone: 'UTC', nowMs: () => nowMs, random: () => 0 };

function specFor({ groupBy = ['province'], aggregates, ...more }: Case): RunningAggregateSpec {
  const { outputSchema, ...spec } = specOf(groupBy, aggregates, {
    ...(more.groupingSets !== undefined && { groupingSets: more.groupingSets }),
  });
  return {
    ...spec,
    outputSchema: outputSchema.slice(2, -1),
    ttlMs: more.ttlMs ?? 0,
    takesUpdates: more.takesUpdates ?? false,
  };
}

export function harnessOf(given: Case): Parameters<typeof runOperator>[0] {
  const spec = specFor(given);
  const context = { evaluation, memory: roomyTestMemory() };
  return {
    create: (barrierIdsMax) =>
      new RunningAggregateOperator(
        spec,
        barrierIdsMax === undefined ? context : { ...context, barrierIdsMax },
      ),
    writesLater: true,
    setNow: (atMs) => {
      nowMs = atMs;
    },
    schemas: [inputSchema],
    ...keyColumnsOf(spec),
  };
}

function eventsOf(steps: readonly Step[]): HarnessEvent[] {
  return steps.map((step): HarnessEvent => {
    if ('rows' in step) return { kind: 'rows', input: 0, rows: step.rows.map(harnessRow) };
    return { kind: 'time', nowMs: step.now };
  });
}

function harnessRow({ kind, ...row }: Input): { values: readonly Value[]; kind?: RowKindName } {
  const values = inputSchema.map(({ name }): Value => {
    if (name === 'time') return 0n;
    return row[name as keyof typeof row] ?? null;
  });
  return { values, ...(kind !== undefined && { kind }) };
}

export const wholeBatches: HarnessMode = {
  rowsPerBatch: 2048,
  outputCapacity: 'unlimited',
  snapshots: 'none',
};

export function run(given: Case, steps: readonly Step[], mode: HarnessMode): HarnessResult {
  nowMs = 0;
  return runOperator(harnessOf(given), eventsOf(steps), mode);
}
