import { expect, test } from 'vitest';
import { requireAllPassed, testText } from '../../../src/cli/pipeline-test/test-pipeline.ts';
import type { TestOutcome } from '../../../src/cli/pipeline-test/test-outcome.ts';
import { createPalette } from '../../../src/output/palette.ts';

const good: TestOutcome = { name: 'good', line: 10, passed: true, failures: [], durationMs: 12 };
const bad: TestOutcome = {
  name: 'bad',
  line: 20,
  passed: false,
  failures: [
    { line: 25, expectation: 'rows of result', expected: ['{"uv":1}'], actual: ['{"uv":2}'] },
  ],
  durationMs: 3,
};

test('a failed test shows what was expected and what came', () => {
  const result = { passed: 1, failed: 1, tests: [good, bad] };
  expect(testText(result, createPalette(false))).toBe(
    [
      'pass  good (12 ms)',
      'FAIL  bad (3 ms)',
      '      line 25: rows of result',
      '        - {"uv":1}',
      '        + {"uv":2}',
      '1 passed, 1 failed',
      '',
    ].join('\n'),
  );
});

test('a failed test ends the command with 8 and all results in the details', () => {
  const result = { passed: 0, failed: 1, tests: [bad] };
  expect(() => requireAllPassed(result)).toThrow(
    expect.objectContaining({
      code: 'DREY_PIPELINE_TEST_FAILED',
      exitCode: 8,
      message: '1 of 1 test failed',
      details: result,
    }),
  );
});

test('when all passed nothing is thrown', () => {
  expect(() => requireAllPassed({ passed: 1, failed: 0, tests: [good] })).not.toThrow();
});
