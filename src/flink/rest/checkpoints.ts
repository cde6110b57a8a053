/** Checkpoints of a job: history, details, configuration, and triggering one. */
import {
  decodeCheckpointOperation,
  decodeTriggerId,
  type CheckpointResult,
  type OperationState,
} from '../model/async-operation.ts';
import {
  decodeCheckpointConfig,
  decodeCheckpointDetails,
  decodeCheckpoints,
  type CheckpointConfig,
  type CheckpointDetails,
  type CheckpointOverview,
} from '../model/checkpoint.ts';
import type { JobId, TriggerId, VertexId } from '../model/identifiers.ts';
import { decodeSubtaskCheckpoints, type SubtaskCheckpoint } from '../model/subtask-checkpoint.ts';
import { paths } from './paths.ts';
import { SMALL_BODY, type CallOptions, type Transport } from './transport.ts';

export type CheckpointKind = 'CONFIGURED' | 'FULL' | 'INCREMENTAL';

export class Checkpoints {
  private readonly transport: Transport;

  constructor(transport: Transport) {
    this.transport = transport;
  }

  /** From a cache of up to 3 s (web.refresh-interval). Refused when checkpoints are off. */
  overview(job: JobId, call: CallOptions = {}): Promise<CheckpointOverview> {
    return this.transport.read(paths.checkpoints(job), decodeCheckpoints, call);
  }

  details(job: JobId, id: number): Promise<CheckpointDetails> {
    return this.transport.read(paths.checkpoint(job, id), decodeCheckpointDetails);
  }

  subtasks(job: JobId, id: number, vertex: VertexId): Promise<readonly SubtaskCheckpoint[]> {
    return this.transport.read(paths.subtaskCheckpoints(job, id, vertex), decodeSubtaskCheckpoints);
  }

  config(job: JobId): Promise<CheckpointConfig> {
    return this.transport.read(paths.checkpointConfig(job), decodeCheckpointConfig);
  }

  /** Sends once; the same id again is the same operation. */
  trigger(job: JobId, triggerId: TriggerId, checkpointType: CheckpointKind): Promise<TriggerId> {
    return this.transport.change('POST', paths.checkpoints(job), {
      body: { checkpointType, triggerId },
      decode: decodeTriggerId,
    });
  }

  operation(
    job: JobId,
    triggerId: TriggerId,
    call: CallOptions = {},
  ): Promise<OperationState<CheckpointResult>> {
    return this.transport.read(paths.checkpointTrigger(job, triggerId), decodeCheckpointOperation, {
      ...SMALL_BODY,
      ...call,
    });
  }
}
