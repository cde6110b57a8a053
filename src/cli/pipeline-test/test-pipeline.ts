/** `drey pipeline test`: runs the tests that a pipeline file carries. */
import { FindingsError, InputError } from '../../errors/drey-error.ts';
import { formatDuration } from '../../output/humanise.ts';
import type { Palette } from '../../output/palette.ts';
import { rowDiff } from '../../output/row-diff.ts';
import { visibleText } from '../../output/visible-text.ts';
import type { Platform } from '../../platform/platform.ts';
import { readPipeline, type PipelineRequest } from '../pipeline/read-pipeline.ts';
import type { TestFailure, TestOutcome } from './test-outcome.ts';

export interface TestResult {
  readonly passed: number;
  readonly failed: number;
  readonly tests: readonly TestOutcome[];
}

/** Throws DREY_PIPELINE_NO_TESTS when there is nothing to run. */
export async function testPipeline(
  request: PipelineRequest,
  platform: Platform,
): Promise<TestResult> {
  const { plan, file } = await readPipeline(request, platform);
  if (plan.tests.length === 0) {
    throw new InputError('DREY_PIPELINE_NO_TESTS', `${file} has no tests`, {
      hint: 'Add a `tests` section; `drey pipeline init` writes an example of one.',
    });
  }
  const { runPipelineTests } = await import('./run-pipeline-tests.ts');
  const tests = await runPipelineTests(plan, { platform });
  const passed = tests.filter((test) => test.passed).length;
  return { passed, failed: tests.length - passed, tests };
}

/** Throws DREY_PIPELINE_TEST_FAILED when a test failed; the results are its details. */
export function requireAllPassed(result: TestResult): void {
  if (result.failed === 0) return;
  const total = result.passed + result.failed;
  throw new FindingsError(
    'DREY_PIPELINE_TEST_FAILED',
    `${result.failed} of ${total} ${total === 1 ? 'test' : 'tests'} failed`,
    {
      hint: 'Rows with - were expected and did not come, rows with + came and were not expected.',
      details: { ...result },
    },
  );
}

/** One line per test; below a failed one what was expected and what came. */
export function testText(result: TestResult, palette: Palette): string {
  const lines = result.tests.flatMap((test) => {
    const mark = test.passed ? palette.good('pass') : palette.bad('FAIL');
    const took = palette.faint(`(${formatDuration(test.durationMs)})`);
    return [
      `${mark}  ${visibleText(test.name)} ${took}`,
      ...test.failures.flatMap((failure) => failureLines(failure, palette)),
    ];
  });
  return `${[...lines, `${result.passed} passed, ${result.failed} failed`].join('\n')}\n`;
}

function failureLines(failure: TestFailure, palette: Palette): readonly string[] {
  const head = `      line ${failure.line}: ${visibleText(failure.expectation)}`;
  const diff = rowDiff(failure.expected, failure.actual).map((line) => {
    if (line.startsWith('-')) return `        ${palette.bad(line)}`;
    return `        ${line.startsWith('+') ? palette.good(line) : line}`;
  });
  return [head, ...diff];
}
