/** Runs drey as it is shipped, a process for each command, with the memory that it took at most. */
import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { entry, repositoryRoot, type Ended } from '../e2e/drey-process.ts';
import type { DreyRunner, Invocation, Outcome } from './drey-worker.ts';

const meter = pathToFileURL(join(repositoryRoot, 'test', 'support', 'peak-memory.mjs')).href;
const MEBIBYTE = 1024 * 1024;

export class DreyProcesses implements DreyRunner {
  readonly atOnceMax = 2;
  readonly strays: readonly string[] = [];
  /** Resident, of the largest of them. */
  peakBytes = 0;
  private readonly words: Readonly<Record<string, string>>;

  constructor(words: Readonly<Record<string, string>> = {}) {
    this.words = words;
  }

  async run({ argv, environment = {} }: Invocation): Promise<Outcome> {
    const started = performance.now();
    const said = argv.map((word) => this.words[word] ?? word);
    const ended = await endOf(said, { ...environment, NODE_OPTIONS: `--import ${meter}` });
    const peak = /^peak (\d+) KiB\n/m.exec(ended.error);
    const bytes = Number(peak?.[1] ?? 0) * 1024;
    this.peakBytes = Math.max(this.peakBytes, bytes);
    return {
      exit: ended.exit,
      output: ended.output,
      error: ended.error.replace(/^peak \d+ KiB\n/m, ''),
      elapsedMs: Math.max(0, performance.now() - started - START_MS),
      strays: bytes > PEAK_BYTES_MAX ? [`${Math.round(bytes / MEBIBYTE)} MiB of memory`] : [],
    };
  }
}

/** Until a command begins, on a machine that does much else. */
const START_MS = 1500;
export const PEAK_BYTES_MAX = 256 * MEBIBYTE;
/** More of a stream is read and not kept. */
const KEPT_CHARACTERS_MAX = 8 * MEBIBYTE;

function endOf(argv: readonly string[], own: Readonly<Record<string, string>>): Promise<Ended> {
  const { FORCE_COLOR: _force, NO_COLOR: _no, ...environment } = process.env;
  const child = spawn(process.execPath, [entry, ...argv], {
    env: { ...environment, ...own },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kept = { output: '', error: '' };
  const keep = (name: keyof typeof kept) => (text: string) => {
    if (kept[name].length < KEPT_CHARACTERS_MAX) kept[name] += text;
  };
  child.stdout.setEncoding('utf8').on('data', keep('output'));
  child.stderr.setEncoding('utf8').on('data', keep('error'));
  return new Promise((settle, fail) => {
    child.on('error', fail);
    child.on('close', (exit) => settle({ exit, ...kept }));
  });
}
