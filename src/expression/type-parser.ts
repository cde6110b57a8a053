/**
 * Text of a type -> LogicalType, with Flink SQL's synonyms. Also reads the type inside
 * CAST(x AS type), from the same tokens as the expression around it.
 */
import { tokenize, type Token } from './lexer.ts';
import {
  outcomeOf,
  SyntaxFailure,
  type ExpressionProblem,
  type Outcome,
  type TextRange,
} from './problem.ts';
import { nearestName } from './nearest.ts';
import { isReservedWord } from './reserved-words.ts';
import { describeToken, rangeOf, TokenReader } from './token-reader.ts';
import { DECIMAL_PRECISION_MAX, LENGTH_MAX, type LogicalType, type RowField } from './type.ts';

/** Source: Flink, TimestampType and TimeType. */
const FRACTION_DIGITS_MAX = 9;
const TIMESTAMP_PRECISION = 6;
const TIME_PRECISION = 0;
/** Source: Flink, DecimalType.DEFAULT_PRECISION. */
const DECIMAL_PRECISION = 10;

const TYPE_NAMES: readonly string[] =
  'BOOLEAN TINYINT SMALLINT INT INTEGER BIGINT FLOAT DOUBLE DECIMAL DEC NUMERIC STRING VARCHAR CHAR BYTES VARBINARY BINARY DATE TIME TIMESTAMP TIMESTAMP_LTZ ARRAY MAP ROW'.split(
    ' ',
  );
/** Types that Flink has and drey has not. */
const OTHER_TYPES: ReadonlySet<string> = new Set(
  'MULTISET RAW STRUCTURED INTERVAL VARIANT BITMAP REAL'.split(' '),
);

/** Reads a whole text as one type. */
export function parseTypeText(text: string): Outcome<LogicalType> {
  return outcomeOf(() => {
    const reader = new TokenReader(tokenize(text), (inner) =>
      failType(inner.peek(), 'A type holds no expression.'),
    );
    const type = readType(reader);
    const rest = reader.peek();
    if (rest.kind !== 'end') {
      failType(rest, `Expected the end of the type, but found ${describeToken(rest)}.`);
    }
    return type;
  });
}

/** Reads a type from the cursor on. Throws SyntaxFailure. */
export function readType(reader: TokenReader): LogicalType {
  return reader.nested(() => {
    let type = readNullability(reader, readBareType(reader));
    while (reader.at('ARRAY') && reader.peek().kind === 'name') {
      reader.next();
      type = readNullability(reader, { root: 'ARRAY', element: type, nullable: true });
    }
    return type;
  });
}

function readNullability(reader: TokenReader, type: LogicalType): LogicalType {
  if (reader.accept('NOT', 'NULL')) return { ...type, nullable: false };
  reader.accept('NULL');
  return type;
}

function readBareType(reader: TokenReader): LogicalType {
  const token = reader.next();
  if (token.kind !== 'name') failType(token, `Expected a type, but found ${describeToken(token)}.`);
  switch (token.word) {
    case 'BOOLEAN':
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT':
    case 'FLOAT':
    case 'DATE':
      return { root: token.word, nullable: true };
    case 'INTEGER':
      return { root: 'INT', nullable: true };
    case 'DOUBLE':
      reader.accept('PRECISION');
      return { root: 'DOUBLE', nullable: true };
    case 'DECIMAL':
    case 'DEC':
    case 'NUMERIC':
      return readDecimal(reader);
    case 'STRING':
      return { root: 'VARCHAR', length: LENGTH_MAX, nullable: true };
    case 'BYTES':
      return { root: 'VARBINARY', length: LENGTH_MAX, nullable: true };
    case 'CHAR':
    case 'CHARACTER':
      if (reader.accept('VARYING')) return readLength(reader, 'VARCHAR');
      return readLength(reader, 'CHAR');
    case 'BINARY':
      if (reader.accept('VARYING')) return readLength(reader, 'VARBINARY');
      return readLength(reader, 'BINARY');
    case 'VARCHAR':
    case 'VARBINARY':
      return readLength(reader, token.word);
    case 'TIME':
      return readTime(reader);
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return readTimestamp(reader, token);
    case 'ARRAY':
    case 'MAP':
      return readCollection(reader, token);
    case 'ROW':
      return readRow(reader, token);
    default:
      return failUnknown(token);
  }
}

function readDecimal(reader: TokenReader): LogicalType {
  let precision = DECIMAL_PRECISION;
  let scale = 0;
  if (reader.accept('(')) {
    precision = readCount(reader, 'the precision of DECIMAL', 1, DECIMAL_PRECISION_MAX);
    if (reader.accept(',')) scale = readCount(reader, 'the scale of DECIMAL', 0, precision);
    close(reader, ')');
  }
  return { root: 'DECIMAL', precision, scale, nullable: true };
}

function readLength(
  reader: TokenReader,
  root: 'CHAR' | 'VARCHAR' | 'BINARY' | 'VARBINARY',
): LogicalType {
  let length = 1;
  if (reader.accept('(')) {
    length = readCount(reader, `the length of ${root}`, 1, LENGTH_MAX);
    close(reader, ')');
  }
  return { root, length, nullable: true };
}

function readTime(reader: TokenReader): LogicalType {
  const precision = readPrecision(reader, 'TIME', TIME_PRECISION);
  if (reader.accept('WITHOUT', 'TIME', 'ZONE')) return { root: 'TIME', precision, nullable: true };
  if (reader.at('WITH')) failType(reader.peek(), 'TIME has no time zone in Flink SQL.');
  return { root: 'TIME', precision, nullable: true };
}

