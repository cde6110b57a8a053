/** The event files of the throughput benchmarks, in bench/data; made when one is missing. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { resolve } from 'node:path';

export type Variant = 'regular' | 'shuffled' | 'escaped' | 'shuffled-escaped';

/** The path of a file of `millions` of events over `minutes`. */
export function eventFile(millions: number, minutes: number, variant: Variant = 'regular'): string {
  const folder = resolve('bench/data');
  const file = resolve(folder, `events-${millions}m-${minutes}min-${variant}.jsonl`);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  const options = {
    '--events': String(millions * 1_000_000),
    '--minutes': String(minutes),
    '--variant': variant,
  };
  process.stderr.write(`making ${file}\n`);
  execFileSync(
    process.execPath,
    [resolve('bench/generate-events.mjs'), ...Object.entries(options).flat(), `${file}.part`],
    { stdio: 'inherit' },
  );
  // Only whole files have the final name.
  renameSync(`${file}.part`, file);
  return file;
}
