/**
 * Records what a real Flink 2.3.0 answers to the queries of `pipelines/`, as their expected.jsonl:
 * `node scripts/run.js test/golden/flink-sql/record.ts GATEWAY-URL [NAME]...`; without names all of
 * them. A recording is reviewed like code: `git diff` shows what has changed.
 */
import { writeFileSync } from 'node:fs';
import { EXPECTED, pipelineFile, pipelineNames, runAtFlink } from './golden-pipelines.ts';

const [gatewayUrl, ...names] = process.argv.slice(2);
if (gatewayUrl === undefined) {
  process.stderr.write('usage: record.ts GATEWAY-URL [NAME]...\n');
  process.exit(2);
}
for (const name of names.length > 0 ? names : pipelineNames()) {
  const recorded = await runAtFlink(gatewayUrl, name);
  writeFileSync(pipelineFile(name, EXPECTED), recorded);
  process.stdout.write(`${name}: ${recorded.split('\n').length - 1} rows\n`);
}
