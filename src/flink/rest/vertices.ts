/** Vertices of a job: subtasks, back-pressure, metrics, watermarks. */
import type { JobId, VertexId } from '../model/identifiers.ts';
import {
  decodeAggregatedMetrics,
  decodeMetrics,
  type AggregatedMetric,
  type Metric,
} from '../model/metric.ts';
import {
  decodeVertex,
  decodeVertexPressure,
  type VertexDetails,
  type VertexPressure,
} from '../model/vertex.ts';
import { paths } from './paths.ts';
import type { Transport } from './transport.ts';

export class Vertices {
  private readonly transport: Transport;

  constructor(transport: Transport) {
    this.transport = transport;
  }

  details(job: JobId, id: VertexId): Promise<VertexDetails> {
    return this.transport.read(paths.vertex(job, id), decodeVertex);
  }

  /** The first call makes the cluster take a sample, which it shows a little later. */
  pressure(job: JobId, id: VertexId): Promise<VertexPressure> {
    return this.transport.read(paths.vertexPressure(job, id), decodeVertexPressure);
  }

  /** Per subtask, named `0.numRecordsIn`; names without values when `names` is empty. */
  metrics(job: JobId, id: VertexId, names: readonly string[]): Promise<readonly Metric[]> {
    const query = names.length === 0 ? {} : { get: names };
    return this.transport.read(paths.vertexMetrics(job, id, query), decodeMetrics);
  }

  /** Over all subtasks. */
  aggregatedMetrics(
    job: JobId,
    id: VertexId,
    names: readonly string[],
  ): Promise<readonly AggregatedMetric[]> {
    const path = paths.subtaskMetrics(job, id, { get: names });
    return this.transport.read(path, decodeAggregatedMetrics);
  }

  watermarks(job: JobId, id: VertexId): Promise<readonly Metric[]> {
    return this.transport.read(paths.vertexWatermarks(job, id), decodeMetrics);
  }
}
