/** Every recorded answer of three Flink versions, fed to the decoder of its endpoint. */
import { describe, expect, test } from 'vitest';
import { DreyError } from '../../src/errors/drey-error.ts';
import {
  decodeCheckpointOperation,
  decodeDisposal,
  decodeSavepointOperation,
  decodeTriggerId,
} from '../../src/flink/model/async-operation.ts';
import {
  decodeCheckpointConfig,
  decodeCheckpointDetails,
  decodeCheckpoints,
} from '../../src/flink/model/checkpoint.ts';
import { decodeClusterConfig, decodeClusterOverview } from '../../src/flink/model/cluster.ts';
import { decodeErrors } from '../../src/flink/model/failure-cause.ts';
import { decodeJars, decodeRunJobId, decodeUploadedJarId } from '../../src/flink/model/jar.ts';
import {
  decodeJobConfig,
  decodeJobResult,
  decodeResourceRequirements,
} from '../../src/flink/model/job-config.ts';
import { decodeJobExceptions } from '../../src/flink/model/job-exceptions.ts';
import { decodeJobPlan } from '../../src/flink/model/job-plan.ts';
import { decodeJobDetails, decodeJobs, decodeJobStatus } from '../../src/flink/model/job.ts';
import { decodeAggregatedMetrics, decodeMetrics } from '../../src/flink/model/metric.ts';
import { decodeSubtaskCheckpoints } from '../../src/flink/model/subtask-checkpoint.ts';
import {
  decodeLogFiles,
  decodeTaskManager,
  decodeTaskManagers,
} from '../../src/flink/model/task-manager.ts';
import { decodeVertex, decodeVertexPressure } from '../../src/flink/model/vertex.ts';
import { recordedVersions, recordingsOf, type Recording } from '../support/flink-recordings.ts';

type Decode = (answer: unknown) => unknown;

/** By method and path; the first that fits. */
const endpoints: readonly (readonly [RegExp, Decode])[] = [
  [/^GET \/(v1\/)?overview$/, decodeClusterOverview],
  [/^GET \/config$/, decodeClusterConfig],
  [/^GET \/jobs\/overview$/, decodeJobs],
  [/^GET \/jobs\/[0-9a-f]+$/, decodeJobDetails],
  [/^GET \/jobs\/\w+\/status$/, decodeJobStatus],
  [/^GET \/jobs\/\w+\/config$/, decodeJobConfig],
  [/^GET \/jobs\/\w+\/plan$/, decodeJobPlan],
  [/^GET \/jobs\/\w+\/execution-result$/, decodeJobResult],
  [/^GET \/jobs\/\w+\/exceptions/, decodeJobExceptions],
  [/^GET \/jobs\/\w+\/metrics/, decodeMetrics],
  [/^GET \/jobs\/\w+\/resource-requirements$/, decodeResourceRequirements],
  [/^GET \/jobs\/\w+\/checkpoints$/, decodeCheckpoints],
  [/^GET \/jobs\/\w+\/checkpoints\/config$/, decodeCheckpointConfig],
  [/^GET \/jobs\/\w+\/checkpoints\/details\/\w+\/subtasks\/\w+$/, decodeSubtaskCheckpoints],
  [/^GET \/jobs\/\w+\/checkpoints\/details\/\w+$/, decodeCheckpointDetails],
  [/^GET \/jobs\/\w+\/checkpoints\/[0-9a-f]{32}$/, decodeCheckpointOperation],
  [/^POST \/jobs\/\w+\/(checkpoints|savepoints|stop)$/, decodeTriggerId],
  [/^GET \/jobs\/\w+\/savepoints\/\w+$/, decodeSavepointOperation],
  [/^POST \/savepoint-disposal$/, decodeTriggerId],
  [/^GET \/savepoint-disposal\/\w+$/, decodeDisposal],
  [/^GET \/jobs\/\w+\/vertices\/\w+$/, decodeVertex],
  [/^GET \/jobs\/\w+\/vertices\/\w+\/backpressure$/, decodeVertexPressure],
  [/^GET \/jobs\/\w+\/vertices\/\w+\/subtasks\/metrics/, decodeAggregatedMetrics],
  [/^GET \/jobs\/\w+\/vertices\/\w+\/(metrics|watermarks|jm-operator-metrics)/, decodeMetrics],
  [/^GET \/taskmanagers$/, decodeTaskManagers],
  [/^GET \/taskmanagers\/[^/]+$/, decodeTaskManager],
  [/^GET \/taskmanagers\/[^/]+\/logs$/, decodeLogFiles],
  [/^GET \/jars$/, decodeJars],
  [/^POST \/jars\/upload$/, decodeUploadedJarId],
  [/^POST \/jars\/[^/]+\/run$/, decodeRunJobId],
  [/^(GET|POST) \/jars\/[^/]+\/plan$/, decodeJobPlan],
];

function decoderOf({ request }: Recording): Decode | null {
  const asked = `${request.method} ${request.path}`;
  return endpoints.find(([pattern]) => pattern.test(asked))?.[1] ?? null;
}

describe.each([...recordedVersions, '2.3.0-adaptive'] as const)('Flink %s', (version) => {
  const recordings = [...recordingsOf(version)];
  const good = recordings.filter(([, { status }]) => status < 300);
  const decoded = good.filter(([, recording]) => decoderOf(recording) !== null);
  const refused = recordings.filter(([, { status }]) => status >= 400 && status !== 413);

  test.each(decoded)('%s is read', (_, recording) => {
    expect(decoderOf(recording)?.(recording.body)).toMatchSnapshot();
  });

  test('all endpoints in use were recorded, but for those of the adaptive scheduler', () => {
    const asked = recordings.map(([, { request }]) => `${request.method} ${request.path}`);
    const missing = endpoints.filter(([pattern]) => !asked.some((path) => pattern.test(path)));
    if (version.includes('adaptive')) return;
    expect(missing.map(([pattern]) => pattern.source)).toEqual([]);
  });

  test.each(refused)('%s has a reason, without a stack trace', (_, { body }) => {
    const cause = decodeErrors(body);
    expect(cause?.message).not.toMatch(/\n|\tat |Internal server error/);
    expect(cause?.message).toMatchSnapshot();
  });

  test.each(decoded)(
    '%s is read or refused in order when any field has another type',
    (_, recording) => {
      const decode = decoderOf(recording);
      for (const damaged of damages(recording.body)) {
        try {
          decode?.(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(DreyError);
          expect((error as DreyError).code).toBe('DREY_FLINK_ANSWER');
        }
      }
    },
  );
});

const WRONG: readonly unknown[] = [
  undefined,
  null,
  'x',
  '',
  -1,
  Infinity,
  true,
  [],
  {},
  [[]],
  2n ** 63n,
];

/** The value with each of its fields replaced by each of the wrong ones, one at a time. */
function* damages(value: unknown): Iterable<unknown> {
  yield* WRONG;
  if (typeof value !== 'object' || value === null) return;
  const isList = Array.isArray(value);
  // Elements of a list are alike.
  for (const [key, member] of Object.entries(value).slice(0, isList ? 1 : undefined)) {
    for (const damaged of damages(member)) {
      yield isList ? [damaged, ...value.slice(1)] : { ...value, [key]: damaged };
    }
  }
}
