/**
 * `npm run check`: everything that must hold before a commit, except what needs other Node
 * versions (that is .ci/run). Runs all steps even when one fails, so that one run shows all there
 * is to mend. `--no-tests` leaves out the slowest step. Exit status 1 when a step failed.
 */
import { spawnSync } from 'node:child_process';

interface Step {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

const script = (path: string, ...args: readonly string[]): Pick<Step, 'command' | 'args'> => ({
  command: process.execPath,
  args: ['scripts/run.js', path, ...args],
});

const tool = (name: string, ...args: readonly string[]): Pick<Step, 'command' | 'args'> => ({
  command: `node_modules/.bin/${name}`,
  args,
});

const TESTS: Step = { name: 'tests', ...tool('vitest', 'run') };

const steps: readonly Step[] = [
  { name: 'format', ...tool('prettier', '--check', '--log-level', 'warn', '.') },
  { name: 'lint', ...tool('oxlint', '--type-aware') },
  { name: 'types', ...tool('tsc', '--noEmit') },
  { name: 'tidy', ...script('scripts/tidy.ts') },
  { name: 'kernels are fresh', ...script('scripts/kernels.ts', '--check') },
  // The manifest is read off the built commands, and some tests run them.
  { name: 'build', ...script('scripts/build.ts') },
  { name: 'manifest is fresh', ...script('scripts/manifest.ts', '--check') },
  { name: 'documents are fresh', ...script('scripts/docs.ts', '--check') },
  TESTS,
];

process.exitCode = main(process.argv.slice(2));

function main(args: readonly string[]): number {
  const unknown = args.find((argument) => argument !== '--no-tests');
  if (unknown !== undefined) {
    console.error(`unknown argument ${unknown}; there is only --no-tests`);
    return 2;
  }
  const chosen = args.includes('--no-tests') ? steps.filter((step) => step !== TESTS) : steps;
  const startedAtMs = performance.now();
  const failed = chosen.filter((step) => !runStep(step));
  const seconds = secondsSince(startedAtMs);
  if (failed.length === 0) {
    console.log(`all ${chosen.length} steps passed in ${seconds} s`);
    return 0;
  }
  const names = failed.map((step) => step.name).join(', ');
  console.log(`${failed.length} of ${chosen.length} steps failed in ${seconds} s: ${names}`);
  return 1;
}

/** Prints one line, and what the step said when it failed. */
function runStep(step: Step): boolean {
  const startedAtMs = performance.now();
  const result = spawnSync(step.command, step.args, { encoding: 'utf8', maxBuffer: 64_000_000 });
  const hasPassed = result.status === 0;
  const word = hasPassed ? 'ok    ' : 'FAILED';
  console.log(`${word} ${secondsSince(startedAtMs).padStart(6)} s  ${step.name}`);
  if (hasPassed) return true;
  if (result.error !== undefined) console.log(result.error.message);
  console.log(`${result.stdout ?? ''}${result.stderr ?? ''}`.trimEnd());
  return false;
}

function secondsSince(startedAtMs: number): string {
  return ((performance.now() - startedAtMs) / 1000).toFixed(1);
}
