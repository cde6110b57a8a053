/**
 * Runs a program to its end. A program that is missing or fails is an error with what it printed:
 * a peer that cannot be had must not pass for a peer that was tried.
 */
import { execFile } from 'node:child_process';

/** Both streams together; more than any of our programs prints. */
const OUTPUT_BYTES_MAX = 64_000_000;

export interface ProgramOptions {
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface ProgramResult {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the program printed on its standard output. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<string> {
  const result = await tryProgram(program, args, options);
  if (result.exit !== 0) {
    const words = [program, ...args].map((word) => (/\s/.test(word) ? `'${word}'` : word));
    const printed = `${result.stdout}${result.stderr}`.trim();
    throw new Error(`${words.join(' ').slice(0, 300)} ended with ${result.exit}:\n${printed}`);
  }
  return result.stdout;
}

/** As runProgram, but any exit status is an answer. */
export function tryProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  const { cwd, env = {} } = options;
  return new Promise((settle, reject) => {
    execFile(
      program,
      [...args],
      { cwd, env: { ...process.env, ...env }, maxBuffer: OUTPUT_BYTES_MAX },
      (error, stdout, stderr) => {
        if (error === null) settle({ exit: 0, stdout, stderr });
        else if (typeof error.code === 'number') settle({ exit: error.code, stdout, stderr });
        else reject(new Error(`${program} could not be run: ${error.message}`, { cause: error }));
      },
    );
  });
}
