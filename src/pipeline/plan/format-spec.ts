/** How rows are written as bytes and read from them. */
export type FormatSpec = JsonFormatSpec | CsvFormatSpec | RawFormatSpec;

/** Flink's `json.*` options. */
export interface JsonFormatSpec {
  readonly kind: 'json';
  readonly failOnMissingField: boolean;
  readonly timestampFormat: 'SQL' | 'ISO-8601';
  /** Encoding only. */
  readonly encodeDecimalAsPlainNumber: boolean;
  /** Encoding only. */
  readonly ignoreNullFields: boolean;
}

/** Flink's `csv.*` options and `drey.csv.skip-header`. */
export interface CsvFormatSpec {
  readonly kind: 'csv';
  /** One character. */
  readonly fieldDelimiter: string;
  /** One character; null when quoting is disabled. */
  readonly quoteCharacter: string | null;
  readonly escapeCharacter: string | null;
  readonly nullLiteral: string | null;
  readonly allowComments: boolean;
  readonly skipHeaderLines: number;
}

/** Flink's `raw.*` options: the record as a whole is the value of one column. */
export interface RawFormatSpec {
  readonly kind: 'raw';
  readonly charset: string;
  readonly endianness: 'big-endian' | 'little-endian';
}
