/**
 * Bounds how many splits of one source are open at a time, so that a folder of a million files
 * needs neither a million file handles nor their blocks.
 */

export class OpenSlots {
  private free: number;
  private readonly wake: (() => void)[] = [];

  constructor(slotsMax: number) {
    this.free = slotsMax;
  }

  tryTake(): boolean {
    if (this.free === 0) return false;
    this.free--;
    return true;
  }

  give(): void {
    this.free++;
    for (const resolve of this.wake) resolve();
    this.wake.length = 0;
  }

  /** Resolves when a slot may be free. All who wait are woken; some of them wait again. */
  whenFree(): Promise<void> {
    if (this.free > 0) return Promise.resolve();
    return new Promise((resolve) => this.wake.push(resolve));
  }
}
