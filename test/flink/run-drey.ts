/** Runs the drey that was built, as a process, against one of the clusters. */
import { fileURLToPath } from 'node:url';
import type { FlinkUnderTest } from '../peers/flink-under-test.ts';
import { tryProgram, type ProgramResult } from '../peers/run-program.ts';
import type { Json } from './real-flink.ts';

const ENTRY = fileURLToPath(new URL('../../bin/run.js', import.meta.url));

/** Any exit status is an answer. */
export function drey(
  { restUrl }: Pick<FlinkUnderTest, 'restUrl'>,
  ...words: readonly string[]
): Promise<ProgramResult> {
  return tryProgram(process.execPath, [ENTRY, ...withFlags(words, '--url', restUrl)]);
}

/** The document of `--json`; any other exit status than 0 is an error with what was printed. */
export async function dreyJson(
  flink: Pick<FlinkUnderTest, 'restUrl'>,
  ...words: readonly string[]
): Promise<Json> {
  const { exit, stdout, stderr } = await drey(flink, ...withFlags(words, '--json'));
  if (exit !== 0) throw new Error(`drey ${words.join(' ')} ended with ${exit}: ${stdout}${stderr}`);
  return JSON.parse(stdout) as Json;
}

/** Before the `--` behind which words are a program's. */
function withFlags(words: readonly string[], ...flags: readonly string[]): readonly string[] {
  const end = words.indexOf('--');
  const own = end === -1 ? words : words.slice(0, end);
  return [...own, ...flags, ...words.slice(own.length)];
}
