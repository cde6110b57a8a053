/**
 * Turns the options of a datagen column into its source of values. Decides the defaults, which are
 * Flink's, and refuses what does not fit the type. The parts of nested types have options of their
 * own under `column.element`, `column.key`, `column.value` and `column.<field>`.
 */
import { errorCodes } from '../../../errors/codes.ts';
import { InputError } from '../../../errors/drey-error.ts';
import { LENGTH_MAX, type LogicalType } from '../../../expression/type.ts';
import type { RowSchema } from '../../batch/batch.ts';
import type { DatagenFieldOptions } from './datagen-options.ts';
import * as nested from './nested-source.ts';
import { boundedRange, parseBound, typeRange, type NumericRange } from './numeric-range.ts';
import * as sources from './value-source.ts';
import type { GeneratedField, ValueSource } from './value-source.ts';

/** Characters of a random STRING and bytes of random BYTES. Source: Flink, RandomGeneratorVisitor. */
const LENGTH_DEFAULT = 100;
/** Longest generated STRING or BYTES, as the longest record of a file. */
const GENERATED_LENGTH_MAX = 16 * 1024 * 1024;

/** Elements of a random ARRAY or MAP. Source: Flink, RandomGeneratorVisitor. */
const ELEMENTS_DEFAULT = 3;
const ELEMENTS_MAX = 100_000;

export interface GeneratedSchema {
  readonly fields: readonly GeneratedField[];
  /** Rows until the shortest sequence ends; Infinity without one. */
  readonly rowCountMax: number;
}

interface FieldContext {
  /** Name of the source node. */
  readonly source: string;
  readonly options: ReadonlyMap<string, DatagenFieldOptions>;
  /** The paths that were asked for. */
  readonly seen: Set<string>;
}

/** The generators of all columns. Throws InputErrors. */
export function createFields(
  source: string,
  schema: RowSchema,
  options: readonly DatagenFieldOptions[],
): GeneratedSchema {
  const byPath = new Map(options.map((option) => [option.column, option]));
  const context: FieldContext = { source, options: byPath, seen: new Set() };
  const fields = schema.map(({ name, type }) => createField(context, name, type));
  let rowCountMax = Infinity;
  for (const { column, generator } of options) {
    if (!context.seen.has(column)) throw optionError(context, column, 'there is no such column');
    const type = schema.find(({ name }) => name === column)?.type;
    if (generator === 'random' || type === undefined) continue;
    const { start, end } = sequenceBounds(context, byPath.get(column)!, type);
    rowCountMax = Math.min(rowCountMax, Number(end - start) + 1);
  }
  return { fields, rowCountMax };
}

/** The generator of a column or of a part of it. */
function createField(context: FieldContext, path: string, type: LogicalType): GeneratedField {
  context.seen.add(path);
  const options = context.options.get(path) ?? { ...DEFAULTS, column: path };
  const { nullRate } = options;
  if (!(nullRate >= 0 && nullRate <= 1)) {
    throw optionError(context, path, `null-rate ${nullRate} is not between 0 and 1`);
  }
  if (nullRate > 0 && !type.nullable) {
    throw optionError(context, path, 'a NOT NULL column has no null-rate');
  }
  const source =
    options.generator === 'sequence'
      ? createSequence(context, options, type)
      : createRandom(context, options, type);
  return { type, nullRate, source };
}

function optionError(context: FieldContext, path: string, problem: string): InputError {
  return new InputError(
    'DREY_DATAGEN_OPTION',
    `source ${context.source}, column ${path}: ${problem}`,
    {
      hint: errorCodes.DREY_DATAGEN_OPTION.next,
      details: { source: context.source, column: path, problem },
    },
  );
}

const DEFAULTS: Omit<DatagenFieldOptions, 'column'> = {
  generator: 'random',
  min: null,
  max: null,
  length: null,
  varLen: false,
  maxPastMs: null,
  nullRate: 0,
};

function createRandom(
  context: FieldContext,
  options: DatagenFieldOptions,
  type: LogicalType,
): ValueSource {
  switch (type.root) {
    case 'BOOLEAN':
      return sources.booleans;
    case 'DATE':
      return sources.days;
    case 'TIME':
      return sources.timesOfDay;
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return sources.moments(options.maxPastMs ?? 0);
    case 'CHAR':
    case 'VARCHAR':
      return sources.hexStrings(lengthOf(context, options, type), options.varLen);
    case 'BINARY':
    case 'VARBINARY':
      return sources.byteStrings(lengthOf(context, options, type), options.varLen);
    case 'ARRAY':
    case 'MAP':
    case 'ROW':
      return createNested(context, options, type);
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT':
    case 'FLOAT':
    case 'DOUBLE':
    case 'DECIMAL':
    case 'INTERVAL_YEAR_MONTH':
    case 'INTERVAL_DAY_TIME':
    case 'NULL':
      return createNumeric(context, options, type);
  }
}

