/**
 * How long rows of one value of a group column keep coming, where that is known: columns of windows
 * and times rounded down to a unit say it themselves. Columns are followed through nodes that pass
 * them on unchanged.
 */
import { durationText } from '../../errors/duration-text.ts';
import type { TypedExpression } from '../../expression/tree.ts';
import type { NodeLookup } from './bounded-source.ts';
import type { NamedExpression, PlanNode, WindowAggregateNode } from './logical-plan.ts';
import type { StreamReference } from './stream-reference.ts';

export interface GroupSpan {
  /** Event time. */
  readonly lengthMs: number;
  /** `a window of 1min` */
  readonly what: string;
}

const SECOND_MS = 1000;
const DAY_MS = 86_400_000;
/** The longest of each. */
const unitsMs: Readonly<Record<string, number>> = {
  SECOND: SECOND_MS,
  MINUTE: 60 * SECOND_MS,
  HOUR: 3600 * SECOND_MS,
  DAY: DAY_MS,
  WEEK: 7 * DAY_MS,
  MONTH: 31 * DAY_MS,
  QUARTER: 92 * DAY_MS,
  YEAR: 366 * DAY_MS,
};

/** Null: nothing is known. `expression` is over the columns of `from`. */
export function groupSpanOf(
  expression: TypedExpression,
  from: StreamReference,
  nodeOf: NodeLookup,
): GroupSpan | null {
  const node = from.stream === 'main' ? nodeOf(from.node) : null;
  if (node === null) return null;
  if (expression.kind === 'column') return columnSpan(node, expression.index, nodeOf);
  return roundedSpan(expression, node.timeColumn);
}

function columnSpan(node: PlanNode, index: number, nodeOf: NodeLookup): GroupSpan | null {
  switch (node.kind) {
    case 'source':
      return null;
    case 'sink':
      return null;
    case 'interval-join':
    case 'process':
      return null;
    case 'select':
    case 'dedup':
      return selectedSpan(node.select, index, (expression) =>
        groupSpanOf(expression, node.from, nodeOf),
      );
    case 'lookup':
    case 'dictionary':
    case 'async':
      return selectedSpan(node.select, index, (expression) => {
        const columnCount = nodeOf(node.from.node)?.schema.length ?? 0;
        const isAppended = expression.kind === 'column' && expression.index >= columnCount;
        return isAppended ? null : groupSpanOf(expression, node.from, nodeOf);
      });
    case 'top-n':
      return selectedSpan(node.select, index, (expression) => {
        const isRank =
          node.hasRank &&
          expression.kind === 'column' &&
          expression.index === node.columns.length - 1;
        return isRank ? null : groupSpanOf(expression, node.from, nodeOf);
      });
    case 'union':
      return selectedSpan(node.select, index, (expression) => {
        const [first] = node.inputs;
        if (expression.kind !== 'column' || first === undefined) return null;
        const own = { ...expression, index: first.columns[expression.index]! };
        return groupSpanOf(own, first.from, nodeOf);
      });
    case 'window-aggregate':
      return selectedSpan(node.select, index, (expression) =>
        expression.kind === 'column' ? windowSpan(node, expression.index, nodeOf) : null,
      );
    case 'running-aggregate':
      return selectedSpan(node.select, index, (expression) => {
        const group = expression.kind === 'column' ? node.groupBy[expression.index] : undefined;
        return group === undefined ? null : groupSpanOf(group.expression, node.from, nodeOf);
      });
  }
}

/** `spanOf` is asked about an expression over the columns before the select. */
function selectedSpan(
  select: readonly NamedExpression[] | null,
  index: number,
  spanOf: (expression: TypedExpression) => GroupSpan | null,
): GroupSpan | null {
  const passed = {
    kind: 'column',
    type: { root: 'NULL', nullable: true },
    name: '',
    index,
  } as const;
  const expression = select === null ? passed : select[index]?.expression;
  return expression === undefined ? null : spanOf(expression);
}

/** `index`: among window_start, window_end, the group columns, the aggregates, window_time. */
function windowSpan(
  node: WindowAggregateNode,
  index: number,
  nodeOf: NodeLookup,
): GroupSpan | null {
  const { window, groupBy, aggregates, emit } = node;
  const group = groupBy[index - 2];
  if (group !== undefined) return groupSpanOf(group.expression, node.from, nodeOf);
  if (index >= 2 && index < 2 + groupBy.length + aggregates.length) return null;
  const lateMs = emit?.allowedLatenessMs ?? 0;
  const late = lateMs === 0 ? '' : ` with ${durationText(lateMs)} of lateness`;
  const sizeMs = window.kind === 'session' ? window.gapMs : window.sizeMs;
  const what = window.kind === 'session' ? 'a session with a gap' : 'a window';
  return { lengthMs: sizeMs + lateMs, what: `${what} of ${durationText(sizeMs)}${late}` };
}

/** FLOOR(time TO unit), where `time` is the time attribute, also cast. */
function roundedSpan(expression: TypedExpression, timeColumn: string | null): GroupSpan | null {
  if (expression.kind === 'cast') return roundedSpan(expression.operand, timeColumn);
  if (expression.kind !== 'call' || expression.function.name !== 'FLOOR') return null;
  const [time, unit] = expression.operands;
  if (time === undefined || unit?.kind !== 'literal' || typeof unit.value !== 'string') return null;
  const lengthMs = unitsMs[unit.value];
  if (lengthMs === undefined || !isColumn(time, timeColumn)) return null;
  return { lengthMs, what: `a time rounded down to a ${unit.value}` };
}

function isColumn(expression: TypedExpression, name: string | null): boolean {
  if (expression.kind === 'cast') return isColumn(expression.operand, name);
  return expression.kind === 'column' && expression.name === name;
}
