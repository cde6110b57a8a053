/** How rows are written as bytes and read from them, as data; options have Flink's meaning. */
export type FormatOptions = JsonFormatOptions | CsvFormatOptions | RawFormatOptions;

export interface JsonFormatOptions {
  readonly kind: 'json';
  readonly failOnMissingField: boolean;
  readonly timestampFormat: 'SQL' | 'ISO-8601';
  readonly encodeDecimalAsPlainNumber: boolean;
  readonly ignoreNullFields: boolean;
}

export interface CsvFormatOptions {
  readonly kind: 'csv';
  readonly fieldDelimiter: string;
  readonly quoteCharacter: string | null;
  readonly escapeCharacter: string | null;
  readonly nullLiteral: string | null;
  readonly allowComments: boolean;
  readonly skipHeaderLines: number;
}

/** One column, whose bytes are the record as a whole. Of Kafka only. */
export interface RawFormatOptions {
  readonly kind: 'raw';
  /** As WHATWG names it; of text. */
  readonly charset: string;
  /** Of numbers. */
  readonly endianness: 'big-endian' | 'little-endian';
}
