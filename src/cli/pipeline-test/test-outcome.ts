/** What running one test of a pipeline file came to. */
export interface TestOutcome {
  readonly name: string;
  /** One-based line of the test in the file. */
  readonly line: number;
  readonly passed: boolean;
  /** Why it failed, one entry per expectation that was not met; empty when it passed. */
  readonly failures: readonly TestFailure[];
  readonly durationMs: number;
}

export interface TestFailure {
  /** One-based line of the step in the file. */
  readonly line: number;
  /** What was expected, one sentence: `rows of result`, `late rows of per_minute`. */
  readonly expectation: string;
  /** The rows as JSON text, on the columns that the step names. */
  readonly expected: readonly string[];
  readonly actual: readonly string[];
}