function readTimestamp(reader: TokenReader, name: Token): LogicalType {
  const precision = readPrecision(reader, name.word, TIMESTAMP_PRECISION);
  if (name.word === 'TIMESTAMP_LTZ' || reader.accept('WITH', 'LOCAL', 'TIME', 'ZONE')) {
    return { root: 'TIMESTAMP_LTZ', precision, nullable: true };
  }
  if (reader.accept('WITHOUT', 'TIME', 'ZONE')) {
    return { root: 'TIMESTAMP', precision, nullable: true };
  }
  if (reader.at('WITH')) {
    failType(
      reader.peek(),
      'TIMESTAMP WITH TIME ZONE is no type of Flink SQL.',
      'Write TIMESTAMP_LTZ(3), or TIMESTAMP(3) WITH LOCAL TIME ZONE.',
    );
  }
  return { root: 'TIMESTAMP', precision, nullable: true };
}

function readPrecision(reader: TokenReader, name: string, otherwise: number): number {
  if (!reader.accept('(')) return otherwise;
  const precision = readCount(reader, `the precision of ${name}`, 0, FRACTION_DIGITS_MAX);
  close(reader, ')');
  return precision;
}

function readCollection(reader: TokenReader, name: Token): LogicalType {
  if (!reader.accept('<')) {
    const example = name.word === 'ARRAY' ? 'ARRAY<INT>' : 'MAP<STRING, INT>';
    failType(
      name,
      `${name.word} lacks its element types in < >.`,
      `Write ${example}; in YAML inside { } or [ ] put quotes around it.`,
    );
  }
  const first = readType(reader);
  if (name.word === 'ARRAY') {
    close(reader, '>');
    return { root: 'ARRAY', element: first, nullable: true };
  }
  if (!reader.accept(',')) {
    failType(
      reader.peek(),
      `MAP has a key type and a value type; after the key type comes a comma, not ${describeToken(reader.peek())}.`,
      'Write MAP<STRING, INT>; in YAML inside { } or [ ] put quotes around it.',
    );
  }
  const value = readType(reader);
  close(reader, '>');
  return { root: 'MAP', key: first, value, nullable: true };
}

function readRow(reader: TokenReader, name: Token): LogicalType {
  if (reader.accept('<>')) return { root: 'ROW', fields: [], nullable: true };
  const closing = reader.at('(') ? ')' : '>';
  if (!reader.accept(closing === ')' ? '(' : '<')) {
    failType(
      name,
      'ROW lacks its fields in < >.',
      'Write ROW<a INT, b STRING>; in YAML inside { } or [ ] put quotes around it.',
    );
  }
  const fields: RowField[] = [];
  if (!reader.at(closing)) {
    do fields.push(readField(reader, fields));
    while (reader.accept(','));
  }
  close(reader, closing);
  return { root: 'ROW', fields, nullable: true };
}

function readField(reader: TokenReader, before: readonly RowField[]): RowField {
  const token = reader.next();
  if (token.kind !== 'name' && token.kind !== 'quoted-name') {
    failType(token, `Expected the name of a row field, but found ${describeToken(token)}.`);
  }
  if (token.kind === 'name' && isReservedWord(token.text)) {
    failType(
      token,
      `"${token.text}" is a reserved word of Flink SQL and cannot name a row field as it stands.`,
      `Write \`${token.text}\`, between backticks.`,
    );
  }
  if (before.some((field) => field.name === token.text)) {
    failType(token, `The row field ${token.text} is declared twice.`);
  }
  const type = readType(reader);
  if (reader.peek().kind === 'string') reader.next();
  return { name: token.text, type };
}

function readCount(reader: TokenReader, what: string, min: number, max: number): number {
  const token = reader.next();
  const count = token.kind === 'number' && /^\d+$/.test(token.text) ? Number(token.text) : NaN;
  if (!(count >= min && count <= max)) {
    failType(
      token,
      `Expected ${what}, a whole number from ${min} to ${max}, but found ${describeToken(token)}.`,
    );
  }
  return count;
}

function close(reader: TokenReader, bracket: '>' | ')'): void {
  const token = reader.peek();
  if (!reader.accept(bracket)) {
    failType(
      token,
      `The type is not closed: expected ${bracket}, but found ${describeToken(token)}.`,
      token.kind === 'end'
        ? 'In YAML inside { } or [ ] a comma or bracket cuts the type; put quotes around it.'
        : undefined,
    );
  }
}

function failUnknown(token: Token): never {
  if (OTHER_TYPES.has(token.word)) {
    failType(
      token,
      `The type ${token.word} cannot be used in a pipeline file.`,
      token.word === 'REAL' ? 'Write FLOAT.' : undefined,
    );
  }
  const near = nearestName(token.word, TYPE_NAMES);
  failType(
    token,
    `${token.text} is no type of Flink SQL.`,
    near === undefined ? undefined : `Did you mean ${near}?`,
  );
}

function failType(range: TextRange, message: string, hint?: string): never {
  const problem: ExpressionProblem = {
    code: 'DREY_TYPE_INVALID',
    message,
    ...rangeOf(range, range),
    ...(hint === undefined ? {} : { hint }),
  };
  throw new SyntaxFailure(problem);
}
