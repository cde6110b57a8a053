/**
 * An interval join: two streams with event time, the columns of the left one before those of the
 * right one. A time attribute stays one where its side is in every row.
 */
import { durationText } from '../../errors/duration-text.ts';
import { bareTypeText } from '../../expression/type-text.ts';
import type { RowField } from '../../expression/type.ts';
import type { TransformDraft } from '../parse/draft.ts';
import type { JoinValues } from '../spec/join-spec.ts';
import { outputColumns } from './column-schema.ts';
import { areComparable } from './comparable-types.ts';
import type { IntervalJoinNode } from './logical-plan.ts';
import type { Input } from './node-graph.ts';
import {
  mainStream,
  type NodePlace,
  type PlannedNode,
  type StreamColumns,
} from './planned-node.ts';
import type { Typing } from './typing.ts';

export interface JoinSide {
  readonly input: Input;
  readonly stream: StreamColumns;
}

export interface JoinSource {
  readonly draft: TransformDraft;
  readonly place: NodePlace;
  readonly left: JoinSide;
  readonly right: JoinSide;
  readonly typing: Typing;
}

type JoinKind = IntervalJoinNode['joinKind'];

/** Null when the inputs do not fit together, which is reported. */
export function planJoin(source: JoinSource): PlannedNode | null {
  const { draft, place, left, right, typing } = source;
  const join = draft.values.join?.value;
  if (join === undefined) return null;
  refuseChangelog(left, typing);
  refuseChangelog(right, typing);
  const leftTime = findTime(left, typing);
  const rightTime = findTime(right, typing);
  if (leftTime >= 0 && rightTime >= 0) checkTimes(source, leftTime, rightTime);
  const bounds = readBounds(join, source);
  const on = readOn(join, source);
  const hasClash = reportClashes(source);
  if (leftTime < 0 || rightTime < 0 || bounds === null || on.length === 0 || hasClash) return null;
  const joinKind = join.kind.value;
  const stream = joinedStream(source, joinKind, bounds);
  const select = typing.select(draft.values.select, stream.columns);
  if (select === undefined) return null;
  const { noTimeBecause, ...output } = outputColumns(stream, select, draft.name);
  const node: IntervalJoinNode = {
    kind: 'interval-join',
    ...place,
    ...output,
    left: {
      from: left.input.stream,
      keys: on.map((pair) => pair.leftIndex),
      timeIndex: leftTime,
    },
    right: {
      from: right.input.stream,
      keys: on.map((pair) => pair.rightIndex),
      timeIndex: rightTime,
    },
    ...bounds,
    joinKind,
    columns: stream.columns,
    select,
  };
  return { node, streams: new Map([['main', mainStream(node, noTimeBecause)]]) };
}

function refuseChangelog({ input, stream }: JoinSide, typing: Typing): void {
  if (stream.changelog === null) return;
  typing.reader.report(input.place, {
    code: 'DREY_PIPELINE_CHANGELOG',
    message: `An interval join takes each row once, but "${input.stream.node}" corrects rows that it has sent.`,
    hint: 'Join the node before the one that updates.',
  });
}

function findTime({ input, stream }: JoinSide, typing: Typing): number {
  const index = stream.columns.findIndex(({ name }) => name === stream.timeColumn);
  if (index < 0) {
    typing.reader.report(input.place, {
      code: 'DREY_PIPELINE_TIME_ATTRIBUTE',
      message: `"${input.stream.node}" has no time attribute for an interval join: ${stream.noTimeBecause}.`,
      hint: 'Both sides need the watermark column of their source, passed through unchanged.',
    });
  }
  return index;
}

/** As Flink, which compares a local time with none that has a zone. */
function checkTimes(
  { draft, left, right, typing }: JoinSource,
  leftIndex: number,
  rightIndex: number,
): void {
  const leftType = left.stream.columns[leftIndex]!.type;
  const rightType = right.stream.columns[rightIndex]!.type;
  if (leftType.root === rightType.root) return;
  typing.reader.report(draft.values.join?.node ?? draft.key, {
    code: 'DREY_PIPELINE_TYPE',
    message: `The time attribute of the left side is ${bareTypeText(leftType)}, that of the right one ${bareTypeText(rightType)}.`,
    hint: 'Declare both as TIMESTAMP_LTZ(3), or both as TIMESTAMP(3), in the sources.',
  });
}

