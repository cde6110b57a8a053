/** The format of a source or sink and its options. */
import type { MapNode } from '../../document/document-node.ts';
import type {
  CsvFormatSpec,
  FormatSpec,
  JsonFormatSpec,
  RawFormatSpec,
} from '../plan/format-spec.ts';
import type { Located } from '../spec/field.ts';
import { csvOptions, jsonOptions, rawOptions } from '../spec/format-options.ts';
import type { RecordReader } from '../spec/record-reader.ts';
import { formatOption } from '../spec/sink-spec.ts';
import type { ConnectorSpec } from '../spec/source-spec.ts';
import type { FileReader } from './file-reader.ts';

export interface ReadFormat {
  readonly spec: FormatSpec;
  /** `json.ignore-parse-errors` or `csv.ignore-parse-errors`; raw has none. */
  readonly ignoreParseErrors: Located<boolean>;
}

const DEFAULT_QUOTE = '"';

/** Which formats a place takes. */
export interface FormatRules extends Pick<ConnectorSpec, 'formats' | 'hasDefaultFormat'> {
  /** In front of `format` and its options: `key.`; left out: nothing. */
  readonly prefix?: string;
}

/** Null when it could not be read, which is reported. */
export function readFormat(
  record: RecordReader,
  map: MapNode,
  rules: FormatRules,
  reader: FileReader,
): ReadFormat | null {
  const { formats, hasDefaultFormat, prefix = '' } = rules;
  const option = { ...formatOption, isRequired: !hasDefaultFormat };
  const { format } = record.take({ format: option }, prefix);
  const name = format?.value ?? (record.entry(`${prefix}format`) === null ? formats[0] : undefined);
  const place: FormatPlace = { record, prefix, reader };
  if (name === 'json') return readJson(place);
  if (name === 'csv') return readCsv(place, map);
  if (name === 'raw' && formats.includes(name)) return readRaw(place);
  // Whatever the format may be, its options are no unknown fields.
  record.take(jsonOptions, prefix);
  record.take(csvOptions, prefix);
  record.take(rawOptions, prefix);
  if (name === undefined) return null;
  const near = reader.nearest(name, formats);
  reader.report(format?.node ?? map, {
    code: name === 'raw' ? 'DREY_PIPELINE_NOT_SUPPORTED' : 'DREY_PIPELINE_VALUE',
    message:
      name === 'raw'
        ? 'The format "raw" is for Kafka sources only, in this version of drey.'
        : `There is no format "${name.slice(0, 60)}".`,
    hint: near === undefined ? `Formats: ${formats.join(', ')}.` : `Did you mean "${near}"?`,
  });
  return null;
}

interface FormatPlace {
  readonly record: RecordReader;
  readonly prefix: string;
  readonly reader: FileReader;
}

function readJson({ record, prefix, reader }: FormatPlace): ReadFormat {
  const values = record.take(jsonOptions, prefix);
  const failOnMissing = values['json.fail-on-missing-field'];
  const ignoreParseErrors = values['json.ignore-parse-errors'];
  if (failOnMissing.value && ignoreParseErrors.value && ignoreParseErrors.node !== null) {
    reader.report(ignoreParseErrors.node, {
      code: 'DREY_PIPELINE_CONFLICT',
      message: 'json.fail-on-missing-field and json.ignore-parse-errors exclude each other.',
    });
  }
  const spec: JsonFormatSpec = {
    kind: 'json',
    failOnMissingField: failOnMissing.value,
    timestampFormat: values['json.timestamp-format.standard'].value,
    encodeDecimalAsPlainNumber: values['json.encode.decimal-as-plain-number'].value,
    ignoreNullFields: values['json.encode.ignore-null-fields'].value,
  };
  return { spec, ignoreParseErrors };
}

function readCsv({ record, prefix, reader }: FormatPlace, map: MapNode): ReadFormat {
  const values = record.take(csvOptions, prefix);
  const quote = values['csv.quote-character'];
  const isQuoteDisabled = values['csv.disable-quote-character'].value;
  if (isQuoteDisabled && quote !== null) {
    reader.report(quote.node ?? map, {
      code: 'DREY_PIPELINE_CONFLICT',
      message: 'csv.quote-character and csv.disable-quote-character exclude each other.',
    });
  }
  const delimiter = values['csv.field-delimiter'];
  if (delimiter.value === '\n' || delimiter.value === '\r') {
    reader.report(delimiter.node ?? map, {
      code: 'DREY_PIPELINE_VALUE',
      message: 'A line end cannot be the field delimiter.',
    });
  }
  const spec: CsvFormatSpec = {
    kind: 'csv',
    fieldDelimiter: delimiter.value,
    quoteCharacter: isQuoteDisabled ? null : (quote?.value ?? DEFAULT_QUOTE),
    escapeCharacter: values['csv.escape-character']?.value ?? null,
    nullLiteral: values['csv.null-literal']?.value ?? null,
    allowComments: values['csv.allow-comments'].value,
    skipHeaderLines: values['drey.csv.skip-header'].value,
  };
  return { spec, ignoreParseErrors: values['csv.ignore-parse-errors'] };
}

function readRaw({ record, prefix }: FormatPlace): ReadFormat {
  const values = record.take(rawOptions, prefix);
  const spec: RawFormatSpec = {
    kind: 'raw',
    charset: values['raw.charset'].value,
    endianness: values['raw.endianness'].value,
  };
  return { spec, ignoreParseErrors: { value: false, node: null } };
}
