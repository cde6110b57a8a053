/** A process function: its key, the columns of its outputs, and where the time attribute goes. */
import { bareTypeText } from '../../expression/type-text.ts';
import type { LogicalType, RowField } from '../../expression/type.ts';
import type { TransformDraft } from '../parse/draft.ts';
import type { NamedValue } from '../spec/composite-fields.ts';
import type { FieldText } from '../spec/field.ts';
import { outputColumns } from './column-schema.ts';
import type { ProcessNode, ProcessSide, StreamReference } from './logical-plan.ts';
import {
  mainStream,
  type NodePlace,
  type PlannedNode,
  type StreamColumns,
} from './planned-node.ts';
import { readWindow } from './read-window.ts';
import type { Typing } from './typing.ts';

export interface ProcessInput {
  readonly draft: TransformDraft;
  readonly place: NodePlace;
  readonly from: StreamReference;
  readonly stream: StreamColumns;
  readonly typing: Typing;
}

/** Names that other streams have. */
const TAKEN_SIDES: ReadonlySet<string> = new Set(['main', 'late', 'dead']);

/** Null when something was refused, which is reported. */
export function planProcess(input: ProcessInput): PlannedNode | null {
  const { draft, stream, typing, from } = input;
  const fields = draft.values.process?.value;
  if (fields === undefined) return null;
  refuseChangelog(input);
  const where = typing.condition(draft.values.where, stream.columns);
  const keyIndexes = readKey(input);
  const columns = readColumns(fields.columns?.value ?? [], typing);
  const sides = readSides(input);
  const window = readProcessWindow(input);
  const select = typing.select(draft.values.select, columns ?? []);
  const { modulePath } = draft;
  if (draft.isIncomplete || modulePath === null || fields.module === null) return null;
  if (columns === null || sides === null || select === undefined || window === undefined) {
    return null;
  }
  const emitted = streamOf(draft.name, columns, stream);
  const { noTimeBecause, ...output } = outputColumns(emitted, select, draft.name);
  const node: ProcessNode = {
    kind: 'process',
    ...input.place,
    ...output,
    from,
    where,
    modulePath,
    moduleText: fields.module.value.text,
    keyIndexes,
    keyNames: keyIndexes.map((index) => stream.columns[index]?.name ?? ''),
    timeIndex: positionOf(stream.timeColumn, stream.columns),
    columns,
    outputTimeIndex: positionOf(emitted.timeColumn, columns),
    window,
    sides,
    select,
  };
  const streams = new Map([['main', mainStream(node, noTimeBecause)]]);
  for (const side of sides) {
    streams.set(side.name, streamOf(`${draft.name}.${side.name}`, side.columns, stream));
  }
  return { node, streams };
}

/** Null: there is none; undefined: it was refused, which is reported. */
function readProcessWindow({
  draft,
  stream,
  typing,
}: ProcessInput): ProcessNode['window'] | undefined {
  if (draft.values.window === null) return null;
  const place = draft.values.window.node ?? draft.key;
  const window = readWindow({ draft, typing });
  if (window === null) return undefined;
  if (stream.timeColumn === null) {
    typing.reader.report(place, {
      code: 'DREY_PIPELINE_TIME_ATTRIBUTE',
      message: `The window has no time attribute: ${stream.noTimeBecause}.`,
      hint: 'A window needs the watermark column of its source, passed through unchanged.',
    });
    return undefined;
  }
  if (window.kind === 'tumble' || window.kind === 'hop') return window;
  typing.reader.report(place, {
    code: 'DREY_PIPELINE_NOT_SUPPORTED',
    message: `A process function over windows of type ${window.kind} is not supported by this version of drey.`,
    hint: 'Use tumble or hop, or a function with timers of its own.',
  });
  return undefined;
}

/** A function sees rows, not what becomes of them. */
function refuseChangelog({ draft, stream, from, typing }: ProcessInput): void {
  if (stream.changelog === null) return;
  typing.reader.report(draft.values.from?.node ?? draft.key, {
    code: 'DREY_PIPELINE_CHANGELOG',
    message: `A process function takes each row once, but "${from.node}" corrects rows that it has sent.`,
    hint: 'Let it read a node that only appends rows, before the one that updates.',
  });
}

function readKey({ draft, stream, typing }: ProcessInput): readonly number[] {
  const names = stream.columns.map(({ name }) => name);
  const indexes: number[] = [];
  for (const column of draft.values.process?.value['key-by']?.value ?? []) {
    const index = typing.columnIndex(column, names);
    if (!indexes.includes(index)) indexes.push(index);
    else if (index >= 0) {
      typing.reader.report(column.node ?? draft.key, {
        code: 'DREY_PIPELINE_COLUMN',
        message: `"${column.value}" occurs twice in key-by.`,
      });
    }
  }
  return indexes;
}

/** Null when a type was refused. */
function readColumns(
  entries: readonly NamedValue<FieldText>[],
  typing: Typing,
): readonly RowField[] | null {
  const columns = entries.flatMap(({ name, value }) => {
    const type = typing.type(value);
    return type === null ? [] : [{ name, type }];
  });
  return columns.length === entries.length && columns.length > 0 ? columns : null;
}

function readSides({ draft, stream, typing }: ProcessInput): readonly ProcessSide[] | null {
  const entries = draft.values.process?.value.sides?.value ?? [];
  const sides = entries.flatMap(({ name, key, value }) => {
    if (TAKEN_SIDES.has(name)) {
      typing.reader.report(key, {
        code: 'DREY_PIPELINE_NAME',
        message: `A side output cannot have the name "${name}".`,
        hint: 'Rename it; late and dead are streams of windows and sources.',
      });
      return [];
    }
    const columns = readColumns(value, typing);
    if (columns === null) return [];
    const { timeColumn } = streamOf(name, columns, stream);
    return [{ name, columns, timeIndex: positionOf(timeColumn, columns) }];
  });
  return sides.length === entries.length ? sides : null;
}

/** A column with the name and the type of the input's time attribute carries it on. */
function streamOf(name: string, columns: readonly RowField[], input: StreamColumns): StreamColumns {
  const time = input.columns.find((column) => column.name === input.timeColumn);
  const hasTime =
    time !== undefined &&
    columns.some((column) => column.name === time.name && isSame(column.type, time.type));
  return {
    columns,
    hiddenColumns: [],
    timeColumn: hasTime ? time.name : null,
    noTimeBecause:
      time === undefined
        ? input.noTimeBecause
        : `"${name}" declares no column "${time.name}" of type ${bareTypeText(time.type)}, which is the time attribute of its input`,
    changelog: null,
  };
}

function isSame(left: LogicalType, right: LogicalType): boolean {
  return bareTypeText(left) === bareTypeText(right);
}

function positionOf(name: string | null, columns: readonly RowField[]): number | null {
  const index = columns.findIndex((column) => column.name === name);
  return index < 0 ? null : index;
}
