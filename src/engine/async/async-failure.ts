/** What makes a job fail in an `async` node: a call, its time, its result. */
import { durationText } from '../../errors/duration-text.ts';
import { EngineError } from '../../errors/drey-error.ts';
import type { AsyncCall } from './async-call.ts';
import type { AsyncPlace } from './async-place.ts';
import { causeText } from './async-function.ts';

export function callFailed(place: AsyncPlace, call: AsyncCall, cause: unknown): EngineError {
  const times = call.attempt === 1 ? '' : ` at the ${ordinal(call.attempt)} attempt`;
  const what = call.hasTimedOut ? 'timeout' : 'the call';
  return new EngineError(
    'DREY_ASYNC_FAILED',
    `${place.node}, row ${call.position}: ${what} failed${times}: ${causeText(cause)}`,
    {
      hint: 'Catch the error in the module and give a result for it, or set async.retry.',
      details: detailsOf(place, call),
      cause,
    },
  );
}

export function callTimedOut(place: AsyncPlace, call: AsyncCall, timeoutMs: number): EngineError {
  const calls = call.attempt === 1 ? '' : `, after ${call.attempt} calls`;
  return new EngineError(
    'DREY_ASYNC_TIMEOUT',
    `${place.node}, row ${call.position}: no answer within ${durationText(timeoutMs)}${calls}`,
    {
      hint: 'Raise async.timeout, or export timeout(row) beside invoke, which gives the result instead.',
      details: { ...detailsOf(place, call), timeoutMs },
    },
  );
}

export function wrongResult(place: AsyncPlace, call: AsyncCall, why: string): EngineError {
  return new EngineError(
    'DREY_ASYNC_RESULT',
    `${place.node}, row ${call.position}: the result does not fit: ${why}`,
    {
      hint: 'Give an object with the columns of async.columns, an array of such objects, or null for no row.',
      details: detailsOf(place, call),
    },
  );
}

function detailsOf(place: AsyncPlace, { position, attempt }: AsyncCall): Record<string, unknown> {
  return { node: place.node, module: place.module, row: position, attempts: attempt };
}

function ordinal(number: number): string {
  const words = ['first', 'second', 'third'];
  return words[number - 1] ?? `${number}th`;
}
