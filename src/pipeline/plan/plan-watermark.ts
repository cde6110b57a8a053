/** The watermark of a source: its column, its strategy, and which fields go together. */
import { bareTypeText } from '../../expression/type-text.ts';
import type { LogicalType } from '../../expression/type.ts';
import type { PipelineDraft, SourceDraft, TransformDraft } from '../parse/draft.ts';
import type { KafkaSourceDraft } from '../parse/kafka-source-draft.ts';
import type { FileReader } from '../parse/file-reader.ts';
import { parseDurationMs } from '../spec/duration.ts';
import { isMismatch } from '../spec/field.ts';
import type { SourceConnector } from './connector-spec.ts';
import type { NamedExpression } from './logical-plan.ts';
import type { WatermarkAlignment, WatermarkSpec, WatermarkStrategy } from './watermark-spec.ts';
import type { Typing } from './typing.ts';

type DeclaredWatermark = SourceDraft['values']['watermark'];
type WatermarkValues = NonNullable<DeclaredWatermark>['value'];

/** Highest precision of a time attribute. Source: Flink, LogicalTypeChecks.canBeTimeAttributeType. */
const TIME_PRECISION_MAX = 3;
const INTERVAL_KEY = 'pipeline.auto-watermark-interval';
/** Flink's. */
const INTERVAL_DEFAULT = '200ms';
const NOWHERE = { start: 0, end: 1 };

export function planWatermark(
  declared: DeclaredWatermark,
  {
    columns,
    configuration,
  }: {
    readonly columns: readonly NamedExpression[];
    readonly configuration: ReadonlyMap<string, string>;
  },
  typing: Typing,
): WatermarkSpec | null {
  const values = declared?.value;
  if (values === undefined || values.column === null) return null;
  const strategy = readStrategy(values, typing.reader);
  const emitIntervalMs = readEmission(values, configuration, typing.reader);
  const { column } = values;
  const columnIndex = typing.columnIndex(
    column,
    columns.map(({ name }) => name),
  );
  const type = columns[columnIndex]?.expression.type;
  if (type === undefined) return null;
  if (!isTimeAttributeType(type)) {
    typing.reader.report(column.node ?? NOWHERE, {
      code: 'DREY_PIPELINE_TYPE',
      message: `The watermark column "${column.value}" is ${bareTypeText(type)}; it must be TIMESTAMP(p) or TIMESTAMP_LTZ(p) with p from 0 to 3.`,
      hint: 'Compute one, such as event_time: AS TO_TIMESTAMP_LTZ(ts, 3).',
    });
    return null;
  }
  return {
    columnIndex,
    strategy,
    emitIntervalMs,
    idleTimeoutMs: values['idle-timeout']?.value ?? null,
    alignment: alignmentOf(values),
  };
}

function isTimeAttributeType(type: LogicalType): boolean {
  return (
    (type.root === 'TIMESTAMP' || type.root === 'TIMESTAMP_LTZ') &&
    type.precision <= TIME_PRECISION_MAX
  );
}

/** As Flink 2.3: an interval of 0 turns periodic watermarks off; no window would ever fire. */
function readEmission(
  { emit }: WatermarkValues,
  configuration: ReadonlyMap<string, string>,
  reader: FileReader,
): number | null {
  if (emit.value === 'on-event') return null;
  const intervalMs = parseDurationMs(configuration.get(INTERVAL_KEY) ?? INTERVAL_DEFAULT);
  // A text that is no duration has its own finding.
  if (isMismatch(intervalMs) || intervalMs > 0) return isMismatch(intervalMs) ? null : intervalMs;
  reader.report(emit.node ?? NOWHERE, {
    code: 'DREY_PIPELINE_CONFLICT',
    message: `emit: on-periodic needs an interval, and ${INTERVAL_KEY} is 0.`,
    hint: `Set ${INTERVAL_KEY} to 200ms, its default, or use emit: on-event.`,
  });
  return null;
}

function alignmentOf({ alignment }: WatermarkValues): WatermarkAlignment | null {
  const values = alignment?.value;
  if (values === undefined || values.group === null || values['max-drift'] === null) return null;
  return {
    group: values.group.value,
    maxDriftMs: values['max-drift'].value,
    updateIntervalMs: values['update-interval'].value,
  };
}

