/**
 * What a Kafka sink that cannot go on says: the sink, the transactional id, the cluster and the
 * topic, and what to do next.
 */
import { errorCodes } from '../../../../errors/codes.ts';
import type { DreyError } from '../../../../errors/drey-error.ts';
import {
  EngineError,
  InputError,
  LockedError,
  OutcomeUnknownError,
} from '../../../../errors/drey-error.ts';
import { kafkaFailure } from '../../../../platform/kafka-failure.ts';
import type { GiveUp } from './slot-protocol.ts';

export interface FailedSlot {
  /** `sink result`. */
  readonly node: string;
  readonly transactionalId: string;
  readonly group: string;
}

export function slotGivenUp(why: GiveUp, slot: FailedSlot): unknown {
  const { node, transactionalId, group } = slot;
  switch (why.kind) {
    case 'fenced':
      return new LockedError(
        'DREY_KAFKA_FENCED',
        `${node}: another run (${why.by}) has taken over the transactional id ${transactionalId}`,
        {
          hint: errorCodes.DREY_KAFKA_FENCED.next,
          details: { node, transactionalId, group, by: why.by },
        },
      );
    case 'unknown-outcome': {
      const { run, epoch } = why.label;
      return new OutcomeUnknownError(
        'DREY_KAFKA_SINK_OUTCOME_UNKNOWN',
        `${node}: nothing tells whether the rows that run ${run} wrote before checkpoint ${epoch} were committed: the offset of group ${group} that said so has expired`,
        {
          hint: errorCodes.DREY_KAFKA_SINK_OUTCOME_UNKNOWN.next,
          details: { node, transactionalId, group, run, checkpointId: epoch },
        },
      );
    }
    case 'in-vain':
    case 'too-long':
      return kafkaFailure(why.failure, node);
  }
}

export function groupTaken({ node, group }: FailedSlot, topic: string): DreyError {
  return new InputError(
    'DREY_KAFKA_SINK_GROUP_TAKEN',
    `${node}: the offset of group ${group} for ${topic}-0 is not a sink's`,
    { hint: errorCodes.DREY_KAFKA_SINK_GROUP_TAKEN.next, details: { node, group, topic } },
  );
}

/** `bytes`: of rows that wait for one checkpoint. */
export function epochTooLarge(node: string, bytes: number): DreyError {
  return new EngineError(
    'DREY_KAFKA_SINK_EPOCH_TOO_LARGE',
    `${node}: ${bytes} bytes of rows wait for a checkpoint`,
    { hint: errorCodes.DREY_KAFKA_SINK_EPOCH_TOO_LARGE.next, details: { node, sizeBytes: bytes } },
  );
}
