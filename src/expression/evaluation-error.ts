/**
 * A value that an expression cannot be computed for, where Flink fails the job: integer division
 * by zero, CAST of a text that is no number. The engine turns it into a job failure with the row.
 */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
}
