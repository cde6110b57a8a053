/** From the description of a sink in the stream graph to the sink. */
import type { Platform } from '../../platform/platform.ts';
import type { RowSchema } from '../batch/batch.ts';
import type { RecordEncoder } from '../format/contract.ts';
import { CsvEncoder } from '../format/csv-encoder.ts';
import { JsonEncoder } from '../format/json-encoder.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import type { SinkStreamNode } from '../graph/stream-graph.ts';
import { BlackholeSink } from './blackhole/blackhole-sink.ts';
import type { FormatOptions } from './connector-spec.ts';
import type { Sink } from './contract.ts';
import { FileSink } from './file/file-sink.ts';
import { jsonLines, PrintSink } from './print/print-sink.ts';
import { TableStyle } from './print/table-style.ts';

export interface SinkSurroundings {
  readonly platform: Platform;
  readonly memory: LinearMemory;
  /** Which of the sink's subtasks this one is; left out: the only one. */
  readonly place?: { readonly subtask: number; readonly parallelism: number };
}

/** `schema`: the columns that are written. */
export function createSink(
  node: SinkStreamNode,
  schema: RowSchema,
  { platform, memory, place = { subtask: 0, parallelism: 1 } }: SinkSurroundings,
): Sink {
  const { connector } = node;
  switch (connector.kind) {
    case 'print': {
      const { sinkName } = connector;
      const options = { schema, memory, ...printFormat, writesRowKind: node.isChangelog };
      const style =
        connector.style === 'table'
          ? new TableStyle({
              schema,
              encoder: new JsonEncoder(options),
              sinkName,
            })
          : jsonLines(new JsonEncoder({ ...options, sinkName }));
      return new PrintSink(style, platform.streams);
    }
    case 'filesystem': {
      const encoder = createEncoder(schema, connector.format, memory);
      const { path, existing } = connector;
      return new FileSink({ name: node.uid, path, existing, encoder, ...place }, platform);
    }
    case 'blackhole':
      return new BlackholeSink();
  }
}

/** Rows on standard output are rendered as Flink's json format renders them by default. */
const printFormat = {
  timestampFormat: 'SQL',
  encodeDecimalAsPlainNumber: true,
  ignoreNullFields: false,
} as const;

function createEncoder(
  schema: RowSchema,
  format: FormatOptions,
  memory: LinearMemory,
): RecordEncoder {
  return format.kind === 'csv'
    ? new CsvEncoder({ schema, ...format })
    : new JsonEncoder({ schema, memory, ...format });
}
