/** Whole jobs whose top-n reads changelogs, against programs that sort what is there in the end. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../support/property-runs.ts';
import { runSimulated } from '../../support/simulated-job.ts';

interface Post {
  readonly ts: number;
  readonly place: string | null;
  readonly tag: string;
}

const post = fc.record<Post>({
  ts: fc.integer({ min: 0, max: 40_000 }),
  place: fc.constantFrom('x', 'y', null),
  tag: fc.constantFrom('a', 'b', 'c', 'd', 'ä'),
});
const cases = fc.record({
  posts: fc.array(post, { maxLength: 120 }),
  n: fc.integer({ min: 1, max: 3 }),
  seed: fc.nat(),
});

const pipelineOf = (transforms: string): string => `pipeline: { name: ranks }
sources:
  posts:
    connector: filesystem
    path: posts.jsonl
    format: json
    columns: { ts: BIGINT, place: STRING, tag: STRING, at: "AS TO_TIMESTAMP_LTZ(ts, 3)" }
    watermark: { column: at, delay: 1s }
transforms:
${transforms}
sinks:
  out: { from: top, connector: print }
`;

type Row = Readonly<Record<string, unknown>>;

/** Rows that were not taken back, as sorted text. */
async function currentRows(
  transforms: string,
  posts: readonly Post[],
  seed: number,
): Promise<string[]> {
  const lines = posts.map((each) => `${JSON.stringify(each)}\n`);
  const job = { pipeline: pipelineOf(transforms), files: { 'posts.jsonl': lines.join('') } };
  const { output } = await runSimulated(job, { seed });
  const rows = new Set<string>();
  for (const line of output.split('\n').slice(0, -1)) {
    const { op, ...row } = JSON.parse(line) as Row;
    const text = JSON.stringify(row);
    if (op === '+I' || op === '+U') rows.add(text);
    else expect(rows.delete(text), line).toBe(true);
  }
  return [...rows].sort();
}

/** The first n tags of each group by count, as sorted text. */
function naive(
  posts: readonly Post[],
  n: number,
  groupOf: (post: Post) => Row,
  withRank: boolean,
): string[] {
  const groups = new Map<string, Map<string, number>>();
  for (const each of posts) {
    const key = JSON.stringify(groupOf(each));
    const counts = groups.get(key) ?? new Map<string, number>();
    groups.set(key, counts.set(each.tag, (counts.get(each.tag) ?? 0) + 1));
  }
  return [...groups]
    .flatMap(([key, counts]) =>
      [...counts]
        .sort(([left, first], [right, second]) => second - first || (left < right ? -1 : 1))
        .slice(0, n)
        .map(([tag, count], index) => ({
          ...(JSON.parse(key) as Row),
          tag,
          n: count,
          ...(withRank ? { pos: index + 1 } : {}),
        })),
    )
    .map((row) => JSON.stringify(row))
    .sort();
}

test('of a running count: what is first at the end', async () => {
  await fc.assert(
    fc.asyncProperty(cases, fc.boolean(), async ({ posts, n, seed }, withRank) => {
      const rank = withRank ? ', rank: pos' : '';
      const transforms = `  counted: { group-by: [place, tag], aggregate: { n: COUNT(*) } }
  top: { top-n: { n: ${n}, partition-by: [place], order-by: [n DESC, tag]${rank} } }`;
      const expected = naive(posts, n, ({ place }) => ({ place }), withRank);
      expect(await currentRows(transforms, posts, seed)).toEqual(expected);
    }),
    { numRuns: runs(15) },
  );
});

test('of windows that late rows correct: what is first in each', async () => {
  const minuteOf = (ts: number): string =>
    `1970-01-01 00:00:${String(Math.floor(ts / 10_000) * 10).padStart(2, '0')}`;
  await fc.assert(
    fc.asyncProperty(cases, async ({ posts, n, seed }) => {
      const transforms = `  counted:
    window: { type: tumble, size: 10s }
    group-by: [place, tag]
    aggregate: { n: COUNT(*) }
    emit: { allowed-lateness: 1h }
  top:
    top-n: { n: ${n}, partition-by: [place], order-by: [n DESC, tag], rank: pos }
    select: { since: window_start, place: place, tag: tag, n: n, pos: pos }`;
      const expected = naive(posts, n, ({ ts, place }) => ({ since: minuteOf(ts), place }), true);
      expect(await currentRows(transforms, posts, seed)).toEqual(expected);
    }),
    { numRuns: runs(15) },
  );
});

test('a top-n of a top-n', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ posts, n, seed }) => {
      const transforms = `  counted: { group-by: [place, tag], aggregate: { n: COUNT(*) } }
  best: { top-n: { n: 2, partition-by: [place], order-by: [n DESC, tag] } }
  top:
    top-n: { n: ${n}, order-by: [n DESC, place, tag], rank: pos }
    select: { n: n, pos: pos }`;
      const best = naive(posts, 2, ({ place }) => ({ place }), false)
        .map((text) => JSON.parse(text) as { n: number })
        .sort((left, right) => right.n - left.n)
        .slice(0, n)
        .map((row, index) => JSON.stringify({ n: row.n, pos: index + 1 }));
      expect(await currentRows(transforms, posts, seed)).toEqual(best.sort());
    }),
    { numRuns: runs(15) },
  );
});
