/** A sink: the columns it writes. */
import { bareTypeText } from '../../expression/type-text.ts';
import type { LogicalType } from '../../expression/type.ts';
import type { SinkDraft } from '../parse/draft.ts';
import type { SinkConnector, SinkNode, StreamReference } from './logical-plan.ts';
import type { NodePlace, StreamColumns } from './planned-node.ts';
import type { Typing } from './typing.ts';

export interface SinkInput {
  readonly draft: SinkDraft;
  readonly place: NodePlace;
  readonly from: StreamReference;
  readonly stream: StreamColumns;
  readonly typing: Typing;
}

export function planSink({ draft, place, from, stream, typing }: SinkInput): SinkNode {
  const columns = stream.columns.flatMap(({ name }, index) =>
    stream.hiddenColumns.includes(name) ? [] : [index],
  );
  const schema = stream.columns.filter(({ name }) => !stream.hiddenColumns.includes(name));
  for (const { name, type } of schema) {
    const problem = draft.connector === null ? null : refusedType(type, draft.connector);
    if (problem === null) continue;
    typing.reader.report(draft.values.from?.node ?? draft.key, {
      code: 'DREY_PIPELINE_TYPE',
      message: `The column "${name}" is ${bareTypeText(type)}, which ${problem}.`,
      hint: 'CAST it in the select of a transform before.',
    });
  }
  return {
    kind: 'sink',
    ...place,
    schema,
    hiddenColumns: [],
    timeColumn: schema.some(({ name }) => name === stream.timeColumn) ? stream.timeColumn : null,
    changelog: false,
    from,
    // The plan is dropped when there are findings, so the stand-in is never run.
    connector: draft.connector ?? { kind: 'blackhole' },
    columns,
  };
}

/** Null when the sink takes the type; as Flink, where NULL and intervals have no table type. */
function refusedType(type: LogicalType, connector: SinkConnector): string | null {
  switch (type.root) {
    case 'NULL':
    case 'INTERVAL_DAY_TIME':
    case 'INTERVAL_YEAR_MONTH':
      return 'cannot be written';
    case 'ARRAY':
    case 'MAP':
    case 'ROW': {
      const isCsv = connector.kind === 'filesystem' && connector.format.kind === 'csv';
      return isCsv ? 'CSV cannot hold in this version of drey' : null;
    }
    default:
      return null;
  }
}
