/** Savepoints: triggering, stopping a job with one, disposing. */
import {
  decodeDisposal,
  decodeSavepointOperation,
  decodeTriggerId,
  type OperationState,
  type SavepointResult,
} from '../model/async-operation.ts';
import type { JobId, TriggerId } from '../model/identifiers.ts';
import { paths } from './paths.ts';
import type { CallOptions, Transport } from './transport.ts';

export type SavepointFormat = 'CANONICAL' | 'NATIVE';

export interface SavepointRequest {
  readonly triggerId: TriggerId;
  /** Null: the cluster's own savepoint directory. */
  readonly targetDirectory: string | null;
  readonly format: SavepointFormat;
}

export class Savepoints {
  private readonly transport: Transport;

  constructor(transport: Transport) {
    this.transport = transport;
  }

  /** Sends once. Accepted also for a job that is not there: the failure comes with the operation. */
  trigger(
    job: JobId,
    { triggerId, targetDirectory, format }: SavepointRequest,
  ): Promise<TriggerId> {
    return this.transport.change('POST', paths.savepoints(job), {
      body: {
        triggerId,
        formatType: format,
        'cancel-job': false,
        // The name differs from that of stop.
        ...(targetDirectory === null ? {} : { 'target-directory': targetDirectory }),
      },
      decode: decodeTriggerId,
    });
  }

  /** Sends once: a savepoint, after which the job ends FINISHED. */
  stop(
    job: JobId,
    { triggerId, targetDirectory, format }: SavepointRequest,
    drain: boolean,
  ): Promise<TriggerId> {
    return this.transport.change('POST', paths.jobStop(job), {
      body: {
        triggerId,
        formatType: format,
        drain,
        ...(targetDirectory === null ? {} : { targetDirectory }),
      },
      decode: decodeTriggerId,
    });
  }

  /** Of `trigger` and of `stop`. Refused (404) once the cluster has forgotten the operation. */
  operation(
    job: JobId,
    triggerId: TriggerId,
    call: CallOptions = {},
  ): Promise<OperationState<SavepointResult>> {
    return this.transport.read(paths.savepoint(job, triggerId), decodeSavepointOperation, call);
  }

  dispose(path: string): Promise<TriggerId> {
    return this.transport.change('POST', paths.disposals(), {
      body: { 'savepoint-path': path },
      decode: decodeTriggerId,
    });
  }

  disposal(triggerId: TriggerId, call: CallOptions = {}): Promise<OperationState<null>> {
    return this.transport.read(paths.disposal(triggerId), decodeDisposal, call);
  }
}
