/**
 * The infix and postfix operators of Flink SQL with their binding power, higher binds tighter.
 * Source: Calcite, SqlStdOperatorTable; all of them group from the left.
 */
import type { TokenReader } from './token-reader.ts';

export interface InfixOperator {
  /** Name of the call, `NOT LIKE` for example. */
  readonly name: string;
  readonly power: number;
  /** How many tokens it is written with. */
  readonly tokens: number;
  readonly form: 'binary' | 'postfix' | 'between' | 'in' | 'like' | 'json';
}

export const powers = {
  or: 22,
  and: 24,
  not: 26,
  is: 28,
  comparison: 30,
  range: 32,
  sum: 40,
  product: 60,
  sign: 80,
  access: 100,
} as const;

const BINARY: Readonly<Record<string, number>> = {
  OR: powers.or,
  AND: powers.and,
  '=': powers.comparison,
  '<>': powers.comparison,
  '<': powers.comparison,
  '<=': powers.comparison,
  '>': powers.comparison,
  '>=': powers.comparison,
  '+': powers.sum,
  '-': powers.sum,
  '*': powers.product,
  '/': powers.product,
  '%': powers.product,
  '||': powers.product,
};

/** What may follow IS or IS NOT as a postfix operator. */
const IS_WORDS: readonly string[] = ['NULL', 'TRUE', 'FALSE', 'UNKNOWN'];

/** The operator at the cursor, which is left where it is; undefined when there is none. */
export function infixAt(reader: TokenReader): InfixOperator | undefined {
  const token = reader.peek();
  if (token.kind !== 'symbol' && token.kind !== 'name') return undefined;
  const power = BINARY[token.word];
  if (power !== undefined) {
    return { name: token.word, power, tokens: 1, form: 'binary' };
  }
  if (token.word === 'IS') return isOperator(reader);
  const negated = token.word === 'NOT';
  const word = reader.peek(negated ? 1 : 0).word;
  const prefix = negated ? 'NOT ' : '';
  const tokens = negated ? 2 : 1;
  switch (word) {
    case 'BETWEEN':
      return { name: `${prefix}BETWEEN`, power: powers.range, tokens, form: 'between' };
    case 'IN':
      return { name: `${prefix}IN`, power: powers.range, tokens, form: 'in' };
    case 'LIKE':
      return { name: `${prefix}LIKE`, power: powers.range, tokens, form: 'like' };
    case 'SIMILAR':
      if (reader.peek(tokens).word !== 'TO') return undefined;
      return {
        name: `${prefix}SIMILAR TO`,
        power: powers.range,
        tokens: tokens + 1,
        form: 'like',
      };
    default:
      return undefined;
  }
}

function isOperator(reader: TokenReader): InfixOperator | undefined {
  const negated = reader.peek(1).word === 'NOT';
  const tokens = negated ? 3 : 2;
  const name = negated ? 'IS NOT' : 'IS';
  const word = reader.peek(tokens - 1).word;
  if (IS_WORDS.includes(word)) {
    return { name: `${name} ${word}`, power: powers.is, tokens, form: 'postfix' };
  }
  if (word === 'JSON') return { name: `${name} JSON`, power: powers.is, tokens, form: 'json' };
  if (word === 'DISTINCT' && reader.peek(tokens).word === 'FROM') {
    return {
      name: `${name} DISTINCT FROM`,
      power: powers.comparison,
      tokens: tokens + 1,
      form: 'binary',
    };
  }
  return undefined;
}
