/** Restarts within a process: what fails goes on from the latest checkpoint, with a folder or without. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { rowsIn, startRun, type Run } from './killed-process.ts';

const ROWS = 4_000;

/** `invoke`: the body of the module of the async node, for a row `n`; `first(k)`: this is the first call for row k. */
function run(
  invoke: string,
  lines: readonly string[],
): { readonly run: Run; readonly out: string } {
  const folder = temporaryFolder();
  writeFileSync(
    join(folder, 'calls.js'),
    `const seen = new Set();
export default {
  async invoke({ n }) {
    const first = (k) => n === k && !seen.has(k) && seen.add(k);
    await new Promise((go) => setTimeout(go, 20));
    ${invoke}
    return { m: n };
  },
};
`,
  );
  writeFileSync(
    join(folder, 'pipeline.yaml'),
    `pipeline:
  name: failing
  config:
    execution.checkpointing.interval: 20ms
${lines.map((line) => `    ${line}\n`).join('')}sources:
  numbers:
    connector: datagen
    fields.n.kind: sequence
    fields.n.start: 1
    fields.n.end: ${ROWS}
    columns: { n: INT }
transforms:
  called:
    from: numbers
    async: { module: ./calls.js, columns: { m: INT }, capacity: 50, order: ordered }
sinks:
  out: { from: called, connector: filesystem, path: ./out, format: json }
`,
  );
  return { run: startRun(folder, ['pipeline.yaml', '--json']), out: join(folder, 'out') };
}

const fixedDelay = (attempts: number): readonly string[] => [
  'restart-strategy.type: fixed-delay',
  `restart-strategy.fixed-delay.attempts: ${attempts}`,
  'restart-strategy.fixed-delay.delay: 1ms',
];

const failTwice = "if (first(1500) || first(3000)) throw new Error('lost the connection');";

test.each([
  ['in memory', []],
  ['in a folder', ['execution.checkpointing.dir: ./checkpoints']],
])('checkpoints %s lead to each row once', async (_, lines) => {
  const { run: job, out } = run(failTwice, [...lines, ...fixedDelay(2)]);
  expect(await job.exit, job.errorText()).toBe(0);
  expect(rowsIn(out)).toHaveLength(ROWS);
  expect(new Set(rowsIn(out)).size).toBe(ROWS);
  expect(job.errorText()).toMatch(/starts again from checkpoint \d+ in 0.001 s \(restart 2\)/);
});

test('a job that fails more often than it may ends with 9 and says how often', async () => {
  const { run: job } = run("throw new Error('lost the connection');", fixedDelay(2));
  expect(await job.exit, job.errorText()).toBe(9);
  expect(job.errorText()).toContain('"code":"DREY_RESTARTS_USED"');
  expect(job.errorText()).toContain('after 2 restarts');
});
