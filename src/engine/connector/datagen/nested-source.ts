/** Random values of ARRAY, MAP and ROW: each part is a field of its own. */
import type { Value } from '../../../expression/value.ts';
import { drawValue } from './generated-value.ts';
import type { GeneratedField, ValueSource } from './value-source.ts';

export function arrays(element: GeneratedField, length: number): ValueSource {
  return {
    kind: 'object',
    next: (random, row) => Array.from({ length }, () => drawValue(element, random, row)),
  };
}

/** Of `length` drawn entries the later one wins where keys are equal, so a map may have fewer. */
export function maps(key: GeneratedField, value: GeneratedField, length: number): ValueSource {
  return {
    kind: 'object',
    next(random, row) {
      const entries = new Map<string, readonly [Value, Value]>();
      for (let i = 0; i < length; i++) {
        const drawnKey = drawValue(key, random, row);
        entries.set(identityOf(drawnKey), [drawnKey, drawValue(value, random, row)]);
      }
      return Array.from(entries.values());
    },
  };
}

export function rows(fields: readonly GeneratedField[]): ValueSource {
  return {
    kind: 'object',
    next: (random, row) => fields.map((field) => drawValue(field, random, row)),
  };
}

/** Text that is equal for equal values of one type. */
function identityOf(value: Value): string {
  if (value instanceof Uint8Array) return value.join();
  if (Array.isArray(value)) return JSON.stringify(value.map(identityOf));
  return String(value);
}
