/** Whole jobs whose sources emit watermarks from time to time: the same rows, late and in time. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../support/property-runs.ts';
import { runSimulated } from '../../support/simulated-job.ts';

/** The window, and what the node emits. */
const windows = [
  ['type: tumble, size: 1s', ''],
  ['type: hop, size: 3s, slide: 1s', ''],
  ['type: cumulate, size: 4s, step: 1s', ''],
  ['type: session, gap: 700ms', ''],
  ['type: tumble, size: 1s', 'allowed-lateness: 2s, '],
] as const;

function pipelineOf([window, more]: (typeof windows)[number], emit: string): string {
  return `pipeline: { name: job, config: { pipeline.auto-watermark-interval: 1h } }
sources:
  s:
    connector: filesystem
    path: in.jsonl
    format: json
    columns: { id: INT, ts: BIGINT, at: "AS TO_TIMESTAMP_LTZ(ts, 3)" }
    watermark: { column: at, delay: 500ms, emit: ${emit} }
transforms:
  t:
    window: { ${window} }
    group-by: [id]
    aggregate: { c: COUNT(*), low: MIN(ts), high: MAX(ts) }
    emit: { ${more}late: keep }
sinks:
  out: { from: t, connector: print }
  late: { from: t.late, connector: print }
`;
}

test('neither results nor late rows depend on when watermarks are emitted', async () => {
  const row = fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 8_000 }));
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 60 }),
      fc.constantFrom(...windows),
      fc.nat(),
      async (rows, window, seed) => {
        const files = {
          'in.jsonl': rows.map(([id, ts]) => `{"id":${id},"ts":${ts}}\n`).join(''),
        };
        const outputs: string[][] = [];
        for (const emit of ['on-event', 'on-periodic']) {
          const { output, summary } = await runSimulated(
            { pipeline: pipelineOf(window, emit), files },
            { seed },
          );
          outputs.push([...lastValues(output), `late: ${summary.lateRecords}`]);
        }
        expect(outputs[1]).toEqual(outputs[0]);
      },
    ),
    { numRuns: runs(25) },
  );
});

/** Rows as they are in the end: a changelog's by key, all others. */
function lastValues(output: string): readonly string[] {
  const rows: string[] = [];
  for (const line of output.split('\n').slice(0, -1)) {
    const { op, ...row } = JSON.parse(line) as { readonly op?: string };
    const text = JSON.stringify(row);
    if (op === '-U' || op === '-D') rows.splice(rows.indexOf(text), 1);
    else rows.push(text);
  }
  return rows.sort();
}
