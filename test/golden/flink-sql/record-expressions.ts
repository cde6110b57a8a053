/**
 * Records what a real Flink 2.3.0 answers to the expressions of `expressions/`:
 * `node scripts/run.js test/golden/flink-sql/record-expressions.ts GATEWAY-URL [TABLE]...`; without
 * names all tables. The first column of a table is what is asked, in its order; an expression on a
 * line of its own is a new one. A recording is reviewed like code: `git diff` shows what changed.
 */
import { writeFileSync } from 'node:fs';
import {
  answerAtFlink,
  expressionTables,
  lineOf,
  readTable,
  tableFile,
} from './golden-expressions.ts';

const [gatewayUrl, ...names] = process.argv.slice(2);
if (gatewayUrl === undefined) {
  process.stderr.write('usage: record-expressions.ts GATEWAY-URL [TABLE]...\n');
  process.exit(2);
}
for (const name of names.length > 0 ? names : Object.keys(expressionTables)) {
  const columns = expressionTables[name];
  if (columns === undefined) throw new Error(`${name} is none of the tables`);
  const texts = [...new Set(readTable(name).map(({ text }) => text))];
  const answers = await answerAtFlink(gatewayUrl, columns, texts);
  writeFileSync(tableFile(name), answers.map((answer) => `${lineOf(answer)}\n`).join(''));
  process.stdout.write(`${name}: ${answers.length} expressions\n`);
}
