/** What does not end a job, but should be known while it runs. */
import type { DreyError } from '../../errors/drey-error.ts';

export interface JobWarning {
  /** The node that it is about; null: the job as a whole. */
  readonly node: string | null;
  readonly message: string;
  readonly reason: DreyError;
}