function readBounds(
  { between }: JoinValues,
  { draft, typing }: JoinSource,
): Pick<IntervalJoinNode, 'lowerMs' | 'upperMs'> | null {
  if (between === null) return null;
  const place = between.node ?? draft.key;
  const [lower, upper, surplus] = between.value;
  // One of the two was no duration, which was reported.
  if (lower === undefined || upper === undefined) return null;
  if (surplus !== undefined) {
    typing.reader.report(place, {
      code: 'DREY_PIPELINE_VALUE',
      message: `between has ${between.value.length} values; it takes a lower and an upper bound.`,
    });
    return null;
  }
  if (lower.value <= upper.value) return { lowerMs: lower.value, upperMs: upper.value };
  typing.reader.report(place, {
    code: 'DREY_PIPELINE_VALUE',
    message: `The lower bound of ${durationText(lower.value)} is above the upper one of ${durationText(upper.value)}; no row could match.`,
    hint: 'The lower bound comes first: between: [-5min, 5min].',
  });
  return null;
}

interface KeyPair {
  readonly leftIndex: number;
  readonly rightIndex: number;
}

/** Empty when a pair was refused. */
function readOn(
  { on }: JoinValues,
  { draft, left, right, typing }: JoinSource,
): readonly KeyPair[] {
  const pairs = on?.value ?? [];
  const read = pairs.flatMap((pair): readonly KeyPair[] => {
    const leftIndex = typing.columnIndex(
      { value: pair.name, node: pair.key },
      names(left.stream.columns),
      left.input.stream.node,
    );
    const rightIndex = typing.columnIndex(
      pair,
      names(right.stream.columns),
      right.input.stream.node,
    );
    const leftType = left.stream.columns[leftIndex]?.type;
    const rightType = right.stream.columns[rightIndex]?.type;
    if (leftType === undefined || rightType === undefined) return [];
    if (areComparable(leftType, rightType)) return [{ leftIndex, rightIndex }];
    typing.reader.report(pair.node ?? draft.key, {
      code: 'DREY_PIPELINE_TYPE',
      message: `"${pair.name}" is ${bareTypeText(leftType)}, but "${pair.value}" is ${bareTypeText(rightType)}.`,
      hint: 'Declare both with one type, or CAST one in a transform before.',
    });
    return [];
  });
  return read.length === pairs.length ? read : [];
}

/** True when a name occurs on both sides. */
function reportClashes({ draft, left, right, typing }: JoinSource): boolean {
  const taken = new Set(names(left.stream.columns));
  const clashing = names(right.stream.columns).filter((name) => taken.has(name));
  if (clashing.length === 0) return false;
  const shown = clashing.map((name) => `"${name}"`).join(', ');
  typing.reader.report(draft.values.join?.node ?? draft.key, {
    code: 'DREY_PIPELINE_COLUMN',
    message: `Both sides of the join have ${clashing.length === 1 ? 'a column' : 'columns'} ${shown}.`,
    hint: 'Give them different names in the select of a transform before the join.',
  });
  return true;
}

function joinedStream(
  { draft, left, right }: JoinSource,
  kind: JoinKind,
  { upperMs }: Pick<IntervalJoinNode, 'upperMs'>,
): StreamColumns {
  const leftMayMiss = kind === 'right' || kind === 'full';
  const rightMayMiss = kind === 'left' || kind === 'full';
  const leftTimes = leftMayMiss ? [] : timesOf(left.stream);
  const rightTimes = rightMayMiss ? [] : timesOf(right.stream);
  // The later side's comes first: the left one's only where the right row is never behind it.
  const times = upperMs <= 0 ? [...leftTimes, ...rightTimes] : [...rightTimes, ...leftTimes];
  const [timeColumn = null, ...otherTimeColumns] = times;
  return {
    columns: [
      ...joinedColumns(left.stream.columns, leftMayMiss),
      ...joinedColumns(right.stream.columns, rightMayMiss),
    ],
    hiddenColumns: [...left.stream.hiddenColumns, ...right.stream.hiddenColumns],
    timeColumn,
    otherTimeColumns,
    noTimeBecause: `in rows of the full join "${draft.name}" either side may be missing`,
    changelog: null,
  };
}

function timesOf({ timeColumn, otherTimeColumns = [] }: StreamColumns): readonly string[] {
  return timeColumn === null ? [] : [timeColumn, ...otherTimeColumns];
}

function joinedColumns(columns: readonly RowField[], mayMiss: boolean): readonly RowField[] {
  if (!mayMiss) return columns;
  return columns.map((column) => ({ ...column, type: { ...column.type, nullable: true } }));
}

const names = (columns: readonly RowField[]): readonly string[] => columns.map(({ name }) => name);