function readStrategy(values: WatermarkValues, reader: FileReader): WatermarkStrategy {
  const { strategy, delay, samples, factor, 'min-delay': minDelay } = values;
  const refuse = (fields: Readonly<Record<string, { readonly node: Place }>>): void => {
    for (const [name, { node }] of Object.entries(fields)) {
      if (node === null) continue;
      reader.report(node, {
        code: 'DREY_PIPELINE_CONFLICT',
        message: `"${name}" has no meaning with strategy: ${strategy.value}.`,
        hint: HINTS[strategy.value],
      });
    }
  };
  switch (strategy.value) {
    case 'bounded':
      refuse({ samples, factor, 'min-delay': minDelay });
      return { kind: 'bounded', delayMs: delay.value };
    case 'ascending':
      refuse({ delay, samples, factor, 'min-delay': minDelay });
      return { kind: 'ascending' };
    case 'dynamic':
      refuse({ delay });
      return {
        kind: 'dynamic',
        samples: samples.value,
        factor: factor.value,
        minDelayMs: minDelay.value,
      };
  }
}

type Place = { readonly start: number; readonly end: number } | null;

const HINTS = {
  bounded: 'Add strategy: dynamic, or leave the field out.',
  ascending: 'Leave the field out, or use strategy: bounded with a delay.',
  dynamic: 'The least delay of the dynamic strategy is min-delay.',
} as const;

/** What can only be said of a watermark when the whole file is known, and the flags. */
export function checkWatermarks(
  { sources, transforms }: PipelineDraft,
  reader: FileReader,
  allowDynamicBounded: boolean,
): void {
  if (!allowDynamicBounded) checkDynamicWatermarks(sources, reader);
  checkAlignedTables(sources, transforms, reader);
}

/**
 * Refuses the dynamic strategy on sources that end: how far their rows lie behind the clock says
 * when the file was written, and which rows are late would depend on when and how fast it is read.
 * Nobody knows whether standard input will end, so it is taken for a stream.
 */
function checkDynamicWatermarks(sources: readonly SourceDraft[], reader: FileReader): void {
  for (const { connector, values } of sources) {
    const strategy = values.watermark?.value.strategy;
    if (strategy?.value !== 'dynamic' || connector === null || !sourceEnds(connector)) continue;
    reader.report(strategy.node ?? NOWHERE, {
      code: 'DREY_PIPELINE_DYNAMIC_BOUNDED',
      message: `The source ends (${values.connector?.value ?? connector.kind}), and the delays of its rows say when it was written, not how late rows are.`,
      hint: 'Use a delay, or pass --allow-dynamic-bounded to have rows that depend on when they are read.',
    });
  }
}

/** Whether it is known that the source ends. */
export function sourceEnds(connector: SourceConnector | KafkaSourceDraft): boolean {
  switch (connector.kind) {
    case 'filesystem':
      return connector.monitorIntervalMs === undefined;
    case 'stdin':
      return false;
    case 'kafka':
    case 'kafka-draft':
      return connector.bounded.kind !== 'unbounded';
    case 'datagen':
      return (
        connector.options.numberOfRows !== null ||
        connector.options.fields.some((field) => field.generator === 'sequence')
      );
  }
}

/** Refuses alignment of lookup tables: they are read to their end before any other source starts. */
function checkAlignedTables(
  sources: readonly SourceDraft[],
  transforms: readonly TransformDraft[],
  reader: FileReader,
): void {
  const tables = new Set(transforms.map(({ values }) => values.lookup?.value.table?.value));
  for (const { name, values } of sources) {
    const alignment = values.watermark?.value.alignment ?? null;
    if (alignment === null || !tables.has(name)) continue;
    reader.report(alignment.node ?? NOWHERE, {
      code: 'DREY_PIPELINE_ALIGNMENT',
      message: `"${name}" is a lookup table, which is read to its end before other sources start; it cannot wait for them.`,
      hint: 'Remove the alignment.',
    });
  }
}
