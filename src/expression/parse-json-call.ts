/**
 * JSON_VALUE, JSON_QUERY and JSON_EXISTS with their clauses. The operands become: the JSON text,
 * the path, then a fixed row of symbols and expressions, as the functions in function/json.ts say.
 */
import type { Token } from './lexer.ts';
import { finishCall } from './call-parts.ts';
import { failSyntax } from './problem.ts';
import type { Syntax } from './syntax.ts';
import { describeToken, type TokenReader } from './token-reader.ts';
import { readType } from './type-parser.ts';

export function readJsonCall(reader: TokenReader, name: Token): Syntax {
  const operands = [reader.expression()];
  reader.expect(',', `between the operands of ${name.word}`);
  operands.push(reader.expression());
  switch (name.word) {
    case 'JSON_VALUE':
      return readValueClauses(reader, name, operands);
    case 'JSON_QUERY':
      return readQueryClauses(reader, name, operands);
    default:
      operands.push(readBehaviour(reader, ['TRUE', 'FALSE', 'UNKNOWN', 'ERROR'], 'FALSE'));
      if (reader.peek().word !== ')') acceptOn(reader, 'ERROR');
      return finishCall(reader, name, operands);
  }
}

/** JSON_VALUE: on-empty symbol, its default, on-error symbol, its default; a CAST for RETURNING. */
function readValueClauses(reader: TokenReader, name: Token, operands: Syntax[]): Syntax {
  const place = { start: reader.peek().start, end: reader.peek().start };
  const nothing: Syntax = { kind: 'null', ...place };
  const nullSymbol: Syntax = { kind: 'symbol', name: 'NULL', ...place };
  let returning: Syntax | null = null;
  if (reader.at('RETURNING')) returning = readReturning(reader);
  const clauses = new Map<string, readonly [Syntax, Syntax]>();
  while (!reader.at(')')) {
    const behaviour = readBehaviour(reader, ['NULL', 'ERROR', 'DEFAULT'], null);
    const isDefault = behaviour.kind === 'symbol' && behaviour.name === 'DEFAULT';
    const value = isDefault ? reader.expression() : nothing;
    reader.expect('ON', `in the clauses of ${name.word}`);
    const event = reader.next();
    if (event.word !== 'EMPTY' && event.word !== 'ERROR') {
      failSyntax(event, `Expected EMPTY or ERROR after ON, but found ${describeToken(event)}.`);
    }
    if (clauses.has(event.word)) failSyntax(event, `ON ${event.word} is written twice.`);
    clauses.set(event.word, [behaviour, value]);
  }
  const onEmpty = clauses.get('EMPTY') ?? [nullSymbol, nothing];
  const onError = clauses.get('ERROR') ?? [nullSymbol, nothing];
  const typed = returning === null ? [] : [returning];
  return finishCall(reader, name, [...operands, ...onEmpty, ...onError, ...typed]);
}

/** The type of RETURNING travels as CAST(NULL AS type). */
function readReturning(reader: TokenReader): Syntax {
  const keyword = reader.next();
  const from = reader.peek();
  const type = readType(reader);
  const typeRange = { start: from.start, end: reader.previousEnd };
  const range = { start: keyword.start, end: reader.previousEnd };
  return {
    kind: 'cast',
    operand: { kind: 'null', ...range },
    type,
    typeRange,
    safe: false,
    ...range,
  };
}

/** JSON_QUERY: wrapper symbol, on-empty symbol, on-error symbol. */
function readQueryClauses(reader: TokenReader, name: Token, operands: Syntax[]): Syntax {
  const token = reader.peek();
  const place = { start: token.start, end: token.start };
  if (reader.at('RETURNING')) {
    failSyntax(token, 'RETURNING of JSON_QUERY is not supported; the result is STRING.');
  }
  let wrapper = 'WITHOUT';
  if (reader.accept('WITHOUT')) {
    reader.accept('ARRAY');
    reader.expect('WRAPPER', 'after WITHOUT');
  } else if (reader.accept('WITH')) {
    wrapper = 'UNCONDITIONAL';
    if (reader.accept('CONDITIONAL')) wrapper = 'CONDITIONAL';
    else reader.accept('UNCONDITIONAL');
    reader.accept('ARRAY');
    reader.expect('WRAPPER', 'after WITH');
  }
  const clauses = new Map<string, Syntax>();
  while (!reader.at(')')) {
    const behaviour = readBehaviour(reader, ['NULL', 'ERROR', 'EMPTY'], null);
    let symbol = behaviour;
    if (behaviour.kind === 'symbol' && behaviour.name === 'EMPTY') {
      const kind = reader.accept('OBJECT') ? 'OBJECT' : (reader.accept('ARRAY'), 'ARRAY');
      symbol = { ...behaviour, name: `EMPTY ${kind}` };
    }
    reader.expect('ON', `in the clauses of ${name.word}`);
    const event = reader.next();
    if (event.word !== 'EMPTY' && event.word !== 'ERROR') {
      failSyntax(event, `Expected EMPTY or ERROR after ON, but found ${describeToken(event)}.`);
    }
    clauses.set(event.word, symbol);
  }
  const nullSymbol: Syntax = { kind: 'symbol', name: 'NULL', ...place };
  const wrapperSymbol: Syntax = { kind: 'symbol', name: wrapper, ...place };
  const onEmpty = clauses.get('EMPTY') ?? nullSymbol;
  const onError = clauses.get('ERROR') ?? nullSymbol;
  return finishCall(reader, name, [...operands, wrapperSymbol, onEmpty, onError]);
}

function readBehaviour(
  reader: TokenReader,
  allowed: readonly string[],
  otherwise: string | null,
): Syntax {
  const token = reader.peek();
  if (otherwise !== null && token.word === ')') {
    return { kind: 'symbol', name: otherwise, start: token.start, end: token.start };
  }
  if (!allowed.includes(token.word)) {
    failSyntax(token, `Expected ${allowed.join(', ')} or ), but found ${describeToken(token)}.`);
  }
  reader.next();
  return { kind: 'symbol', name: token.word, start: token.start, end: token.end };
}

function acceptOn(reader: TokenReader, event: string): void {
  reader.expect('ON', `before ${event}`);
  reader.expect(event, 'after ON');
}
