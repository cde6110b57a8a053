/**
 * Text -> Syntax: a Pratt parser over Flink SQL's scalar grammar. It stops at the first thing
 * that does not follow the grammar; names and types are the checker's.
 * Invariant: the call stack is bounded by NESTING_MAX, the depth of the tree by CHAIN_MAX.
 */
import { tokenize, type Token } from './lexer.ts';
import { infixAt, powers, type InfixOperator } from './operators.ts';
import { readFunctionCall } from './parse-call.ts';
import { readInterval, readTemporal } from './parse-literal.ts';
import { failSyntax, outcomeOf, SyntaxFailure, type Outcome, type TextRange } from './problem.ts';
import { isReservedWord } from './reserved-words.ts';
import { callSyntax, type CaseBranchSyntax, type NamePart, type Syntax } from './syntax.ts';
import { describeToken, rangeOf, TokenReader } from './token-reader.ts';
import { readType } from './type-parser.ts';

/** Longest chain of operators without brackets, `a + b + c ...`; AND and OR do not count. */
export const CHAIN_MAX = 500;

/** Reads a whole text as one expression. */
export function parseExpressionText(text: string): Outcome<Syntax> {
  return outcomeOf(() => {
    const reader = new TokenReader(tokenize(text), readOperators);
    const first = reader.peek();
    if (first.kind === 'end') failSyntax(first, 'The expression is empty.');
    const syntax = reader.expression();
    const rest = reader.peek();
    if (rest.kind !== 'end') failRest(rest);
    return syntax;
  });
}

/**
 * Operands joined by operators that bind at least as tightly as `power`. The right side of an
 * operator recurses with a higher power only, so this adds no more levels than there are powers.
 */
function readOperators(reader: TokenReader, power: number): Syntax {
  let left = readOperand(reader);
  let chain = 0;
  for (;;) {
    const operator = infixAt(reader);
    if (operator === undefined || operator.power < power) return left;
    chain += 1;
    if (chain > CHAIN_MAX) failChain(reader.peek());
    const opening = reader.peek();
    for (let count = 0; count < operator.tokens; count += 1) reader.next();
    const place = { start: opening.start, end: reader.previousEnd };
    left = readRight(reader, operator, left, place);
  }
}

function readRight(
  reader: TokenReader,
  operator: InfixOperator,
  left: Syntax,
  place: TextRange,
): Syntax {
  switch (operator.form) {
    case 'postfix':
      return callSyntax(operator.name, [left], place, rangeOf(left, place));
    case 'json':
      return readJsonTest(reader, operator.name, left, place);
    case 'binary':
      return readBinary(reader, operator, left, place);
    case 'in':
      return readIn(reader, operator.name, left, place);
    case 'like':
      return readLike(reader, operator.name, left, place);
    case 'between':
      return readBetween(reader, operator.name, left, place);
  }
}

/** `a AND b AND c` becomes one node, so that long conditions do not make deep trees. */
function readBinary(
  reader: TokenReader,
  operator: InfixOperator,
  left: Syntax,
  place: TextRange,
): Syntax {
  const right = readOperators(reader, operator.power + 1);
  if (operator.name !== 'AND' && operator.name !== 'OR') {
    return callSyntax(operator.name, [left, right], place, rangeOf(left, right));
  }
  const operands = [left, right];
  while (reader.accept(operator.name)) operands.push(readOperators(reader, operator.power + 1));
  const last = operands.at(-1) ?? right;
  return callSyntax(operator.name, operands, place, rangeOf(left, last));
}

function readIn(reader: TokenReader, name: string, left: Syntax, place: TextRange): Syntax {
  reader.expect('(', 'after IN');
  refuseQuery(reader);
  const operands = [left];
  do operands.push(reader.expression());
  while (reader.accept(','));
  const closing = reader.expect(')', 'after the list of IN');
  return callSyntax(name, operands, place, rangeOf(left, closing));
}

function readLike(reader: TokenReader, name: string, left: Syntax, place: TextRange): Syntax {
  const pattern = readOperators(reader, powers.range + 1);
  if (!reader.accept('ESCAPE')) {
    return callSyntax(name, [left, pattern], place, rangeOf(left, pattern));
  }
  const escape = readOperators(reader, powers.range + 1);
  return callSyntax(name, [left, pattern, escape], place, rangeOf(left, escape));
}

function readBetween(reader: TokenReader, name: string, left: Syntax, place: TextRange): Syntax {
  const symmetric = reader.accept('SYMMETRIC');
  if (!symmetric) reader.accept('ASYMMETRIC');
  const low = readOperators(reader, powers.range + 1);
  reader.expect('AND', 'between the bounds of BETWEEN');
  const high = readOperators(reader, powers.range + 1);
  const fullName = symmetric ? `${name} SYMMETRIC` : name;
  return callSyntax(fullName, [left, low, high], place, rangeOf(left, high));
}

