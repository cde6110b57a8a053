/** Which connector a node names: one that can run, one that cannot yet, or none at all. */
import type { MapNode } from '../../document/document-node.ts';
import type { Located } from '../spec/field.ts';
import type { RecordReader } from '../spec/record-reader.ts';
import type { ConnectorSpec } from '../spec/source-spec.ts';
import type { FileReader } from './file-reader.ts';

export interface ConnectorTable {
  readonly connectors: Readonly<Record<string, ConnectorSpec>>;
  readonly later: readonly string[];
  /** Connectors of the other side, for a better message. */
  readonly otherSide: readonly string[];
  /** `source` or `sink`. */
  readonly side: string;
}

/** Null when the node cannot be read further, which is reported. */
export function findConnector(
  name: Located<string> | null,
  map: MapNode,
  table: ConnectorTable,
  reader: FileReader,
): ConnectorSpec | null {
  if (name === null) return null;
  if (Object.hasOwn(table.connectors, name.value)) return table.connectors[name.value] ?? null;
  const place = name.node ?? map;
  if (table.later.includes(name.value)) {
    reader.report(place, {
      code: 'DREY_PIPELINE_NOT_SUPPORTED',
      message: `The connector "${name.value}" is not supported by this version of drey.`,
      hint: `Connectors of a ${table.side}: ${Object.keys(table.connectors).join(', ')}.`,
    });
    return null;
  }
  const near = reader.nearest(name.value, [...Object.keys(table.connectors), ...table.later]);
  reader.report(place, {
    code: 'DREY_PIPELINE_VALUE',
    message: table.otherSide.includes(name.value)
      ? `The connector "${name.value}" cannot be a ${table.side}.`
      : `There is no connector "${name.value.slice(0, 60)}".`,
    hint:
      near === undefined
        ? `Connectors of a ${table.side}: ${Object.keys(table.connectors).join(', ')}.`
        : `Did you mean "${near}"?`,
  });
  return null;
}

/** `format` where the connector has none is no unknown field: the message says why it is wrong. */
export function refuseFormat(record: RecordReader, connector: string, reader: FileReader): void {
  const entry = record.entry('format');
  if (entry === null) return;
  record.ignore('format');
  reader.report(entry.key, {
    code: 'DREY_PIPELINE_CONFLICT',
    message: `The connector "${connector}" has no format.`,
    hint: 'Remove the field.',
  });
}
