/**
 * How Druid takes in the rows of a sink: time, dimensions and metrics out of its columns. A roll-up
 * adds rows up, so it is refused where that would be wrong: a row that takes another back would
 * count beside it, and devices counted twice do not become one. Distinct values are counted by a
 * sketch over the events instead; a late event then lands in its minute.
 */
import { bareTypeText } from '../../expression/type-text.ts';
import type { LogicalType, RowField } from '../../expression/type.ts';
import type { DruidDraft } from '../spec/druid-spec.ts';
import { inputsOf, type NodeLookup } from './bounded-source.ts';
import type { FormatSpec } from './connector-spec.ts';
import type { DruidDimension, DruidIngestion, DruidMetric } from './druid-ingestion.ts';
import type { SinkInput } from './sink-input.ts';

export interface DruidInput {
  readonly sink: SinkInput;
  /** What is in each message. */
  readonly columns: readonly RowField[];
  /** How the messages are written. */
  readonly format: FormatSpec['kind'];
  readonly timeColumn: string | null;
  readonly topic: string;
  readonly properties: Readonly<Record<string, string>>;
}

const SKETCH_COLUMN = 'deviceId';
const COUNT_NAME = 'count';
/** What Druid must know to reach the brokers; a login it is given by whoever runs it. */
const sharedProperties = ['bootstrap.servers', 'security.protocol', 'sasl.mechanism'] as const;

/** Null when something is refused, which is reported. */
export function planDruid(draft: DruidDraft, input: DruidInput): DruidIngestion | null {
  const { datasource } = draft;
  const timestamp = timestampOf(draft, input);
  const isRollup = rollupOf(draft, input);
  if (input.format !== 'json') {
    input.sink.typing.reader.report(input.sink.draft.key, {
      code: 'DREY_PIPELINE_CONFLICT',
      message: `Druid is told to read json, and the sink writes ${input.format}.`,
      hint: 'Leave format out.',
    });
    return null;
  }
  if (datasource === null || timestamp === null || isRollup === null) return null;
  const columns = input.columns.filter(({ name }) => name !== timestamp.column);
  const parts = partsOf({ draft, input, columns, isRollup });
  if (parts === null) return null;
  return {
    datasource: datasource.value,
    overlord: draft.overlord?.value ?? null,
    topic: input.topic,
    consumerProperties: Object.fromEntries(
      sharedProperties.flatMap((name) => {
        const value = input.properties[name];
        return value === undefined ? [] : [[name, value]];
      }),
    ),
    timestamp,
    ...parts,
    isRollup,
    segmentGranularity: draft['segment-granularity'].value,
    queryGranularity: draft['query-granularity'].value,
    lateMessageMs: draft['late-message-period']?.value ?? null,
    earlyMessageMs: draft['early-message-period']?.value ?? null,
    taskCount: draft['task-count'].value,
    taskDurationMs: draft['task-duration'].value,
  };
}

function timestampOf(draft: DruidDraft, input: DruidInput): DruidIngestion['timestamp'] | null {
  const { columns, sink, timeColumn } = input;
  const { timeZone } = sink;
  const named = draft['timestamp-column'];
  const wanted = named?.value ?? windowStartOf(input) ?? timeColumn;
  const field = columns.find(({ name }) => name === wanted);
  const place = named?.node ?? sink.draft.key;
  if (field === undefined) {
    sink.typing.reader.report(place, {
      code: 'DREY_PIPELINE_COLUMN',
      message:
        wanted === null
          ? 'The rows have no event time that could be the time of a row in Druid.'
          : `There is no column "${wanted}" that could be the time of a row in Druid.`,
      hint: 'Name it with timestamp-column.',
    });
    return null;
  }
  const { root } = field.type;
  if (root === 'BIGINT') return { column: field.name, format: 'millis' };
  // Druid reads a time without a zone as UTC.
  const isUtc = root === 'TIMESTAMP_LTZ' || (root === 'TIMESTAMP' && timeZone === 'UTC');
  if (isUtc) return { column: field.name, format: 'auto' };
  sink.typing.reader.report(place, {
    code: 'DREY_PIPELINE_TYPE',
    message:
      root === 'TIMESTAMP'
        ? `"${field.name}" is a TIMESTAMP on the clocks of ${timeZone}, and Druid would read it as UTC.`
        : `"${field.name}" is ${bareTypeText(field.type)} and cannot be the time of a row in Druid.`,
    hint: 'CAST it to TIMESTAMP_LTZ(3) in the select of a transform before.',
  });
  return null;
}

