/**
 * Tries an installed package the way a user does, under a given Node:
 * `node scripts/run.js scripts/smoke.ts FOLDER NODE`, FOLDER being where it was npm-installed.
 * Stops at the first thing that is wrong.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const [installed = '', node = process.execPath] = process.argv.slice(2);
const entry = join(installed, 'node_modules', 'drey', 'bin', 'run.js');
const example = resolve('examples/exposure-uv');
const folder = mkdtempSync(join(tmpdir(), 'drey-smoke-'));

interface Expected {
  readonly exit?: number;
  readonly output: RegExp;
}

/** Runs drey in the temporary folder; returns its standard output. */
function drey(arguments_: readonly string[], expected: Expected): string {
  const run = spawnSync(node, [entry, ...arguments_], { cwd: folder, encoding: 'utf8' });
  const name = `drey ${arguments_.join(' ')}`;
  const exit = expected.exit ?? 0;
  if (run.status !== exit || !expected.output.test(run.stdout)) {
    throw new Error(
      `${name} ended with ${run.status}, not ${exit}, or printed something else than ${expected.output}:\n${run.stdout}\n${run.stderr}`,
    );
  }
  console.log(`ok  ${name}`);
  return run.stdout;
}

/** Rows as a sorted text: their order is not promised. */
function sorted(rows: string): string {
  return rows.trimEnd().split('\n').sort().join('\n');
}

try {
  drey(['--version'], { output: /^drey\/\d+\.\d+\.\d+ / });
  drey(['--help'], { output: /pipeline/ });
  drey(['run', '--help'], { output: /EXAMPLES/ });
  drey(['pipeline', 'init', 'first'], { output: /pipeline\.yaml/ });
  drey(['pipeline', 'validate', 'first/pipeline.yaml', '--json'], { output: /"valid": true/ });
  drey(['run', 'first/pipeline.yaml'], { output: /"devices":2/ });
  drey(['pipeline', 'test', 'first/pipeline.yaml'], { output: /1 passed, 0 failed/ });
  writeFileSync(join(folder, 'wrong.yaml'), 'pipeline: { nam: x }\n');
  drey(['pipeline', 'validate', 'wrong.yaml', '--json'], { exit: 3, output: /"valid": false/ });
  drey(['rnu'], { exit: 2, output: /^$/ });
  const rows = drey(['run', join(example, 'pipeline.yaml')], { output: /^\{/ });
  const wanted = readFileSync(join(example, 'expected.jsonl'), 'utf8');
  if (sorted(rows) !== sorted(wanted)) throw new Error('the example gave other rows');
  console.log(
    `ok  the rows of the example are the expected ones (${wanted.split('\n').length - 1})`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
