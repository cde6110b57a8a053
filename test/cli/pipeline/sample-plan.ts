/** A checked plan for tests of what is shown of plans. */
import { loadPipeline } from '../../../src/pipeline/parse/load-pipeline.ts';
import type { LogicalPlan } from '../../../src/pipeline/plan/logical-plan.ts';

const text = `
pipeline:
  name: sample
  parallelism: 2
  max-parallelism: 8
  config:
    table.local-time-zone: Europe/Berlin
    execution.checkpointing.interval: 10s
    state.latency-track.history-size: "9"
    taskmanager.numberOfTaskSlots: "3"
    no.such.key: x
sources:
  events:
    connector: filesystem
    path: ./events.jsonl
    format: json
    columns: { id: STRING, event: STRING, at: TIMESTAMP(3) }
    watermark: { column: at, delay: 5s }
  places:
    connector: filesystem
    path: ./places.csv
    format: csv
    columns: { id: STRING, city: STRING }
    primary-key: [id]
transforms:
  located:
    from: events
    parallelism: 4
    lookup: { table: places, on: { id: id }, select: [city], missing: keep }
  clicks:
    where: event = 'click'
  per_minute:
    window: { type: tumble, size: 90s }
    group-by: [city]
    aggregate:
      rows: COUNT(*)
      ids: COUNT(DISTINCT id)
      about: APPROX_COUNT_DISTINCT(id)
sinks:
  result: { from: per_minute, connector: print }
`;

export async function samplePlan(): Promise<LogicalPlan> {
  const { plan, findings } = await loadPipeline({
    text: new TextEncoder().encode(text),
    file: 'sample.yaml',
    folder: '/work',
    workingDirectory: '/work',
    parameters: new Map(),
    environment: {},
    strict: false,
    readSecret: (path) => Promise.reject(new Error(`no secret ${path}`)),
  });
  if (plan === null) throw new Error(findings.map(({ message }) => message).join('\n'));
  return plan;
}
