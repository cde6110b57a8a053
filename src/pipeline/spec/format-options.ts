/** Options of the formats, under Flink's names. */
import { defaulted, later, optional } from './field.ts';
import {
  booleanField,
  characterField,
  choiceField,
  integerField,
  textField,
} from './scalar-fields.ts';

export const jsonOptions = {
  'json.fail-on-missing-field': defaulted(booleanField(), 'false', {
    description: 'A missing field makes the row unreadable; otherwise it is NULL.',
  }),
  'json.ignore-parse-errors': defaulted(booleanField(), 'false', {
    description: 'Skip and count rows that cannot be parsed, instead of ending the job.',
  }),
  'json.timestamp-format.standard': defaulted(choiceField(['SQL', 'ISO-8601']), 'SQL', {
    description: 'How timestamps are written: `2023-11-14 22:13:00` or `2023-11-14T22:13:00`.',
  }),
  'json.encode.decimal-as-plain-number': defaulted(booleanField(), 'false', {
    description: 'Write DECIMAL without an exponent. Sinks only.',
  }),
  'json.encode.ignore-null-fields': defaulted(booleanField(), 'false', {
    description: 'Leave out fields that are NULL. Sinks only.',
  }),
  'json.map-null-key.mode': defaulted(choiceField(['FAIL'], ['DROP', 'LITERAL']), 'FAIL', {
    description: 'What a NULL key of a MAP does when it is written.',
  }),
  'json.map-null-key.literal': later('The key that is written for NULL in mode LITERAL.'),
  'json.decode.json-parser.enabled': optional(booleanField(), {
    description:
      "Chooses between Flink's two parsers there; without effect in the embedded engine.",
  }),
} as const;

export const csvOptions = {
  'csv.field-delimiter': defaulted(characterField(), ',', {
    description: 'Character between two fields; `\\t` for a tab.',
    example: ';',
  }),
  'csv.quote-character': optional(characterField(), {
    description:
      'Character around a field that holds the delimiter or a line end; `"` when not set.',
    example: '"\'"',
  }),
  'csv.disable-quote-character': defaulted(booleanField(), 'false', {
    description: 'Quotes are ordinary characters. Excludes csv.quote-character.',
  }),
  'csv.escape-character': optional(characterField(), {
    description: 'Character that takes the meaning from the next one.',
    example: '\\',
  }),
  'csv.null-literal': optional(textField(), {
    description: 'Text that stands for NULL.',
    example: '"N/A"',
  }),
  'csv.allow-comments': defaulted(booleanField(), 'false', {
    description: 'Skip lines that start with `#`.',
  }),
  'csv.ignore-parse-errors': defaulted(booleanField(), 'false', {
    description: 'Skip and count rows that cannot be parsed, instead of ending the job.',
  }),
  'drey.csv.skip-header': defaulted(integerField(0, 1_000), '0', {
    description: 'Lines to skip at the start of each file. Embedded engine only: Flink reads none.',
    example: '1',
  }),
  'csv.array-element-delimiter': later('Text between the elements of an ARRAY or ROW.'),
  'csv.write-bigdecimal-in-scientific-notation': later(
    'Write large DECIMAL values with an exponent.',
  ),
  'csv.allow-trailing-comma': later('Accept a delimiter at the end of a line.'),
  'csv.empty-string-as-null': later('Read an empty text as NULL.'),
  'csv.fail-on-missing-columns': later('A line with too few fields is unreadable.'),
  'csv.ignore-trailing-unmappable': later('Ignore fields behind the last column.'),
  'csv.trim-spaces': later('Drop spaces around fields.'),
} as const;

/** What TextDecoder knows by Java's names, as far as these are the same. */
export const RAW_CHARSETS = [
  'UTF-8',
  'US-ASCII',
  'ISO-8859-1',
  'windows-1252',
  'UTF-16BE',
  'UTF-16LE',
  'GBK',
  'GB18030',
  'Big5',
  'Shift_JIS',
  'EUC-JP',
  'EUC-KR',
] as const;

export const rawOptions = {
  'raw.charset': defaulted(choiceField(RAW_CHARSETS), 'UTF-8', {
    description: 'Of a text. Sinks write UTF-8.',
    example: 'GBK',
  }),
  'raw.endianness': defaulted(choiceField(['big-endian', 'little-endian']), 'big-endian', {
    description: 'Of a number.',
  }),
} as const;
