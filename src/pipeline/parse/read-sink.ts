/** One sink of a file: its connector, format and common fields. */
import type { MapNode, ScalarNode } from '../../document/document-node.ts';
import { druidOptions } from '../spec/druid-spec.ts';
import { RecordReader } from '../spec/record-reader.ts';
import {
  filesystemSinkOptions,
  laterSinkConnectors,
  printOptions,
  sinkConnectors,
  sinkOptions,
} from '../spec/sink-spec.ts';
import { sourceConnectors, type ConnectorSpec } from '../spec/source-spec.ts';
import type { SinkDraft } from './draft.ts';
import type { FileReader } from './file-reader.ts';
import { findConnector, refuseFormat } from './read-connector.ts';
import { readFormat } from './read-format.ts';
import { readKafkaSink, readUpsertKafkaSink } from './read-kafka-sink.ts';
import { readRedisSink } from './read-redis.ts';
import { resolvePath, type Folders } from './resolve-path.ts';

const table = {
  connectors: sinkConnectors,
  later: laterSinkConnectors,
  otherSide: Object.keys(sourceConnectors),
  side: 'sink',
} as const;

export function readSink(
  key: ScalarNode,
  map: MapNode,
  folders: Folders,
  reader: FileReader,
): SinkDraft {
  const record = new RecordReader(map, reader);
  const values = record.take(sinkOptions);
  const spec = findConnector(values.connector, map, table, reader);
  const draft = { kind: 'sink', name: key.text, key, values } as const;
  if (spec === null || values.connector === null) return { ...draft, connector: null, row: null };
  const place: SinkPlace = { record, map, folders, reader };
  const { value } = values.connector;
  const druid = value === 'druid' ? { druid: record.take(druidOptions) } : {};
  const read =
    value === 'redis'
      ? readRedisSink(record, reader)
      : { connector: readConnector(value, spec, place), row: null };
  record.finish(`a ${value} sink`);
  return { ...draft, ...read, ...druid };
}

interface SinkPlace {
  readonly record: RecordReader;
  readonly map: MapNode;
  readonly folders: Folders;
  readonly reader: FileReader;
}

function readConnector(
  name: string,
  spec: ConnectorSpec,
  place: SinkPlace,
): SinkDraft['connector'] {
  const { record, map, folders, reader } = place;
  if (name === 'kafka' || name === 'druid') return readKafkaSink({ record, map, spec, reader });
  if (name === 'upsert-kafka') return readUpsertKafkaSink({ record, map, spec, reader });
  if (name === 'print') return { kind: 'print', style: record.take(printOptions).format.value };
  if (name === 'blackhole') {
    refuseFormat(record, name, reader);
    return { kind: 'blackhole' };
  }
  const format = readFormat(record, map, spec, reader);
  const values = record.take(filesystemSinkOptions);
  record.refuse(filesystemSinkOptions);
  const path = values.path === null ? null : resolvePath(values.path.value, folders, reader);
  if (format === null || path === null) return null;
  const existing = values['drey.sink.existing'].value;
  return { kind: 'filesystem', path, format: format.spec, existing };
}
