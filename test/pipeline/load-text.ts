/** Loads a pipeline from text, and shows findings as `line:column CODE`. */
import type { Finding } from '../../src/errors/finding.ts';
import type { LogicalPlan } from '../../src/pipeline/plan/logical-plan.ts';
import {
  loadPipeline,
  type CheckedPipeline,
  type PipelineRequest,
} from '../../src/pipeline/parse/load-pipeline.ts';

export function loadText(
  text: string | Uint8Array,
  options: Partial<PipelineRequest> = {},
): Promise<CheckedPipeline> {
  return loadPipeline({
    text: typeof text === 'string' ? new TextEncoder().encode(text) : text,
    file: 'job.yaml',
    folder: '/jobs',
    workingDirectory: '/here',
    parameters: new Map(),
    environment: {},
    strict: false,
    readSecret: () => Promise.reject(new Error('no such file')),
    ...options,
  });
}

export async function findingsOf(
  text: string | Uint8Array,
  options: Partial<PipelineRequest> = {},
): Promise<readonly string[]> {
  const { findings } = await loadText(text, options);
  return findings.map(shown);
}

export const shown = (finding: Finding): string =>
  `${finding.line}:${finding.column} ${finding.severity === 'warning' ? 'warning ' : ''}${finding.code}`;

/** The plan of a text without errors. */
export async function planOf(
  text: string,
  options: Partial<PipelineRequest> = {},
): Promise<LogicalPlan> {
  const { plan, findings } = await loadText(text, options);
  if (plan === null)
    throw new Error(findings.map((finding) => `${shown(finding)} ${finding.message}`).join('\n'));
  return plan;
}

/** A small sound pipeline around some lines; the source has id, name, amount and the time ts. */
export function around(transforms: string, sink = 'out: { from: t, connector: print }'): string {
  const indented = (text: string): string =>
    text
      .trim()
      .split('\n')
      .map((line) => `  ${line}`)
      .join('\n');
  return `pipeline: { name: job }
sources:
  s:
    connector: filesystem
    path: in.json
    format: json
    columns: { id: BIGINT, name: STRING, amount: INT, ts: TIMESTAMP_LTZ(3) }
    watermark: { column: ts, delay: 5s }
transforms:
${indented(transforms)}
sinks:
${indented(sink)}
`;
}
