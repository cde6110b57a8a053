/** What a job has under way beside its rows, so that it can be waited for before the job is over. */
import { endsJob } from './restartable.ts';

export class BackgroundWork {
  private readonly underWay = new Set<Promise<void>>();
  private readonly failed: (failure: unknown) => void;

  /** `failed`: told of failures that end the job; others come of cleaning up and change nothing. */
  constructor(failed: (failure: unknown) => void) {
    this.failed = failed;
  }

  add(work: Promise<void>): void {
    const settled = work
      .catch((failure: unknown) => {
        if (endsJob(failure)) this.failed(failure);
      })
      .then(() => {
        this.underWay.delete(settled);
      });
    this.underWay.add(settled);
  }

  /** Resolves when nothing is under way any more. */
  async finished(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay);
  }
}
