/**
 * SQL texts of a file -> typed trees, with every problem at its place in the file. Also the one
 * place where a column's name is looked up.
 */
import { checkAggregate, checkExpression } from '../../expression/check-expression.ts';
import {
  parseAggregate,
  parseExpression,
  parseType,
  type ExpressionProblem,
  type Outcome,
} from '../../expression/parse-expression.ts';
import type { TextRange } from '../../expression/problem.ts';
import type { CallSyntax } from '../../expression/syntax.ts';
import type { AggregateExpression, TypedExpression } from '../../expression/tree.ts';
import { bareTypeText } from '../../expression/type-text.ts';
import type { LogicalType, RowField } from '../../expression/type.ts';
import type { FileReader } from '../parse/file-reader.ts';
import type { NamedValue } from '../spec/composite-fields.ts';
import type { FieldText, Located } from '../spec/field.ts';
import type { NamedExpression } from './logical-plan.ts';

/** Problems of one text; finding the place of each costs time. */
const PROBLEMS_MAX = 20;

/** What stands under `aggregate`, without its name. */
export type CheckedAggregate =
  | { readonly kind: 'aggregate'; readonly aggregate: AggregateExpression }
  | { readonly kind: 'grouping'; readonly groupByIndexes: readonly number[] };

export class Typing {
  readonly reader: FileReader;
  readonly #timeZone: string;

  constructor(reader: FileReader, timeZone: string) {
    this.reader = reader;
    this.#timeZone = timeZone;
  }

  /** Null when the text is no type, which is reported; so for all below. */
  type(text: FieldText): LogicalType | null {
    return this.#valueOf(parseType(text.text), text);
  }

  expression(text: FieldText, columns: readonly RowField[]): TypedExpression | null {
    const syntax = this.#valueOf(parseExpression(text.text), text);
    if (syntax === null) return null;
    return this.#valueOf(checkExpression(syntax, { columns, timeZone: this.#timeZone }), text);
  }

  /** Null also when there is no condition. */
  condition(
    where: Located<FieldText> | null,
    columns: readonly RowField[],
  ): TypedExpression | null {
    if (where === null) return null;
    const expression = this.expression(where.value, columns);
    if (expression === null || expression.type.root === 'BOOLEAN') return expression;
    this.reader.report(where.value.node, {
      code: 'DREY_PIPELINE_TYPE',
      message: `A condition must be BOOLEAN; this is ${bareTypeText(expression.type)}.`,
    });
    return null;
  }

  /** Null when there is no select; undefined when one of its expressions was refused. */
  select(
    select: Located<readonly NamedValue<FieldText>[]> | null,
    columns: readonly RowField[],
  ): readonly NamedExpression[] | null | undefined {
    if (select === null) return null;
    const typed = select.value.flatMap(({ name, value }) => {
      const expression = this.expression(value, columns);
      return expression === null ? [] : [{ name, expression }];
    });
    return typed.length === select.value.length && typed.length > 0 ? typed : undefined;
  }

  /** An aggregate over `columns`, or GROUPING over the columns of group-by. */
  aggregate(
    text: FieldText,
    columns: readonly RowField[],
    groupNames: readonly string[],
  ): CheckedAggregate | null {
    const syntax = this.#valueOf(parseAggregate(text.text), text);
    if (syntax === null) return null;
    if (syntax.kind === 'call' && syntax.name === 'GROUPING') {
      const groupByIndexes = this.#grouping(syntax, groupNames, text);
      return groupByIndexes === null ? null : { kind: 'grouping', groupByIndexes };
    }
    const scope = { columns, timeZone: this.#timeZone };
    const aggregate = this.#valueOf(checkAggregate(syntax, scope), text);
    return aggregate === null ? null : { kind: 'aggregate', aggregate };
  }

  /** -1 when there is no such column. */
  columnIndex(column: Located<string>, names: readonly string[], of?: string): number {
    const index = names.indexOf(column.value);
    if (index >= 0 || column.node === null) return index;
    const near = this.reader.nearest(column.value, names);
    this.reader.report(column.node, {
      code: 'DREY_PIPELINE_COLUMN',
      message: `There is no column "${column.value.slice(0, 60)}"${of === undefined ? '' : ` in "${of}"`}.`,
      hint: near === undefined ? columnList(names) : `Did you mean "${near}"?`,
    });
    return -1;
  }

  #grouping(call: CallSyntax, names: readonly string[], text: FieldText): readonly number[] | null {
    if (call.operands.length === 0 || call.star || call.distinct || call.filter !== null) {
      this.reader.reportIn(text, call, {
        code: 'DREY_PIPELINE_COLUMN',
        message: 'GROUPING takes columns of group-by and nothing else.',
        hint: columnList(names),
      });
      return null;
    }
    const indexes = call.operands.map((operand) => {
      const isName = operand.kind === 'column' && operand.path.length === 1;
      const name = isName ? operand.path[0].name : text.text.slice(operand.start, operand.end);
      const index = isName ? names.indexOf(name) : -1;
      if (index >= 0) return index;
      const near = this.reader.nearest(name, names);
      this.reader.reportIn(text, operand, {
        code: 'DREY_PIPELINE_COLUMN',
        message: `"${name}" is no column of group-by.`,
        hint: near === undefined ? columnList(names) : `Did you mean "${near}"?`,
      });
      return index;
    });
    return indexes.includes(-1) ? null : indexes;
  }

  #valueOf<T>(outcome: Outcome<T>, text: FieldText): T | null {
    if (outcome.ok) return outcome.value;
    for (const problem of outcome.problems.slice(0, PROBLEMS_MAX)) {
      this.reader.reportIn(text, problem, { ...problem, ...quoteHint(problem, text) });
    }
    return null;
  }
}

/** `'click'` in quotes is the text click to YAML, which SQL reads as a column. */
function quoteHint(
  problem: ExpressionProblem,
  text: FieldText,
): { readonly hint: string } | Record<string, never> {
  const { style } = text.node;
  const isQuoted = style === 'single-quoted' || style === 'double-quoted';
  if (!isQuoted || !isWholeText(problem, text.text)) return {};
  const hint = `YAML removes the outer quotes; for the text write "'${text.text}'".`;
  return { hint: problem.hint === undefined ? hint : `${problem.hint} ${hint}` };
}

const isWholeText = (range: TextRange, text: string): boolean =>
  range.start === 0 && range.end === text.length && /^[\p{L}_][\p{L}\p{N}_]*$/u.test(text);

const COLUMNS_SHOWN_MAX = 12;

function columnList(names: readonly string[]): string {
  const shown = names.slice(0, COLUMNS_SHOWN_MAX).join(', ');
  return `Columns: ${shown}${names.length > COLUMNS_SHOWN_MAX ? ', ...' : ''}.`;
}
