/** A source: types of its columns, computed columns, watermark, primary key. */
import { bareTypeText } from '../../expression/type-text.ts';
import type { TypedExpression } from '../../expression/tree.ts';
import type { LogicalType, RowField } from '../../expression/type.ts';
import type { SourceDraft } from '../parse/draft.ts';
import type { NamedValue } from '../spec/composite-fields.ts';
import type { FieldText, Located } from '../spec/field.ts';
import { textFrom } from './field-text.ts';
import {
  isMetadata,
  planKafkaSource,
  readMetadata,
  type KafkaSourceInput,
  type MetadataDeclaration,
} from './plan-kafka-source.ts';
import type { NamedExpression, SourceNode } from './logical-plan.ts';
import { planWatermark } from './plan-watermark.ts';
import type { NodePlace } from './planned-node.ts';
import type { Typing } from './typing.ts';

const COMPUTED = /^AS\b\s*/i;

/** Null when the columns cannot be known; other problems leave a node to go on with. */
export function planSource(
  draft: SourceDraft,
  place: NodePlace,
  typing: Typing,
  configuration: ReadonlyMap<string, string>,
): SourceNode | null {
  const { values } = draft;
  const declared = values.columns?.value ?? [];
  const isWhole = values.columns !== null && declared.length > 0;
  const metadata = readMetadataColumns(draft, declared, typing);
  const physicalColumns = readPhysical(declared, metadata, typing);
  const columns = isWhole ? readColumns(declared, { physicalColumns, metadata }, typing) : null;
  if (columns === null) return null;
  checkPrimaryKey(values['primary-key'], physicalColumns, columns, typing);
  checkDatagenColumns(draft, physicalColumns, typing);
  checkNestedCsv(draft, declared, physicalColumns, typing);
  const watermark = planWatermark(values.watermark, { columns, configuration }, typing);
  return {
    kind: 'source',
    ...place,
    schema: columns.map(({ name, expression }) => ({ name, type: expression.type })),
    hiddenColumns: [],
    timeColumn: watermark === null ? null : (columns[watermark.columnIndex]?.name ?? null),
    changelog: null,
    connector: connectorOf(draft, { physical: physicalColumns, metadata }, typing),
    physicalColumns,
    columns,
    watermark,
    primaryKey: (values['primary-key']?.value ?? []).map((column) => column.value),
    onError: draft.onError,
    maxRecordBytes: values['source.max-record-bytes'].value,
  };
}

const STAND_IN: SourceNode['connector'] = {
  kind: 'datagen',
  options: { rowsPerSecond: null, numberOfRows: 0, seed: null, fields: [] },
};

function connectorOf(
  draft: SourceDraft,
  columns: Pick<KafkaSourceInput, 'physical' | 'metadata'>,
  typing: Typing,
): SourceNode['connector'] {
  const { connector } = draft;
  // The plan is dropped when there are findings, so the stand-in is never run.
  if (connector === null) return STAND_IN;
  if (connector.kind !== 'kafka-draft') return connector;
  return planKafkaSource(connector, { draft, ...columns, typing });
}

type Declared = readonly NamedValue<FieldText>[];
type MetadataColumns = ReadonlyMap<string, MetadataDeclaration>;

function readMetadataColumns(
  { connector, values }: SourceDraft,
  declared: Declared,
  typing: Typing,
): MetadataColumns {
  const isKafka =
    connector?.kind === 'kafka-draft' || (values.connector?.value ?? '').endsWith('kafka');
  const columns = new Map<string, MetadataDeclaration>();
  for (const column of declared) {
    if (COMPUTED.test(column.value.text) || !isMetadata(column.value)) continue;
    if (!isKafka) {
      typing.reader.report(column.value.node, {
        code: 'DREY_PIPELINE_NOT_SUPPORTED',
        message: 'Only sources of Kafka have metadata columns.',
      });
      continue;
    }
    const declaration = readMetadata(column, typing);
    if (declaration !== null) columns.set(column.name, declaration);
  }
  return columns;
}

function readPhysical(
  declared: Declared,
  metadata: MetadataColumns,
  typing: Typing,
): readonly RowField[] {
  return declared.flatMap(({ name, value }) => {
    if (COMPUTED.test(value.text)) return [];
    const declaration = metadata.get(name);
    if (declaration !== undefined) return [{ name, type: declaration.type }];
    if (isMetadata(value)) return [];
    const type = typing.type(value);
    return type === null ? [] : [{ name, type }];
  });
}

