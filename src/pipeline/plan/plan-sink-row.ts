/**
 * The row of a sink that is computed from its input: typed, with an identity by which rows take
 * the place of each other. A changelog must keep to it: each change of a row carries the values of
 * the changelog's key, so the identity has to follow from these, or rows would move.
 */
import type { TypedExpression } from '../../expression/tree.ts';
import { bareTypeText } from '../../expression/type-text.ts';
import type { LogicalType, RowField } from '../../expression/type.ts';
import type { NamedText, SinkRow } from '../parse/draft.ts';
import type { NamedExpression, SinkRowExpressions } from './logical-plan.ts';
import type { SinkInput } from './sink-input.ts';

/** Null when a part was refused, which is reported. `columns`: those of the input that are shown. */
export function planSinkRow(
  input: SinkInput,
  row: SinkRow,
  columns: readonly RowField[],
): SinkRowExpressions | null {
  const { stream } = input;
  const identity = row.identity.map((text) => typed(input, text));
  const others =
    row.others === null
      ? columns.map((field) => columnExpression(stream.columns, field))
      : row.others.map((text) => typed(input, text));
  const expressions = [...identity, ...others].filter(isTyped);
  if (expressions.length < identity.length + others.length) return null;
  checkTypes(input, row, expressions);
  checkIdentity(input, row, expressions.slice(0, identity.length));
  return { expressions, identityCount: identity.length };
}

function typed({ typing, stream }: SinkInput, text: NamedText): NamedExpression | null {
  const expression = typing.expression(text.value, stream.columns);
  return expression === null ? null : { name: text.name, expression };
}

function columnExpression(all: readonly RowField[], { name, type }: RowField): NamedExpression {
  const index = all.findIndex((column) => column.name === name);
  return { name, expression: { kind: 'column', index, name, type } };
}

function checkTypes(
  { typing, draft }: SinkInput,
  row: SinkRow,
  expressions: readonly NamedExpression[],
): void {
  for (const [index, { name, expression }] of expressions.entries()) {
    const isIdentity = index < row.identity.length;
    const wanted = isIdentity ? 'a scalar' : name === 'score' ? 'a number' : null;
    const fits = isIdentity ? isScalar(expression.type) : isNumber(expression.type);
    if (wanted === null || fits || draft.connector === null) continue;
    const place = [...row.identity, ...(row.others ?? [])][index]?.value.node ?? draft.key;
    typing.reader.report(place, {
      code: 'DREY_PIPELINE_TYPE',
      message: `The ${name} must be ${wanted}; this is ${bareTypeText(expression.type)}.`,
    });
  }
}

function isScalar({ root }: LogicalType): boolean {
  return !['ARRAY', 'MAP', 'ROW', 'NULL'].includes(root);
}

function isNumber({ root }: LogicalType): boolean {
  return ['TINYINT', 'SMALLINT', 'INTEGER', 'INT', 'BIGINT', 'FLOAT', 'DOUBLE', 'DECIMAL'].includes(
    root,
  );
}

function checkIdentity(
  { typing, stream, from }: SinkInput,
  row: SinkRow,
  identity: readonly NamedExpression[],
): void {
  if (stream.changelog === null) return;
  const { key } = stream.changelog;
  for (const [index, { name, expression }] of identity.entries()) {
    const moving =
      key === null ? '' : columnsOf(expression).find((column) => !key.includes(column));
    if (moving === undefined) continue;
    typing.reader.report(row.identity[index]!.value.node, {
      code: 'DREY_PIPELINE_CHANGELOG',
      message:
        key === null
          ? `"${from.node}" corrects rows that no columns tell apart, so that the ${name} of a row may change.`
          : `"${from.node}" corrects rows by ${key.join(', ')}, so that the ${name} of a row changes with "${moving}".`,
      hint:
        key === null
          ? 'Give the rows a key: group them, or dedup with keep: last.'
          : `Make the ${name} of ${key.join(', ')} alone; leave rank out of a top-n whose members are to be stored.`,
    });
    return;
  }
}

/** Names of the columns that the expression reads. */
function columnsOf(expression: TypedExpression): readonly string[] {
  switch (expression.kind) {
    case 'literal':
      return [];
    case 'column':
      return [expression.name];
    case 'call':
    case 'logical':
      return expression.operands.flatMap(columnsOf);
    case 'cast':
      return columnsOf(expression.operand);
    case 'case':
      return [
        ...expression.branches.flatMap(({ when, result }) => [
          ...columnsOf(when),
          ...columnsOf(result),
        ]),
        ...columnsOf(expression.otherwise),
      ];
  }
}

function isTyped(expression: NamedExpression | null): expression is NamedExpression {
  return expression !== null;
}
