/** Runs the shipped entry as a process of its own, as a user or a script does. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const repositoryRoot = resolve(import.meta.dirname, '../..');
export const entry = join(repositoryRoot, 'bin', 'run.js');

export interface Ended {
  /** Null: ended by a signal. */
  readonly exit: number | null;
  readonly output: string;
  readonly error: string;
}

export interface ProcessOptions {
  readonly folder?: string;
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Nobody reads standard output. */
  readonly closeOutput?: boolean;
  /** Interrupted, as by Ctrl-C, when it has written so many lines; left out: never. */
  readonly linesWanted?: number;
}

export function drey(arguments_: readonly string[], options: ProcessOptions = {}): Promise<Ended> {
  if (!existsSync(join(repositoryRoot, 'dist', 'main.js'))) {
    throw new Error('these tests start the built package: run npm run build first');
  }
  // Colours come from a terminal or not at all, whatever the machine that runs the tests wants.
  const { FORCE_COLOR: _force, NO_COLOR: _no, ...environment } = process.env;
  const child = spawn(process.execPath, [entry, ...arguments_], {
    cwd: options.folder ?? repositoryRoot,
    env: { ...environment, ...options.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  if (options.closeOutput === true) child.stdout.destroy();
  let output = '';
  let error = '';
  const { linesWanted = Infinity } = options;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (output.split('\n').length > linesWanted) child.kill('SIGINT');
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (error += text));
  // A command that does not read its input may end before it is written.
  child.stdin.on('error', () => undefined).end(options.input ?? '');
  return new Promise((settle, fail) => {
    child.on('error', fail);
    child.on('close', (exit) => settle({ exit, output, error }));
  });
}
