/** Triggers a checkpoint exactly once, by an identifier that is chosen before the request. */
import { DreyError } from '../../errors/drey-error.ts';
import type { JobId, TriggerId } from '../model/identifiers.ts';
import type { CheckpointKind } from './checkpoints.ts';
import type { FlinkClient } from './flink-client.ts';
import { changeOnce } from './idempotent-change.ts';

export interface CheckpointTrigger {
  readonly jobId: JobId;
  readonly triggerId: TriggerId;
  readonly kind: CheckpointKind;
  /** The command that finds out what became of it, for messages. */
  readonly findOut: string;
}

export function triggerCheckpoint(
  client: FlinkClient,
  { jobId, triggerId, kind, findOut }: CheckpointTrigger,
): Promise<TriggerId> {
  return changeOnce<TriggerId>(client.transport, {
    what: `a checkpoint of job ${jobId}`,
    send: () => client.checkpoints.trigger(jobId, triggerId, kind),
    find: async () => {
      try {
        await client.checkpoints.operation(jobId, triggerId);
        return { kind: 'found', value: triggerId };
      } catch (error) {
        // A second checkpoint would do no harm, for one replaces the other.
        if (error instanceof DreyError && error.code === 'DREY_FLINK_NOT_FOUND') {
          return { kind: 'absent' };
        }
        throw error;
      }
    },
    unknown: { hint: `Find out with: ${findOut}`, details: { jobId, triggerId } },
  });
}
