/** A source that would have nothing to read, for ever. */
import { errorCodes } from '../../../../errors/codes.ts';
import { RefusedError } from '../../../../errors/drey-error.ts';
import type { KafkaSourceSpec } from './kafka-source-spec.ts';

export function noTopic({
  name,
  spec,
}: {
  readonly name: string;
  readonly spec: KafkaSourceSpec;
}): RefusedError {
  const { topics } = spec;
  const what =
    topics.kind === 'list'
      ? `the topics ${topics.names.join(', ')} have no partitions`
      : `no topic matches ${topics.pattern}`;
  return new RefusedError('DREY_KAFKA_TOPIC_NOT_FOUND', `source ${name}: ${what}`, {
    hint: errorCodes.DREY_KAFKA_TOPIC_NOT_FOUND.next,
    details: { source: name, topics },
  });
}
