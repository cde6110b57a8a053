/**
 * What a module of an `async` node exports: a function, or an object with one and what belongs
 * around it. It is checked once, when the module is loaded; what it gives back is checked row by
 * row.
 */
import { InputError } from '../../errors/drey-error.ts';
import type { AsyncPlace } from './async-place.ts';
import type { Row } from '../process/process-function.ts';

/** What the function is told besides the row. */
export interface AsyncContext {
  /** Name of the node in the pipeline file. */
  readonly node: string;
  /** 1 for the first call of a row, 2 for the first retry. */
  readonly attempt: number;
  /** Aborted when nobody waits for the answer any more: after the timeout, or when the job ends. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds on the clock of the engine. */
  currentProcessingTime(): number;
}

/**
 * What comes of a row: a row with the result columns, several, or none. Columns of the input may be
 * in it; they are not looked at.
 */
export type AsyncResult<Output = Row> = Output | readonly Output[] | null | undefined;

/**
 * Calls to the outside for the rows of a stream, many at a time. A module's default export is a
 * function, which is `invoke`, or an object of this shape, of which each job makes its own copy, or
 * a class of it, of which each job makes an instance. Words and meaning are those of Flink's
 * AsyncFunction.
 */
export interface AsyncFunction<Input = Row, Output = Row> {
  /** Called once, before the first row. */
  open?(context: { readonly node: string }): Promise<void> | void;
  /** Called for each row, and again for one whose call failed, as `retry` says. */
  invoke(row: Input, context: AsyncContext): Promise<AsyncResult<Output>> | AsyncResult<Output>;
  /** Gives the result of a row that has taken too long. Without it the job fails. */
  timeout?(row: Input, context: AsyncContext): Promise<AsyncResult<Output>> | AsyncResult<Output>;
  /** Called once at the end, also after a failure. */
  close?(): Promise<void> | void;
}

/** Checks the shape of an async function where types are checked; gives it back as it is. */
export function defineAsyncFunction<Input = Row, Output = Row, Fields extends object = object>(
  definition: Fields &
    AsyncFunction<Input, Output> &
    ThisType<Fields & AsyncFunction<Input, Output>>,
): AsyncFunction<Input, Output> {
  return definition;
}

type AsyncClass = new () => AsyncFunction;
type Invoke = AsyncFunction['invoke'];

/** Throws DREY_MODULE_EXPORT; runs no code of the module. */
export function requireAsyncFunction(exported: unknown, place: AsyncPlace): void {
  if (typeof exported === 'function' && !isClass(exported)) return;
  const shape: unknown = isClass(exported) ? exported.prototype : exported;
  if (!isObject(shape)) throw wrongExport(place, 'there is none');
  if (typeof shape['invoke'] !== 'function') throw wrongExport(place, 'it has no invoke');
  for (const name of ['open', 'timeout', 'close']) {
    const member = shape[name];
    if (member !== undefined && typeof member !== 'function') {
      throw wrongExport(place, `${name} is no function`);
    }
  }
}

/** One of its own for each node and job. Throws DREY_MODULE_EXPORT. */
export function instantiateAsync(exported: unknown, place: AsyncPlace): AsyncFunction {
  requireAsyncFunction(exported, place);
  if (isClass(exported)) return new exported();
  if (typeof exported === 'function') return { invoke: exported as Invoke };
  return Object.create(exported as object) as AsyncFunction;
}

function isClass(exported: unknown): exported is AsyncClass {
  if (typeof exported !== 'function') return false;
  const prototype: unknown = exported.prototype;
  return isObject(prototype) && typeof prototype['invoke'] === 'function';
}

/** Rejects with InputError. */
export async function openModule(target: AsyncFunction, place: AsyncPlace): Promise<void> {
  try {
    await target.open?.({ node: place.node });
  } catch (cause) {
    throw moduleFailed(place, 'open', cause);
  }
}

/** Rejects with InputError. */
export async function closeModule(target: AsyncFunction, place: AsyncPlace): Promise<void> {
  try {
    await target.close?.();
  } catch (cause) {
    throw moduleFailed(place, 'close', cause);
  }
}

function moduleFailed(place: AsyncPlace, method: string, cause: unknown): InputError {
  return new InputError(
    'DREY_MODULE_FAILED',
    `${place.node}: ${method} of ${place.module} failed: ${causeText(cause)}`,
    { hint: 'Correct the module, or what it connects to.', details: { ...place }, cause },
  );
}

function wrongExport(place: AsyncPlace, what: string): InputError {
  return new InputError(
    'DREY_MODULE_EXPORT',
    `${place.node}: the default export of ${place.module} is none for async: ${what}`,
    {
      hint: 'Write `export default async (row) => ({ ... });`, or export an object with invoke, and if need be open, timeout, close.',
      details: { ...place },
    },
  );
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const CAUSE_LENGTH_MAX = 300;

/** What was thrown, for a message. */
export function causeText(cause: unknown): string {
  const text = cause instanceof Error ? cause.message || cause.name : textOf(cause);
  return text.length > CAUSE_LENGTH_MAX ? `${text.slice(0, CAUSE_LENGTH_MAX)}…` : text;
}

function textOf(thrown: unknown): string {
  if (typeof thrown === 'object' && thrown !== null) return 'an object that is no Error';
  return String(thrown);
}
