/** Parts of a long script: each says how long it took; a program's exit status is its result. */
import { spawn } from 'node:child_process';

export async function timed<T>(name: string, part: () => Promise<T>): Promise<T> {
  const startedAtMs = performance.now();
  try {
    return await part();
  } finally {
    console.log(`${secondsSince(startedAtMs).padStart(6)} s  ${name}`);
  }
}

/** Its output goes where this script's goes. */
export function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const child = spawn(program, [...args], { stdio: 'inherit', env: { ...process.env, ...env } });
  return new Promise((settle, reject) => {
    child.once('error', reject);
    child.once('close', (status) => settle(status ?? 1));
  });
}

export function secondsSince(startedAtMs: number): string {
  return ((performance.now() - startedAtMs) / 1000).toFixed(1);
}
