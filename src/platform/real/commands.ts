/** Programs of this machine, by execFile. */
import { access, constants, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import type { ExecFileException } from 'node:child_process';
import type { CommandOptions, CommandOutcome, Commands } from '../commands.ts';

export const realCommands: Commands = {
  async run([program, ...args], options) {
    const path = await find(program, options.environment['PATH'] ?? '');
    return path === null ? { kind: 'not-found' } : execute(path, args, options);
  },
};

/** The absolute path of the program; null when there is none. */
async function find(program: string, searchPath: string): Promise<string | null> {
  const candidates = isAbsolute(program)
    ? [program]
    : program.includes('/') || program.includes('\\')
      ? []
      : searchPath
          .split(delimiter)
          .filter((folder) => isAbsolute(folder))
          .map((folder) => join(folder, program));
  for (const candidate of candidates) {
    if (await isExecutable(candidate)) return candidate;
  }
  return null;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    // A folder of that name can be entered, not run.
    return (await stat(path)).isFile();
  } catch {
    // Not there or not for us: the next folder may have it.
    return false;
  }
}

function execute(
  path: string,
  args: readonly string[],
  { timeoutMs, outputBytesMax, environment }: CommandOptions,
): Promise<CommandOutcome> {
  // Loaded with its first use: most commands run no other program.
  const { execFile } = process.getBuiltinModule('node:child_process');
  return new Promise((resolve) => {
    const child = execFile(
      path,
      args,
      {
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
        maxBuffer: outputBytesMax,
        env: { ...environment },
        encoding: 'utf8',
      },
      (error, output) => resolve(outcomeOf(error, output)),
    );
    child.stderr?.pipe(process.stderr);
    child.stdin?.end();
  });
}

function outcomeOf(error: ExecFileException | null, output: string): CommandOutcome {
  if (error === null) return { kind: 'ended', status: 0, output };
  const { code, killed, signal } = error;
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return { kind: 'too-much-output' };
  if (killed === true) return { kind: 'timeout' };
  if (typeof code === 'number') return { kind: 'ended', status: code, output };
  return { kind: 'failed', reason: signal == null ? String(code) : `ended by ${signal}` };
}
