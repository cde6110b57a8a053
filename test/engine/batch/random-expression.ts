/** Random well-typed expressions over a schema, grown from columns and literals step by step. */
import type { RowSchema } from '../../../src/engine/batch/batch.ts';
import { castProblem } from '../../../src/expression/function/cast.ts';
import { isSameType } from '../../../src/expression/type-relations.ts';
import type { ScalarFunction } from '../../../src/expression/function/contract.ts';
import type { TypedExpression } from '../../../src/expression/tree.ts';
import type { LogicalType } from '../../../src/expression/type.ts';
import { randomValue, type Draw } from './random-values.ts';

/** Tries at one step before it is given up: most operands do not fit most functions. */
const TRIES = 40;

/** Columns, literals and, on top of them, up to `steps` calls, CASEs, ANDs and ORs. */
export function randomExpressions(
  schema: RowSchema,
  functions: readonly ScalarFunction[],
  steps: number,
  draw: Draw,
): TypedExpression[] {
  const pool: TypedExpression[] = schema.map(({ name, type }, index) => ({
    kind: 'column',
    type,
    name,
    index,
  }));
  for (const { type } of schema) pool.push(randomLiteral(type, draw), randomLiteral(type, draw));
  for (let step = 0; step < steps; step++) {
    const kind = draw(10);
    if (kind === 0) pool.push(randomLogical(pool, draw));
    else if (kind === 1) pool.push(randomCase(pool, draw));
    else if (kind === 2) pool.push(randomCast(pool, draw));
    else {
      const call = randomCall(pool, functions, draw);
      if (call !== null) pool.push(call);
    }
  }
  return pool;
}

function randomLiteral(type: LogicalType, draw: Draw): TypedExpression {
  return {
    kind: 'literal',
    type,
    value: randomValue(type, draw, { narrow: draw(2) === 0, nullsOneIn: 8 }),
  };
}

function randomCall(
  pool: readonly TypedExpression[],
  functions: readonly ScalarFunction[],
  draw: Draw,
): TypedExpression | null {
  const definition = functions[draw(functions.length)]!;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const count = 1 + draw(4);
    const first = pool[draw(pool.length)]!;
    const operands = [first];
    while (operands.length < count) {
      // Operands of one type fit more often than any two.
      const isSame = draw(3) > 0;
      const fitting = isSame ? pool.filter(({ type }) => type.root === first.type.root) : pool;
      operands.push(fitting[draw(fitting.length)]!);
    }
    const resolution = definition.resolve(
      operands.map(({ type }) => type),
      operands.map((operand) => (operand.kind === 'literal' ? operand.value : undefined)),
    );
    if ('mismatch' in resolution) continue;
    const isPossible = resolution.operands.every(
      (type, index) => castProblem(operands[index]!.type, type) === null,
    );
    if (!isPossible) continue;
    const cast = resolution.operands.map((type, index) => castOf(operands[index]!, type));
    return { kind: 'call', type: resolution.result, function: definition, operands: cast };
  }
  return null;
}

/** As the checker does: a cast only where the types differ. */
function castOf(operand: TypedExpression, type: LogicalType): TypedExpression {
  if (isSameType(operand.type, type)) return operand;
  return { kind: 'cast', type, operand, safe: false };
}

function randomCast(pool: readonly TypedExpression[], draw: Draw): TypedExpression {
  for (;;) {
    const operand = pool[draw(pool.length)]!;
    const short: LogicalType = { root: 'VARCHAR', length: 1 + draw(4), nullable: true };
    const type = draw(4) === 0 ? short : pool[draw(pool.length)]!.type;
    if (castProblem(operand.type, type) === null) {
      return { kind: 'cast', type, operand, safe: draw(2) === 0 };
    }
  }
}

function ofRoot(pool: readonly TypedExpression[], root: string): readonly TypedExpression[] {
  return pool.filter(({ type }) => type.root === root);
}

function randomLogical(pool: readonly TypedExpression[], draw: Draw): TypedExpression {
  const booleans = ofRoot(pool, 'BOOLEAN');
  return {
    kind: 'logical',
    type: { root: 'BOOLEAN', nullable: true },
    operator: draw(2) === 0 ? 'AND' : 'OR',
    operands: Array.from({ length: 2 + draw(2) }, () => booleans[draw(booleans.length)]!),
  };
}

function randomCase(pool: readonly TypedExpression[], draw: Draw): TypedExpression {
  const booleans = ofRoot(pool, 'BOOLEAN');
  const { type } = pool[draw(pool.length)]!;
  const results = pool.filter((other) => JSON.stringify(other.type) === JSON.stringify(type));
  return {
    kind: 'case',
    type,
    branches: Array.from({ length: 1 + draw(3) }, () => ({
      when: booleans[draw(booleans.length)]!,
      result: results[draw(results.length)]!,
    })),
    otherwise: results[draw(results.length)]!,
  };
}

/** For messages. */
export function describe(expression: TypedExpression): string {
  switch (expression.kind) {
    case 'literal':
      return `${expression.type.root}:${String(expression.value)}`;
    case 'column':
      return expression.name;
    case 'call':
      return `${expression.function.name}(${expression.operands.map(describe).join(', ')})`;
    case 'logical':
      return `(${expression.operands.map(describe).join(` ${expression.operator} `)})`;
    case 'cast':
      return `CAST(${describe(expression.operand)} AS ${JSON.stringify(expression.type)})`;
    case 'case': {
      const branches = expression.branches.map(
        ({ when, result }) => `WHEN ${describe(when)} THEN ${describe(result)}`,
      );
      return `CASE ${branches.join(' ')} ELSE ${describe(expression.otherwise)} END`;
    }
  }
}
