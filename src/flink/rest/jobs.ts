/** Jobs: reading them, cancelling, and the parallelism of their vertices. */
import {
  decodeJobConfig,
  decodeJobResult,
  decodeResourceRequirements,
  type JobConfig,
  type JobResult,
  type ResourceRequirement,
} from '../model/job-config.ts';
import { decodeJobExceptions, type JobExceptions } from '../model/job-exceptions.ts';
import { decodeJobPlan, type JobPlan } from '../model/job-plan.ts';
import type { JobStatus } from '../model/job-status.ts';
import {
  decodeJobDetails,
  decodeJobs,
  decodeJobStatus,
  type JobDetails,
  type JobSummary,
} from '../model/job.ts';
import { decodeTaken } from '../model/fields.ts';
import type { JobId } from '../model/identifiers.ts';
import { decodeMetrics, type Metric } from '../model/metric.ts';
import { paths } from './paths.ts';
import { SMALL_BODY, type CallOptions, type Transport } from './transport.ts';

export class Jobs {
  private readonly transport: Transport;

  constructor(transport: Transport) {
    this.transport = transport;
  }

  list(call: CallOptions = {}): Promise<readonly JobSummary[]> {
    return this.transport.read(paths.jobs(), decodeJobs, call);
  }

  /** From a cache of up to 3 s (web.refresh-interval). */
  details(id: JobId, call: CallOptions = {}): Promise<JobDetails> {
    return this.transport.read(paths.job(id), decodeJobDetails, call);
  }

  /** Not from a cache. */
  status(id: JobId, call: CallOptions = {}): Promise<JobStatus> {
    return this.transport.read(paths.jobStatus(id), decodeJobStatus, { ...SMALL_BODY, ...call });
  }

  config(id: JobId): Promise<JobConfig> {
    return this.transport.read(paths.jobConfig(id), decodeJobConfig);
  }

  plan(id: JobId): Promise<JobPlan> {
    return this.transport.read(paths.jobPlan(id), decodeJobPlan);
  }

  /** Null while it runs. */
  result(id: JobId, call: CallOptions = {}): Promise<JobResult | null> {
    return this.transport.read(paths.jobResult(id), decodeJobResult, call);
  }

  exceptions(id: JobId, entriesMax: number): Promise<JobExceptions> {
    const path = paths.jobExceptions(id, { maxExceptions: entriesMax });
    return this.transport.read(path, decodeJobExceptions);
  }

  /** Names without values when `names` is empty. */
  metrics(id: JobId, names: readonly string[]): Promise<readonly Metric[]> {
    const query = names.length === 0 ? {} : { get: names };
    return this.transport.read(paths.jobMetrics(id, query), decodeMetrics);
  }

  /** Accepted, not done: the job is CANCELED some time after. */
  cancel(id: JobId): Promise<void> {
    return this.transport.change('PATCH', paths.job(id, { mode: 'cancel' }), {
      decode: decodeTaken,
    });
  }

  resourceRequirements(id: JobId): Promise<readonly ResourceRequirement[]> {
    return this.transport.read(paths.jobResources(id), decodeResourceRequirements);
  }

  /** Needs all vertices of the job; takes effect later. */
  setResourceRequirements(id: JobId, all: readonly ResourceRequirement[]): Promise<void> {
    const body = Object.fromEntries(
      all.map(({ vertexId, lowerBound, upperBound }) => [
        vertexId,
        { parallelism: { lowerBound, upperBound } },
      ]),
    );
    return this.transport.change('PUT', paths.jobResources(id), { body, decode: decodeTaken });
  }
}
