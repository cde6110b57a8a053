/** What all forms of calls share: keywords as operands and the closing bracket. */
import type { Token } from './lexer.ts';
import { failSyntax } from './problem.ts';
import { callSyntax, type CallSyntax, type Syntax } from './syntax.ts';
import { describeToken, rangeOf, type TokenReader } from './token-reader.ts';

/** Takes a keyword as an operand. */
export function readSymbol(reader: TokenReader, what: string): Syntax {
  const token = reader.next();
  if (token.kind !== 'name') {
    failSyntax(token, `Expected ${what}, but found ${describeToken(token)}.`);
  }
  return { kind: 'symbol', name: token.word, start: token.start, end: token.end };
}

/** Takes the closing bracket and makes the call. */
export function finishCall(
  reader: TokenReader,
  name: Token,
  operands: readonly Syntax[],
): CallSyntax {
  const token = reader.peek();
  if (token.word !== ')') {
    failSyntax(
      token,
      `Expected ) to close ${name.text}(, but found ${describeToken(token)}.`,
      token.kind === 'end'
        ? 'In YAML inside { } or [ ] a comma cuts the expression; put quotes around it.'
        : undefined,
    );
  }
  const closing = reader.next();
  return callSyntax(name.word, operands, name, rangeOf(name, closing));
}
