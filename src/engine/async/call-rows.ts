/**
 * Between rows of columns and what a module sees: an object of the input's columns in, objects of
 * the result columns out. Types correspond as in process functions (docs/guide).
 */
import type { RowSchema } from '../batch/batch.ts';
import { cellOfValue } from '../process/cell-of-value.ts';
import type { AsyncPlace } from './async-place.ts';
import { Misuse } from '../process/misuse.ts';
import type { Cell, Row } from '../process/process-function.ts';
import { valueOfCell } from '../process/value-of-cell.ts';
import type { Value } from '../../expression/value.ts';
import type { AsyncCall } from './async-call.ts';
import { wrongResult } from './async-failure.ts';

/** Rows that one call may give. */
const ROWS_MAX = 1_000_000;

export class CallRows {
  private readonly place: AsyncPlace;
  private readonly input: RowSchema;
  private readonly result: RowSchema;
  /** Names that an object of a result may have. */
  private readonly known: ReadonlySet<string>;

  constructor(place: AsyncPlace, input: RowSchema, result: RowSchema) {
    this.place = place;
    this.input = input;
    this.result = result;
    this.known = new Set([...input, ...result].map(({ name }) => name));
  }

  /** A new object each time: what a call does to it does not meet the next attempt. */
  objectOf({ values }: AsyncCall): Row {
    const object: Record<string, Cell> = {};
    for (const [index, { name, type }] of this.input.entries()) {
      object[name] = cellOfValue(values[index]!, type);
    }
    return object;
  }

  /** The values of the result columns for each row that comes of the call. Throws EngineError. */
  resultOf(call: AsyncCall, result: unknown): readonly (readonly Value[])[] {
    if (result === null || result === undefined) return [];
    if (!Array.isArray(result)) return [this.valuesOf(call, result, 'it')];
    if (result.length > ROWS_MAX) {
      throw wrongResult(
        this.place,
        call,
        `it has ${result.length} rows, at most ${ROWS_MAX} may be`,
      );
    }
    return result.map((row: unknown, index) => this.valuesOf(call, row, `[${index}]`));
  }

  /** Columns of the input may be in it, too; they are not looked at. */
  private valuesOf(call: AsyncCall, row: unknown, path: string): readonly Value[] {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      throw wrongResult(this.place, call, `${path} is no object`);
    }
    for (const name of Object.keys(row)) {
      if (this.known.has(name)) continue;
      throw wrongResult(this.place, call, `there is no column "${name.slice(0, 60)}"`);
    }
    const cells = row as Readonly<Record<string, unknown>>;
    return this.result.map(({ name, type }) => {
      try {
        return valueOfCell(Object.hasOwn(cells, name) ? cells[name] : null, type, name);
      } catch (error) {
        if (!(error instanceof Misuse)) throw error;
        throw wrongResult(this.place, call, error.message);
      }
    });
  }
}