/** As Flink's DDL: a computed column sees the declared columns, not other computed ones. */
function readColumns(
  declared: Declared,
  {
    physicalColumns,
    metadata,
  }: { physicalColumns: readonly RowField[]; metadata: MetadataColumns },
  typing: Typing,
): readonly NamedExpression[] | null {
  const columns: NamedExpression[] = [];
  let isWhole = true;
  for (const { name, value } of declared) {
    const index = physicalColumns.findIndex((column) => column.name === name);
    const column = physicalColumns[index];
    if (column !== undefined) {
      const read = { kind: 'column', type: column.type, name, index } as const;
      columns.push({ name, expression: castTo(metadata.get(name)?.declared ?? null, read) });
      continue;
    }
    const start = COMPUTED.exec(value.text)?.[0].length;
    const computed =
      start === undefined ? null : typing.expression(textFrom(value, start), physicalColumns);
    if (computed === null) isWhole = false;
    else columns.push({ name, expression: computed });
  }
  return isWhole ? columns : null;
}

/** A metadata column is what it is declared as. */
function castTo(declared: LogicalType | null, operand: TypedExpression): TypedExpression {
  if (declared === null || bareTypeText(declared) === bareTypeText(operand.type)) return operand;
  return { kind: 'cast', type: declared, operand, safe: false };
}

const NOWHERE = { start: 0, end: 1 };

function checkPrimaryKey(
  key: Located<readonly Located<string>[]> | null,
  physical: readonly RowField[],
  columns: readonly NamedExpression[],
  typing: Typing,
): void {
  const seen = new Set<string>();
  for (const column of key?.value ?? []) {
    const index = typing.columnIndex(
      column,
      columns.map(({ name }) => name),
    );
    if (index < 0) continue;
    const isPhysical = physical.some(({ name }) => name === column.value);
    if (isPhysical && !seen.has(column.value)) {
      seen.add(column.value);
      continue;
    }
    typing.reader.report(column.node ?? NOWHERE, {
      code: 'DREY_PIPELINE_COLUMN',
      message: isPhysical
        ? `"${column.value}" occurs twice in the primary key.`
        : `The computed column "${column.value}" cannot be part of the primary key.`,
    });
  }
}

const NUMBERS: ReadonlySet<LogicalType['root']> = new Set([
  'TINYINT',
  'SMALLINT',
  'INT',
  'BIGINT',
  'FLOAT',
  'DOUBLE',
  'DECIMAL',
]);
const NUMBER_TEXT = /^[+-]?\d+(?:\.\d+)?$/;

function checkDatagenColumns(
  draft: SourceDraft,
  physical: readonly RowField[],
  typing: Typing,
): void {
  if (draft.connector?.kind !== 'datagen') return;
  for (const { name, key } of draft.datagenColumns) {
    const located = { value: name, node: key };
    const type =
      physical[
        typing.columnIndex(
          located,
          physical.map((column) => column.name),
        )
      ]?.type;
    const field = draft.connector.options.fields.find(({ column }) => column === name);
    if (type === undefined || field === undefined) continue;
    const isBounded = field.min !== null || field.max !== null;
    const isNumber =
      NUMBERS.has(type.root) || (field.generator === 'sequence' && type.root === 'VARCHAR');
    const areNumbers = [field.min, field.max].every(
      (text) => text === null || NUMBER_TEXT.test(text),
    );
    if (!isBounded || (isNumber && areNumbers)) continue;
    typing.reader.report(key, {
      code: 'DREY_PIPELINE_TYPE',
      message: isNumber
        ? `The bounds of "${name}" must be numbers.`
        : `"${name}" is ${bareTypeText(type)}; only numbers have bounds.`,
    });
  }
}

const NESTED: ReadonlySet<LogicalType['root']> = new Set(['ARRAY', 'MAP', 'ROW']);

function checkNestedCsv(
  draft: SourceDraft,
  declared: Declared,
  physical: readonly RowField[],
  typing: Typing,
): void {
  if (!readsCsv(draft.connector)) return;
  for (const { name, type } of physical) {
    const place = declared.find((column) => column.name === name)?.value.node;
    if (!NESTED.has(type.root) || place === undefined) continue;
    typing.reader.report(place, {
      code: 'DREY_PIPELINE_NOT_SUPPORTED',
      message: `Columns of type ${type.root} in CSV are not supported by this version of drey.`,
    });
  }
}

function readsCsv(connector: SourceDraft['connector']): boolean {
  switch (connector?.kind) {
    case undefined:
    case 'datagen':
      return false;
    case 'filesystem':
    case 'stdin':
      return connector.format.kind === 'csv';
    case 'kafka':
      return connector.value.format.kind === 'csv';
    case 'kafka-draft':
      return connector.format.kind === 'csv' || connector.key?.format.kind === 'csv';
  }
}
