/**
 * From a loaded module to process functions: is its default export of the right form, and how an
 * operator gets one of its own. An object is copied by inheritance, so that what `open` sets on
 * `this` belongs to one operator; a class is instantiated.
 */
import { InputError } from '../../errors/drey-error.ts';
import type { ProcessFunction } from './process-function.ts';

/** Default exports of modules by absolute path. */
export type LoadedModules = ReadonlyMap<string, unknown>;

export interface ModulePlace {
  readonly node: string;
  readonly module: string;
}

type FunctionClass = new () => ProcessFunction;

/** Throws DREY_MODULE_EXPORT. */
export function instantiate(exported: unknown, place: ModulePlace): ProcessFunction {
  requireProcessFunction(exported, place);
  return isClass(exported) ? new exported() : (Object.create(exported) as ProcessFunction);
}

/** Throws DREY_MODULE_EXPORT; runs no code of the module. */
export function requireProcessFunction(
  exported: unknown,
  place: ModulePlace,
): asserts exported is FunctionClass | ProcessFunction {
  if (isClass(exported) || hasProcessElement(exported)) return;
  throw new InputError(
    'DREY_MODULE_EXPORT',
    `${place.node}: the default export of ${place.module} is no process function: ${found(exported)}`,
    {
      hint: 'Write `export default { processElement(row, context, out) { ... } };`, or a class with that method.',
      details: { node: place.node, module: place.module },
    },
  );
}

function isClass(exported: unknown): exported is FunctionClass {
  return typeof exported === 'function' && hasProcessElement(exported.prototype);
}

function hasProcessElement(value: unknown): value is ProcessFunction {
  return (
    typeof value === 'object' &&
    value !== null &&
    'processElement' in value &&
    typeof value.processElement === 'function'
  );
}

function found(exported: unknown): string {
  if (exported === undefined) return 'there is none';
  if (exported === null) return 'it is null';
  if (typeof exported === 'object') return 'it has no method processElement';
  return typeof exported === 'function'
    ? 'it is a function, and no class with a method processElement'
    : `it is a ${typeof exported}`;
}
