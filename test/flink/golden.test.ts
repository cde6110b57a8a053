/**
 * The recordings of test/golden/flink-sql against the Flink that they were made with: a part of
 * them each day, all of them with DREY_GOLDEN=all (`npm run test:long` sets it).
 */
import { describe, expect, it } from 'vitest';
import { shortTypeText } from '../golden/flink-sql/expression-answer.ts';
import {
  answerAtFlink,
  expressionTables,
  readTable,
} from '../golden/flink-sql/golden-expressions.ts';
import {
  EXPECTED,
  pipelineNames,
  readPipelineFile,
  runAtFlink,
} from '../golden/flink-sql/golden-pipelines.ts';
import { readResult } from '../golden/flink-sql/golden-rows.ts';
import { realFlinks } from './real-flink.ts';

/** So many days until all have had their turn: 5 % a day. */
const TURNS = 20;
const DAY_MS = 86_400_000;
/** A table of a thousand expressions takes minutes. */
const TABLE_TIMEOUT_MS = 1_800_000;

const RECORDED_WITH = '2.3.0';
const gatewayUrl = realFlinks().find(({ version }) => version === RECORDED_WITH)!.gatewayUrl;

describe(`recordings of Flink ${RECORDED_WITH}`, () => {
  it.each(turnOf(pipelineNames()))('the rows of %s', async (name) => {
    const answered = readResult(await runAtFlink(gatewayUrl, name));
    expect(answered).toEqual(readResult(readPipelineFile(name, EXPECTED)));
  });

  it.each(Object.entries(expressionTables))(
    'the expressions of %s',
    async (name, columns) => {
      const recorded = turnOf(readTable(name));
      const texts = recorded.map(({ text }) => text);
      const answered = await answerAtFlink(gatewayUrl, columns, texts);
      const short = (answers: typeof recorded): typeof recorded =>
        answers.map((answer) => ({ ...answer, type: shortTypeText(answer.type) }));
      expect(short(answered)).toEqual(short(recorded));
    },
    TABLE_TIMEOUT_MS,
  );
});

function turnOf<T>(all: readonly T[]): readonly T[] {
  if (process.env['DREY_GOLDEN'] === 'all') return all;
  const turn = Math.floor(Date.now() / DAY_MS) % TURNS;
  return all.filter((_each, index) => index % TURNS === turn);
}
