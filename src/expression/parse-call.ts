/**
 * Function calls, among them those with a syntax of their own: EXTRACT(DAY FROM x),
 * TRIM(LEADING 'a' FROM x), SUBSTRING(x FROM 1 FOR 2), FLOOR(x TO HOUR), COUNT(DISTINCT x).
 * Each becomes a plain call; keywords among the operands become symbols.
 */
import type { Token } from './lexer.ts';
import { powers } from './operators.ts';
import { failSyntax } from './problem.ts';
import { finishCall, readSymbol } from './call-parts.ts';
import { readJsonCall } from './parse-json-call.ts';
import type { Syntax } from './syntax.ts';
import { describeToken, type TokenReader } from './token-reader.ts';

/** Words that are never functions, so that `AND (` or `THEN (` is not taken for a call. */
const NO_FUNCTIONS: ReadonlySet<string> = new Set(
  'ALL AND ANY AS ASYMMETRIC BETWEEN BY DISTINCT ELSE END ESCAPE EXISTS FOR FROM IN INTO IS LIKE NOT ON OR ORDER OVER SELECT SIMILAR SOME SYMMETRIC THEN TO UNION USING VALUES WHEN WHERE WITH'.split(
    ' ',
  ),
);

/** Reads `NAME ( ... ) [FILTER (WHERE ...)]`; the cursor is at the name. */
export function readFunctionCall(reader: TokenReader): Syntax {
  const name = reader.next();
  if (NO_FUNCTIONS.has(name.word)) {
    failSyntax(name, `Expected a value, but found ${describeToken(name)}.`);
  }
  reader.expect('(', `after ${name.text}`);
  const call = readForm(reader, name);
  if (reader.at('OVER')) {
    failSyntax(
      reader.peek(),
      'Window functions with OVER are not available.',
      'Use window, group-by and aggregate of a transform.',
    );
  }
  if (call.kind !== 'call' || !reader.accept('FILTER')) return call;
  reader.expect('(', 'after FILTER');
  reader.expect('WHERE', 'in FILTER (WHERE condition)');
  const filter = reader.expression();
  const closing = reader.expect(')', 'to close FILTER (');
  return { ...call, filter, end: closing.end };
}

function readForm(reader: TokenReader, name: Token): Syntax {
  switch (name.word) {
    case 'EXTRACT':
      return readExtract(reader, name);
    case 'TRIM':
      return readTrim(reader, name);
    case 'SUBSTRING':
      return readKeywordForm(reader, name, ['FROM', 'FOR']);
    case 'OVERLAY':
      return readKeywordForm(reader, name, ['PLACING', 'FROM', 'FOR']);
    case 'POSITION':
      return readPosition(reader, name);
    case 'CEIL':
    case 'CEILING':
    case 'FLOOR':
      return readRounding(reader, name);
    case 'TIMESTAMPADD':
    case 'TIMESTAMPDIFF':
      return readUnitFirst(reader, name);
    case 'JSON_VALUE':
    case 'JSON_QUERY':
    case 'JSON_EXISTS':
      return readJsonCall(reader, name);
    default:
      return readPlainCall(reader, name);
  }
}

function readPlainCall(reader: TokenReader, name: Token): Syntax {
  if (reader.at('*', ')')) {
    reader.next();
    return { ...finishCall(reader, name, []), star: true };
  }
  const distinct = reader.accept('DISTINCT');
  if (!distinct) reader.accept('ALL');
  const operands: Syntax[] = [];
  if (!reader.at(')')) {
    do operands.push(reader.expression());
    while (reader.accept(','));
  }
  return { ...finishCall(reader, name, operands), distinct };
}

function readExtract(reader: TokenReader, name: Token): Syntax {
  const unit = readSymbol(reader, 'a unit of time after EXTRACT(');
  reader.expect('FROM', 'in EXTRACT(unit FROM value)');
  return finishCall(reader, name, [unit, reader.expression()]);
}

/** Operands: BOTH, LEADING or TRAILING; the characters; the text. */
function readTrim(reader: TokenReader, name: Token): Syntax {
  const token = reader.peek();
  const hasSide = ['BOTH', 'LEADING', 'TRAILING'].includes(token.word);
  const side: Syntax = hasSide
    ? readSymbol(reader, 'a side')
    : { kind: 'symbol', name: 'BOTH', start: token.start, end: token.start };
  const space: Syntax = { kind: 'text', value: ' ', start: token.start, end: token.start };
  if (hasSide && reader.accept('FROM')) {
    return finishCall(reader, name, [side, space, reader.expression()]);
  }
  const first = reader.expression();
  if (reader.accept('FROM')) {
    return finishCall(reader, name, [side, first, reader.expression()]);
  }
  if (hasSide) {
    failSyntax(
      reader.peek(),
      `Expected FROM in TRIM, but found ${describeToken(reader.peek())}.`,
      `Write TRIM(${token.word} ' ' FROM text).`,
    );
  }
  return finishCall(reader, name, [side, space, first]);
}

/** SUBSTRING(a FROM b FOR c) and OVERLAY(a PLACING b FROM c FOR d); commas do as well. */
function readKeywordForm(reader: TokenReader, name: Token, keywords: readonly string[]): Syntax {
  const operands = [reader.expression()];
  if (reader.at(',')) {
    while (reader.accept(',')) operands.push(reader.expression());
    return finishCall(reader, name, operands);
  }
  for (const [index, keyword] of keywords.entries()) {
    const isLast = index === keywords.length - 1;
    if (isLast && !reader.at(keyword)) break;
    reader.expect(keyword, `in ${name.word}`);
    operands.push(reader.expression());
  }
  return finishCall(reader, name, operands);
}

function readPosition(reader: TokenReader, name: Token): Syntax {
  const needle = reader.expression(powers.range + 1);
  reader.expect('IN', 'in POSITION(text1 IN text2)');
  const operands = [needle, reader.expression()];
  if (reader.accept('FROM')) operands.push(reader.expression());
  return finishCall(reader, name, operands);
}

/** With TO, the unit becomes the second operand. */
function readRounding(reader: TokenReader, name: Token): Syntax {
  const value = reader.expression();
  if (reader.accept('TO')) {
    return finishCall(reader, name, [value, readSymbol(reader, 'a unit of time after TO')]);
  }
  return finishCall(reader, name, [value]);
}

function readUnitFirst(reader: TokenReader, name: Token): Syntax {
  const operands: Syntax[] = [readSymbol(reader, `a unit of time after ${name.word}(`)];
  while (reader.accept(',')) operands.push(reader.expression());
  return finishCall(reader, name, operands);
}
