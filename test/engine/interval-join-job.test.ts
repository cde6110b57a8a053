import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../support/property-runs.ts';
import { runSimulated } from '../support/simulated-job.ts';

interface Shape {
  readonly kind: 'inner' | 'left' | 'right' | 'full';
  readonly lowerMs: number;
  readonly upperMs: number;
}

const bound = (boundMs: number): string => `${boundMs}ms`;

const pipeline = ({ kind, lowerMs, upperMs }: Shape): string => `
pipeline: { name: joined }
sources:
  shown: { connector: filesystem, path: shown.jsonl, format: json, columns: { ts: BIGINT, id: STRING, shown_at: "AS TO_TIMESTAMP_LTZ(ts, 3)" }, watermark: { column: shown_at, delay: 5s } }
  clicked: { connector: filesystem, path: clicked.jsonl, format: json, columns: { click_ts: BIGINT, click_id: STRING, clicked_at: "AS TO_TIMESTAMP_LTZ(click_ts, 3)" }, watermark: { column: clicked_at, delay: 5s } }
transforms:
  both: { join: { left: shown, right: clicked, on: { id: click_id }, between: [${bound(lowerMs)}, ${bound(upperMs)}], kind: ${kind} } }
  pairs: { from: both, select: { ts: ts, id: id, click_ts: click_ts, click_id: click_id } }
${kind === 'full' ? '' : `  counted: { from: both, window: { type: tumble, size: 10s, time: ${kind === 'right' ? 'clicked_at' : 'shown_at'} }, aggregate: { n: COUNT(*) } }`}
sinks:
  pairs_out: { from: pairs, connector: print }
${kind === 'full' ? '' : '  counted_out: { from: counted, connector: print }'}
`;

interface Row {
  readonly ts: number;
  readonly id: string | null;
}

type Pair = readonly [Row | null, Row | null];

function nestedLoop(shown: readonly Row[], clicked: readonly Row[], shape: Shape): readonly Pair[] {
  const pairs: Pair[] = [];
  const met = new Set<Row>();
  for (const left of shown) {
    for (const right of clicked) {
      const apartMs = right.ts - left.ts;
      const isNear = apartMs >= shape.lowerMs && apartMs <= shape.upperMs;
      if (left.id === null || left.id !== right.id || !isNear) continue;
      pairs.push([left, right]);
      met.add(left).add(right);
    }
  }
  const { kind } = shape;
  if (kind === 'left' || kind === 'full') {
    for (const left of shown) if (!met.has(left)) pairs.push([left, null]);
  }
  if (kind === 'right' || kind === 'full') {
    for (const right of clicked) if (!met.has(right)) pairs.push([null, right]);
  }
  return pairs;
}

/** Out of order by less than the watermark's delay, so that no row is late, whoever is ahead. */
const rows = fc
  .array(
    fc.record({
      stepMs: fc.nat({ max: 3000 }),
      backMs: fc.nat({ max: 4999 }),
      id: fc.constantFrom('a', 'b', 'ü', null),
    }),
    { maxLength: 60 },
  )
  .map((steps) => {
    let highest = 1_700_000_000_000;
    return steps.map(({ stepMs, backMs, id }): Row => {
      highest += stepMs;
      return { ts: highest - backMs, id };
    });
  });

const shape = fc
  .record({
    kind: fc.constantFrom(...(['inner', 'left', 'right', 'full'] as const)),
    a: fc.integer({ min: -20_000, max: 20_000 }),
    b: fc.integer({ min: -20_000, max: 20_000 }),
  })
  .map(({ kind, a, b }): Shape => ({ kind, lowerMs: Math.min(a, b), upperMs: Math.max(a, b) }));

test('a job joins files as a nested loop does, and no row is late for a window behind it', async () => {
  await fc.assert(
    fc.asyncProperty(rows, rows, shape, fc.nat(), async (shown, clicked, spec, seed) => {
      const expected = nestedLoop(shown, clicked, spec);
      const lines = (all: readonly object[]): string =>
        all.map((each) => `${JSON.stringify(each)}\n`).join('');
      const { output, summary } = await runSimulated(
        {
          pipeline: pipeline(spec),
          files: {
            'shown.jsonl': lines(shown),
            'clicked.jsonl': lines(clicked.map(({ ts, id }) => ({ click_ts: ts, click_id: id }))),
          },
        },
        { seed },
      );
      const printed = output
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
      const pairs = printed.filter((row) => 'click_id' in row);
      expect(pairs.map(pairText).sort()).toEqual(
        expected
          .map(([left, right]) =>
            pairText({
              ts: left?.ts ?? null,
              id: left?.id ?? null,
              click_ts: right?.ts ?? null,
              click_id: right?.id ?? null,
            }),
          )
          .sort(),
      );
      expect(summary.lateRecords).toBe(0);
      if (spec.kind === 'full') return;
      const counts = printed.flatMap(({ n }) => (typeof n === 'number' ? [n] : []));
      expect(counts.reduce((sum, n) => sum + n, 0)).toBe(expected.length);
    }),
    { numRuns: runs(25) },
  );
});

function pairText(row: Readonly<Record<string, unknown>>): string {
  return JSON.stringify([row['ts'], row['id'], row['click_ts'], row['click_id']]);
}
