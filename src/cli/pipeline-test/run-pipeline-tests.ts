/** Runs the tests of a pipeline in the embedded engine. */
import { BugError } from '../../errors/drey-error.ts';
import type { LogicalPlan } from '../../pipeline/plan/logical-plan.ts';
import type { Platform } from '../../platform/platform.ts';
import type { TestOutcome } from './test-outcome.ts';

export interface TestRunOptions {
  readonly platform: Platform;
}

/** One outcome per test of the plan, in the order of the file. */
export async function runPipelineTests(
  plan: LogicalPlan,
  options: TestRunOptions,
): Promise<readonly TestOutcome[]> {
  void options;
  throw new BugError(
    'DREY_BUG',
    `the tests of ${plan.name} cannot be run by this build of drey yet`,
  );
}
