/**
 * `npm run bench [-- NAME...]`: runs benchmarks of bench/ on the built package; by default those
 * that take minutes at most.
 */
import { spawnSync } from 'node:child_process';

const quick = ['startup', 'uv'];
const names = process.argv.slice(2);
let hasFailed = false;
for (const name of names.length === 0 ? quick : names) {
  console.log(`\n== ${name}`);
  const { status } = spawnSync(process.execPath, ['scripts/run.js', `bench/${name}.ts`], {
    stdio: 'inherit',
  });
  hasFailed ||= status !== 0;
}
process.exitCode = hasFailed ? 1 : 0;