function readJsonTest(reader: TokenReader, name: string, left: Syntax, place: TextRange): Syntax {
  for (const kind of ['VALUE', 'OBJECT', 'ARRAY', 'SCALAR']) {
    const token = reader.peek();
    if (!reader.accept(kind)) continue;
    const range = rangeOf(place, token);
    const fullName = kind === 'VALUE' ? `${name} VALUE` : `${name} ${kind}`;
    return callSyntax(fullName, [left], range, rangeOf(left, range));
  }
  return callSyntax(`${name} VALUE`, [left], place, rangeOf(left, place));
}

function readOperand(reader: TokenReader): Syntax {
  const token = reader.peek();
  if (token.word === 'NOT') {
    reader.next();
    if (reader.at('EXISTS')) refuseQuery(reader);
    const operand = reader.expression(powers.not);
    return callSyntax('NOT', [operand], token, rangeOf(token, operand));
  }
  if (token.word === '-' || token.word === '+') {
    reader.next();
    const operand = reader.expression(powers.sign);
    return callSyntax(token.word, [operand], token, rangeOf(token, operand));
  }
  return readAccess(reader, readPrimary(reader));
}

/** `a[1]`, `(r).f`, and any row of them. */
function readAccess(reader: TokenReader, operand: Syntax): Syntax {
  let result = operand;
  for (let chain = 0; ; chain += 1) {
    if (chain >= CHAIN_MAX) failChain(reader.peek());
    const token = reader.peek();
    if (reader.accept('[')) {
      const index = reader.expression();
      const closing = reader.expect(']', 'after the index');
      result = callSyntax('ITEM', [result, index], token, rangeOf(result, closing));
    } else if (reader.accept('.')) {
      const field = readNamePart(reader);
      result = { kind: 'field', operand: result, field, ...rangeOf(result, field) };
    } else {
      return result;
    }
  }
}

function readPrimary(reader: TokenReader): Syntax {
  const token = reader.peek();
  switch (token.kind) {
    case 'number':
      return { kind: 'number', text: token.text, ...rangeOf(token, reader.next()) };
    case 'string':
      return { kind: 'text', value: token.text, ...rangeOf(token, reader.next()) };
    case 'bytes':
      return { kind: 'bytes', digits: token.text, ...rangeOf(token, reader.next()) };
    case 'quoted-name':
      return readName(reader);
    case 'name':
      return readWord(reader, token);
    case 'symbol':
      if (token.word === '(') return readBrackets(reader);
      break;
    case 'end':
      break;
  }
  return failSyntax(token, `Expected a value, but found ${describeToken(token)}.`);
}

function readBrackets(reader: TokenReader): Syntax {
  const opening = reader.next();
  refuseQuery(reader);
  const first = reader.expression();
  if (!reader.at(',')) {
    const closing = reader.expect(')', 'to close the bracket');
    const qualified = readIntervalOfDifference(reader, first, opening);
    return qualified ?? { ...first, start: opening.start, end: closing.end };
  }
  const operands = [first];
  while (reader.accept(',')) operands.push(reader.expression());
  const closing = reader.expect(')', 'to close the row');
  return callSyntax('ROW', operands, opening, rangeOf(opening, closing));
}

/** `(ts1 - ts2) DAY` is no scalar expression that drey has; TIMESTAMPDIFF says the same. */
function readIntervalOfDifference(
  reader: TokenReader,
  inner: Syntax,
  opening: Token,
): Syntax | undefined {
  const unit = reader.peek();
  const units = ['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND'];
  if (unit.kind !== 'name' || !units.includes(unit.word)) return undefined;
  if (inner.kind !== 'call' || inner.name !== '-') return undefined;
  throw new SyntaxFailure({
    code: 'DREY_EXPRESSION_UNSUPPORTED',
    message: `The interval form (a - b) ${unit.word} is not supported.`,
    hint: `Write TIMESTAMPDIFF(${unit.word}, b, a), which gives a number.`,
    start: opening.start,
    end: unit.end,
  });
}

function readWord(reader: TokenReader, token: Token): Syntax {
  const followedByText = reader.peek(1).kind === 'string';
  switch (token.word) {
    case 'TRUE':
    case 'FALSE':
      reader.next();
      return { kind: 'boolean', value: token.word === 'TRUE', ...rangeOf(token, token) };
    case 'UNKNOWN':
      reader.next();
      return { kind: 'boolean', value: null, ...rangeOf(token, token) };
    case 'NULL':
      reader.next();
      return { kind: 'null', ...rangeOf(token, token) };
    case 'CASE':
      return readCase(reader);
    case 'CAST':
    case 'TRY_CAST':
      if (reader.peek(1).word === '(') return readCast(reader);
      break;
    case 'INTERVAL':
      return readInterval(reader);
    case 'DATE':
    case 'TIME':
    case 'TIMESTAMP':
      if (followedByText || reader.peek(1).word === 'WITH') return readTemporal(reader);
      break;
    case 'ARRAY':
    case 'MAP':
      if (reader.peek(1).word === '[') return readConstructor(reader, token);
      break;
    case 'EXISTS':
      refuseQuery(reader);
      break;
  }
  if (reader.peek(1).word === '(') return readFunctionCall(reader);
  return readName(reader);
}