function windowStartOf({ sink, columns }: DruidInput): string | null {
  const start = sink.stream.windowed?.start;
  return start !== undefined && columns.some(({ name }) => name === start) ? start : null;
}

/** Null when it is refused. */
function rollupOf({ rollup }: DruidDraft, { sink }: DruidInput): boolean | null {
  const window = windowBefore(sink.from.node, sink.nodeOf);
  if (rollup === null) return window === null;
  if (!rollup.value || window === null) return rollup.value;
  sink.typing.reader.report(rollup.node ?? sink.draft.key, {
    code: 'DREY_PIPELINE_CONFLICT',
    message: `A roll-up would add up the results of "${window}": devices that it has counted would count several times.`,
    hint: 'Write the events themselves, and let a sketch count the devices; or leave rollup out.',
  });
  return null;
}

/** The name of a window whose results come to the node; null: there is none. */
function windowBefore(name: string, nodeOf: NodeLookup): string | null {
  const node = nodeOf(name);
  if (node === null) return null;
  if (node.kind === 'window-aggregate') return node.name;
  for (const from of inputsOf(node)) {
    // A side stream holds rows as they came.
    const found = from.stream === 'main' ? windowBefore(from.node, nodeOf) : null;
    if (found !== null) return found;
  }
  return null;
}

interface Parts {
  readonly draft: DruidDraft;
  readonly input: DruidInput;
  /** Without the time. */
  readonly columns: readonly RowField[];
  readonly isRollup: boolean;
}

type DruidParts = Pick<DruidIngestion, 'dimensions' | 'metrics'>;

function partsOf({ draft, input, columns, isRollup }: Parts): DruidParts | null {
  const { reader } = input.sink.typing;
  const names = columns.map(({ name }) => name);
  const given = draft.dimensions?.value ?? null;
  const wanted = [...(given ?? []), draft['sketch-column'] ?? []].flat();
  const unknown = wanted.filter((name) => input.sink.typing.columnIndex(name, names) < 0);
  const nested = columns.filter(({ type }) => type.root === 'MAP' || type.root === 'ROW');
  for (const { name, type } of nested) {
    reader.report(input.sink.draft.key, {
      code: 'DREY_PIPELINE_TYPE',
      message: `The column "${name}" is ${bareTypeText(type)}, which is no dimension of Druid.`,
      hint: 'Take its parts out in the select of a transform before.',
    });
  }
  if (unknown.length + nested.length > 0) return null;
  const sketched = isRollup ? (draft['sketch-column']?.value ?? usualSketch(names, given)) : null;
  const dimensionNames = new Set(given?.map(({ value }) => value));
  const dimensions: DruidDimension[] = [];
  const metrics: DruidMetric[] = isRollup ? [{ kind: 'count', name: COUNT_NAME }] : [];
  for (const { name, type } of columns) {
    const isDimension = given === null ? !isRollup || !isNumber(type) : dimensionNames.has(name);
    const isSum = isRollup && isNumber(type);
    if (name === sketched) continue;
    if (isDimension) dimensions.push({ name, type: dimensionType(type) });
    else if (isSum) metrics.push({ kind: 'sum', name, column: name, isWhole: isWhole(type) });
  }
  if (sketched !== null) {
    const type = draft['sketch-type'].value;
    metrics.push({ kind: 'sketch', name: `${sketched}_sketch`, column: sketched, type });
  }
  const taken = metrics.slice(1).find(({ name }) => name === COUNT_NAME);
  const clash = taken ?? dimensions.find(({ name }) => name === COUNT_NAME && isRollup);
  if (clash === undefined) return { dimensions, metrics };
  reader.report(input.sink.draft.key, {
    code: 'DREY_PIPELINE_COLUMN',
    message: `With rollup Druid counts rows as "${COUNT_NAME}", and the input has a column of this name.`,
    hint: 'Rename the column in the select of a transform.',
  });
  return null;
}

function usualSketch(
  names: readonly string[],
  dimensions: readonly { readonly value: string }[] | null,
): string | null {
  const isDimension = dimensions?.some(({ value }) => value === SKETCH_COLUMN) === true;
  return names.includes(SKETCH_COLUMN) && !isDimension ? SKETCH_COLUMN : null;
}

function isNumber(type: LogicalType): boolean {
  return isWhole(type) || ['FLOAT', 'DOUBLE', 'DECIMAL'].includes(type.root);
}

function isWhole({ root }: LogicalType): boolean {
  return ['TINYINT', 'SMALLINT', 'INT', 'BIGINT'].includes(root);
}

function dimensionType(type: LogicalType): DruidDimension['type'] {
  if (isWhole(type)) return 'long';
  return isNumber(type) ? 'double' : 'string';
}
