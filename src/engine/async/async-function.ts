/**
 * What a module of an `async` node exports: a function, or an object with one and what belongs
 * around it. It is checked once, when the module is loaded; what it gives back is checked row by
 * row.
 */
import { InputError } from '../../errors/drey-error.ts';
import type { ModulePlace } from '../process/load-function.ts';
import type { Row } from '../process/process-function.ts';

/** What the function is told besides the row. */
export interface AsyncContext {
  /** Name of the node in the pipeline file. */
  readonly node: string;
  /** 1 for the first call of a row, 2 for the first retry. */
  readonly attempt: number;
  /** Aborted when nobody waits for the answer any more: after the timeout, or when the job ends. */
  readonly signal: AbortSignal;
  /** Processing time, epoch milliseconds. */
  nowMs(): number;
}

/** A row with the result columns, several, or none. */
export type AsyncResult = Row | readonly Row[] | null | undefined;

export interface AsyncFunction {
  /** Called once, before the first row. */
  open?(context: { readonly node: string }): Promise<void> | void;
  invoke(row: Row, context: AsyncContext): Promise<AsyncResult> | AsyncResult;
  /** Gives the result of a row that has taken too long. Without it the job fails. */
  timeout?(row: Row, context: AsyncContext): Promise<AsyncResult> | AsyncResult;
  /** Called once, when the job ends in any way. */
  close?(): Promise<void> | void;
}

/** Throws DREY_MODULE_EXPORT. Nodes and jobs with one module have fields of their own. */
export function asyncFunctionOf(exported: unknown, place: ModulePlace): AsyncFunction {
  if (typeof exported === 'function') return { invoke: exported as AsyncFunction['invoke'] };
  if (!isObject(exported)) throw wrongExport(place, 'there is none');
  if (typeof exported['invoke'] !== 'function') throw wrongExport(place, 'it has no invoke');
  for (const name of ['open', 'timeout', 'close']) {
    const member = exported[name];
    if (member !== undefined && typeof member !== 'function') {
      throw wrongExport(place, `${name} is no function`);
    }
  }
  // The members were looked at just now; what they take and give is the author's promise.
  return Object.create(exported) as AsyncFunction;
}

/** Rejects with InputError. */
export async function openModule(target: AsyncFunction, place: ModulePlace): Promise<void> {
  try {
    await target.open?.({ node: place.node });
  } catch (cause) {
    throw moduleFailed(place, 'open', cause);
  }
}

/** Rejects with InputError. */
export async function closeModule(target: AsyncFunction, place: ModulePlace): Promise<void> {
  try {
    await target.close?.();
  } catch (cause) {
    throw moduleFailed(place, 'close', cause);
  }
}

function moduleFailed(place: ModulePlace, method: string, cause: unknown): InputError {
  return new InputError(
    'DREY_MODULE_FAILED',
    `${place.node}: ${method} of ${place.module} failed: ${causeText(cause)}`,
    { hint: 'Correct the module, or what it connects to.', details: { ...place }, cause },
  );
}

function wrongExport(place: ModulePlace, what: string): InputError {
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
