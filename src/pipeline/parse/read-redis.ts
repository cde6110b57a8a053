/** What a node says about Redis: the server, and the expressions of a sink. */
import type { SinkConnector } from '../plan/connector-spec.ts';
import type { FieldText, Located, ValuesOf } from '../spec/field.ts';
import type { RecordReader } from '../spec/record-reader.ts';
import { redisAddress, redisSinkOptions } from '../spec/redis-spec.ts';
import type { NamedText, SinkRow } from './draft.ts';
import type { FileReader } from './file-reader.ts';
import { refuseFormat } from './read-connector.ts';

export interface RedisSinkDraft {
  readonly connector: SinkConnector | null;
  readonly row: SinkRow | null;
}

export function readRedisSink(record: RecordReader, reader: FileReader): RedisSinkDraft {
  refuseFormat(record, 'redis', reader);
  const values = record.take(redisSinkOptions);
  const row = readRow(values, record, reader);
  const address = redisAddress(values);
  if (address === null) return { connector: null, row };
  const mode = values.mode.value;
  return { connector: { kind: 'redis', address, mode, ttlMs: values.ttl?.value ?? null }, row };
}

type SinkValues = ValuesOf<typeof redisSinkOptions>;

/** Null when a field is missing or in the way, which is reported. */
function readRow(values: SinkValues, record: RecordReader, reader: FileReader): SinkRow | null {
  const { key, member, score, fields, mode } = values;
  const isSet = mode.value === 'zset';
  const misplaced = isSet ? ['fields'] : ['member', 'score'];
  for (const name of misplaced) {
    const entry = record.entry(name);
    if (entry === null) continue;
    reader.report(entry.key, {
      code: 'DREY_PIPELINE_CONFLICT',
      message: `"${name}" has no meaning with mode: ${mode.value}.`,
      hint: isSet ? 'A sorted set has key, member and score.' : 'Name the values under fields.',
    });
  }
  if (key === null) return null;
  if (!isSet) {
    const others = fields === null ? null : fields.value;
    if (record.entry('fields') !== null && others === null) return null;
    return { identity: [named('key', key)], others };
  }
  for (const name of ['member', 'score'] as const) {
    if (record.entry(name) !== null) continue;
    reader.report(key.node ?? record.place, {
      code: 'DREY_PIPELINE_MISSING_FIELD',
      message: `The field "${name}" is missing, which mode: zset needs.`,
    });
  }
  if (member === null || score === null) return null;
  return {
    identity: [named('key', key), named('member', member)],
    others: [named('score', score)],
  };
}

function named(name: string, text: Located<FieldText>): NamedText {
  return { name, ...text };
}
