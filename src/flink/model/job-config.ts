/** How a job runs: /jobs/:id/config, its result, and the parallelism asked for its vertices. */
import { decodeFailureCause, type FailureCause } from './failure-cause.ts';
import { Fields, mismatch } from './fields.ts';
import { isHexId, vertexIdOf, type VertexId } from './identifiers.ts';

export interface JobConfig {
  readonly restartStrategy: string | null;
  readonly parallelism: number | null;
  readonly objectReuse: boolean | null;
  /** Up to 1.20. */
  readonly executionMode: string | null;
  /** Parameters that the program set for all to see. */
  readonly userConfig: Readonly<Record<string, string>>;
}

export interface JobResult {
  /** SUCCEEDED, FAILED, CANCELED or UNKNOWN. */
  readonly applicationStatus: string;
  readonly runtimeMs: number | null;
  readonly cause: FailureCause | null;
}

export interface ResourceRequirement {
  readonly vertexId: VertexId;
  readonly lowerBound: number;
  readonly upperBound: number;
}

/** Of /jobs/:id/config. */
export function decodeJobConfig(answer: unknown): JobConfig {
  const config = Fields.of(answer).object('execution-config');
  const user = config?.object('user-config') ?? null;
  return {
    restartStrategy: config?.text('restart-strategy') ?? null,
    parallelism: config?.number('job-parallelism') ?? null,
    objectReuse: config?.flag('object-reuse-mode') ?? null,
    executionMode: config?.text('execution-mode') ?? null,
    userConfig: Object.fromEntries(
      (user?.names ?? []).map((name) => [name, user?.text(name) ?? '']),
    ),
  };
}

/** Of /jobs/:id/execution-result; null while the job runs. */
export function decodeJobResult(answer: unknown): JobResult | null {
  const fields = Fields.of(answer);
  if (fields.requiredObject('status').requiredText('id') !== 'COMPLETED') return null;
  const result = fields.requiredObject('job-execution-result');
  const cause = result.object('failure-cause');
  return {
    applicationStatus: result.text('application-status') ?? 'UNKNOWN',
    runtimeMs: result.measure('net-runtime'),
    cause: cause === null ? null : decodeFailureCause(cause),
  };
}

/** Of GET /jobs/:id/resource-requirements. */
export function decodeResourceRequirements(answer: unknown): readonly ResourceRequirement[] {
  const vertices = Fields.of(answer);
  // Whatever else a newer Flink may put beside them.
  const names = vertices.names.filter(isHexId);
  if (names.length === 0) throw mismatch('it names no vertex');
  return names.map((name) => {
    const parallelism = vertices.requiredObject(name).requiredObject('parallelism');
    return {
      vertexId: vertexIdOf(name),
      lowerBound: parallelism.requiredNumber('lowerBound'),
      upperBound: parallelism.requiredNumber('upperBound'),
    };
  });
}
