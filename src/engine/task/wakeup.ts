/**
 * A place to sleep until somebody calls: the job waits here when no source has rows. A call that
 * comes while nobody sleeps is kept, so that it is not lost.
 */
export class Wakeup {
  private isCalled = false;
  private resume: (() => void) | null = null;

  /** Ends the sleep, or the next one before it begins. */
  call(): void {
    if (this.resume === null) {
      this.isCalled = true;
      return;
    }
    const resume = this.resume;
    this.resume = null;
    resume();
  }

  /** Resolves at the next call, at once when there was one since the last sleep. */
  async sleep(): Promise<void> {
    if (!this.isCalled) {
      await new Promise<void>((resolve) => {
        this.resume = resolve;
      });
    }
    this.isCalled = false;
  }
}
