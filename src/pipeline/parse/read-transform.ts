/** One transform of a file: its fields, and which of them cannot stand together. */
import type { MapNode, ScalarNode } from '../../document/document-node.ts';
import type { Option, Place } from '../spec/field.ts';
import { RecordReader } from '../spec/record-reader.ts';
import { transformOptions } from '../spec/transform-spec.ts';
import { checkProcess } from './check-process.ts';
import { checkStateTtl } from './check-state-ttl.ts';
import type { TransformDraft } from './draft.ts';
import type { FileReader } from './file-reader.ts';
import { resolvePath, type Folders } from './resolve-path.ts';
import { checkSingle, singleOperationOf } from './single-operation.ts';

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
  'lookup',
  'window',
  'group-by',
  'aggregate',
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
  const single = singleOperationOf(values);
  if (single !== null) {
    return checkSingle(single, values, key, reader) && checkStateTtl(values, key, reader);
  }
  const { lookup, window, aggregate, emit } = values;
  const groupBy = values['group-by'];
  if (lookup !== null && (window !== null || aggregate !== null || groupBy !== null)) {
    reader.report(lookup.node ?? key, {
      code: 'DREY_PIPELINE_CONFLICT',
      message: 'A node has one operation; this one has a lookup and an aggregation.',
      hint: 'Make two nodes of it.',
    });
    return false;
  }
  const { union } = values;
  if (values.process !== null && !checkProcess(values, key, reader)) return false;
  if (union !== null) return checkUnion(values, union.node ?? key, reader);
  if (emit !== null && window === null) {
    reader.report(emit.node ?? key, {
      code: 'DREY_PIPELINE_CONFLICT',
      message: 'emit belongs to a window, and this node has none.',
    });
  }
  if (!hasLater && !checkStateTtl(values, key, reader)) return false;
  if (window === null) return hasLater || checkNoAggregation(values, key, reader);
  const type = window.value.type?.value;
  if (window.value.size === null && type !== undefined && type !== 'session') {
    reader.report(window.node ?? key, {
      code: 'DREY_PIPELINE_MISSING_FIELD',
      message: 'The field "size" is missing.',
    });
  }
  if (aggregate !== null || values.process !== null) return true;
  reader.report(window.node ?? key, {
    code: 'DREY_PIPELINE_MISSING_FIELD',
    message: 'A window needs the field "aggregate".',
  });
  return false;
}

function checkUnion(values: Values, place: Place, reader: FileReader): boolean {
  const others = ['from', 'lookup', 'window', 'group-by', 'aggregate', 'emit'] as const;
  const other = others.find((name) => values[name] !== null);
  if (other === undefined) return true;
  reader.report(values[other]?.node ?? place, {
    code: 'DREY_PIPELINE_CONFLICT',
    message:
      other === 'from'
        ? 'union names the inputs; it stands in place of from.'
        : `A node has one operation; this one has a union and "${other}".`,
    hint: other === 'from' ? 'Leave out from.' : 'Make two nodes of it.',
  });
  return false;
}

function checkNoAggregation(values: Values, key: ScalarNode, reader: FileReader): boolean {
  const { aggregate } = values;
  const groupBy = values['group-by'];
  if (aggregate !== null) {
    reader.report(aggregate.node ?? key, {
      code: 'DREY_PIPELINE_NOT_SUPPORTED',
      message: 'An aggregation without a window is not supported by this version of drey.',
      hint: 'Add window: { type: tumble, size: ... }.',
    });
    return false;
  }
  if (groupBy === null) return true;
  reader.report(groupBy.node ?? key, {
    code: 'DREY_PIPELINE_MISSING_FIELD',
    message: 'group-by needs the fields "window" and "aggregate".',
  });
  return false;
}
