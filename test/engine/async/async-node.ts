/** An `async` node for tests: one INT in, one out, with calls that the test answers. */
import { AsyncWaitOperator } from '../../../src/engine/async/async-wait.ts';
import type { AsyncWaitSpec } from '../../../src/engine/async/async-wait-spec.ts';
import type { Value } from '../../../src/expression/value.ts';
import {
  AsyncDriver,
  type DriverOptions,
  type DrivenRow,
  type Emitted,
  type OpenCall,
} from '../../support/async-driver.ts';
import { testMemory } from '../../support/test-memory.ts';
import { types } from '../batch/nullable-types.ts';

export const inputSchema = [{ name: 'n', type: types.int }];
export const baseSpec: AsyncWaitSpec = {
  name: 'calls',
  modulePath: '/jobs/call.js',
  moduleText: './call.js',
  inputSchema,
  resultSchema: [{ name: 'twice', type: types.int }],
  isOrdered: true,
  capacity: 3,
  timeoutMs: 1_000,
  retry: { attempts: 0, delayMs: 100, backoff: 'fixed', maxDelayMs: 10_000 },
};

export function start(
  spec: Partial<AsyncWaitSpec> = {},
  options: Partial<DriverOptions> = {},
): Promise<AsyncDriver> {
  return AsyncDriver.start({
    create: (clock, module) =>
      new AsyncWaitOperator(
        { ...baseSpec, ...spec },
        {
          evaluation: { timeZone: 'UTC', random: () => 0, ...clock },
          memory: testMemory,
          modules: new Map([[baseSpec.modulePath, module]]),
        },
      ),
    schema: inputSchema,
    ...options,
  });
}

/** Makes operators whose module is never called. */
export const operatorOf =
  (spec: Partial<AsyncWaitSpec> = {}) =>
  (): AsyncWaitOperator =>
    new AsyncWaitOperator(
      { ...baseSpec, ...spec },
      { evaluation: { timeZone: 'UTC', random: () => 0, nowMs: () => 0 }, memory: testMemory },
    );

export const rowsOf = (...numbers: readonly number[]): readonly DrivenRow[] =>
  numbers.map((n) => ({ values: [n], watermarkMs: -Infinity }));

/** What the module of these tests gives: no row, one, or several. */
export function resultOf(n: number): null | { twice: number } | { twice: number }[] {
  if (n % 5 === 0) return null;
  return n % 7 === 0 ? [{ twice: 2 * n }, { twice: 2 * n + 1 }] : { twice: 2 * n };
}

export const succeed = (call: OpenCall): void => {
  call.resolve(resultOf(Number(call.row['n'])));
};
export const failOnce = (call: OpenCall): void => {
  call.reject(new Error('no route'));
};

export const valuesOf = (emitted: readonly Emitted[]): readonly (readonly Value[])[] =>
  emitted.flatMap((each) => ('values' in each ? [each.values] : []));
