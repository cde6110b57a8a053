/**
 * The main module behind bin/run.js: runs the command that the arguments name and maps whatever
 * is thrown to an exit status. Invariant: nothing is thrown from here, and nothing exits in here.
 */
import { run } from '@oclif/core';
import { createRealPlatform } from '../platform/real/real-platform.ts';
import { realTerminal } from '../platform/real/terminal.ts';
import { readGlobalFlags } from './global-flags.ts';
import { reportFailure } from './report-failure.ts';

/** `root`: the folder of drey's package.json. Resolves to the exit status. */
export async function main(root: string, argv: string[]): Promise<number> {
  try {
    await run(argv, { root });
    return 0;
  } catch (error) {
    return report(error, argv);
  }
}

/** Prints an error that nobody caught; resolves to the exit status. */
export function report(error: unknown, argv: readonly string[]): Promise<number> {
  const world = { platform: createRealPlatform(), terminal: realTerminal };
  return reportFailure(error, readGlobalFlags(argv), world);
}
