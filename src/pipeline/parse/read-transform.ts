/** One transform of a file: its fields, and which of them cannot stand together. */
import type { MapNode, ScalarNode } from '../../document/document-node.ts';
import type { Option } from '../spec/field.ts';
import { RecordReader } from '../spec/record-reader.ts';
import { transformOptions } from '../spec/transform-spec.ts';
import { checkStateTtl } from './check-state-ttl.ts';
import type { TransformDraft } from './draft.ts';
import type { FileReader } from './file-reader.ts';
import { checkAlone, singleOperationOf } from './one-operation.ts';
import { resolvePath, type Folders } from './resolve-path.ts';

type Values = TransformDraft['values'];

export function readTransform(
  key: ScalarNode,
  map: MapNode,
  folders: Folders,
  reader: FileReader,
): TransformDraft {
  const record = new RecordReader(map, reader);
  const values = record.take(transformOptions);
  record.finish('a transform');
  const hasLater = laterOperations.some((name) => record.entry(name) !== null);
  const isUnread = operationFields.some(
    (name) => values[name] === null && record.entry(name) !== null,
  );
  const modulePath = (values.process?.value.module ?? values.async?.value.module)?.value;
  const isWhole = checkOperation(values, key, reader, hasLater);
  return {
    kind: 'transform',
    name: key.text,
    key,
    values,
    modulePath: modulePath === undefined ? null : resolvePath(modulePath, folders, reader),
    isIncomplete: hasLater || isUnread || !isWhole,
  };
}

const operationFields = [
  'process',
  'union',
  'join',
  'lookup',
  'window',
  'group-by',
  'aggregate',
  'dedup',
  'top-n',
  'dictionary',
  'async',
  'select',
  'state-ttl',
] as const;

/** Fields of operations that cannot be run yet. */
const laterOperations: readonly string[] = Object.entries(transformOptions)
  .filter(([, option]: readonly [string, Option<unknown>]) => option.since === null)
  .map(([name]) => name);

/** False when the fields do not make one operation, which is reported. */
function checkOperation(
  values: Values,
  key: ScalarNode,
  reader: FileReader,
  hasLater: boolean,
): boolean {
  if (!hasLater && !checkStateTtl(values, key, reader)) return false;
  const single = singleOperationOf(values);
  if (single !== null && !checkAlone(single, values, key, reader)) return false;
  const { window, aggregate, emit } = values;
  if (single !== null && (single !== 'process' || window === null)) return true;
  if (emit !== null && window === null) {
    reader.report(emit.node ?? key, {
      code: 'DREY_PIPELINE_CONFLICT',
      message: 'emit belongs to a window, and this node has none.',
    });
  }
  if (window === null) return hasLater || checkRunning(values, key, reader);
  const type = window.value.type?.value;
  if (window.value.size === null && type !== undefined && type !== 'session') {
    reader.report(window.node ?? key, {
      code: 'DREY_PIPELINE_MISSING_FIELD',
      message: 'The field "size" is missing.',
    });
  }
  if (aggregate !== null || single !== null) return true;
  reader.report(window.node ?? key, {
    code: 'DREY_PIPELINE_MISSING_FIELD',
    message: 'A window needs the field "aggregate".',
  });
  return false;
}

/** Groups without a window: a running aggregate. */
function checkRunning(values: Values, key: ScalarNode, reader: FileReader): boolean {
  const groupBy = values['group-by'];
  if (groupBy === null || values.aggregate !== null) return true;
  reader.report(groupBy.node ?? key, {
    code: 'DREY_PIPELINE_MISSING_FIELD',
    message: 'group-by needs the field "aggregate".',
  });
  return false;
}
