/** The options of a datagen source: rate, count, seed, and `fields.COLUMN.*`. */
import type { DatagenField, DatagenSpec } from '../plan/connector-spec.ts';
import type { PatternName, RecordReader } from '../spec/record-reader.ts';
import { datagenFieldOptions, datagenOptions } from '../spec/source-spec.ts';
import type { FileReader } from './file-reader.ts';

export interface ReadDatagen {
  readonly options: DatagenSpec;
  /** Columns that `fields.#` options name. */
  readonly columns: readonly PatternName[];
}

export function readDatagen(record: RecordReader, reader: FileReader): ReadDatagen {
  const values = record.take(datagenOptions);
  const columns = record.patternNames(datagenFieldOptions);
  return {
    options: {
      rowsPerSecond: values['rows-per-second'].value,
      numberOfRows: values['number-of-rows']?.value ?? null,
      seed: values.seed?.value ?? null,
      fields: columns.map((column) => readField(column, record, reader)),
    },
    columns,
  };
}

function readField(column: PatternName, record: RecordReader, reader: FileReader): DatagenField {
  const values = record.takeNamed(datagenFieldOptions, column.name);
  const isSequence = values['fields.#.kind']?.value === 'sequence';
  const start = values['fields.#.start'];
  const end = values['fields.#.end'];
  if (isSequence && (start === null || end === null)) {
    reader.report(column.key, {
      code: 'DREY_PIPELINE_MISSING_FIELD',
      message: `A sequence needs fields.${column.name}.start and fields.${column.name}.end.`,
    });
  }
  return {
    column: column.name,
    generator: isSequence ? 'sequence' : 'random',
    min: (isSequence ? start : values['fields.#.min'])?.value ?? null,
    max: (isSequence ? end : values['fields.#.max'])?.value ?? null,
    length: values['fields.#.length']?.value ?? null,
    varLen: values['fields.#.var-len']?.value ?? false,
    maxPastMs: values['fields.#.max-past']?.value ?? null,
    nullRate: values['fields.#.null-rate']?.value ?? 0,
  };
}