function createNumeric(
  context: FieldContext,
  options: DatagenFieldOptions,
  type: LogicalType,
): ValueSource {
  const range = rangeOf(context, options, type);
  if (range.kind === 'double') return sources.randomDoubles(range.min, range.max);
  return type.root === 'DECIMAL'
    ? sources.randomBigints(range.min, range.max)
    : sources.randomIntegers(range.min, range.max);
}

function createNested(
  context: FieldContext,
  options: DatagenFieldOptions,
  type: Extract<LogicalType, { root: 'ARRAY' | 'MAP' | 'ROW' }>,
): ValueSource {
  const part = (name: string, partType: LogicalType): GeneratedField => {
    const path = `${options.column}.${name}`;
    if (context.options.get(path)?.generator === 'sequence') {
      throw optionError(context, path, 'only a column can be a sequence, not a part of one');
    }
    return createField(context, path, partType);
  };
  if (type.root === 'ROW') return nested.rows(type.fields.map((f) => part(f.name, f.type)));
  const count = options.length ?? ELEMENTS_DEFAULT;
  if (count < 0 || count > ELEMENTS_MAX) {
    throw optionError(context, options.column, `length ${count} is not 0 to ${ELEMENTS_MAX}`);
  }
  if (type.root === 'ARRAY') return nested.arrays(part('element', type.element), count);
  return nested.maps(part('key', type.key), part('value', type.value), count);
}

function createSequence(
  context: FieldContext,
  options: DatagenFieldOptions,
  type: LogicalType,
): ValueSource {
  const { start, end } = sequenceBounds(context, options, type);
  switch (type.root) {
    case 'CHAR':
    case 'VARCHAR':
      return sources.sequenceOfTexts(start);
    case 'BINARY':
    case 'VARBINARY':
      return sources.sequenceOfBytes(start);
    case 'DECIMAL':
      return sources.sequenceOfDecimals(start, 10n ** BigInt(type.scale));
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT':
    case 'FLOAT':
    case 'DOUBLE':
      return sources.sequenceOfIntegers(start, end);
    case 'BOOLEAN':
    case 'DATE':
    case 'TIME':
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
    case 'INTERVAL_YEAR_MONTH':
    case 'INTERVAL_DAY_TIME':
    case 'ARRAY':
    case 'MAP':
    case 'ROW':
    case 'NULL':
      throw optionError(context, options.column, `${type.root} has no sequence`);
  }
}

/** First and last number of a sequence, inclusive. */
function sequenceBounds(
  context: FieldContext,
  options: DatagenFieldOptions,
  type: LogicalType,
): { readonly start: bigint; readonly end: bigint } {
  const { column, min, max } = options;
  if (min === null || max === null) {
    throw optionError(context, column, 'a sequence needs start and end');
  }
  const start = parseBound(min, 0);
  const end = parseBound(max, 0);
  if (start === null || end === null) {
    throw optionError(context, column, `start ${min} and end ${max} must be whole numbers`);
  }
  if (start > end) throw optionError(context, column, `start ${min} is above end ${max}`);
  const range = typeRange(type);
  const fits =
    range === null ||
    range.kind === 'double' ||
    (start * range.unit >= range.min && end * range.unit <= range.max);
  if (!fits) throw optionError(context, column, `${min} to ${max} does not fit ${type.root}`);
  return { start, end };
}

function rangeOf(
  context: FieldContext,
  options: DatagenFieldOptions,
  type: LogicalType,
): NumericRange {
  const { column, min, max } = options;
  if (typeRange(type) === null) {
    throw optionError(context, column, `${type.root} cannot be generated`);
  }
  const range = boundedRange(type, min, max);
  if (range === null) {
    const asked = `min ${min ?? '(default)'}, max ${max ?? '(default)'}`;
    throw optionError(context, column, `${asked} is no range within ${type.root}`);
  }
  return range;
}

function lengthOf(
  context: FieldContext,
  options: DatagenFieldOptions,
  type: Extract<LogicalType, { length: number }>,
): number {
  const { column, length } = options;
  const isFixed = type.root === 'CHAR' || type.root === 'BINARY';
  // As Flink: the length of CHAR(n) and BINARY(n) is given by the type.
  if (isFixed && length !== null && length !== type.length) {
    throw optionError(context, column, `the length of ${type.root} is ${type.length}`);
  }
  if (length !== null && (length < 1 || length > type.length)) {
    throw optionError(context, column, `length ${length} does not fit ${type.root}`);
  }
  const chosen = length ?? (type.length === LENGTH_MAX ? LENGTH_DEFAULT : type.length);
  if (chosen > GENERATED_LENGTH_MAX) {
    throw optionError(context, column, `length ${chosen} is above ${GENERATED_LENGTH_MAX}`);
  }
  return chosen;
}
