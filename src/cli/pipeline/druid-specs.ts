/**
 * `drey pipeline druid-spec`: the supervisor specs of the druid sinks of a pipeline, printed or
 * posted to their Overlords.
 */
import { InputError, UsageError } from '../../errors/drey-error.ts';
import type { DruidIngestion } from '../../pipeline/plan/druid-ingestion.ts';
import { supervisorSpec, type SupervisorSpec } from '../../pipeline/plan/supervisor-spec.ts';
import type { Platform } from '../../platform/platform.ts';
import { submitSupervisor, type SubmittedSupervisor } from '../druid/submit-supervisor.ts';
import { readPipeline, type PipelineRequest } from './read-pipeline.ts';

export interface DruidSpecRequest extends PipelineRequest {
  /** Of this sink alone; null: of all. */
  readonly sink: string | null;
  readonly submits: boolean;
  /** In place of the one in the file. */
  readonly overlord: string | null;
}

export interface DruidSinkSpec {
  readonly sink: string;
  readonly spec: SupervisorSpec;
  /** Null: it was only made. */
  readonly submitted: SubmittedSupervisor | null;
}

export interface DruidSpecResult {
  readonly supervisors: readonly DruidSinkSpec[];
}

export async function druidSpecs(
  request: DruidSpecRequest,
  platform: Platform,
): Promise<DruidSpecResult> {
  const { plan, file } = await readPipeline(request, platform);
  const sinks = plan.nodes.flatMap((node) =>
    node.kind === 'sink' && node.druid !== undefined && (request.sink ?? node.name) === node.name
      ? [{ name: node.name, ingestion: node.druid }]
      : [],
  );
  if (sinks.length === 0) throw noSink(request.sink, file);
  const supervisors: DruidSinkSpec[] = [];
  for (const { name, ingestion } of sinks) {
    const spec = supervisorSpec(ingestion);
    const submitted = request.submits
      ? await submitSupervisor(spec, overlordOf(request, name, ingestion), platform.http)
      : null;
    supervisors.push({ sink: name, spec, submitted });
  }
  return { supervisors };
}

/** Specs for Druid alone: what is printed can be posted. Of what was submitted, a line for each. */
export function druidSpecText({ supervisors }: DruidSpecResult): string {
  const specs = supervisors.map(({ spec }) => spec);
  const lines = supervisors.flatMap(({ submitted }) =>
    submitted === null
      ? []
      : `${submitted.datasource}: supervisor ${submitted.action} at ${submitted.overlord}\n`,
  );
  if (lines.length > 0) return lines.join('');
  return specs.map((spec) => `${JSON.stringify(spec, null, 2)}\n`).join('');
}

function overlordOf(
  { overlord }: DruidSpecRequest,
  sink: string,
  ingestion: DruidIngestion,
): string {
  const address = overlord ?? ingestion.overlord;
  if (address !== null && URL.canParse(address)) return address;
  throw new UsageError(
    'DREY_USAGE',
    address === null
      ? `the sink ${sink} names no overlord to submit to`
      : `the overlord of the sink ${sink} is no URL`,
    { hint: 'Give --overlord http://HOST:PORT, or overlord: in the sink.' },
  );
}

function noSink(sink: string | null, file: string): InputError {
  return new InputError(
    'DREY_PIPELINE_UNKNOWN_NODE',
    sink === null ? `${file} has no druid sink` : `${file} has no druid sink ${sink}`,
    { hint: 'A sink with connector: druid has a supervisor.', details: { file, sink } },
  );
}
