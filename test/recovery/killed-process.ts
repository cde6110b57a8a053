/** Starts `drey run` as a process and kills it, or lets it come to its end. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { entry } from '../e2e/drey-process.ts';

export interface Run {
  readonly child: ChildProcess;
  /** What it has written to standard error so far. */
  readonly errorText: () => string;
  /** Null: ended by a signal. */
  readonly exit: Promise<number | null>;
  /** Resolves when standard error holds the text, behind so many characters; rejects at the end. */
  readonly said: (text: string, from?: number) => Promise<void>;
}

export interface RunOptions {
  /** No file may be longer than so many blocks of 512 bytes, as on a disk that is full. */
  readonly fileBlocksMax?: number;
  /** Killed after so long, unless it has ended; left out: never. */
  readonly killAfterMs?: number;
}

export function startRun(
  folder: string,
  words: readonly string[],
  { fileBlocksMax, killAfterMs }: RunOptions = {},
): Run {
  const { FORCE_COLOR: _force, NO_COLOR: _no, ...environment } = process.env;
  const command = [process.execPath, entry, 'run', ...words];
  const limited = ['sh', '-c', `ulimit -f ${fileBlocksMax}; exec "$0" "$@"`, ...command];
  const [program = '', ...rest] = fileBlocksMax === undefined ? command : limited;
  const child = spawn(program, rest, {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(killAfterMs !== undefined && { timeout: killAfterMs, killSignal: 'SIGKILL' }),
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let text = '';
  let look = (): void => undefined;
  child.stdout.resume();
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    look();
  });
  const exit = new Promise<number | null>((settle, fail) => {
    child.once('error', fail);
    child.once('close', (status) => {
      settle(status);
    });
  });
  const said = (wanted: string, from = 0): Promise<void> =>
    new Promise((settle, fail) => {
      look = () => {
        if (text.includes(wanted, from)) settle();
      };
      look();
      void exit.then((status) => {
        fail(new Error(`it ended with ${status} and never said ${wanted}: ${text}`));
      });
    });
  return { child, errorText: () => text, exit, said };
}

/** Of all rows in the visible files of a folder, in whatever order they lie there. */
export function digestOf(folder: string): string {
  return createHash('sha256').update(rowsIn(folder).join('\n')).digest('hex');
}

export function rowsIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && !file.name.startsWith('.') && !file.name.startsWith('_'))
    .flatMap((file) => readFileSync(join(file.parentPath, file.name), 'utf8').split('\n'))
    .filter((line) => line !== '')
    .sort();
}