function readConstructor(reader: TokenReader, name: Token): Syntax {
  reader.next();
  reader.next();
  const operands: Syntax[] = [];
  if (!reader.at(']')) {
    do operands.push(reader.expression());
    while (reader.accept(','));
  }
  const closing = reader.expect(']', `to close ${name.word}[`);
  return callSyntax(name.word, operands, name, rangeOf(name, closing));
}

/** A column with the fields that follow it, or a function without brackets: CURRENT_DATE. */
function readName(reader: TokenReader): Syntax {
  const first = readNamePart(reader);
  const path: [NamePart, ...NamePart[]] = [first];
  while (reader.at('.') && path.length < CHAIN_MAX) {
    reader.next();
    if (reader.at('*')) failSyntax(reader.peek(), 'All fields of a row (.*) are no scalar value.');
    path.push(readNamePart(reader));
  }
  return { kind: 'column', path, start: first.start, end: reader.previousEnd };
}

function readNamePart(reader: TokenReader): NamePart {
  const token = reader.next();
  if (token.kind !== 'name' && token.kind !== 'quoted-name') {
    failSyntax(token, `Expected a name, but found ${describeToken(token)}.`);
  }
  if (token.kind === 'name' && isReservedWord(token.text)) {
    throw new SyntaxFailure({
      code: 'DREY_EXPRESSION_RESERVED_WORD',
      message: `"${token.text}" is a reserved word of Flink SQL and cannot stand here as it is.`,
      hint: `When it is a column, write \`${token.text}\`, between backticks.`,
      start: token.start,
      end: token.end,
    });
  }
  const quoted = token.kind === 'quoted-name';
  return { name: token.text, quoted, start: token.start, end: token.end };
}

function readCase(reader: TokenReader): Syntax {
  const opening = reader.next();
  const operand = reader.at('WHEN') ? null : reader.expression();
  const branches: CaseBranchSyntax[] = [];
  while (reader.accept('WHEN')) {
    const when: [Syntax, ...Syntax[]] = [reader.expression()];
    while (operand !== null && reader.accept(',')) when.push(reader.expression());
    reader.expect('THEN', 'after the condition of WHEN');
    branches.push({ when, result: reader.expression() });
  }
  if (branches.length === 0) reader.expect('WHEN', 'in CASE');
  const otherwise = reader.accept('ELSE') ? reader.expression() : null;
  const closing = reader.expect('END', 'to close CASE');
  return { kind: 'case', operand, branches, otherwise, ...rangeOf(opening, closing) };
}

function readCast(reader: TokenReader): Syntax {
  const name = reader.next();
  reader.expect('(', `after ${name.word}`);
  const operand = reader.expression();
  reader.expect('AS', `in ${name.word}(value AS type)`);
  const from = reader.peek();
  const type = readType(reader);
  const typeRange = { start: from.start, end: reader.previousEnd };
  const closing = reader.expect(')', `to close ${name.word}(`);
  const safe = name.word === 'TRY_CAST';
  return { kind: 'cast', operand, type, typeRange, safe, ...rangeOf(name, closing) };
}

/** Fails when a sub-query starts at the cursor. */
function refuseQuery(reader: TokenReader): void {
  const token = reader.peek();
  if (token.kind !== 'name') return;
  if (['SELECT', 'WITH', 'VALUES', 'EXISTS', 'TABLE'].includes(token.word)) {
    throw new SyntaxFailure({
      code: 'DREY_EXPRESSION_UNSUPPORTED',
      message: 'A sub-query cannot stand in an expression.',
      hint: 'Use a lookup for values of another table.',
      start: token.start,
      end: token.end,
    });
  }
}

function failChain(range: TextRange): never {
  throw new SyntaxFailure({
    code: 'DREY_EXPRESSION_LIMIT',
    message: `More than ${CHAIN_MAX} operators follow each other without brackets.`,
    start: range.start,
    end: range.end,
  });
}

function failRest(token: Token): never {
  const hints: Readonly<Record<string, string>> = {
    '=': 'Equality is =, at most is <=, at least is >=.',
    '!=': 'Flink SQL writes <> for "not equal".',
    AS: 'The name of an output column is the key of the map, not AS.',
    OVER: 'Window functions with OVER are not available; use window and aggregate.',
  };
  const hint = token.kind === 'string' ? "A ' inside a text is written twice." : hints[token.word];
  failSyntax(token, `Expected an operator or the end, but found ${describeToken(token)}.`, hint);
}
