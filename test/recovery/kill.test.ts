/**
 * `kill -9` at random moments of real processes with real files: whatever is killed and restored,
 * the output is that of a run that nobody disturbed.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { seededRandom } from '../../bench/seeded-random.ts';
import { runs } from '../support/property-runs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { digestOf, rowsIn, startRun } from './killed-process.ts';

/** Together with the other parallelism: 30 in an ordinary run of the tests, 300 in a long one. */
const KILLS = runs(15);
const TIMEOUT_MS = runs(240_000);
const ROWS = 60_000;
const KEYS = 40;
/** From the start of a process to its end, somewhere in its start, its work or its commits. */
const ALIVE_MS_MIN = 150;
const ALIVE_MS_SPAN = 900;

function writePipeline(folder: string, parallelism: number): void {
  const random = seededRandom(7);
  const rows = Array.from({ length: ROWS }, (_, index) => {
    const ts = 1_700_000_000_000 + index * 10 + Math.floor(random() * 5);
    return JSON.stringify({ ts, id: `d${Math.floor(random() * KEYS)}`, n: index });
  });
  writeFileSync(join(folder, 'events.jsonl'), `${rows.join('\n')}\n`);
  writeFileSync(
    join(folder, 'pipeline.yaml'),
    `pipeline:
  name: killed
  parallelism: ${parallelism}
  config:
    execution.checkpointing.interval: 30ms
    execution.checkpointing.dir: ./checkpoints
sources:
  events:
    connector: filesystem
    path: ./events.jsonl
    format: json
    parallelism: 1
    columns: { ts: BIGINT, id: STRING, n: INT, at: "AS TO_TIMESTAMP_LTZ(ts, 3)" }
    watermark: { column: at, delay: 1s }
transforms:
  counted:
    from: events
    window: { type: tumble, size: 10s }
    group-by: [id]
    aggregate: { rows: COUNT(*), sum: SUM(n), kinds: COUNT(DISTINCT n) }
  slowly:
    from: events
    async: { module: ./slowly.mjs, columns: { m: INT }, capacity: 10000, order: ordered }
sinks:
  windows: { from: counted, connector: filesystem, path: ./out/windows, format: json }
  all: { from: slowly, connector: filesystem, path: ./out/all, format: json }
`,
  );
  // Makes the run last some two seconds, and puts rows in flight into each checkpoint.
  writeFileSync(
    join(folder, 'slowly.mjs'),
    `export default {
  async invoke({ n }) {
    await new Promise((go) => setTimeout(go, 250));
    return { m: n };
  },
};
`,
  );
}

async function undisturbed(parallelism: number): Promise<string> {
  const folder = temporaryFolder();
  writePipeline(folder, parallelism);
  const run = startRun(folder, ['pipeline.yaml']);
  expect(await run.exit, run.errorText()).toBe(0);
  expect(rowsIn(join(folder, 'out/all'))).toHaveLength(ROWS);
  return digestOf(join(folder, 'out'));
}

/** Gives the number of kills. Ends when the job has come to its end, or after `killsMax`. */
async function killUntilFinished(
  folder: string,
  killsMax: number,
  random: () => number,
): Promise<number> {
  for (let kills = 0; ; kills++) {
    const killAfterMs = Math.round(ALIVE_MS_MIN + random() * ALIVE_MS_SPAN);
    const words = ['pipeline.yaml', '--restore', 'latest', '--allow-empty-state'];
    const run = startRun(folder, words, kills < killsMax ? { killAfterMs } : {});
    const exit = await run.exit;
    if (exit === null) continue;
    expect(exit, run.errorText()).toBe(0);
    return kills;
  }
}

test.each([1, 2])(
  'killed again and again at parallelism %i, the output is that of one whole run',
  async (parallelism) => {
    const seed = Number(process.env['DREY_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
    const random = seededRandom(seed);
    const expected = await undisturbed(parallelism);
    for (let kills = 0; kills < KILLS;) {
      const folder = temporaryFolder();
      writePipeline(folder, parallelism);
      kills += await killUntilFinished(folder, KILLS - kills, random);
      expect(digestOf(join(folder, 'out')), `DREY_SEED=${seed}`).toBe(expected);
    }
  },
  TIMEOUT_MS,
);
