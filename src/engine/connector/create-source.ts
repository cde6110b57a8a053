/** From the description of a source in the stream graph to the source. */
import type { Platform } from '../../platform/platform.ts';
import { CsvDecoder } from '../format/csv-decoder.ts';
import { JsonDecoder } from '../format/json-decoder.ts';
import type { RecordDecoder } from '../format/contract.ts';
import type { SourceStreamNode } from '../graph/stream-graph.ts';
import type { FormatOptions } from './connector-spec.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import type { DeadRecord, DeadRecordListener, Source } from './contract.ts';
import { DatagenSource } from './datagen/datagen-source.ts';
import { failOnDeadRecord } from './dead-record-policy.ts';
import type { SharedListings } from './shared-listings.ts';
import { FileSource } from './file/file-source.ts';
import { StdinSource } from './stdin/stdin-source.ts';

export interface SourceSurroundings {
  readonly platform: Platform;
  readonly memory: LinearMemory;
  /** Shared by the subtasks of an attempt; needed where a source has several. */
  readonly listings?: SharedListings;
}

/**
 * @param deadRecords where records that cannot be read are put when the node's policy keeps the
 *   job running
 */
export function createSource(
  node: SourceStreamNode,
  { platform, memory, listings }: SourceSurroundings,
  deadRecords: DeadRecord[],
): Source {
  const { connector } = node;
  if (connector.kind === 'datagen') {
    return new DatagenSource(
      { name: node.uid, schema: node.physicalSchema, options: connector.options },
      platform,
    );
  }
  const keep: DeadRecordListener = (record) => {
    deadRecords.push(record);
  };
  const options = {
    name: node.uid,
    schema: node.physicalSchema,
    createDecoder: (linesBefore: number) =>
      createDecoder({ node, format: connector.format, linesBefore, memory }),
    maxRecordBytes: node.maxRecordBytes,
    memory,
    onDeadRecord: node.onError === 'fail' ? failOnDeadRecord : keep,
  };
  if (connector.kind === 'stdin') return new StdinSource(options, platform.streams);
  const { path, monitorIntervalMs: intervalMs } = connector;
  const monitor = intervalMs === undefined ? null : { intervalMs, timers: platform.timers };
  return new FileSource({ ...options, path, monitor, ...(listings && { listings }) }, platform);
}

/** `linesBefore`: lines of the split that were read before a restore, header lines among them. */
function createDecoder({
  node,
  format,
  linesBefore,
  memory,
}: {
  readonly node: SourceStreamNode;
  readonly format: FormatOptions;
  readonly linesBefore: number;
  readonly memory: LinearMemory;
}): RecordDecoder {
  if (format.kind === 'csv') {
    const skipHeaderLines = Math.max(0, format.skipHeaderLines - linesBefore);
    return new CsvDecoder({ schema: node.physicalSchema, ...format, skipHeaderLines });
  }
  return new JsonDecoder({
    schema: node.physicalSchema,
    memory,
    ...format,
  });
}
