/**
 * One Java process of a peer: started with its output in a file, ended by its id. The path of the
 * peer's own folder stands in its command line, so that an id which the system has given to
 * somebody else meanwhile is recognised and left alone.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { javaTool } from './java-tools.ts';
import { tryProgram } from './run-program.ts';
import { waitUntil } from './wait-until.ts';

export interface JavaProcess {
  readonly name: string;
  readonly pid: number;
  /** Part of its command line and of no other's. */
  readonly mark: string;
}

export interface JavaCommand {
  readonly name: string;
  readonly mark: string;
  readonly arguments: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly outputFile: string;
  /** Whether it goes on when this process ends. */
  readonly isDetached: boolean;
}

/** Those that must not outlive this process. */
const children = new Set<ChildProcess>();

/** A process that was asked to end gets this long before it is killed. */
const STOP_TIMEOUT_MS = 10_000;

export async function startJava(command: JavaCommand): Promise<JavaProcess> {
  const output = openSync(command.outputFile, 'a');
  const child = spawn(javaTool('java'), [...command.arguments], {
    env: { ...process.env, ...command.env },
    stdio: ['ignore', output, output],
    detached: command.isDetached,
  });
  closeSync(output);
  await new Promise((settle, reject) => {
    child.once('spawn', settle);
    child.once('error', reject);
  });
  if (child.pid === undefined) throw new Error(`${command.name} has no process id`);
  if (command.isDetached) child.unref();
  else endWithThisProcess(child);
  return { name: command.name, pid: child.pid, mark: command.mark };
}

function endWithThisProcess(child: ChildProcess): void {
  if (children.size === 0) process.on('exit', killChildren);
  children.add(child);
  child.once('exit', () => {
    children.delete(child);
    if (children.size === 0) process.off('exit', killChildren);
  });
}

function killChildren(): void {
  for (const child of children) child.kill('SIGKILL');
}

/** Cheap, and enough for a process that was started here: its id is not given away before. */
export function hasEnded(java: JavaProcess): boolean {
  try {
    process.kill(java.pid, 0);
    return false;
  } catch {
    return true;
  }
}

/** Also right for a process that somebody else has started. */
export async function isRunning(java: JavaProcess): Promise<boolean> {
  if (hasEnded(java)) return false;
  // One column per field: no header, and the whole command line.
  const listed = await tryProgram('ps', ['-ww', '-o', 'args=', '-p', String(java.pid)]);
  return listed.exit === 0 && listed.stdout.includes(java.mark);
}

export async function stopJava(java: JavaProcess): Promise<void> {
  if (!(await isRunning(java))) return;
  process.kill(java.pid, 'SIGTERM');
  const killAtMs = performance.now() + STOP_TIMEOUT_MS;
  const wait = { what: `${java.name} to end`, timeoutMs: 2 * STOP_TIMEOUT_MS };
  await waitUntil(wait, async () => {
    if (!(await isRunning(java))) return true;
    if (performance.now() > killAtMs) process.kill(java.pid, 'SIGKILL');
    return undefined;
  });
}

/** The last lines of a log, for an error message. */
export function tailOf(file: string, linesMax = 30): string {
  if (!existsSync(file)) return '';
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-linesMax).join('\n');
}
