/**
 * From a loaded module to process functions: is its default export of the right form, and how an
 * operator gets one of its own. An object is copied by inheritance, so that what `open` sets on
 * `this` belongs to one operator; a class is instantiated.
 */
import { EngineError, InputError } from '../../errors/drey-error.ts';
import type { ProcessFunction, WindowFunction } from './process-function.ts';

/** Default exports of modules by absolute path. */
export type LoadedModules = ReadonlyMap<string, unknown>;

export interface ModulePlace {
  readonly node: string;
  /** As the pipeline file has it. */
  readonly module: string;
}

export interface FunctionPlace extends ModulePlace {
  /** What the function must have. */
  readonly method: 'processElement' | 'processWindow';
}

type Exported = ProcessFunction | WindowFunction;
type ExportedClass = new () => Exported;

/** Throws DREY_MODULE_EXPORT, DREY_PROCESS_FAILED. What is given has the method of the place. */
export function instantiate(exported: unknown, place: FunctionPlace): Exported {
  requireProcessFunction(exported, place);
  if (typeof exported !== 'function') return Object.create(exported) as Exported;
  try {
    return new exported();
  } catch (error) {
    throw constructionFailure(error, place);
  }
}

function constructionFailure(error: unknown, { node, module }: ModulePlace): EngineError {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new EngineError('DREY_PROCESS_FAILED', `${node}: the constructor of ${module}: ${text}`, {
    hint: 'Mend the constructor; what needs the context belongs into open.',
    details: { node, module, method: 'constructor' },
    cause: error,
  });
}

/** Throws DREY_MODULE_EXPORT; runs no code of the module. */
export function requireProcessFunction(
  exported: unknown,
  { node, module, method }: FunctionPlace,
): asserts exported is ExportedClass | Exported {
  const carrier: unknown = typeof exported === 'function' ? exported.prototype : exported;
  if (hasMethod(carrier, method)) return;
  const other = method === 'processElement' ? 'processWindow' : 'processElement';
  const hint = hasMethod(carrier, other) ? otherHints[other] : hints[method];
  throw new InputError(
    'DREY_MODULE_EXPORT',
    `${node}: the default export of ${module} is no process function: ${found(exported, method)}`,
    { hint, details: { node, module } },
  );
}

const hints = {
  processElement:
    'Write `export default { processElement(row, context, out) { ... } };`, or a class with that method.',
  processWindow:
    'Write `export default { processWindow(window, rows, context, out) { ... } };`, or a class with that method.',
} as const;

/** The module is of the other kind. */
const otherHints = {
  processElement: 'It takes row by row: leave out the window of the node.',
  processWindow: 'It takes whole windows: give the node a window.',
} as const;

function hasMethod(value: unknown, method: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return typeof (value as Readonly<Record<string, unknown>>)[method] === 'function';
}

function found(exported: unknown, method: string): string {
  if (exported === undefined) return 'there is none';
  if (exported === null) return 'it is null';
  if (typeof exported === 'object') return `it has no method ${method}`;
  return typeof exported === 'function'
    ? `it is a function, and no class with a method ${method}`
    : `it is a ${typeof exported}`;
}
