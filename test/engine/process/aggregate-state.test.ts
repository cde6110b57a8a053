import { expect, test } from 'vitest';
import { NodeCounters } from '../../../src/engine/operator/node-counters.ts';
import { KeyedProcessOperator } from '../../../src/engine/process/keyed-process.ts';
import type {
  AggregatingState,
  OpenContext,
  ProcessFunction,
  ReducingState,
} from '../../../src/engine/process/process-function.ts';
import type { KeyedProcessSpec } from '../../../src/engine/process/process-spec.ts';
import { runInAllModes, type HarnessEvent } from '../../support/operator-harness.ts';
import { roomyTestMemory } from '../../support/test-memory.ts';
import { types } from '../batch/nullable-types.ts';

const inputSchema = [
  { name: 'user', type: types.text },
  { name: 'amount', type: types.bigint },
];
const outputSchema = [
  { name: 'user', type: types.text },
  { name: 'most', type: types.bigint },
  { name: 'mean', type: types.double },
];
const spec: KeyedProcessSpec = {
  name: 'totals',
  modulePath: '/work/totals.js',
  moduleText: './totals.js',
  inputSchema,
  outputSchema,
  keyIndexes: [0],
  timeIndex: null,
  outputTimeIndex: null,
  window: null,
  sides: [],
};

/** The most and the mean of a user's amounts; 0 starts anew. */
class Totals implements ProcessFunction {
  private most!: ReducingState<number>;
  private mean!: AggregatingState<number, number>;

  open(context: OpenContext): void {
    this.most = context.reducingState<number>('most', { reduce: (a, b) => Math.max(a, b) });
    this.mean = context.aggregatingState('mean', {
      createAccumulator: () => ({ sum: 0, count: 0 }),
      add: (added: number, { sum, count }) => ({ sum: sum + added, count: count + 1 }),
      getResult: ({ sum, count }) => sum / count,
    });
  }

  processElement(...[row, , out]: Parameters<ProcessFunction['processElement']>): void {
    const amount = Number(row['amount']);
    if (amount === 0) {
      this.most.clear();
      this.mean.clear();
    } else {
      this.most.add(amount);
      this.mean.add(amount);
    }
    out.collect({ user: row['user'] ?? null, most: this.most.get(), mean: this.mean.get() });
  }
}

function operatorOf(exported: unknown): KeyedProcessOperator {
  const context = {
    evaluation: { timeZone: 'UTC', nowMs: () => 0, random: () => 0 },
    memory: roomyTestMemory(),
    modules: new Map([[spec.modulePath, exported]]),
  };
  return new KeyedProcessOperator(spec, context, new NodeCounters());
}

test('values are reduced and aggregated by key, cut, restored and rescaled anywhere', () => {
  const given: readonly (readonly [string, bigint])[] = [
    ['a', 5n],
    ['b', 1n],
    ['a', 3n],
    ['a', 0n],
    ['b', 2n],
    ['a', 4n],
  ];
  const events: HarnessEvent[] = [
    { kind: 'rows', input: 0, rows: given.map((values) => ({ values })) },
  ];
  const create = (): KeyedProcessOperator => operatorOf(Totals);
  const { main } = runInAllModes({ create, schemas: [inputSchema], keyColumns: [[0]] }, events);
  expect(main).toEqual([
    ['a', 5n, 5],
    ['b', 1n, 1],
    ['a', 5n, 4],
    ['a', null, null],
    ['b', 2n, 1.5],
    ['a', 4n, 4],
  ]);
});

test.each([
  [(context: OpenContext) => context.reducingState('r', {} as never), 'has no function reduce'],
  [(context: OpenContext) => context.aggregatingState('a', null as never), 'createAccumulator'],
])('a state without its functions is refused: case %#', (open, message) => {
  const operator = operatorOf({ open, processElement: () => undefined });
  expect(() => {
    operator.open({
      main: {
        isFull: false,
        emit: () => undefined,
        emitWatermark: () => undefined,
        emitIdleness: () => undefined,
      },
      side: () => null,
    });
  }).toThrow(message);
});
