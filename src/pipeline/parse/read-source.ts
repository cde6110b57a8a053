/** One source of a file: its connector, format and common fields. */
import type { MapNode, ScalarNode } from '../../document/document-node.ts';
import type { SourceConnector } from '../plan/connector-spec.ts';
import type { Located, ValuesOf } from '../spec/field.ts';
import { RecordReader, type PatternName } from '../spec/record-reader.ts';
import { sinkConnectors } from '../spec/sink-spec.ts';
import {
  filesystemSourceOptions,
  laterSourceConnectors,
  sourceConnectors,
  sourceOptions,
  type ConnectorSpec,
} from '../spec/source-spec.ts';
import type { SourceDraft } from './draft.ts';
import type { FileReader } from './file-reader.ts';
import { findConnector, refuseFormat } from './read-connector.ts';
import { readDatagen } from './read-datagen.ts';
import { readFormat, type ReadFormat } from './read-format.ts';
import { readKafkaSource } from './read-kafka-source.ts';
import { resolveSourcePath, type Folders } from './resolve-path.ts';

const table = {
  connectors: sourceConnectors,
  later: laterSourceConnectors,
  otherSide: Object.keys(sinkConnectors),
  side: 'source',
} as const;

export function readSource(
  key: ScalarNode,
  map: MapNode,
  folders: Folders,
  reader: FileReader,
): SourceDraft {
  const record = new RecordReader(map, reader);
  const values = record.take(sourceOptions);
  const spec = findConnector(values.connector, map, table, reader);
  const draft = { kind: 'source', name: key.text, key, values } as const;
  if (spec === null || values.connector === null) {
    return { ...draft, connector: null, onError: 'fail', datagenColumns: [] };
  }
  const place: SourcePlace = { record, map, folders, reader };
  const read = readConnector(values.connector.value, spec, place);
  record.finish(`a ${values.connector.value} source`);
  return {
    ...draft,
    connector: read.connector,
    onError: onErrorOf(values['on-error'], read.format, reader),
    datagenColumns: read.datagenColumns,
  };
}

interface SourcePlace {
  readonly record: RecordReader;
  readonly map: MapNode;
  readonly folders: Folders;
  readonly reader: FileReader;
}

interface ReadConnector {
  readonly connector: SourceDraft['connector'];
  readonly format: ReadFormat | null;
  readonly datagenColumns: readonly PatternName[];
}

function readConnector(name: string, spec: ConnectorSpec, place: SourcePlace): ReadConnector {
  const { record, map, reader } = place;
  if (name === 'datagen') {
    refuseFormat(record, name, reader);
    const { options, columns } = readDatagen(record, reader);
    return { connector: { kind: 'datagen', options }, format: null, datagenColumns: columns };
  }
  if (name === 'kafka') {
    return { ...readKafkaSource({ record, map, spec, reader }), datagenColumns: [] };
  }
  const format = readFormat(record, map, spec, reader);
  if (name === 'stdin') {
    const connector = format === null ? null : ({ kind: 'stdin', format: format.spec } as const);
    return { connector, format, datagenColumns: [] };
  }
  return { connector: readFiles(format, place), format, datagenColumns: [] };
}

function readFiles(format: ReadFormat | null, place: SourcePlace): SourceConnector | null {
  const values = place.record.take(filesystemSourceOptions);
  const path = readPath(values, place);
  if (format === null || path === null) return null;
  const interval = values['source.monitor-interval'];
  return {
    kind: 'filesystem',
    path,
    format: format.spec,
    ...(interval !== null && { monitorIntervalMs: interval.value }),
  };
}

function readPath(
  values: ValuesOf<typeof filesystemSourceOptions>,
  place: SourcePlace,
): string | null {
  const { path } = values;
  return path === null ? null : resolveSourcePath(path.value, place.folders, place.reader);
}

function onErrorOf(
  onError: Located<'fail' | 'dead-letter'> | null,
  format: ReadFormat | null,
  reader: FileReader,
): SourceDraft['onError'] {
  if (format?.ignoreParseErrors.value !== true) return onError?.value ?? 'fail';
  if (onError !== null && onError.node !== null) {
    reader.report(onError.node, {
      code: 'DREY_PIPELINE_CONFLICT',
      message: `on-error and ${format.spec.kind}.ignore-parse-errors: true exclude each other.`,
      hint: 'Keep one of them.',
    });
  }
  return 'ignore';
}
