import { expect, test } from 'vitest';
import { NodeCounters } from '../../../src/engine/operator/node-counters.ts';
import { KeyedProcessOperator } from '../../../src/engine/process/keyed-process.ts';
import type {
  OpenContext,
  ProcessFunction,
  ValueState,
} from '../../../src/engine/process/process-function.ts';
import type { KeyedProcessSpec } from '../../../src/engine/process/process-spec.ts';
import { sizeOf, stateOf } from '../../support/operator-state.ts';
import { harnessModes, runOperator, type HarnessEvent } from '../../support/operator-harness.ts';
import { roomyTestMemory } from '../../support/test-memory.ts';
import { types } from '../batch/nullable-types.ts';

/** More than a dictionary holds before it looks for keys that nobody uses. */
const KEYS = 300_000;
const schema = [{ name: 'id', type: types.bigint }];
const spec: KeyedProcessSpec = {
  name: 'few',
  modulePath: '/work/few.js',
  moduleText: './few.js',
  inputSchema: schema,
  outputSchema: schema,
  keyIndexes: [0],
  timeIndex: null,
  outputTimeIndex: null,
  window: null,
  sides: [],
};

/** One key in a hundred has state, another one a timer. */
class Few implements ProcessFunction {
  private kept!: ValueState<number>;

  open(context: OpenContext): void {
    this.kept = context.valueState('kept');
  }

  processElement(...[row, context]: Parameters<ProcessFunction['processElement']>): void {
    const id = Number(row['id']);
    if (id % 100 === 0) this.kept.update(id);
    if (id % 100 === 1) context.registerProcessingTimeTimer(1_000_000);
  }

  onTimer(...[, context, out]: Parameters<NonNullable<ProcessFunction['onTimer']>>): void {
    out.collect({ id: context.key['id'] ?? null });
  }
}

test('keys without state and timers are forgotten, the others keep theirs', () => {
  let operator: KeyedProcessOperator | null = null;
  const context = {
    evaluation: { timeZone: 'UTC', nowMs: () => 0, random: () => 0 },
    memory: roomyTestMemory(),
    modules: new Map([[spec.modulePath, Few]]),
  };
  const create = (): KeyedProcessOperator =>
    (operator = new KeyedProcessOperator(spec, context, new NodeCounters()));
  const rows = Array.from({ length: KEYS }, (_, id) => ({ values: [BigInt(id)] }));
  const again = rows.filter((_, id) => id % 100 === 0);
  const events: HarnessEvent[] = [
    { kind: 'rows', input: 0, rows },
    { kind: 'rows', input: 0, rows: again },
    { kind: 'time', nowMs: 1_000_000 },
  ];
  const { main } = runOperator({ create, schemas: [schema] }, events, harnessModes.at(-3)!);
  expect(main.map(([id]) => Number(id))).toEqual(
    rows.flatMap((_, id) => (id % 100 === 1 ? [id] : [])),
  );
  // Some 3,000 keys with state, and those since the dictionary was last looked through.
  expect(sizeOf(stateOf(operator!))).toBeLessThan(KEYS * 8);
});
