import { expect, test } from 'vitest';
import { runSimulated } from '../../../support/simulated-job.ts';

const pipeline = `
pipeline: { name: table }
sources:
  events: { connector: filesystem, path: in, format: csv, columns: { id: BIGINT } }
transforms:
  counts: { from: events, group-by: [id], aggregate: { n: COUNT(*) } }
sinks:
  shown: { from: counts, connector: print, format: table }
`;

test('rows of all subtasks come in one table with one heading', async () => {
  const ids = Array.from({ length: 300 }, (_, id) => String(id));
  const { output } = await runSimulated(
    {
      pipeline,
      parallelism: 3,
      files: Object.fromEntries(ids.map((id) => [`in/${id}.csv`, `${id}\n`])),
    },
    { seed: 2 },
  );
  const [heading, rule, ...rows] = output.trimEnd().split('\n');
  expect(heading).toMatch(/^op +id +n$/);
  expect(rule).toMatch(/^-+ +-+ +-+$/);
  const shown = rows.map((row) => row.trim().split(/ +/)[1]);
  expect(new Set(shown)).toEqual(new Set(ids));
  expect(shown).toHaveLength(ids.length);
});
