/** The statements that a command runs: of a file, of standard input, or of its arguments. */
import { isAbsolute, join } from 'node:path';
import { InputError, UsageError } from '../../errors/drey-error.ts';
import { splitStatements, type SqlStatement } from '../../flink/sql/split-statements.ts';
import type { Platform } from '../../platform/platform.ts';

export interface PlacedStatement extends SqlStatement {
  /** As the user named it: the start of `file:line:column`. */
  readonly file: string;
}

export interface ScriptRequest {
  /** `-` is standard input. */
  readonly file: string | null;
  /** Each may hold several statements. */
  readonly executed: readonly string[];
}

const SCRIPT_BYTES_MAX = 16 * 1024 * 1024;

/** Throws an InputError when there is no statement, or a quote is open: nothing has run then. */
export async function readScript(
  { file, executed }: ScriptRequest,
  platform: Platform,
): Promise<readonly PlacedStatement[]> {
  if ((file === null) === (executed.length === 0)) {
    throw new UsageError('DREY_USAGE', 'a FILE or --execute is needed, and not both', {
      hint: 'Run a file with drey sql run FILE, one statement with drey sql run -e STATEMENT.',
    });
  }
  const statements =
    file === null
      ? executed.flatMap((text, index) => splitText(text, executedName(index, executed.length)))
      : splitText(await readText(file, platform), file === '-' ? '<stdin>' : file);
  if (statements.length === 0) {
    throw new InputError('DREY_SQL_SCRIPT', `${file ?? '--execute'}: there is no statement in it`, {
      hint: 'Comments and semicolons are no statements.',
    });
  }
  return statements;
}

export async function readFileStatements(
  file: string,
  platform: Platform,
): Promise<readonly PlacedStatement[]> {
  return splitText(await readText(file, platform), file);
}

function splitText(text: string, file: string): readonly PlacedStatement[] {
  const split = splitStatements(text);
  if (split.kind === 'statements') {
    return split.statements.map((statement) => ({ ...statement, file }));
  }
  const { what, line, column } = split;
  const message = `${file}:${line}:${column}: the ${what} that begins here is not closed`;
  throw new InputError('DREY_SQL_SCRIPT', message, { details: { file, line, column } });
}

async function readText(file: string, platform: Platform): Promise<string> {
  if (file === '-') return readInput(platform);
  const path = isAbsolute(file) ? file : join(platform.workingDirectory, file);
  return new TextDecoder().decode(await platform.files.readAll(path, SCRIPT_BYTES_MAX));
}

const INPUT_CHUNK_BYTES = 64 * 1024;

async function readInput({ streams }: Platform): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const chunk = new Uint8Array(INPUT_CHUNK_BYTES);
    const count = await streams.readInput(chunk, 0, chunk.length);
    if (count === 0) break;
    chunks.push(chunk.subarray(0, count));
    size += count;
    if (size > SCRIPT_BYTES_MAX) {
      const message = `<stdin>: it is longer than ${SCRIPT_BYTES_MAX} bytes`;
      throw new InputError('DREY_FILE_TOO_LARGE', message);
    }
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function executedName(index: number, count: number): string {
  return count === 1 ? '--execute' : `--execute[${index + 1}]`;
}
